"""Groups of classes, and classes."""

from typing import Any

from flask import g

from tagstore.models import TagClass, TagGroup
from tagstore.services import listings, projects, vocabularies
from tagstore.values import Page
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.operations import Operation
from tagstore.web.api.v1.queries import OF_PROJECT
from tagstore.web.api.v1.schemas import ClassSchema, NewClassSchema
from tagstore.web.api.v1.shapes import CLASS, GROUP

new_class_schema = NewClassSchema()
class_changes_schema = ClassSchema(partial=True)


@bp.get("/tag-groups")
@Operation(query=OF_PROJECT, lists=GROUP)
def list_groups(query: dict[str, Any]) -> Page[TagGroup]:
    """List a project's vocabularies."""
    project = projects.get_project(g.actor, query["project"])
    return listings.page_of_groups(g.actor, project, query["part"])


@bp.get("/tag-classes")
@Operation(query=OF_PROJECT, lists=CLASS)
def list_classes(query: dict[str, Any]) -> Page[TagClass]:
    """List a project's classes, retired ones too."""
    project = projects.get_project(g.actor, query["project"])
    return listings.page_of_classes(g.actor, project, query["part"])


@bp.post("/tag-classes")
@Operation(body=new_class_schema, shows=CLASS, status=201)
def add_class(body: dict[str, Any]) -> TagClass:
    """Make a class."""
    project = projects.get_project(g.actor, body.pop("project"))
    if "group_id" in body:
        body["group"] = vocabularies.get_group(g.actor, body.pop("group_id"))
    return vocabularies.add_class(g.actor, project, body.pop("identifier"), **body)


@bp.get("/tag-classes/<int:class_id>")
@Operation(shows=CLASS)
def get_class(class_id: int) -> TagClass:
    """Show a class."""
    return vocabularies.get_class(g.actor, class_id)


@bp.patch("/tag-classes/<int:class_id>")
@Operation(body=class_changes_schema, shows=CLASS, versioned=True)
def edit_class(class_id: int, body: dict[str, Any], version: int | None) -> TagClass:
    """Change some fields of a class."""
    tag_class = vocabularies.get_class(g.actor, class_id)
    return vocabularies.edit_class(g.actor, tag_class, version, **body)


@bp.delete("/tag-classes/<int:class_id>")
@Operation(versioned=True)
def delete_class(class_id: int, version: int | None) -> None:
    """Delete a class that no tag uses."""
    vocabularies.delete_class(g.actor, vocabularies.get_class(g.actor, class_id), version)
