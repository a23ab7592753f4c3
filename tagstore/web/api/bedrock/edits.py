"""From the fields of one thing to the changes that a service makes."""

from typing import Any

from flask import g

from tagstore.errors import Invalid
from tagstore.models import Project, TagClass, TagGroup
from tagstore.services.bulk import reading

STAYS = "May not be changed."


def class_changes(tag_class: TagClass, fields: dict[str, Any]) -> dict[str, Any]:
    """Return what changes in a class, which stays in its scope and group."""
    changes = _own_changes(tag_class.public_id, tag_class.project, fields)
    group = changes.pop("group", tag_class.group.public_id)
    if group not in {tag_class.group.public_id, tag_class.group.key}:
        raise Invalid("A tag stays in its group.", group=STAYS)
    return changes


def group_changes(group: TagGroup, fields: dict[str, Any]) -> dict[str, Any]:
    """Return what changes in a group, which stays in its scope."""
    return _own_changes(group.public_id, group.project, fields)


def _own_changes(public_id: str, project: Project, fields: dict[str, Any]) -> dict[str, Any]:
    changes = dict(fields)
    if changes.pop("public_id", public_id) != public_id:
        raise Invalid("An id stays what it is.", public_id=STAYS)
    scope = reading.find_scope(g.actor, changes.pop("scope", project.key))
    if scope is None or scope.id != project.id:
        raise Invalid("It stays in its scope.", scope=STAYS)
    return changes
