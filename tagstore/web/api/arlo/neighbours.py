"""What tags refer to: projects, media files, tag sets and classes."""

from functools import partial

from flask import Response, g

from tagstore.services import listings, media_files, projects, tag_sets, vocabularies
from tagstore.web.api.arlo import bp
from tagstore.web.api.arlo.answers import (
    dump_media_file,
    dump_project,
    dump_tag_class,
    dump_tag_set,
)
from tagstore.web.api.arlo.bodies import read_json
from tagstore.web.api.arlo.edits import named_project, own_changes
from tagstore.web.api.arlo.pages import page
from tagstore.web.api.arlo.schemas import (
    load,
    tag_class_changes_schema,
    tag_class_schema,
    tag_set_changes_schema,
    tag_set_schema,
)
from tagstore.web.api.base import json_response


@bp.get("/project/", strict_slashes=False)
def list_projects() -> Response:
    """List the projects that you may see."""
    return page(partial(listings.list_projects, g.actor), dump_project)


@bp.get("/project/<int:project_id>/", strict_slashes=False)
def get_project(project_id: int) -> Response:
    """Show a project."""
    return json_response(dump_project(projects.get_project(g.actor, project_id)))


@bp.get("/project/<int:project_id>/mediaFiles/", strict_slashes=False)
def list_media_files_of_project(project_id: int) -> Response:
    """List a project's media files."""
    project = projects.get_project(g.actor, project_id)
    return page(partial(listings.list_media_files, g.actor, project), dump_media_file)


@bp.get("/mediaFile/", strict_slashes=False)
def list_media_files() -> Response:
    """List the media files of all projects that you may see."""
    return page(partial(listings.list_media_files, g.actor, None), dump_media_file)


@bp.get("/mediaFile/<int:media_file_id>/", strict_slashes=False)
def get_media_file(media_file_id: int) -> Response:
    """Show a media file."""
    return json_response(dump_media_file(media_files.get_media_file(g.actor, media_file_id)))


@bp.get("/tagSet/", strict_slashes=False)
def list_tag_sets() -> Response:
    """List the tag sets of all projects that you may see."""
    return page(partial(listings.list_tag_sets, g.actor), dump_tag_set)


@bp.post("/tagSet/", strict_slashes=False)
def add_tag_set() -> Response:
    """Make a tag set."""
    project, fields = named_project(load(tag_set_schema, read_json()))
    return json_response(dump_tag_set(tag_sets.add_tag_set(g.actor, project, **fields)), 201)


@bp.get("/tagSet/<int:tag_set_id>/", strict_slashes=False)
def get_tag_set(tag_set_id: int) -> Response:
    """Show a tag set."""
    return json_response(dump_tag_set(tag_sets.get_tag_set(g.actor, tag_set_id)))


@bp.put("/tagSet/<int:tag_set_id>/", strict_slashes=False)
def replace_tag_set(tag_set_id: int) -> Response:
    """Say all of a tag set anew; what ARLO does not know of stays."""
    fields = load(tag_set_schema, read_json())
    tag_set = tag_sets.get_tag_set(g.actor, tag_set_id)
    changes = own_changes(tag_set.project_id, fields)
    return json_response(dump_tag_set(tag_sets.edit_tag_set(g.actor, tag_set, **changes)))


@bp.patch("/tagSet/<int:tag_set_id>/", strict_slashes=False)
def edit_tag_set(tag_set_id: int) -> Response:
    """Change some fields of a tag set."""
    fields = load(tag_set_changes_schema, read_json())
    tag_set = tag_sets.get_tag_set(g.actor, tag_set_id)
    changes = own_changes(tag_set.project_id, fields)
    return json_response(dump_tag_set(tag_sets.edit_tag_set(g.actor, tag_set, **changes)))


@bp.delete("/tagSet/<int:tag_set_id>/", strict_slashes=False)
def delete_tag_set(tag_set_id: int) -> Response:
    """Delete a tag set with its tags."""
    tag_sets.delete_tag_set(g.actor, tag_sets.get_tag_set(g.actor, tag_set_id))
    return Response(status=204)


@bp.get("/tagClass/", strict_slashes=False)
def list_tag_classes() -> Response:
    """List the classes of all projects that you may see."""
    return page(partial(listings.list_classes, g.actor), dump_tag_class)


@bp.post("/tagClass/", strict_slashes=False)
def add_tag_class() -> Response:
    """Make a class."""
    project, fields = named_project(load(tag_class_schema, read_json()))
    tag_class = vocabularies.add_class(g.actor, project, **fields)
    return json_response(dump_tag_class(tag_class), 201)


@bp.get("/tagClass/<int:tag_class_id>/", strict_slashes=False)
def get_tag_class(tag_class_id: int) -> Response:
    """Show a class."""
    return json_response(dump_tag_class(vocabularies.get_class(g.actor, tag_class_id)))


@bp.put("/tagClass/<int:tag_class_id>/", strict_slashes=False)
def replace_tag_class(tag_class_id: int) -> Response:
    """Say all of a class anew; what ARLO does not know of stays."""
    fields = load(tag_class_schema, read_json())
    tag_class = vocabularies.get_class(g.actor, tag_class_id)
    changes = own_changes(tag_class.project_id, fields)
    return json_response(dump_tag_class(vocabularies.edit_class(g.actor, tag_class, **changes)))


@bp.patch("/tagClass/<int:tag_class_id>/", strict_slashes=False)
def edit_tag_class(tag_class_id: int) -> Response:
    """Change some fields of a class."""
    fields = load(tag_class_changes_schema, read_json())
    tag_class = vocabularies.get_class(g.actor, tag_class_id)
    changes = own_changes(tag_class.project_id, fields)
    return json_response(dump_tag_class(vocabularies.edit_class(g.actor, tag_class, **changes)))


@bp.delete("/tagClass/<int:tag_class_id>/", strict_slashes=False)
def delete_tag_class(tag_class_id: int) -> Response:
    """Delete a class that no tag uses."""
    vocabularies.delete_class(g.actor, vocabularies.get_class(g.actor, tag_class_id))
    return Response(status=204)
