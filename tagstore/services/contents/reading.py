"""Tags as plain rows: by the hundred thousand, with nothing held while they are sent."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import func, select

from tagstore.db import db, transaction
from tagstore.models import Batch, MediaFile, Tag, TagClass, TagSet, Track, TrackAuthor
from tagstore.services.access import Can, require
from tagstore.services.windows import first_in_window
from tagstore.values import Actor

AT_ONCE = 1000
MOST = 2**62
"""More tags than there are."""


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
class Found:
    """Which tags a media file has, in order: their rows are read a chunk at a time."""

    media_file_id: int
    ids: Sequence[int]
    total: int


def find_shown(actor: Actor, media_file: MediaFile) -> Found:
    """Find all tags that show by default, by start and number."""
    require(actor, Can.SEE, media_file.project)
    candidates, values = first_in_window(media_file, None, None, (), MOST)
    in_order = (func.coalesce(Tag.start_s, 0.0), Tag.id)
    wanted = select(Tag.id).where(Tag.id.in_(candidates)).order_by(*in_order)
    ids = array("q", db.session.scalars(wanted, values))
    return Found(media_file.id, ids, len(ids))


def rows_of(media_file_id: int, ids: Sequence[int]) -> list[TagRow]:
    """Return the rows of these tags of a media file in the order given, deleted ones left out.

    Whoever calls has asked whether the media file may be seen. At most some thousand at once.
    """
    rows = db.session.execute(
        select(
            Tag.id,
            Tag.batch_id,
            Tag.start_s,
            Tag.end_s,
            func.coalesce(TagClass.label, Tag.text, ""),
            TagSet.name,
            TrackAuthor.author,
            Tag.source,
            Tag.frame_info,
            Tag.info,
            Tag.score,
            MediaFile.duration_s,
        )
        .join(MediaFile, MediaFile.id == Tag.media_file_id)
        .join(Batch, Batch.id == Tag.batch_id)
        .join(TrackAuthor, TrackAuthor.id == Batch.track_author_id)
        .join(Track, Track.id == TrackAuthor.track_id)
        .join(TagSet, TagSet.id == Track.tag_set_id)
        .outerjoin(TagClass, TagClass.id == Tag.tag_class_id)
        .where(
            Tag.id.in_(ids),
            Tag.media_file_id == media_file_id,
            Tag.deleted_at.is_(None),
            Batch.deleted_at.is_(None),
            Track.deleted_at.is_(None),
            TagSet.deleted_at.is_(None),
        )
    )
    found = {row[0]: TagRow._make(row) for row in rows}
    return [found[tag_id] for tag_id in ids if tag_id in found]


def rows_in_chunks(found: Found) -> Iterator[list[TagRow]]:
    """Yield the rows of what was found, each chunk read in a short transaction of its own.

    Between two chunks nothing is held, however slowly they are taken. A tag that is deleted
    meanwhile is left out; one that is changed comes as it is when its turn comes.
    """
    for start in range(0, len(found.ids), AT_ONCE):
        with transaction(writing=False):
            rows = rows_of(found.media_file_id, found.ids[start : start + AT_ONCE])
        yield rows
