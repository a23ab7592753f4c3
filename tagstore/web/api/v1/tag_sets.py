"""Tag sets, and the tracks of a media file."""

from flask import Response, g

from tagstore.errors import Invalid
from tagstore.services import media_files, projects, tag_sets
from tagstore.web.api.base import body
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.answers import many, one, query, seen_version, words
from tagstore.web.api.v1.schemas import NewTagSetSchema, TagSetSchema, dump_tag_set, dump_track

new_tag_set_schema = NewTagSetSchema()
tag_set_changes_schema = TagSetSchema(partial=True)


@bp.get("/tag-sets")
def list_tag_sets() -> Response:
    """List a project's tag sets."""
    given = query(project=words)
    if "project" not in given:
        raise Invalid("Say which project.", project="is required")
    project = projects.get_project(g.actor, given["project"])
    found = tag_sets.list_tag_sets(g.actor, project)
    return many([dump_tag_set(each) for each in found], total=len(found))


@bp.post("/tag-sets")
def add_tag_set() -> Response:
    """Make a tag set."""
    data = body(new_tag_set_schema)
    project = projects.get_project(g.actor, data.pop("project"))
    return one(tag_sets.add_tag_set(g.actor, project, **data), 201)


@bp.get("/tag-sets/<int:tag_set_id>")
def get_tag_set(tag_set_id: int) -> Response:
    """Show a tag set."""
    return one(tag_sets.get_tag_set(g.actor, tag_set_id))


@bp.patch("/tag-sets/<int:tag_set_id>")
def edit_tag_set(tag_set_id: int) -> Response:
    """Change some fields of a tag set."""
    changes = body(tag_set_changes_schema)
    tag_set = tag_sets.get_tag_set(g.actor, tag_set_id)
    return one(tag_sets.edit_tag_set(g.actor, tag_set, seen_version(), **changes))


@bp.delete("/tag-sets/<int:tag_set_id>")
def delete_tag_set(tag_set_id: int) -> Response:
    """Delete a tag set with its tags; it can be restored for 30 days."""
    tag_set = tag_sets.get_tag_set(g.actor, tag_set_id)
    tag_sets.delete_tag_set(g.actor, tag_set, seen_version())
    return Response(status=204)


@bp.post("/tag-sets/<int:tag_set_id>/restore")
def restore_tag_set(tag_set_id: int) -> Response:
    """Undo the deletion of a tag set."""
    tag_set = tag_sets.get_tag_set(g.actor, tag_set_id, also_deleted=True)
    return one(tag_sets.restore_tag_set(g.actor, tag_set))


@bp.get("/media/<media_id>/tracks")
def list_tracks(media_id: str) -> Response:
    """List the tracks of a media file."""
    query()
    media_file = media_files.get_media_file(g.actor, media_id)
    totals = tag_sets.tag_totals_of(media_file)
    found = tag_sets.list_tracks(g.actor, media_file)
    return many([dump_track(each, totals.get(each.id, 0)) for each in found], total=len(found))
