"""What stands in a window of a media file: tags by index ranges, densities by kept counts.

Neither slows down with the number of tags in the file, nor when a few long tags stand among
millions of short ones.
"""

import math

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
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
from tagstore.values import LONGEST_LEVEL, span_level

SHORTEST_LEVEL = -9

Place = tuple[float, int]
"""Where a tag stands in the order: its start and its number."""


def shown_in(media_file_id: int) -> Select[int, str]:
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
    media_file: MediaFile,
    start_s: float | None,
    end_s: float | None,
    filters: list[ColumnElement[bool]],
    limit: int,
    after: Place | None = None,
) -> CompoundSelect[int]:
    """Return the query of the ids of the first tags of a window, some more than the limit.

    Each span level is one range of an index that is in the order of starts already, so that
    only as many tags as are wanted are looked at on each level.
    """
    duration_s = media_file.duration_s
    longest = LONGEST_LEVEL if duration_s is None else span_level(0.0, duration_s)
    shown = tuple_(Tag.batch_id, Tag.source).in_(shown_in(media_file.id))
    parts = [_whole_file(after)]
    parts += [
        _level(level, start_s or 0.0, end_s, after)
        for level in range(SHORTEST_LEVEL - 1, longest + 1)
    ]
    ranges = [
        select(Tag.id)
        .where(Tag.media_file_id == media_file.id, Tag.deleted_at.is_(None), part, shown, *filters)
        .order_by(Tag.start_s, Tag.id)
        .limit(limit)
        .subquery()
        for part in parts
    ]
    return union_all(*(select(each.c.id) for each in ranges))


def _level(
    level: int, start_s: float, end_s: float | None, after: Place | None
) -> ColumnElement[bool]:
    """Return the range of one level: a tag of it is at most 2 ** level seconds long."""
    conditions = [
        Tag.span_level == level,
        or_(Tag.end_s > start_s, and_(Tag.end_s == Tag.start_s, Tag.start_s >= start_s)),
    ]
    if end_s is not None:
        conditions.append(Tag.start_s < end_s)
    if level < LONGEST_LEVEL:
        conditions.append(Tag.start_s >= start_s - 2.0**level)
    if after is not None:
        later = or_(Tag.start_s > after[0], Tag.id > after[1])
        conditions += [Tag.start_s >= after[0], later]
    return and_(*conditions)


def _whole_file(after: Place | None) -> ColumnElement[bool]:
    """Return the range of the tags of the whole file, which begin at 0."""
    here = Tag.span_level == WHOLE_FILE
    if after is None:
        return here
    return and_(here, Tag.id > after[1]) if after[0] == 0 else and_(here, Tag.id < 0)


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
