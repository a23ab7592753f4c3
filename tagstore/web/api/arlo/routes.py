"""Tags: thousands at once, and one at a time."""

from functools import partial

from flask import Response, g

from tagstore.services import listings, projects, tags
from tagstore.web.api.arlo import bp
from tagstore.web.api.arlo.answers import dump_added, dump_tag
from tagstore.web.api.arlo.bodies import read_json, read_list
from tagstore.web.api.arlo.drafts import tag_drafts
from tagstore.web.api.arlo.edits import tag_changes
from tagstore.web.api.arlo.faults import about_one
from tagstore.web.api.arlo.pages import page
from tagstore.web.api.arlo.schemas import load, tag_changes_schema, tag_edit_schema
from tagstore.web.api.base import json_response


@bp.post("/bulkTagCreate/<int:project_id>/", strict_slashes=False)
def bulk_tag_create(project_id: int) -> Response:
    """Make all the tags of a list, or none."""
    drafts, faults = tag_drafts(read_list())
    project = projects.get_project(g.actor, project_id)
    return json_response(dump_added(tags.add_tags(g.actor, project, drafts, faults)))


@bp.get("/tag/", strict_slashes=False)
def list_tags() -> Response:
    """List the tags that show, of all projects that you may see."""
    return page(partial(listings.list_tags, g.actor), dump_tag)


@bp.post("/tag/", strict_slashes=False)
@about_one
def add_tag() -> Response:
    """Make one tag."""
    drafts, faults = tag_drafts([read_json()])
    tag = tags.add_tag_where_it_says(g.actor, drafts[0], faults)
    return json_response(dump_tag(tag), 201)


@bp.get("/tag/<int:tag_id>/", strict_slashes=False)
def get_tag(tag_id: int) -> Response:
    """Show a tag."""
    return json_response(dump_tag(tags.get_tag(g.actor, tag_id)))


@bp.put("/tag/<int:tag_id>/", strict_slashes=False)
@about_one
def replace_tag(tag_id: int) -> Response:
    """Say all of a tag anew; what ARLO does not know of stays."""
    fields = load(tag_edit_schema, read_json())
    tag = tags.get_tag(g.actor, tag_id)
    return json_response(dump_tag(tags.edit_tag(g.actor, tag, **tag_changes(tag, fields))))


@bp.patch("/tag/<int:tag_id>/", strict_slashes=False)
@about_one
def edit_tag(tag_id: int) -> Response:
    """Change some fields of a tag."""
    fields = load(tag_changes_schema, read_json())
    tag = tags.get_tag(g.actor, tag_id)
    return json_response(dump_tag(tags.edit_tag(g.actor, tag, **tag_changes(tag, fields))))


@bp.delete("/tag/<int:tag_id>/", strict_slashes=False)
def delete_tag(tag_id: int) -> Response:
    """Delete a tag."""
    tags.delete_tag(g.actor, tags.get_tag(g.actor, tag_id))
    return Response(status=204)
