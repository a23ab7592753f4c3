"""Tags, which are our classes: thousands at once, and one at a time."""

from typing import Any

from flask import Response, g, request

from tagstore.services import vocabularies
from tagstore.services.bulk import classes, reading
from tagstore.web.api.base import json_response
from tagstore.web.api.bedrock import bp
from tagstore.web.api.bedrock.answers import dump_added_class, dump_class
from tagstore.web.api.bedrock.bodies import asked, read_json, read_many, read_one
from tagstore.web.api.bedrock.edits import class_changes
from tagstore.web.api.bedrock.schemas import (
    changes_of,
    class_changes_schema,
    drafts_of,
    read_class,
)


def _add(values: list[Any]) -> list[dict[str, Any]]:
    made = classes.add_classes(g.actor, *drafts_of(values, read_class))
    return [dump_added_class(each, g.actor) for each in made]


@bp.post("/tags/batch")
def add_tags() -> Response:
    """Make all the tags of an array, or none."""
    return json_response(_add(read_many()), 201)


@bp.post("/tags")
def add_tag() -> Response:
    """Make one tag."""
    return json_response(_add(read_one())[0], 201)


@bp.get("/tags")
def list_tags() -> Response:
    """List the tags of a scope or group."""
    project = reading.find_scope(g.actor, asked("scopeId"))
    group = reading.find_listed_group(g.actor, project, asked("tagGroupId"))
    return json_response([dump_class(c) for c in reading.list_classes(g.actor, project, group)])


@bp.get("/tags/<public_id:tag_public_id>")
def get_tag(tag_public_id: str) -> Response:
    """Show a tag."""
    return json_response(dump_class(reading.get_class(g.actor, tag_public_id)))


@bp.patch("/tags/<public_id:tag_public_id>")
def edit_tag(tag_public_id: str) -> Response:
    """Change a tag's identifier or label."""
    fields = changes_of(class_changes_schema, read_json())
    tag_class = reading.get_class(g.actor, tag_public_id)
    changes = class_changes(tag_class, fields)
    return json_response(dump_class(vocabularies.edit_class(g.actor, tag_class, **changes)))


@bp.delete("/tags/<public_id:tag_public_id>")
def delete_tag(tag_public_id: str) -> Response:
    """Delete a tag; `?force=true` retires one that is in use."""
    force = request.args.get("force") == "true"
    reading.delete_or_retire(g.actor, reading.get_class(g.actor, tag_public_id), force=force)
    return Response(status=204)
