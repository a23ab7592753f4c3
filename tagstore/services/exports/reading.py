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
COLUMNS = (
    *("id", "media_file_id", "tag_set_id", "batch_id", "source", "tag_class_id", "text"),
    *("start_s", "end_s", "low_hz", "high_hz", "channel", "frame_info", "score", "info"),
    *("external_id", "comment", "status", "created_by_id", "created_at", "updated_by_id"),
    "updated_at",
)
_TAGS = select(*(getattr(Tag, name) for name in COLUMNS)).where(
    Tag.id.in_(_IDS), Tag.deleted_at.is_(None)
)
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
        missing = set(ids) - self._names.keys()
        if missing:
            self._names |= dict.fromkeys(missing)
            self._names |= dict(db.session.execute(self._query, {"ids": list(missing)}).all())


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
        self._behind = {
            "tag_set_id": self._sets,
            "tag_class_id": self._classes,
            "batch_id": self._authors,
            "created_by_id": self._users,
            "updated_by_id": self._users,
        }

    def rows(self, lots: Iterable[Sequence[int]]) -> Iterator[Row]:
        """Yield tags in the order of their numbers as given; those deleted meanwhile are not."""
        for ids in lots:
            with apart(writing=False):
                found = {tag[0]: tag for tag in db.session.execute(_TAGS, {"ids": ids})}
                self._meet(dict(zip(COLUMNS, zip(*found.values(), strict=True), strict=False)))
                reviews = _reviews(ids)
            there = (found[number] for number in ids if number in found)
            yield from (self._row(tag, reviews.get(tag[0])) for tag in there)

    def _meet(self, said: dict[str, tuple[Any, ...]]) -> None:
        """Learn what stands behind tags, from what these say column by column."""
        for name, known in self._behind.items():
            known.meet(said.get(name, ()))
        missing = sorted(set(said.get("media_file_id", ())) - self._files.keys())
        for file in db.session.execute(_FILES, {"ids": missing}) if missing else ():
            path = File(file.id, file.folder, file.name).path
            self._files[file.id] = (path, file.sha256)
            self.media[path] = Media(
                path, file.duration_s, file.sample_rate, file.channels, _recorded_at(file)
            )

    def _row(self, tag: Any, reviews: dict[str, Any] | None) -> Row:
        """Return a tag, the values of `COLUMNS`, as a row."""
        number, media_file_id, tag_set_id, batch_id, source, tag_class_id, text = tag[:7]
        start_s, end_s, low_hz, high_hz, channel, frame_info, score, info = tag[7:15]
        external_id, comment, status = tag[15:18]
        path, sha256 = self._files[media_file_id]
        tag_set, author = self._sets.of(tag_set_id), self._authors.of(batch_id)
        stored = {
            "tag_id": number,
            "media_id": media_file_id,
            "media_sha256": sha256,
            "tag_set": tag_set,
            "class_id": tag_class_id,
            "batch_id": batch_id,
            "batch_name": author,
            "url": f"{self._url}/media/{media_file_id}?tag={number}",
            **self._changes(*tag[18:]),
        }
        if reviews is not None:
            stored |= reviews
        return Row(
            media=path,
            start_s=start_s,
            end_s=end_s,
            low_hz=low_hz,
            high_hz=high_hz,
            channel=channel,
            label=self._classes.of(tag_class_id),
            text=text,
            comment=comment,
            track=tag_set,
            score=score,
            status=status,
            source=source or author or "",
            external_id=external_id,
            frame=frame_info,
            info=info,
            stored=stored,
        )

    def _changes(
        self, by_id: int | None, at: datetime, again_by_id: int | None, again_at: datetime
    ) -> dict[str, Any]:
        """Return who made a tag and when, and who changed it last."""
        created = at.isoformat()
        return {
            "created_by": self._users.of(by_id),
            "created_at": created,
            "updated_by": self._users.of(again_by_id),
            "updated_at": created if again_at == at else again_at.isoformat(),
        }


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
