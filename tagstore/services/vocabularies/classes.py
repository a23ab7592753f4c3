"""The classes that tags speak with."""

from collections.abc import Iterable, Sequence
from typing import Any, TypedDict, Unpack

import uuid_utils
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from tagstore import clock
from tagstore.db import db, take_turn
from tagstore.errors import Conflict, Invalid, NotFound
from tagstore.models import Project, Tag, TagClass, TagGroup
from tagstore.services import events
from tagstore.services.access import Can, Guarded, may, require
from tagstore.services.rows import by_number
from tagstore.services.versions import check_version
from tagstore.services.vocabularies.groups import default_group
from tagstore.services.vocabularies.words import check_words, flush_or_taken
from tagstore.values import COLOUR, COLOURS, Actor, fold

HOT_KEYS = "1234567890"


class ClassChanges(TypedDict, total=False):
    """Changes to a class: a missing key leaves alone, None clears."""

    identifier: str
    label: str
    color: str
    hot_key: str | None
    parent_id: int | None
    low_hz: float | None
    high_hz: float | None
    retired: bool


def add_class(
    actor: Actor,
    project: Project,
    identifier: str,
    *,
    label: str = "",
    color: str | None = None,
    hot_key: str | None = None,
    group: TagGroup | None = None,
) -> TagClass:
    """Make a class; colour and hot key are chosen when they are not given."""
    require(actor, Can.MANAGE, project)
    label = label or identifier
    check_words(identifier=(identifier, 100), label=(label, 200))
    _check_looks(color, hot_key)
    take_turn(project.id)
    group = open_group(actor, project, group)
    taken = {each.hot_key for each in list_classes(actor, project)}
    if hot_key in taken and hot_key is not None:
        raise Conflict("Another class has that hot key.", hot_key="is taken")
    of_project = select(func.count()).where(TagClass.project_id == project.id)
    count = db.session.scalar(of_project)
    tag_class = TagClass(
        public_id=f"tag_{uuid_utils.uuid7()}",
        project_id=project.id,
        group_id=group.id,
        identifier=identifier,
        label=label,
        label_folded=fold(label),
        color=color or COLOURS[(count or 0) % len(COLOURS)],
        hot_key=hot_key or next((key for key in HOT_KEYS if key not in taken), None),
        created_by_id=actor.user_id,
    )
    db.session.add(tag_class)
    flush_or_taken("identifier")
    events.record(actor, "class.added", project=project, after={"id": tag_class.id, "label": label})
    return tag_class


def open_group(actor: Actor, project: Project, group: TagGroup | None) -> TagGroup:
    """Return the group that a new class goes to: the default one if none is given."""
    group = group or default_group(actor, project)
    if group.project_id != project.id:
        raise Invalid("There is no such group.", group_id="is not a group of the project")
    if group.closed:
        raise Conflict("That vocabulary is closed: it takes no new classes.")
    return group


def list_classes(
    actor: Actor, project: Project, *, also_retired: bool = False
) -> Sequence[TagClass]:
    """Return a project's classes in the order they were made."""
    require(actor, Can.SEE, project)
    query = select(TagClass).where(
        TagClass.project_id == project.id, TagClass.merged_into_id.is_(None)
    )
    if not also_retired:
        query = query.where(TagClass.retired_at.is_(None))
    return db.session.scalars(query.order_by(TagClass.id)).all()


def of_tags(tags: Iterable[Any]) -> dict[int, TagClass]:
    """Return the classes of tags that the actor may see, by number."""
    return by_number(TagClass, {tag.tag_class_id for tag in tags} - {None})


def get_class(actor: Actor, class_id: int) -> TagClass:
    """Return a class the actor may see."""
    tag_class = db.session.scalar(
        select(TagClass)
        .join(TagClass.project)
        .options(contains_eager(TagClass.project))
        .where(TagClass.id == class_id)
    )
    if tag_class is None or not may(actor, Can.SEE, tag_class.project):
        raise NotFound("No such class.")
    return tag_class


