"""What stands in a window of a media file: tags by index ranges, densities by kept counts.

Neither slows down with the number of tags in the file, nor when a few long tags stand among
millions of short ones.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Float,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    tuple_,
    union_all,
)

from tagstore.db import db
from tagstore.models import (
    Batch,
    BatchSource,
    MediaFile,
    Tag,
    TagCount,
    TagSet,
    Track,
    TrackAuthor,
)
from tagstore.models.tags import WHOLE_FILE
from tagstore.services.counts import bin_s
from tagstore.services.media_files import SeenMediaFile
from tagstore.values import LONGEST_LEVEL, span_level

SHORTEST_LEVEL = -9

Place = tuple[float, int]
"""Where a tag stands in the order: its start and its number."""


def shown_in(media_file_id: int | BindParameter[int]) -> Select[int, str]:
    """Return the batches and sources of a media file whose tags show by default."""
    return (
        select(BatchSource.batch_id, BatchSource.source)
        .join(Batch, Batch.id == BatchSource.batch_id)
        .join(TrackAuthor, TrackAuthor.id == Batch.track_author_id)
        .join(Track, Track.id == TrackAuthor.track_id)
        .join(TagSet, TagSet.id == Track.tag_set_id)
        .where(
            Track.media_file_id == media_file_id,
            Track.deleted_at.is_(None),
            TagSet.deleted_at.is_(None),
            BatchSource.shown,
        )
    )


def first_in_window(
    media_file: MediaFile | SeenMediaFile,
    start_s: float | None,
    end_s: float | None,
    filters: Sequence[ColumnElement[bool]],
    limit: int,
    after: Place | None = None,
) -> tuple[Select[int], dict[str, Any]]:
    """Return the query of the ids of the first tags of a window, some more than the limit.

    Each span level is one range of an index that is in the order of starts already, so that
    only as many tags as are wanted are looked at on each level. The values come apart from
    the query, which is long to build and the same for every window without further filters.
    """
    duration_s = media_file.duration_s
    longest = LONGEST_LEVEL if duration_s is None else span_level(0.0, duration_s)
    shape = Shape(longest, end_s is not None, after is not None, after is None or after[0] == 0)
    values = {
        "media_file_id": media_file.id,
        "start_s": start_s or 0.0,
        "end_s": end_s,
        "after_s": after and after[0],
        "after_id": after and after[1],
        "most": limit,
    }
    query = _built(shape, filters) if filters else _unfiltered(shape)
    return query, {name: value for name, value in values.items() if value is not None}


class Shape(NamedTuple):
    """What decides how the query of a window reads."""

    longest: int
    has_end: bool
    is_next: bool
    """Whether it asks for a page after the first."""
    has_whole_file: bool


@lru_cache(maxsize=256)
def _unfiltered(shape: Shape) -> Select[int]:
    return _built(shape, ())


def _built(shape: Shape, filters: Sequence[ColumnElement[bool]]) -> Select[int]:
    media_file_id = bindparam("media_file_id", type_=BigInteger)
    # Said once for all levels: PostgreSQL took longer to plan it for each than to find the tags.
    sources = shown_in(media_file_id).cte("shown")
    shown = tuple_(Tag.batch_id, Tag.source).in_(select(sources.c.batch_id, sources.c.source))
    parts = [_level(level, shape) for level in range(SHORTEST_LEVEL - 1, shape.longest + 1)]
    if shape.has_whole_file:
        parts.append(_whole_file(shape))
    ranges = [
        select(Tag.id)
        .where(Tag.media_file_id == media_file_id, Tag.deleted_at.is_(None), part, shown, *filters)
        .order_by(Tag.start_s, Tag.id)
        .limit(bindparam("most", type_=Integer))
        .subquery()
        for part in parts
    ]
    candidates = union_all(*(select(each.c.id) for each in ranges)).cte("candidates")
    # PostgreSQL, when it knows little of the tags yet, would look for them anew for each tag.
    return select(candidates.prefix_with("MATERIALIZED", dialect="postgresql").c.id)


def _level(level: int, shape: Shape) -> ColumnElement[bool]:
    """Return the range of one level: a tag of it is at most 2 ** level seconds long."""
    start_s = bindparam("start_s", type_=Float)
    conditions = [
        Tag.span_level == level,
        or_(Tag.end_s > start_s, and_(Tag.end_s == Tag.start_s, Tag.start_s >= start_s)),
    ]
    if shape.has_end:
        conditions.append(Tag.start_s < bindparam("end_s", type_=Float))
    if level < LONGEST_LEVEL:
        conditions.append(Tag.start_s >= start_s - 2.0**level)
    if shape.is_next:
        after_s = bindparam("after_s", type_=Float)
        later = or_(Tag.start_s > after_s, Tag.id > bindparam("after_id", type_=BigInteger))
        conditions += [Tag.start_s >= after_s, later]
    return and_(*conditions)


def _whole_file(shape: Shape) -> ColumnElement[bool]:
    """Return the range of the tags of the whole file, which begin at 0."""
    here = Tag.span_level == WHOLE_FILE
    return and_(here, Tag.id > bindparam("after_id", type_=BigInteger)) if shape.is_next else here


def density(
    media_file: MediaFile, start_s: float, end_s: float, bins: int
) -> dict[int | None, list[int]]:
    """Return for each class how many shown tags begin in each of `bins` equal stretches."""
    width_s = bin_s(media_file.duration_s)
    rows = (
        _starts(media_file, start_s, end_s)
        if (end_s - start_s) / bins < width_s
        else _counts(media_file, start_s, end_s, bins, width_s)
    )
    found: dict[int | None, list[int]] = {}
    for tag_class_id, at_s, tags in rows:
        place = int((at_s - start_s) / (end_s - start_s) * bins)
        row = found.setdefault(tag_class_id or None, [0] * bins)
        row[min(max(place, 0), bins - 1)] += tags
    return found


Counted = list[tuple[int | None, float, int]]
"""Class, a moment, and how many tags begin there."""


def _counts(
    media_file: MediaFile, start_s: float, end_s: float, bins: int, width_s: float
) -> Counted:
    """Read kept counts, several stretches at once where that is enough."""
    first, last = int(start_s / width_s), math.ceil(end_s / width_s)
    step = max(1, (last - first) // bins)
    group = (TagCount.bin - first) // step
    rows = db.session.execute(
        select(TagCount.tag_class_id, group, func.sum(TagCount.tags))
        .where(
            TagCount.media_file_id == media_file.id,
            TagCount.bin >= first,
            TagCount.bin < last,
            TagCount.tags > 0,
            tuple_(TagCount.batch_id, TagCount.source).in_(shown_in(media_file.id)),
        )
        .group_by(TagCount.tag_class_id, group)
    )
    return [
        (tag_class_id, (first + (number + 0.5) * step) * width_s, tags)
        for tag_class_id, number, tags in rows
    ]


def _starts(media_file: MediaFile, start_s: float, end_s: float) -> Counted:
    """Read the starts themselves, in a window narrower than the counts can tell."""
    levels = range(SHORTEST_LEVEL - 1, LONGEST_LEVEL + 1)
    rows = db.session.execute(
        select(Tag.tag_class_id, Tag.start_s).where(
            Tag.media_file_id == media_file.id,
            Tag.deleted_at.is_(None),
            Tag.span_level.in_(levels),
            Tag.start_s >= start_s,
            Tag.start_s < end_s,
            tuple_(Tag.batch_id, Tag.source).in_(shown_in(media_file.id)),
        )
    )
    return [(tag_class_id, at_s or 0.0, 1) for tag_class_id, at_s in rows]
