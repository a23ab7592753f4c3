"""Tags as the rows of a file, with all that is said of them elsewhere."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import Select, bindparam, select

from tagstore.db import apart, db
from tagstore.formats.rows import Media, Row
from tagstore.models import Batch, MediaFile, Review, Tag, TagClass, TagSet, TrackAuthor, User
from tagstore.services.exports.picking import File

_IDS: Any = bindparam("ids", expanding=True)
_TAGS = select(
    *(Tag.id, Tag.media_file_id, Tag.tag_set_id, Tag.batch_id, Tag.source, Tag.tag_class_id),
    *(Tag.text, Tag.start_s, Tag.end_s, Tag.low_hz, Tag.high_hz, Tag.channel, Tag.frame_info),
    *(Tag.score, Tag.info, Tag.external_id, Tag.comment, Tag.status, Tag.created_by_id),
    *(Tag.created_at, Tag.updated_by_id, Tag.updated_at),
).where(Tag.id.in_(_IDS), Tag.deleted_at.is_(None))
_SETS = select(TagSet.id, TagSet.name).where(TagSet.id.in_(_IDS))
_CLASSES = select(TagClass.id, TagClass.label).where(TagClass.id.in_(_IDS))
_USERS = select(User.id, User.name).where(User.id.in_(_IDS))
_AUTHORS = (
    select(Batch.id, TrackAuthor.author)
    .join(TrackAuthor, TrackAuthor.id == Batch.track_author_id)
    .where(Batch.id.in_(_IDS))
)
_FILES = select(
    *(MediaFile.id, MediaFile.folder, MediaFile.name, MediaFile.sha256, MediaFile.duration_s),
    *(MediaFile.sample_rate, MediaFile.channels, MediaFile.recorded_at, MediaFile.utc_offset_s),
).where(MediaFile.id.in_(_IDS))
_REVIEWS = (
    select(Review.tag_id, User.name, Review.verdict)
    .join(User, User.id == Review.user_id)
    .where(Review.tag_id.in_(_IDS))
    .order_by(Review.tag_id, Review.id)
)


class _Known:
    """Names by number; those not met before are asked for, once."""

    def __init__(self, query: Select[Any, Any]) -> None:
        self._query = query
        self._names: dict[int | None, str | None] = {None: None}
        self.of = self._names.__getitem__

    def meet(self, ids: Iterable[int | None]) -> None:
        """Learn the names of these."""
        missing = {each for each in ids if each is not None} - self._names.keys()
        if missing:
            self._names |= dict.fromkeys(missing)
            self._names |= dict(db.session.execute(self._query, {"ids": sorted(missing)}).all())


class Reader:
    """Reads tags as rows, each lot in a short transaction of its own.

    `media` are the recordings met so far, by their paths. Few sets, classes, people and batches
    stand behind many tags: each is asked for once.
    """

    def __init__(self, url: str) -> None:
        """Make one that gives tags addresses below `url`."""
        self.media: dict[str, Media] = {}
        self._url = url
        self._files: dict[int, tuple[str, str | None]] = {}
        self._sets, self._classes = _Known(_SETS), _Known(_CLASSES)
        self._users, self._authors = _Known(_USERS), _Known(_AUTHORS)

    def rows(self, lots: Iterable[Sequence[int]]) -> Iterator[Row]:
        """Yield tags in the order of their numbers as given; those deleted meanwhile are not."""
        for ids in lots:
            with apart(writing=False):
                found = {tag.id: tag for tag in db.session.execute(_TAGS, {"ids": ids})}
                tags = [found[number] for number in ids if number in found]
                self._meet(tags)
                reviews = _reviews(ids)
            yield from (self._row(tag, reviews.get(tag.id)) for tag in tags)

    def _meet(self, tags: Sequence[Any]) -> None:
        self._sets.meet(tag.tag_set_id for tag in tags)
        self._classes.meet(tag.tag_class_id for tag in tags)
        self._authors.meet(tag.batch_id for tag in tags)
        self._users.meet(
            number for tag in tags for number in (tag.created_by_id, tag.updated_by_id)
        )
        missing = sorted({tag.media_file_id for tag in tags} - self._files.keys())
        for file in db.session.execute(_FILES, {"ids": missing}) if missing else ():
            path = File(file.id, file.folder, file.name).path
            self._files[file.id] = (path, file.sha256)
            self.media[path] = Media(
                path, file.duration_s, file.sample_rate, file.channels, _recorded_at(file)
            )

    def _row(self, tag: Any, reviews: dict[str, Any] | None) -> Row:
        path, sha256 = self._files[tag.media_file_id]
        tag_set = self._sets.of(tag.tag_set_id)
        author = self._authors.of(tag.batch_id)
        stored = {
            "tag_id": tag.id,
            "media_id": tag.media_file_id,
            "media_sha256": sha256,
            "tag_set": tag_set,
            "class_id": tag.tag_class_id,
            "created_by": self._users.of(tag.created_by_id),
            "created_at": tag.created_at.isoformat(),
            "updated_by": self._users.of(tag.updated_by_id),
            "updated_at": tag.updated_at.isoformat(),
            "batch_id": tag.batch_id,
            "batch_name": author,
            "url": f"{self._url}/media/{tag.media_file_id}?tag={tag.id}",
            **(reviews or {}),
        }
        return Row(
            media=path,
            start_s=tag.start_s,
            end_s=tag.end_s,
            low_hz=tag.low_hz,
            high_hz=tag.high_hz,
            channel=tag.channel,
            label=self._classes.of(tag.tag_class_id),
            text=tag.text,
            comment=tag.comment,
            track=tag_set,
            score=tag.score,
            status=tag.status,
            source=tag.source or author or "",
            external_id=tag.external_id,
            frame=tag.frame_info,
            info=tag.info,
            stored=stored,
        )


def _recorded_at(file: Any) -> datetime | None:
    """Return when a recording begins, in the zone of its recorder if that is known."""
    at: datetime | None = file.recorded_at
    if at is None or file.utc_offset_s is None:
        return at
    return at.astimezone(timezone(timedelta(seconds=file.utc_offset_s)))


def _reviews(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return for each reviewed tag who said what, and what most said."""
    said: dict[int, list[tuple[str, str]]] = {}
    for number, name, verdict in db.session.execute(_REVIEWS, {"ids": ids}):
        said.setdefault(number, []).append((name, verdict))
    return {number: _together(verdicts) for number, verdicts in said.items()}


def _together(verdicts: list[tuple[str, str]]) -> dict[str, Any]:
    counts = Counter(verdict for _, verdict in verdicts)
    ranked = counts.most_common(2)
    is_tied = len(ranked) == 2 and ranked[0][1] == ranked[1][1]
    return {
        "reviewers": "; ".join(name for name, _ in verdicts),
        "review_correct": counts["correct"],
        "review_incorrect": counts["incorrect"],
        "review_unsure": counts["unsure"],
        "consensus": None if is_tied else ranked[0][0],
    }