def edit_class(
    actor: Actor, tag_class: TagClass, version: int | None = None, **changes: Unpack[ClassChanges]
) -> TagClass:
    """Apply the given changes and leave the rest alone; its tags follow."""
    require(actor, Can.MANAGE, tag_class.project)
    check_version(tag_class, version)
    take_turn(tag_class.project_id)
    _check_class_changes(tag_class, changes)
    fields: dict[str, Any] = dict(changes)
    if "retired" in fields:
        _retire(tag_class, is_retired=fields.pop("retired"))
    if "label" in changes:
        tag_class.label_folded = fold(changes["label"])
    for field, value in fields.items():
        setattr(tag_class, field, value)
    flush_or_taken("identifier")
    after = {"id": tag_class.id, **changes}
    events.record(actor, "class.edited", project=tag_class.project, after=after)
    return tag_class


def delete_class(actor: Actor, tag_class: TagClass, version: int | None = None) -> None:
    """Delete a class that no tag uses; one in use can be retired instead."""
    require(actor, Can.MANAGE, tag_class.project)
    check_version(tag_class, version)
    if db.session.scalar(select(Tag.id).where(Tag.tag_class_id == tag_class.id).limit(1)):
        raise Conflict("Tags use this class. Retire it instead: they keep it.")
    after = {"id": tag_class.id, "label": tag_class.label}
    events.record(actor, "class.deleted", project=tag_class.project, after=after)
    db.session.delete(tag_class)


def _check_looks(color: str | None, hot_key: str | None) -> None:
    if color is not None and not COLOUR.fullmatch(color):
        raise Invalid("That colour will not do.", color="must look like #3fa7d6")
    if hot_key is not None and hot_key not in set(HOT_KEYS):
        raise Invalid("That hot key will not do.", hot_key="must be a digit")


def _check_class_changes(tag_class: TagClass, changes: ClassChanges) -> None:
    if "identifier" in changes:
        check_words(identifier=(changes["identifier"], 100))
    if "label" in changes:
        check_words(label=(changes["label"], 200))
    _check_looks(changes.get("color"), changes.get("hot_key"))
    if _has_another(tag_class, changes.get("hot_key")):
        raise Conflict("Another class has that hot key.", hot_key="is taken")
    low_hz = changes.get("low_hz", tag_class.low_hz)
    high_hz = changes.get("high_hz", tag_class.high_hz)
    if low_hz is not None and high_hz is not None and high_hz < low_hz:
        raise Invalid("That range runs backwards.", high_hz="must not be below the lowest")
    if changes.get("parent_id") is not None:
        _check_parent(tag_class, changes["parent_id"])


def _check_parent(tag_class: TagClass, parent_id: int | None) -> None:
    """Refuse a parent of another project, and one that descends from the class itself."""
    parents = dict(
        db.session.execute(
            select(TagClass.id, TagClass.parent_id).where(
                TagClass.project_id == tag_class.project_id
            )
        ).all()
    )
    if parent_id not in parents:
        raise Invalid("There is no such class.", parent_id="is not a class of the project")
    while parent_id is not None:
        if parent_id == tag_class.id:
            raise Invalid("A class cannot descend from itself.", parent_id="descends from it")
        parent_id = parents.pop(parent_id, None)


def _retire(tag_class: TagClass, *, is_retired: bool) -> None:
    """Retire a class or bring it back, without its hot key if another has taken that."""
    loses_key = not is_retired and _has_another(tag_class, tag_class.hot_key)
    tag_class.retired_at = clock.now() if is_retired else None
    tag_class.hot_key = None if loses_key else tag_class.hot_key


def _has_another(tag_class: TagClass, hot_key: str | None) -> bool:
    """Return whether another class that is in use has this hot key."""
    return hot_key is not None and (
        db.session.scalar(
            select(TagClass.id).where(
                TagClass.project_id == tag_class.project_id,
                TagClass.hot_key == hot_key,
                TagClass.id != tag_class.id,
                TagClass.retired_at.is_(None),
            )
        )
        is not None
    )


def require_known(actor: Actor, project: Guarded, identifier: str) -> TagClass:
    """Return the class of that identifier in the project, of several the oldest."""
    require(actor, Can.SEE, project)
    tag_class = db.session.scalar(
        select(TagClass)
        .where(TagClass.project_id == project.id, TagClass.identifier == identifier)
        .order_by(TagClass.id)
    )
    if tag_class is None:
        raise Invalid("There is no such class.", **{"class": "is not a class of the project"})
    return tag_class
