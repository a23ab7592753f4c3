"""Groups of classes, and classes."""

from flask import Response, g

from tagstore.errors import Invalid
from tagstore.models import Project
from tagstore.services import projects, vocabularies
from tagstore.web.api.base import body
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.answers import many, one, query, seen_version, words
from tagstore.web.api.v1.schemas import ClassSchema, NewClassSchema, dump_class, dump_group

new_class_schema = NewClassSchema()
class_changes_schema = ClassSchema(partial=True)


def project_asked() -> Project:
    """Return the project that the query names."""
    given = query(project=words)
    if "project" not in given:
        raise Invalid("Say which project.", project="is required")
    return projects.get_project(g.actor, given["project"])


@bp.get("/tag-groups")
def list_groups() -> Response:
    """List a project's vocabularies."""
    found = vocabularies.list_groups(g.actor, project_asked())
    return many([dump_group(each) for each in found], total=len(found))


@bp.get("/tag-classes")
def list_classes() -> Response:
    """List a project's classes, retired ones too."""
    found = vocabularies.list_classes(g.actor, project_asked(), also_retired=True)
    return many([dump_class(each) for each in found], total=len(found))


@bp.post("/tag-classes")
def add_class() -> Response:
    """Make a class."""
    data = body(new_class_schema)
    project = projects.get_project(g.actor, data.pop("project"))
    if "group_id" in data:
        data["group"] = vocabularies.get_group(g.actor, data.pop("group_id"))
    return one(vocabularies.add_class(g.actor, project, data.pop("identifier"), **data), 201)


@bp.get("/tag-classes/<int:class_id>")
def get_class(class_id: int) -> Response:
    """Show a class."""
    return one(vocabularies.get_class(g.actor, class_id))


@bp.patch("/tag-classes/<int:class_id>")
def edit_class(class_id: int) -> Response:
    """Change some fields of a class."""
    changes = body(class_changes_schema)
    tag_class = vocabularies.get_class(g.actor, class_id)
    return one(vocabularies.edit_class(g.actor, tag_class, seen_version(), **changes))


@bp.delete("/tag-classes/<int:class_id>")
def delete_class(class_id: int) -> Response:
    """Delete a class that no tag uses."""
    tag_class = vocabularies.get_class(g.actor, class_id)
    vocabularies.delete_class(g.actor, tag_class, seen_version())
    return Response(status=204)
