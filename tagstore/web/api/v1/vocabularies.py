"""Groups of classes, and classes."""

from typing import Any

from flask import g

from tagstore.models import TagClass, TagGroup
from tagstore.services import listings, projects, vocabularies
from tagstore.values import Page
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.operations import Operation
from tagstore.web.api.v1.queries import OF_PROJECT
from tagstore.web.api.v1.schemas import ClassSchema, GroupSchema, NewClassSchema, NewGroupSchema
from tagstore.web.api.v1.shapes import CLASS, GROUP

new_group_schema = NewGroupSchema()
group_changes_schema = GroupSchema(partial=True)
new_class_schema = NewClassSchema()
class_changes_schema = ClassSchema(partial=True)


@bp.get("/tag-groups")
@Operation(query=OF_PROJECT, lists=GROUP)
def list_groups(query: dict[str, Any]) -> Page[TagGroup]:
    """List a project's vocabularies."""
    project = projects.get_project(g.actor, query["project"])
    return listings.page_of_groups(g.actor, project, query["part"])


@bp.post("/tag-groups")
@Operation(body=new_group_schema, shows=GROUP, status=201)
def add_group(body: dict[str, Any]) -> TagGroup:
    """Make a vocabulary."""
    project = projects.get_project(g.actor, body.pop("project"))
    return vocabularies.add_group(g.actor, project, **body)


@bp.get("/tag-groups/<int:group_id>")
@Operation(shows=GROUP)
def get_group(group_id: int) -> TagGroup:
    """Show a vocabulary."""
    return vocabularies.get_group(g.actor, group_id)


@bp.patch("/tag-groups/<int:group_id>")
@Operation(body=group_changes_schema, shows=GROUP, versioned=True)
def edit_group(group_id: int, body: dict[str, Any], version: int | None) -> TagGroup:
    """Change some fields of a vocabulary."""
    group = vocabularies.get_group(g.actor, group_id)
    return vocabularies.edit_group(g.actor, group, version, **body)


@bp.delete("/tag-groups/<int:group_id>")
@Operation(versioned=True)
def delete_group(group_id: int, version: int | None) -> None:
    """Delete a vocabulary that has no classes."""
    vocabularies.delete_group(g.actor, vocabularies.get_group(g.actor, group_id), version)


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
