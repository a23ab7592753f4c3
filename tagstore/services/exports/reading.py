"""Tags as the rows of a file, with all that is said of them elsewhere."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import orjson
from sqlalchemy import JSON, Column, Select, Table, Text, select, type_coerce
from sqlalchemy import cast as cast_to
from sqlalchemy.types import NullType

from tagstore.db import UtcDateTime, apart, db, in_utc
from tagstore.formats.rows import Media, Row, rows_of
from tagstore.models import Batch, MediaFile, Review, Tag, TagClass, TagSet, TrackAuthor, User
from tagstore.services.exports.picking import File
from tagstore.services.media_files.moments import began_at
from tagstore.services.rows import Columns, among


def _kept(column: Column[Any]) -> Any:
    """Return a column to be asked for as the engine keeps it: turning each value takes long."""
    if isinstance(column.type, JSON):
        return cast_to(column, Text)
    return type_coerce(column, NullType()) if isinstance(column.type, UtcDateTime) else column


_TAG = cast(Table, Tag.__table__).c
COLUMNS = (
    *("id", "media_file_id", "tag_set_id", "batch_id", "source", "tag_class_id", "text"),
    *("start_s", "end_s", "low_hz", "high_hz", "channel", "frame_info", "score", "info"),
    *("external_id", "comment", "status", "created_by_id", "created_at", "updated_by_id"),
    "updated_at",
)
_TAGS = select(*(_kept(_TAG[name]) for name in COLUMNS)).where(
    among(_TAG.id), _TAG.deleted_at.is_(None)
)
_SETS = select(TagSet.id, TagSet.name).where(among(TagSet.id))
_CLASSES = select(TagClass.id, TagClass.label).where(among(TagClass.id))
_USERS = select(User.id, User.name).where(among(User.id))
_AUTHORS = (
    select(Batch.id, TrackAuthor.author)
    .join(TrackAuthor, TrackAuthor.id == Batch.track_author_id)
    .where(among(Batch.id))
)
_FILES = select(
    *(MediaFile.id, MediaFile.folder, MediaFile.name, MediaFile.sha256, MediaFile.duration_s),
    *(MediaFile.sample_rate, MediaFile.channels, MediaFile.recorded_at, MediaFile.utc_offset_s),
).where(among(MediaFile.id))
_REVIEWS = (
    select(Review.tag_id, User.name, Review.verdict)
    .join(User, User.id == Review.user_id)
    .where(among(Review.tag_id))
    .order_by(Review.tag_id, Review.id)
)


class _Known:
    """Names by number; those not met before are asked for, once."""

    def __init__(self, query: Select[Any, Any]) -> None:
        self._query = query
        self._names: dict[int | None, str | None] = {None: None}

    def of(self, ids: Sequence[int | None]) -> list[str | None]:
        """Return the names of these."""
        missing = set(ids) - self._names.keys()
        if missing:
            self._names |= dict.fromkeys(missing)
            self._names |= dict(db.session.execute(self._query, {"ids": missing}).all())
        return list(map(self._names.__getitem__, ids))


class Reader:
    """Reads tags as rows, each lot in a short transaction of its own and column by column.

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
                found = {tag[0]: tag for tag in db.session.execute(_TAGS, {"ids": ids}).all()}
                there = filter(None, map(found.get, ids))
                said: Columns = dict(zip(COLUMNS, zip(*there, strict=True), strict=False))
                rows = rows_of(self._columns(said, _reviews(ids))) if said else iter(())
            yield from rows

    def _columns(self, said: Columns, reviews: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
        """Return the fields of rows by what tags say, both column by column."""
        files = self._files_of(said["media_file_id"])
        tag_sets, authors = self._sets.of(said["tag_set_id"]), self._authors.of(said["batch_id"])
        beside = {
            "sha256": [sha256 for _, sha256 in files],
            "tag_set": tag_sets,
            "author": authors,
            **self._changes(said),
        }
        same = ("text", "start_s", "end_s", "low_hz", "high_hz", "channel", "score", "status")
        return {
            **{name: said[name] for name in (*same, "comment", "external_id")},
            "media": [path for path, _ in files],
            "label": self._classes.of(said["tag_class_id"]),
            "track": tag_sets,
            "source": [
                source or author or ""
                for source, author in zip(said["source"], authors, strict=True)
            ],
            "frame": map(_document, said["frame_info"]),
            "info": map(_document, said["info"]),
            "stored": self._stored({**said, **beside}, reviews),
        }

    def _stored(
        self, said: Columns, reviews: Mapping[int, dict[str, Any]]
    ) -> Iterator[dict[str, Any]]:
        """Yield what is kept of tags beside what they say; written out: it is for millions."""
        names = (
            *("id", "media_file_id", "tag_class_id", "batch_id", "sha256", "tag_set", "author"),
            *("creator", "created", "editor", "updated"),
        )
        for row in zip(*map(said.__getitem__, names), strict=True):
            number, media_id, class_id, batch_id, sha256, tag_set, author = row[:7]
            creator, created, editor, updated = row[7:]
            stored = {
                "tag_id": number,
                "media_id": media_id,
                "media_sha256": sha256,
                "tag_set": tag_set,
                "class_id": class_id,
                "batch_id": batch_id,
                "batch_name": author,
                "url": f"{self._url}/media/{media_id}?tag={number}",
                "created_by": creator,
                "created_at": created,
                "updated_by": editor,
                "updated_at": updated,
            }
            yield stored | reviews[number] if number in reviews else stored

    def _files_of(self, ids: Sequence[int]) -> list[tuple[str, str | None]]:
        """Return path and checksum of recordings, and keep what else is known of them."""
        missing = sorted(set(ids) - self._files.keys())
        for file in db.session.execute(_FILES, {"ids": missing}) if missing else ():
            path = File(file.id, file.folder, file.name).path
            self._files[file.id] = (path, file.sha256)
            began = began_at(file.recorded_at, file.utc_offset_s)
            self.media[path] = Media(path, file.duration_s, file.sample_rate, file.channels, began)
        return list(map(self._files.__getitem__, ids))

    def _changes(self, said: Columns) -> Columns:
        """Return who made tags and when, and who changed them last."""
        created, updated = said["created_at"], said["updated_at"]
        moments = {at: in_utc(at).isoformat() for at in {*created, *updated}}
        return {
            "creator": self._users.of(said["created_by_id"]),
            "created": list(map(moments.__getitem__, created)),
            "editor": self._users.of(said["updated_by_id"]),
            "updated": list(map(moments.__getitem__, updated)),
        }


def _document(text: str | None) -> Any:
    return {} if text == "{}" else text and orjson.loads(text)


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
