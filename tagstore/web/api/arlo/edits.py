"""From the fields of one thing to the changes that a service makes."""

from typing import Any

from flask import g

from tagstore.errors import NotFound
from tagstore.models import Project, Tag
from tagstore.services import projects
from tagstore.services.spans import kept_whole
from tagstore.values import TagChanges
from tagstore.web.api.arlo.faults import NULL, BadFields, unknown_pk


def tag_changes(tag: Tag, fields: dict[str, Any]) -> TagChanges:
    """Return what changes; a tag's own user, sent back as it was shown, changes nothing."""
    changes = dict(fields)
    if "created_by_id" in changes and changes["created_by_id"] == tag.created_by_id:
        del changes["created_by_id"]
    elif changes.get("created_by_id", 0) is None:
        raise BadFields({"user": [NULL]})
    return kept_whole(tag, TagChanges(**changes))  # type: ignore[typeddict-item]


def own_changes(project_id: int, fields: dict[str, Any]) -> dict[str, Any]:
    """Return what changes in something that stays in its project."""
    changes = dict(fields)
    if changes.pop("project_id", project_id) != project_id:
        raise BadFields({"project": ["This field may not be changed."]})
    return changes


def named_project(fields: dict[str, Any]) -> tuple[Project, dict[str, Any]]:
    """Return the project that new things name, and what else is said of them."""
    rest = dict(fields)
    project_id = rest.pop("project_id")
    try:
        return projects.get_project(g.actor, project_id), rest
    except NotFound as error:
        raise BadFields({"project": [unknown_pk(project_id)]}) from error
