"""What surrounds Bedrock's tags: groups of them, and assignments to media files."""

from typing import Any

from flask import Response, g

from tagstore.services import vocabularies
from tagstore.services.bulk import assignments, groups, reading
from tagstore.web.api.base import json_response
from tagstore.web.api.bedrock import bp
from tagstore.web.api.bedrock.answers import dump_added_group, dump_assignment, dump_groups
from tagstore.web.api.bedrock.bodies import asked, read_json, read_many, read_one
from tagstore.web.api.bedrock.edits import group_changes
from tagstore.web.api.bedrock.schemas import (
    changes_of,
    drafts_of,
    group_changes_schema,
    read_assignment,
    read_group,
)


def _add_groups(values: list[Any]) -> list[dict[str, Any]]:
    made = groups.add_groups(g.actor, *drafts_of(values, read_group))
    return [dump_added_group(each, g.actor) for each in made]


def _add_assignments(values: list[Any]) -> list[dict[str, Any]]:
    made = assignments.add_assignments(g.actor, *drafts_of(values, read_assignment))
    return [dump_assignment(each) for each in made]


@bp.post("/tag-groups/batch")
def add_groups() -> Response:
    """Make all the groups of an array, or none."""
    return json_response(_add_groups(read_many()), 201)


@bp.post("/tag-groups")
def add_group() -> Response:
    """Make one group."""
    return json_response(_add_groups(read_one())[0], 201)


@bp.get("/tag-groups")
def list_groups() -> Response:
    """List the groups of a scope."""
    project = reading.find_scope(g.actor, asked("scopeId"))
    return json_response(dump_groups(reading.list_groups(g.actor, project)))


@bp.get("/tag-groups/<public_id:group_public_id>")
def get_group(group_public_id: str) -> Response:
    """Show a group with its tags."""
    return json_response(dump_groups([reading.get_group(g.actor, group_public_id)])[0])


@bp.patch("/tag-groups/<public_id:group_public_id>")
def edit_group(group_public_id: str) -> Response:
    """Change some fields of a group."""
    fields = changes_of(group_changes_schema, read_json())
    group = reading.get_group(g.actor, group_public_id)
    vocabularies.edit_group(g.actor, group, **group_changes(group, fields))
    return json_response(dump_groups([group])[0])


@bp.delete("/tag-groups/<public_id:group_public_id>")
def delete_group(group_public_id: str) -> Response:
    """Delete a group that no media file's tags use."""
    groups.delete_group(g.actor, reading.get_group(g.actor, group_public_id))
    return Response(status=204)


@bp.post("/tag-assignments/batch")
def add_assignments() -> Response:
    """Make all the assignments of an array, or none."""
    return json_response(_add_assignments(read_many()), 201)


@bp.post("/tag-assignments")
def add_assignment() -> Response:
    """Make one assignment."""
    return json_response(_add_assignments(read_one())[0], 201)


@bp.get("/tag-assignments")
def list_assignments() -> Response:
    """List the assignments of a tag, target, scope or group."""
    project = reading.find_scope(g.actor, asked("scopeId"))
    found = assignments.list_assignments(
        g.actor,
        project=project,
        group=reading.find_listed_group(g.actor, project, asked("tagGroupId")),
        tag_class=asked("tagId"),
        target=asked("targetId"),
    )
    return json_response([dump_assignment(each) for each in found])


@bp.delete("/tag-assignments/<public_id:assignment_id>")
def delete_assignment(assignment_id: str) -> Response:
    """Delete an assignment."""
    assignments.delete_assignment(g.actor, assignment_id)
    return Response(status=204)
