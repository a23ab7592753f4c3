"""Tag sets."""

from typing import Any

from flask import g

from tagstore.models import TagSet
from tagstore.services import listings, projects, tag_sets
from tagstore.values import Page
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.operations import Operation
from tagstore.web.api.v1.queries import OF_PROJECT
from tagstore.web.api.v1.schemas import NewTagSetSchema, TagSetSchema
from tagstore.web.api.v1.shapes import TAG_SET

new_tag_set_schema = NewTagSetSchema()
tag_set_changes_schema = TagSetSchema(partial=True)


@bp.get("/tag-sets")
@Operation(query=OF_PROJECT, lists=TAG_SET)
def list_tag_sets(query: dict[str, Any]) -> Page[TagSet]:
    """List a project's tag sets."""
    project = projects.get_project(g.actor, query["project"])
    return listings.page_of_tag_sets(g.actor, project, query["part"])


@bp.post("/tag-sets")
@Operation(body=new_tag_set_schema, shows=TAG_SET, status=201)
def add_tag_set(body: dict[str, Any]) -> TagSet:
    """Make a tag set."""
    project = projects.get_project(g.actor, body.pop("project"))
    return tag_sets.add_tag_set(g.actor, project, **body)


@bp.get("/tag-sets/<int:tag_set_id>")
@Operation(shows=TAG_SET)
def get_tag_set(tag_set_id: int) -> TagSet:
    """Show a tag set."""
    return tag_sets.get_tag_set(g.actor, tag_set_id)


@bp.patch("/tag-sets/<int:tag_set_id>")
@Operation(body=tag_set_changes_schema, shows=TAG_SET, versioned=True)
def edit_tag_set(tag_set_id: int, body: dict[str, Any], version: int | None) -> TagSet:
    """Change some fields of a tag set."""
    tag_set = tag_sets.get_tag_set(g.actor, tag_set_id)
    return tag_sets.edit_tag_set(g.actor, tag_set, version, **body)


@bp.delete("/tag-sets/<int:tag_set_id>")
@Operation(versioned=True)
def delete_tag_set(tag_set_id: int, version: int | None) -> None:
    """Delete a tag set with its tags; it can be restored for 30 days."""
    tag_sets.delete_tag_set(g.actor, tag_sets.get_tag_set(g.actor, tag_set_id), version)


@bp.post("/tag-sets/<int:tag_set_id>/restore")
@Operation(shows=TAG_SET)
def restore_tag_set(tag_set_id: int) -> TagSet:
    """Undo the deletion of a tag set."""
    tag_set = tag_sets.get_tag_set(g.actor, tag_set_id, also_deleted=True)
    return tag_sets.restore_tag_set(g.actor, tag_set)
