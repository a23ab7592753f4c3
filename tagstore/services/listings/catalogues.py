"""The lists of a project, page by page."""

from sqlalchemy import String, func, select
from sqlalchemy.orm import contains_eager, joinedload

from tagstore.models import (
    Batch,
    MediaFile,
    Membership,
    Project,
    TagClass,
    TagGroup,
    TagSet,
    Track,
    TrackAuthor,
    User,
)
from tagstore.services.access import Can, require, visible
from tagstore.services.contents.batches import is_live
from tagstore.services.paging import Key, paged
from tagstore.services.tag_sets import live_tracks
from tagstore.values import Actor, Page, Part


def page_of_projects(actor: Actor, part: Part) -> Page[Project]:
    """Return the projects that the actor may see, by name."""
    return paged(
        visible(actor, select(Project)), [func.lower(Project.name, type_=String), Project.id], part
    )


def page_of_members(actor: Actor, project: Project, part: Part) -> Page[Membership]:
    """Return who is in a project, by name."""
    require(actor, Can.SEE, project)
    query = (
        select(Membership)
        .join(Membership.user)
        .options(contains_eager(Membership.user))
        .where(Membership.project_id == project.id)
    )
    return paged(query, [User.name_folded], part)


def page_of_tag_sets(actor: Actor, project: Project, part: Part) -> Page[TagSet]:
    """Return a project's tag sets in the order they were made."""
    require(actor, Can.SEE, project)
    query = select(TagSet).where(TagSet.project_id == project.id, TagSet.deleted_at.is_(None))
    return paged(query.options(joinedload(TagSet.project)), [TagSet.id], part)


def page_of_groups(actor: Actor, project: Project, part: Part) -> Page[TagGroup]:
    """Return a project's vocabularies in the order they were made."""
    require(actor, Can.SEE, project)
    query = select(TagGroup).where(TagGroup.project_id == project.id)
    return paged(query.options(joinedload(TagGroup.project)), [TagGroup.id], part)


def page_of_classes(actor: Actor, project: Project, part: Part) -> Page[TagClass]:
    """Return a project's classes in the order they were made, retired ones too."""
    require(actor, Can.SEE, project)
    query = select(TagClass).where(
        TagClass.project_id == project.id, TagClass.merged_into_id.is_(None)
    )
    return paged(query.options(joinedload(TagClass.project)), [TagClass.id], part)


def page_of_tracks(actor: Actor, media_file: MediaFile, part: Part) -> Page[Track]:
    """Return the live tracks of a media file in the order of their tag sets."""
    require(actor, Can.SEE, media_file.project)
    return paged(live_tracks(media_file), [TagSet.id], part)


def page_of_batches(
    actor: Actor, scope: Project | MediaFile | Track, part: Part, author: str | None = None
) -> Page[Batch]:
    """Return the batches of a project, a media file or a track, newest first."""
    require(actor, Can.SEE, _project_of(scope))
    query = (
        select(Batch)
        .join(Batch.track_author)
        .join(TrackAuthor.track)
        .join(Track.tag_set)
        .join(Track.media_file)
        .options(
            contains_eager(Batch.track_author).contains_eager(TrackAuthor.track),
            joinedload(Batch.created_by),
        )
        .where(
            _column_of(scope) == scope.id,
            is_live(),
            Track.deleted_at.is_(None),
            TagSet.deleted_at.is_(None),
            MediaFile.deleted_at.is_(None),
        )
    )
    if author is not None:
        query = query.where(TrackAuthor.author == author)
    return paged(query, [Batch.id], part, is_down=True)


def _project_of(scope: Project | MediaFile | Track) -> Project:
    match scope:
        case Track():
            return scope.media_file.project
        case MediaFile():
            return scope.project
    return scope


def _column_of(scope: Project | MediaFile | Track) -> Key:
    columns = {Track: Track.id, MediaFile: MediaFile.id, Project: MediaFile.project_id}
    return columns[type(scope)]
