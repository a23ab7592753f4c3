"""How many tags begin where, kept as they change, so that no reader ever counts them."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple, cast

from sqlalchemy import Insert, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from tagstore.db import db
from tagstore.models import MediaFile, Tag, TagCount
from tagstore.services.rows import write

TABLE = cast(Table, TagCount.__table__)
BINS = 4096
LAST_BIN = 2**31 - 1
"""Where everything counts that lies beyond what a file can last."""


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


def bin_of(start_s: float | None, width_s: float) -> int:
    """Return in which stretch a tag counts; one of the whole file counts at its start."""
    return int(min((start_s or 0.0) / width_s, LAST_BIN))


def spot(
    media_file_id: int,
    start_s: float | None,
    width_s: float,
    batch_id: int,
    source: str,
    tag_class_id: int | None,
) -> Spot:
    """Return where a tag counts."""
    return Spot(media_file_id, bin_of(start_s, width_s), batch_id, source, tag_class_id or 0)


def add(spots: Iterable[Spot], each: int = 1) -> None:
    """Add `each` to the count of every spot, as often as it stands there."""
    totals = Counter(spots)
    if not totals:
        return
    is_postgresql = db.session.get_bind().dialect.name == "postgresql"
    if is_postgresql:  # In one order, so that two who count at once are not in each other's way.
        totals = Counter(dict(sorted(totals.items())))
    columns = dict(zip(Spot._fields, zip(*totals, strict=True), strict=True))
    counted = {**columns, "tags": [each * count for count in totals.values()]}
    write(_addition(is_postgresql=is_postgresql), TABLE, counted)


@lru_cache(maxsize=2)
def _addition(*, is_postgresql: bool) -> Insert:
    """Return the statement that adds to a count, or begins one."""
    insert = postgresql.insert if is_postgresql else sqlite.insert
    statement = insert(TABLE)
    return statement.on_conflict_do_update(
        index_elements=list(TABLE.primary_key),
        set_={"tags": TABLE.c.tags + statement.excluded.tags},
    )


def miscounted() -> Iterator[int]:
    """Yield the media files whose kept counts differ from what is there."""
    columns = [getattr(TagCount, name) for name in (*Spot._fields, "tags")]
    tagged = select(Tag.media_file_id).union(select(TagCount.media_file_id))
    for media_file_id in db.session.scalars(tagged).all():
        rows = db.session.execute(
            select(*columns).where(TagCount.media_file_id == media_file_id, TagCount.tags != 0)
        )
        if {Spot(*row[:-1]): row[-1] for row in rows} != _recounted(media_file_id):
            yield media_file_id


def mend(media_file_id: int) -> None:
    """Count the tags of a media file anew."""
    db.session.execute(delete(TagCount).where(TagCount.media_file_id == media_file_id))
    add(_recounted(media_file_id).elements())


def _recounted(media_file_id: int) -> Counter[Spot]:
    duration_s = db.session.scalar(
        select(MediaFile.duration_s).where(MediaFile.id == media_file_id)
    )
    width_s = bin_s(duration_s)
    columns = (Tag.start_s, Tag.batch_id, Tag.source, Tag.tag_class_id)
    rows = db.session.execute(
        select(*columns).where(Tag.media_file_id == media_file_id, Tag.deleted_at.is_(None))
    )
    return Counter(
        spot(media_file_id, start_s, width_s, batch_id, source, class_id)
        for start_s, batch_id, source, class_id in rows
    )
