"""Groups of classes: the vocabularies of a project."""

from collections.abc import Sequence
from typing import TypedDict, Unpack

import uuid_utils
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tagstore.db import db
from tagstore.errors import Conflict, Invalid, NotFound
from tagstore.models import Project, TagClass, TagGroup
from tagstore.services import events
from tagstore.services.access import Can, may, require
from tagstore.services.versions import check_version
from tagstore.services.vocabularies.words import check_words, flush_or_taken
from tagstore.values import Actor

DEFAULT_GROUP = "default"
MOST_PER_TARGET = 1_000_000


class GroupOptions(TypedDict, total=False):
    """What else can be said of a group: a missing key leaves alone, None clears."""

    description: str
    closed: bool
    most_per_target: int | None


class GroupChanges(GroupOptions, total=False):
    """Changes to a group."""

    key: str
    name: str


def add_group(
    actor: Actor, project: Project, key: str, name: str = "", **more: Unpack[GroupOptions]
) -> TagGroup:
    """Make a vocabulary in a project."""
    require(actor, Can.MANAGE, project)
    check_words(key=(key, 100), name=(name or key, 200))
    _check_most(more.get("most_per_target"))
    group = _new_group(actor, project, key, name or key, **more)
    events.record(actor, "group.added", project=project, after={"id": group.id, "key": key})
    return group


def _new_group(
    actor: Actor, project: Project, key: str, name: str, **more: Unpack[GroupOptions]
) -> TagGroup:
    group = TagGroup(
        public_id=f"tag_group_{uuid_utils.uuid7()}",
        project_id=project.id,
        key=key,
        name=name,
        created_by_id=actor.user_id,
        **more,
    )
    db.session.add(group)
    flush_or_taken("key")
    return group


def list_groups(actor: Actor, project: Project) -> Sequence[TagGroup]:
    """Return a project's vocabularies in the order they were made."""
    require(actor, Can.SEE, project)
    return db.session.scalars(
        select(TagGroup).where(TagGroup.project_id == project.id).order_by(TagGroup.id)
    ).all()


def get_group(actor: Actor, group_id: int) -> TagGroup:
    """Return a vocabulary the actor may see."""
    group = db.session.scalar(
        select(TagGroup).options(joinedload(TagGroup.project)).where(TagGroup.id == group_id)
    )
    if group is None or not may(actor, Can.SEE, group.project):
        raise NotFound("No such group.")
    return group


def edit_group(
    actor: Actor, group: TagGroup, version: int | None = None, **changes: Unpack[GroupChanges]
) -> TagGroup:
    """Apply the given changes and leave the rest alone."""
    require(actor, Can.MANAGE, group.project)
    check_version(group, version)
    if "name" in changes:
        check_words(name=(changes["name"], 200))
    if "key" in changes:
        check_words(key=(changes["key"], 100))
    _check_most(changes.get("most_per_target"))
    for field, value in changes.items():
        setattr(group, field, value)
    flush_or_taken("key")
    events.record(actor, "group.edited", project=group.project, after={"id": group.id, **changes})
    return group


def delete_group(actor: Actor, group: TagGroup, version: int | None = None) -> None:
    """Delete a group that has no classes."""
    require(actor, Can.MANAGE, group.project)
    check_version(group, version)
    if db.session.scalar(select(TagClass.id).where(TagClass.group_id == group.id).limit(1)):
        raise Conflict("Classes are in this group. Delete them first.")
    after = {"id": group.id, "key": group.key}
    events.record(actor, "group.deleted", project=group.project, after=after)
    db.session.delete(group)


def default_group(actor: Actor, project: Project) -> TagGroup:
    """Return the group of classes that name none, making it when there is none."""
    group = db.session.scalar(
        select(TagGroup).where(TagGroup.project_id == project.id, TagGroup.key == DEFAULT_GROUP)
    )
    return group or _new_group(actor, project, DEFAULT_GROUP, "Default")


def _check_most(most: int | None) -> None:
    if most is not None and not 1 <= most <= MOST_PER_TARGET:
        reason = f"must be from 1 to {MOST_PER_TARGET}"
        raise Invalid("That many will not do.", most_per_target=reason)
