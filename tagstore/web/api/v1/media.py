"""Media files: lists, facts, changes, uploads and the bytes themselves."""

from typing import Any, BinaryIO, cast

from flask import Response, g, request

from tagstore.errors import Invalid
from tagstore.models import MediaFile
from tagstore.services import media_files, projects
from tagstore.services.access import Can
from tagstore.services.browsing import ORDERS
from tagstore.values import MediaQuery, Page, Part
from tagstore.web.api.fields import NO_NUL
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.operations import PARTIAL, Operation
from tagstore.web.api.v1.queries import Flag, OfProject, Paged, Query, Words, form_fields, one_of
from tagstore.web.api.v1.schemas import PLAIN, MediaFileSchema
from tagstore.web.api.v1.shapes import KINDS, MEDIA_FILE, STATES
from tagstore.web.app import uploads
from tagstore.web.sending import send_origin

SHOWN_INLINE = ("audio/", "video/", "image/png", "image/jpeg", "image/webp", "image/gif")
SORTS = (*ORDERS, *(f"-{each}" for each in ORDERS))
PLAIN_FIELDS = ("folder", "name")
NO_UPLOAD = "An upload is multipart/form-data with the fields project and file."
UPLOAD = {
    "multipart/form-data": {
        "type": "object",
        "required": ["project", "file"],
        "additionalProperties": False,
        "properties": {
            "project": {"type": "string", **NO_NUL, "description": "The project's key."},
            "folder": {"type": "string", "pattern": PLAIN.pattern, "maxLength": 1000},
            "name": {"type": "string", "pattern": PLAIN.pattern, "maxLength": 200},
            "file": {"type": "string", "format": "binary", "minLength": 1},
        },
    }
}

media_changes_schema = MediaFileSchema(partial=True)


class MediaFilters(Paged):
    """Which media files are wanted."""

    folder = Words()
    text = Words(data_key="q")
    state = Words(validate=one_of(*STATES))
    kind = Words(validate=one_of(*KINDS))
    tagged = Flag()
    sort = Words(validate=one_of(*SORTS), load_default="name")


class MediaFiltersOfProject(MediaFilters, OfProject):
    """Which media files of which project are wanted."""


class Download(Query):
    """How a file is to be sent."""

    download = Flag(load_default=False)


@bp.get("/media")
@Operation(query=MediaFiltersOfProject(), lists=MEDIA_FILE)
def list_media(query: dict[str, Any]) -> Page[MediaFile]:
    """List a project's media files."""
    return _listed(query.pop("project"), query)


@bp.get("/projects/<project_key>/media")
@Operation(query=MediaFilters(), lists=MEDIA_FILE)
def list_media_of_project(project_key: str, query: dict[str, Any]) -> Page[MediaFile]:
    """List a project's media files."""
    return _listed(project_key, query)


def _listed(project_key: str, query: dict[str, Any]) -> Page[MediaFile]:
    project = projects.get_project(g.actor, project_key)
    part: Part = query.pop("part")
    wanted = MediaQuery(**query)
    return media_files.list_media_files(g.actor, project, wanted, part.limit, part.cursor)


@bp.post("/media")
@uploads
@Operation(takes=UPLOAD, shows=MEDIA_FILE, status=201, also={200: "The same bytes are there."})
def add_media() -> tuple[MediaFile, int]:
    """Take an uploaded file into a project; the same bytes are found again with 200."""
    fields = form_fields(NO_UPLOAD, {"project", *PLAIN_FIELDS}, PLAIN_FIELDS)
    files = request.files.getlist("file")
    if len(files) != 1 or set(request.files) != {"file"}:
        raise Invalid("Send one file.", file="must be one file in the field `file`")
    stream, name = cast(BinaryIO, files[0].stream), fields.get("name") or files[0].filename or ""
    prepared = media_files.receive(
        g.actor, fields["project"], stream, name, fields.get("folder", "")
    )
    project = projects.get_project(g.actor, fields["project"], Can.MANAGE)
    media_file, is_new = media_files.add_media_file(g.actor, project, prepared)
    return media_file, 201 if is_new else 200


@bp.get("/media/<media_id>")
@Operation(shows=MEDIA_FILE)
def get_media(media_id: str) -> MediaFile:
    """Show a media file."""
    return media_files.get_media_file(g.actor, media_id)


@bp.patch("/media/<media_id>")
@Operation(body=media_changes_schema, shows=MEDIA_FILE, versioned=True)
def edit_media(media_id: str, body: dict[str, Any], version: int | None) -> MediaFile:
    """Change what a media file is called and in which folder it shows."""
    media_file = media_files.get_media_file(g.actor, media_id)
    return media_files.edit_media_file(g.actor, media_file, version, **body)


@bp.delete("/media/<media_id>")
@Operation(versioned=True)
def delete_media(media_id: str, version: int | None) -> None:
    """Delete a media file with its tags; it can be restored for 30 days."""
    media_files.delete_media_file(g.actor, media_files.get_media_file(g.actor, media_id), version)


@bp.post("/media/<media_id>/restore")
@Operation(shows=MEDIA_FILE)
def restore_media(media_id: str) -> MediaFile:
    """Undo the deletion of a media file."""
    media_file = media_files.get_media_file(g.actor, media_id, also_deleted=True)
    return media_files.restore_media_file(g.actor, media_file)


@bp.get("/media/<media_id>/file")
@Operation(query=Download(), gives=("*/*",), also=PARTIAL)
def send_media(media_id: str, query: dict[str, Any]) -> Response:
    """Send the original bytes, or the range of them that is asked for."""
    source = media_files.source_of(media_files.get_media_file(g.actor, media_id))
    origin = media_files.locate_apart(source)
    is_shown = source.mimetype.startswith(SHOWN_INLINE)
    response = send_origin(
        origin,
        mimetype=source.mimetype if is_shown else "application/octet-stream",
        as_attachment=query["download"] or not is_shown,
        download_name=source.name,
        etag=source.identity,
    )
    response.headers["Cache-Control"] = "private, no-cache"
    if not is_shown:
        response.headers["Content-Security-Policy"] = "sandbox"
    return response
