"""How many tags begin where, kept as they change, so that no reader ever counts them."""

import math
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

from tagstore.db import db
from tagstore.models import Batch, MediaFile, TagCount, TrackAuthor
from tagstore.services.batches import counts_now, live_tracks

BINS = 4096


class Spot(NamedTuple):
    """Where one tag counts."""

    media_file_id: int
    bin: int
    batch_id: int
    source: str
    tag_class_id: int


def bin_s(duration_s: float | None) -> float:
    """Return the seconds that one count covers: a power of two, at most 4096 to a file."""
    return 2.0 ** math.ceil(math.log2(max(duration_s or 1.0, 1.0) / BINS))


def spot(
    media_file_id: int,
    start_s: float | None,
    width_s: float,
    batch_id: int,
    source: str,
    tag_class_id: int | None,
) -> Spot:
    """Return where a tag counts; one of the whole file counts at its start."""
    return Spot(media_file_id, int((start_s or 0.0) / width_s), batch_id, source, tag_class_id or 0)


def add(spots: Iterable[Spot], each: int = 1) -> None:
    """Add `each` to the count of every spot, as often as it stands there."""
    totals = Counter(spots)
    if not totals:
        return
    is_postgresql = db.session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if is_postgresql else sqlite.insert
    table = TagCount.__table__
    assert isinstance(table, Table)
    statement = insert(table)
    statement = statement.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={"tags": table.c.tags + statement.excluded.tags},
    )
    rows = [{**place._asdict(), "tags": each * count} for place, count in totals.items()]
    db.session.connection().execute(statement, rows)


def density(
    media_file: MediaFile, start_s: float, end_s: float, bins: int
) -> dict[int | None, list[int]]:
    """Return for each class how many shown tags begin in each of `bins` equal stretches."""
    width_s = bin_s(media_file.duration_s)
    first, last = int(start_s / width_s), math.ceil(end_s / width_s)
    rows = db.session.execute(
        select(TagCount.tag_class_id, TagCount.bin, func.sum(TagCount.tags))
        .join(Batch, Batch.id == TagCount.batch_id)
        .join(TrackAuthor, TrackAuthor.id == Batch.track_author_id)
        .where(
            TagCount.media_file_id == media_file.id,
            TagCount.bin >= first,
            TagCount.bin < last,
            TrackAuthor.track_id.in_(live_tracks(media_file.id)),
            counts_now(TagCount.batch_id, TagCount.source),
        )
        .group_by(TagCount.tag_class_id, TagCount.bin)
    )
    found: dict[int | None, list[int]] = {}
    for tag_class_id, number, tags in rows:
        middle_s = (number + 0.5) * width_s
        place = int((middle_s - start_s) / (end_s - start_s) * bins)
        row = found.setdefault(tag_class_id or None, [0] * bins)
        row[min(max(place, 0), bins - 1)] += tags
    return found
