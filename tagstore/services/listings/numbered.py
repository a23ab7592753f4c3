"""Everything of one kind in all the projects that one may see, a numbered page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager

from tagstore.db import db
from tagstore.models import (
    Batch,
    MediaFile,
    Project,
    Tag,
    TagClass,
    TagCount,
    TagSet,
    Track,
    TrackAuthor,
)
from tagstore.services.access import Can, require, visible
from tagstore.services.batches import counts_now
from tagstore.values import Actor

T = TypeVar("T")


@dataclass(frozen=True)
class Listed(Generic[T]):
    """Some of the things there are, and how many there are."""

    things: Sequence[T]
    total: int


def list_projects(actor: Actor, limit: int, skip: int) -> Listed[Project]:
    """Return projects by number."""
    return _some(visible(actor, select(Project)), Project.id, limit, skip)


def list_tag_sets(actor: Actor, limit: int, skip: int) -> Listed[TagSet]:
    """Return tag sets by number."""
    query = select(TagSet).join(TagSet.project).where(TagSet.deleted_at.is_(None))
    return _some(visible(actor, query), TagSet.id, limit, skip)


def list_classes(actor: Actor, limit: int, skip: int) -> Listed[TagClass]:
    """Return classes by number, retired ones too."""
    query = select(TagClass).join(TagClass.project).where(TagClass.merged_into_id.is_(None))
    return _some(visible(actor, query), TagClass.id, limit, skip)


def unused_classes(actor: Actor, project: Project) -> set[int]:
    """Return the classes of a project that no tag uses, not even one that could come back."""
    require(actor, Can.SEE, project)
    in_use = select(Tag.id).where(Tag.tag_class_id == TagClass.id).exists()
    query = select(TagClass.id).where(TagClass.project_id == project.id, ~in_use)
    return set(db.session.scalars(query))


def list_media_files(
    actor: Actor, project: Project | None, limit: int, skip: int
) -> Listed[MediaFile]:
    """Return media files by number, of one project if one is given."""
    query = select(MediaFile).join(MediaFile.project).where(MediaFile.deleted_at.is_(None))
    if project is not None:
        require(actor, Can.SEE, project)
        query = query.where(MediaFile.project_id == project.id)
    return _some(visible(actor, query), MediaFile.id, limit, skip)


def list_tags(actor: Actor, limit: int, skip: int) -> Listed[Tag]:
    """Return the tags that show by default, by number; the kept counts say how many."""
    total = db.session.scalar(
        visible(
            actor,
            select(func.coalesce(func.sum(TagCount.tags), 0))
            .join(Batch, Batch.id == TagCount.batch_id)
            .join(TrackAuthor, TrackAuthor.id == Batch.track_author_id)
            .join(Track, Track.id == TrackAuthor.track_id)
            .join(TagSet, TagSet.id == Track.tag_set_id)
            .join(MediaFile, MediaFile.id == TagCount.media_file_id)
            .join(Project, Project.id == MediaFile.project_id)
            .where(_live(), counts_now(TagCount.batch_id, TagCount.source)),
        )
    )
    query = visible(
        actor,
        select(Tag)
        .join(Track, Track.id == Tag.track_id)
        .join(TagSet, TagSet.id == Tag.tag_set_id)
        .join(Tag.media_file)
        .join(MediaFile.project)
        .options(contains_eager(Tag.media_file))
        .where(_live(), Tag.deleted_at.is_(None), counts_now(Tag.batch_id, Tag.source)),
    )
    return _slice(query, Tag.id, limit, skip, int(total or 0))


def _live() -> ColumnElement[bool]:
    """Return the condition that neither track nor tag set nor media file is deleted."""
    return and_(
        Track.deleted_at.is_(None), TagSet.deleted_at.is_(None), MediaFile.deleted_at.is_(None)
    )


def _some(query: Select[T], number: InstrumentedAttribute[int], limit: int, skip: int) -> Listed[T]:
    total = db.session.scalar(query.with_only_columns(func.count(number))) or 0
    return _slice(query, number, limit, skip, total)


def _slice(
    query: Select[T], number: InstrumentedAttribute[int], limit: int, skip: int, total: int
) -> Listed[T]:
    if skip >= total:
        return Listed([], total)
    found = db.session.scalars(query.order_by(number).limit(limit).offset(skip)).all()
    return Listed(found, total)
