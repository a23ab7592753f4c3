"""Browsing a project's media files: folders, filters, order, numbered pages, tag counts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from tagstore.db import db
from tagstore.models import Batch, MediaFile, Project, Tag, TagCount, TagSet, Track, TrackAuthor
from tagstore.services.access import Can, require
from tagstore.services.batches import counts_now
from tagstore.services.paging import Numbered, nearest_page
from tagstore.values import Actor, MediaQuery, fold

ORDERS: dict[str, InstrumentedAttribute[Any]] = {
    "name": MediaFile.name_folded,
    "recorded": MediaFile.recorded_at,
    "duration": MediaFile.duration_s,
    "size": MediaFile.size,
    "added": MediaFile.created_at,
}
"""By what a list may be sorted; a minus in front turns it round."""


@dataclass(frozen=True)
class Shelf(Numbered):
    """One page of the media files."""

    media_files: Sequence[MediaFile]


@dataclass(frozen=True)
class Census:
    """How many media files of a project are in a state worth a look."""

    untagged: int
    failed: int


def browse(actor: Actor, project: Project, query: MediaQuery, number: int, size: int) -> Shelf:
    """Return a numbered page of the media files that the query leaves."""
    require(actor, Can.SEE, project)
    conditions = _conditions(project, query)
    total = db.session.scalar(select(func.count(MediaFile.id)).where(*conditions)) or 0
    number = nearest_page(number, total, size)
    statement = _sorted(select(MediaFile).where(*conditions), query.sort)
    found = db.session.scalars(statement.limit(size).offset((number - 1) * size)).all()
    return Shelf(number, size, total, found)


def folders(actor: Actor, project: Project, folder: str = "") -> dict[str, int]:
    """Return the folders directly in a folder, and how many files are below each."""
    require(actor, Can.SEE, project)
    start = f"{folder}/" if folder else ""
    below = _is_below(folder) if folder else MediaFile.folder != ""
    rows = db.session.execute(
        select(MediaFile.folder, func.count())
        .where(
            MediaFile.project_id == project.id,
            MediaFile.deleted_at.is_(None),
            below,
        )
        .group_by(MediaFile.folder)
    )
    counts: Counter[str] = Counter()
    for path, count in rows:
        counts[path[len(start) :].partition("/")[0]] += count
    return dict(sorted(counts.items(), key=lambda item: fold(item[0])))


def tag_totals(media_files: Sequence[MediaFile]) -> dict[int, int]:
    """Return how many tags show on each of some media files, from the maintained counts."""
    rows = db.session.execute(
        select(TagCount.media_file_id, func.sum(TagCount.tags))
        .join(Batch, Batch.id == TagCount.batch_id)
        .join(TrackAuthor, TrackAuthor.id == Batch.track_author_id)
        .join(Track, and_(Track.id == TrackAuthor.track_id, Track.deleted_at.is_(None)))
        .join(TagSet, and_(TagSet.id == Track.tag_set_id, TagSet.deleted_at.is_(None)))
        .where(
            TagCount.media_file_id.in_([each.id for each in media_files]),
            counts_now(TagCount.batch_id, TagCount.source),
        )
        .group_by(TagCount.media_file_id)
    )
    return {media_file_id: int(total) for media_file_id, total in rows}


def census(actor: Actor, project: Project) -> Census:
    """Return how many files have no tags yet, and how many have a fault."""
    require(actor, Can.SEE, project)

    def count(query: MediaQuery) -> int:
        found = select(func.count(MediaFile.id)).where(*_conditions(project, query))
        return db.session.scalar(found) or 0

    return Census(count(MediaQuery(tagged=False)), count(MediaQuery(state="failed")))


def _conditions(project: Project, query: MediaQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        MediaFile.project_id == project.id,
        MediaFile.deleted_at.is_(None),
    ]
    if query.folder:
        found.append(or_(MediaFile.folder == query.folder, _is_below(query.folder)))
    if query.text:
        found.append(MediaFile.name_folded.contains(fold(query.text), autoescape=True))
    if query.state:
        found.append(MediaFile.state == query.state)
    if query.kind:
        found.append(MediaFile.kind == query.kind)
    if query.tagged is not None:
        found.append(_is_tagged() if query.tagged else ~_is_tagged())
    return found


def _is_below(folder: str) -> ColumnElement[bool]:
    """Return the condition that a file lies below a folder, in this very case on every engine.

    What begins with the folder and `/` comes before the folder and `0`, which follows `/`.
    """
    return and_(MediaFile.folder > f"{folder}/", MediaFile.folder < f"{folder}0")


def _is_tagged() -> ColumnElement[bool]:
    """Return the condition that at least one tag shows on a media file."""
    return (
        exists()
        .where(Tag.media_file_id == MediaFile.id, Tag.deleted_at.is_(None))
        .where(Track.id == Tag.track_id, Track.deleted_at.is_(None))
        .where(TagSet.id == Tag.tag_set_id, TagSet.deleted_at.is_(None))
        .where(counts_now(Tag.batch_id, Tag.source))
    )


def _sorted(statement: Select[MediaFile], sort: str) -> Select[MediaFile]:
    """Sort by a column, what has no value last; the number settles ties."""
    column = ORDERS.get(sort.removeprefix("-"), MediaFile.name_folded)
    is_down = sort.startswith("-")
    order = column.desc() if is_down else column.asc()
    tie = MediaFile.id.desc() if is_down else MediaFile.id.asc()
    return statement.order_by(order.nulls_last(), tie)
