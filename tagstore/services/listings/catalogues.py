"""The lists of a project, page by page."""

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from tagstore.models import MediaFile, Membership, Project, TagClass, TagGroup, TagSet, Track, User
from tagstore.services.access import Can, require, visible
from tagstore.services.listings.paged import paged
from tagstore.values import Actor, Page, Part


def page_of_projects(actor: Actor, part: Part) -> Page[Project]:
    """Return the projects that the actor may see, by name."""
    return paged(visible(actor, select(Project)), [func.lower(Project.name), Project.id], part)


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
    query = (
        select(Track)
        .join(Track.tag_set)
        .options(contains_eager(Track.tag_set))
        .where(
            Track.media_file_id == media_file.id,
            Track.deleted_at.is_(None),
            TagSet.deleted_at.is_(None),
        )
    )
    return paged(query, [TagSet.id], part)
