"""Tags as plain rows: by the hundred thousand, with nothing held while they are sent."""

import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVarTuple

from sqlalchemy import ColumnElement, Select, func, null, select, tuple_

from tagstore.db import db, transaction
from tagstore.models import (
    Batch,
    MediaFile,
    Tag,
    TagClass,
    TagCount,
    TagSet,
    Track,
    TrackAuthor,
)
from tagstore.services.access import Can, require
from tagstore.services.contents.batches import is_live
from tagstore.services.contents.moments import least_s
from tagstore.services.search import says
from tagstore.services.windows import first_in_window, shown_in
from tagstore.values import Actor

Columns = TypeVarTuple("Columns")

AT_ONCE = 1000
MANY = 10_000
"""From here on it is faster to look at all than at the first of each length."""
MOST = 2**31 - 1
"""More tags than a media file has."""


class TagRow(NamedTuple):
    """One tag, with all that is said of it elsewhere."""

    id: int
    batch_id: int
    start_s: float | None
    end_s: float | None
    words: str
    track: str
    author: str
    source: str
    frame_info: dict[str, Any] | None
    info: dict[str, Any]
    score: float | None
    duration_s: float | None
    """Of the media file: where a tag without times ends."""


@dataclass(frozen=True)
class RowQuery:
    """Which tags of a media file are wanted; null: no such limit. Bounds are inclusive."""

    batch_id: int | None = None
    start_ms_gte: int | None = None
    start_ms_lte: int | None = None
    end_ms_gte: int | None = None
    end_ms_lte: int | None = None
    track: str | None = None
    author: str | None = None
    text: str | None = None
    has_frame: bool | None = None


@dataclass(frozen=True)
class Found:
    """Which tags a media file has, in order: their rows are read a chunk at a time."""

    media_file_id: int
    ids: Sequence[int]
    total: int


def find_shown(actor: Actor, media_file: MediaFile) -> Found:
    """Find all tags that show by default, by start and number."""
    return find_tags(actor, media_file, RowQuery())


