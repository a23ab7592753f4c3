"""Groups and classes, found by public id or listed with what belongs to them."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from tagstore.db import db
from tagstore.errors import Conflict, Invalid, NotFound
from tagstore.models import Project, TagClass, TagGroup, User
from tagstore.services import vocabularies
from tagstore.services.access import Can, require, visible
from tagstore.services.bulk.places import NO_SCOPE, find_projects
from tagstore.services.rows import chunks
from tagstore.values import Actor


def find_scope(actor: Actor, name: str | None) -> Project | None:
    """Return the project that a list is asked for, None when for all."""
    if not name:
        return None
    project = find_projects(actor, [name]).get(name)
    if project is None:
        raise Invalid(NO_SCOPE, scope=NO_SCOPE)
    return project


def find_listed_group(actor: Actor, project: Project | None, name: str | None) -> TagGroup | None:
    """Return the group that a list is asked for; by key only with its project."""
    if not name:
        return None
    by_id = TagGroup.public_id == name
    query = _groups(actor).where(by_id)
    if project is not None:
        named = or_(by_id, TagGroup.key == name)
        query = _groups(actor).where(TagGroup.project_id == project.id, named)
    group = db.session.scalars(query.order_by(by_id.desc())).first()
    if group is None:
        raise Invalid("There is no such group.", group="There is no such group.")
    return group


def get_group(actor: Actor, public_id: str) -> TagGroup:
    """Return a group that the actor may see."""
    group = db.session.scalar(_groups(actor).where(TagGroup.public_id == public_id))
    if group is None:
        raise NotFound("No such group.")
    return group


def list_groups(actor: Actor, project: Project | None) -> Sequence[TagGroup]:
    """Return the groups of a project, or of all that the actor sees, as they were made."""
    query = _groups(actor)
    if project is not None:
        query = query.where(TagGroup.project_id == project.id)
    return db.session.scalars(query.order_by(TagGroup.id)).all()


def classes_of(groups: Iterable[TagGroup]) -> dict[int, list[TagClass]]:
    """Return the classes in use of every group, by its number."""
    found: dict[int, list[TagClass]] = {group.id: [] for group in groups}
    query = select(TagClass).where(TagClass.retired_at.is_(None), TagClass.merged_into_id.is_(None))
    for some in chunks(sorted(found)):
        of_some = query.where(TagClass.group_id.in_(some)).order_by(TagClass.id)
        for tag_class in db.session.scalars(of_some):
            found[tag_class.group_id].append(tag_class)
    return found


def makers_of(groups: Iterable[TagGroup]) -> dict[int | None, str]:
    """Return the names of those who made the groups, by their numbers."""
    ids = {group.created_by_id for group in groups}
    return dict(db.session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())


def get_class(actor: Actor, public_id: str) -> TagClass:
    """Return a class that the actor may see, retired or not; of a merged one the survivor."""
    query = _classes(actor)
    tag_class = db.session.scalar(query.where(TagClass.public_id == public_id))
    while tag_class is not None and tag_class.merged_into_id is not None:
        tag_class = db.session.scalar(query.where(TagClass.id == tag_class.merged_into_id))
    if tag_class is None:
        raise NotFound("No such tag.")
    return tag_class


def list_classes(
    actor: Actor, project: Project | None, group: TagGroup | None
) -> Sequence[TagClass]:
    """Return the classes in use of a project or group, as they were made."""
    query = _classes(actor).where(TagClass.retired_at.is_(None), TagClass.merged_into_id.is_(None))
    if project is not None:
        query = query.where(TagClass.project_id == project.id)
    if group is not None:
        query = query.where(TagClass.group_id == group.id)
    return db.session.scalars(query.order_by(TagClass.id)).all()


def delete_or_retire(actor: Actor, tag_class: TagClass, *, force: bool) -> None:
    """Delete a class; one that tags use is retired instead, if that is wanted."""
    require(actor, Can.MANAGE, tag_class.project)
    try:
        vocabularies.delete_class(actor, tag_class)
    except Conflict:
        if not force:
            raise
        vocabularies.edit_class(actor, tag_class, retired=True)


def _groups(actor: Actor) -> Select[TagGroup]:
    query = select(TagGroup).join(TagGroup.project).options(contains_eager(TagGroup.project))
    return visible(actor, query)


def _classes(actor: Actor) -> Select[TagClass]:
    query = (
        select(TagClass)
        .join(TagClass.project)
        .options(
            contains_eager(TagClass.project),
            joinedload(TagClass.group),
            joinedload(TagClass.created_by),
        )
    )
    return visible(actor, query)