def find_tags(
    actor: Actor, media_file: MediaFile, query: RowQuery, start: int = 0, limit: int = MOST
) -> Found:
    """Find tags by start and number: those that show by default, or those of one batch."""
    require(actor, Can.SEE, media_file.project)
    start, limit = min(start, MOST // 2), min(limit, MOST // 2)
    filters = _filters(media_file, query)
    wanted, values = _first(media_file, query, filters, start + limit)
    in_order = (func.coalesce(Tag.start_s, 0.0), Tag.id)
    page = wanted.order_by(*in_order).offset(start).limit(limit)
    streamed = db.session.scalars(page, values, execution_options={"yield_per": MANY})
    ids = array("q", streamed)
    if len(ids) < limit and (ids or not start):
        return Found(media_file.id, ids, start + len(ids))
    return Found(media_file.id, ids, _total(media_file, query, filters))


def _first(
    media_file: MediaFile, query: RowQuery, filters: list[ColumnElement[bool]], most: int
) -> tuple[Select[int], dict[str, Any]]:
    """Return the query of the ids of what is wanted, at least the first `most` in order."""
    if query.batch_id is not None or most > MANY:
        return _all(media_file, query, filters), {}
    window = first_in_window(media_file, *_window(query), filters, most)
    return select(Tag.id).where(Tag.id.in_(window[0])), window[1]


def _all(media_file: MediaFile, query: RowQuery, filters: list[ColumnElement[bool]]) -> Select[int]:
    """Return the query of the ids of all that is wanted: of the batch, or of what shows."""
    wanted = select(Tag.id).where(Tag.media_file_id == media_file.id, Tag.deleted_at.is_(None))
    if query.batch_id is None:
        shown = tuple_(Tag.batch_id, Tag.source).in_(shown_in(media_file.id))
        return wanted.where(shown, *filters)
    live = _batches(media_file).where(Batch.id == query.batch_id, is_live())
    return wanted.where(Tag.batch_id == query.batch_id, Tag.batch_id.in_(live), *filters)


def _total(media_file: MediaFile, query: RowQuery, filters: list[ColumnElement[bool]]) -> int:
    """Count what is wanted; what shows is counted already."""
    counted: Select[int] = select(func.count()).select_from(
        _all(media_file, query, filters).subquery()
    )
    if query == RowQuery():
        shown = tuple_(TagCount.batch_id, TagCount.source).in_(shown_in(media_file.id))
        counted = select(func.sum(TagCount.tags)).where(
            TagCount.media_file_id == media_file.id, shown
        )
    return int(db.session.scalar(counted) or 0)


def _batches(media_file: MediaFile) -> Select[int]:
    """Return the query of the numbers of a media file's batches, by track and author."""
    return _on_live_tracks(select(Batch.id)).where(Track.media_file_id == media_file.id)


def _on_live_tracks(query: Select[*Columns]) -> Select[*Columns]:
    """Narrow a query of batches to those whose track is there, and involve that and the author."""
    return (
        query.join(TrackAuthor, TrackAuthor.id == Batch.track_author_id)
        .join(Track, Track.id == TrackAuthor.track_id)
        .join(TagSet, TagSet.id == Track.tag_set_id)
        .where(Track.deleted_at.is_(None), TagSet.deleted_at.is_(None))
    )


def _window(query: RowQuery) -> tuple[float, float | None]:
    """Return a window that everything wanted overlaps, so that not all needs to be looked at."""
    starts = [] if query.start_ms_gte is None else [least_s(query.start_ms_gte)]
    ends = (
        [] if query.end_ms_gte is None else [math.nextafter(least_s(query.end_ms_gte), -math.inf)]
    )
    end_s = None if query.start_ms_lte is None else least_s(query.start_ms_lte + 1)
    return max([0.0, *starts, *ends]), end_s


def _filters(media_file: MediaFile, query: RowQuery) -> list[ColumnElement[bool]]:
    start_s = func.coalesce(Tag.start_s, 0.0)
    end_s = func.coalesce(Tag.end_s, media_file.duration_s or 0.0)
    found: list[ColumnElement[bool]] = []
    for column, least_ms in ((start_s, query.start_ms_gte), (end_s, query.end_ms_gte)):
        if least_ms is not None:
            found.append(column >= least_s(least_ms))
    for column, most_ms in ((start_s, query.start_ms_lte), (end_s, query.end_ms_lte)):
        if most_ms is not None:
            found.append(column < least_s(most_ms + 1))
    exact = ((TagSet.name, query.track), (TrackAuthor.author, query.author))
    named = [column == value for column, value in exact if value is not None]
    if named:
        found.append(Tag.batch_id.in_(_batches(media_file).where(*named)))
    if query.text is not None:
        found.append(says(query.text))
    if query.has_frame is not None:
        has_frame = Tag.frame_info.is_not(null())
        found.append(has_frame if query.has_frame else ~has_frame)
    return found


def rows_of(media_file_id: int, ids: Sequence[int]) -> list[TagRow]:
    """Return the rows of these tags of a media file in the order given, deleted ones left out.

    Whoever calls has asked whether the media file may be seen. At most some thousand at once.
    Few batches and classes stand behind many tags: they are asked for apart from them.
    """
    rows = {row.id: row for row in _plain_rows(ids) if row.media_file_id == media_file_id}
    homes = _homes({row.batch_id for row in rows.values()})
    labels = _labels({row.tag_class_id for row in rows.values()})
    duration_s = db.session.scalar(
        select(MediaFile.duration_s).where(MediaFile.id == media_file_id)
    )
    return [
        TagRow(
            row.id,
            row.batch_id,
            row.start_s,
            row.end_s,
            row.text or labels.get(row.tag_class_id or 0, ""),
            *homes[row.batch_id],
            row.source,
            row.frame_info,
            row.info,
            row.score,
            duration_s,
        )
        for row in (rows[tag_id] for tag_id in ids if tag_id in rows)
        if row.batch_id in homes
    ]


class _PlainRow(NamedTuple):
    """What the tag's own row says."""

    id: int
    media_file_id: int
    batch_id: int
    start_s: float | None
    end_s: float | None
    text: str | None
    tag_class_id: int | None
    source: str
    frame_info: dict[str, Any] | None
    info: dict[str, Any]
    score: float | None


def _plain_rows(ids: Sequence[int]) -> Iterator[_PlainRow]:
    """Yield the rows, found by number alone: an engine might think the media file a better way."""
    columns = [getattr(Tag, name) for name in _PlainRow._fields]
    query = select(*columns).where(Tag.id.in_(ids), Tag.deleted_at.is_(None))
    return map(_PlainRow._make, db.session.execute(query))


def _homes(batch_ids: set[int]) -> dict[int, tuple[str, str]]:
    """Return the track's name and the author of each batch that is not deleted."""
    named = select(Batch.id, TagSet.name, TrackAuthor.author).select_from(Batch)
    live = (Batch.id.in_(batch_ids), Batch.deleted_at.is_(None))
    rows = db.session.execute(_on_live_tracks(named).where(*live))
    return {batch_id: (track, author) for batch_id, track, author in rows}


def _labels(class_ids: set[int | None]) -> dict[int, str]:
    query = select(TagClass.id, TagClass.label).where(TagClass.id.in_(class_ids - {None}))
    return dict(db.session.execute(query).all())


def rows_in_chunks(found: Found, start: int = 0) -> Iterator[list[TagRow]]:
    """Yield the rows of what was found, each chunk read in a short transaction of its own.

    Between two chunks nothing is held, however slowly they are taken. A tag that is deleted
    meanwhile is left out; one that is changed comes as it is when its turn comes.
    """
    for begin in range(start, len(found.ids), AT_ONCE):
        with transaction(writing=False):
            rows = rows_of(found.media_file_id, found.ids[begin : begin + AT_ONCE])
        yield rows
