"""Media files: lists, facts, changes, uploads and the bytes themselves."""

from typing import Any, BinaryIO, cast

from flask import Response, g, request, send_file

from tagstore.errors import Invalid, Malformed, Unauthenticated
from tagstore.services import media_files, projects
from tagstore.services.access import Can
from tagstore.values import STRANGER, MediaQuery
from tagstore.web.api.base import body
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.answers import (
    DEFAULT,
    choice,
    limit,
    many,
    one,
    query,
    seen_version,
    words,
)
from tagstore.web.api.v1.schemas import MediaChangesSchema, dump_media_file
from tagstore.web.app import uploads

SHOWN_INLINE = ("audio/", "video/", "image/png", "image/jpeg", "image/webp", "image/gif")
SORTS = ("name", "recorded", "added", "duration", "size")
KINDS = ("audio", "video", "image", "external")
STATES = ("new", "ready", "failed", "missing", "changed")
UPLOAD_FIELDS = {"project", "folder", "name"}

media_changes_schema = MediaChangesSchema(partial=True)


def flag(text: str) -> bool:
    """Read true or false."""
    if text not in {"true", "false"}:
        raise ValueError("must be true or false")
    return text == "true"


FILTERS = {
    "folder": words,
    "q": words,
    "state": choice(*STATES),
    "kind": choice(*KINDS),
    "tagged": flag,
    "sort": choice(*SORTS, *(f"-{each}" for each in SORTS)),
}


@bp.get("/media")
def list_media() -> Response:
    """List a project's media files."""
    given = query(project=words, **FILTERS, limit=limit, cursor=words)
    if "project" not in given:
        raise Invalid("Say which project.", project="is required")
    return _listed(given.pop("project"), given)


@bp.get("/projects/<project_key>/media")
def list_media_of_project(project_key: str) -> Response:
    """List a project's media files."""
    return _listed(project_key, query(**FILTERS, limit=limit, cursor=words))


def _listed(project_key: str, given: dict[str, Any]) -> Response:
    project = projects.get_project(g.actor, project_key)
    most, cursor = given.pop("limit", DEFAULT), given.pop("cursor", None)
    wanted = MediaQuery(**{"text" if name == "q" else name: each for name, each in given.items()})
    page = media_files.list_media_files(g.actor, project, wanted, most, cursor)
    return many([dump_media_file(each) for each in page.media_files], page.next, page.total)


@bp.post("/media")
@uploads
def add_media() -> Response:
    """Take an uploaded file into a project; the same bytes are found again with 200."""
    if g.actor is STRANGER:
        raise Unauthenticated("Sign in first.")
    query()
    fields = _upload_fields()
    files = request.files.getlist("file")
    if len(files) != 1 or set(request.files) != {"file"}:
        raise Invalid("Send one file.", file="must be one file in the field `file`")
    stream, name = cast(BinaryIO, files[0].stream), fields.get("name") or files[0].filename or ""
    prepared = media_files.receive(
        g.actor, fields["project"], stream, name, fields.get("folder", "")
    )
    project = projects.get_project(g.actor, fields["project"], Can.MANAGE)
    media_file, is_new = media_files.add_media_file(g.actor, project, prepared)
    return one(media_file, 201 if is_new else 200)


def _upload_fields() -> dict[str, str]:
    if request.mimetype != "multipart/form-data":
        raise Malformed("An upload is multipart/form-data with the fields project and file.")
    faults = dict.fromkeys(set(request.form) - UPLOAD_FIELDS, "is not a field here")
    faults |= {n: "stands more than once" for n, each in request.form.lists() if len(each) > 1}
    if "project" not in request.form:
        faults["project"] = "is required"
    if faults:
        raise Invalid("Some fields make no sense.", **faults)
    return request.form.to_dict()


@bp.get("/media/<media_id>")
def get_media(media_id: str) -> Response:
    """Show a media file."""
    return one(media_files.get_media_file(g.actor, media_id))


@bp.patch("/media/<media_id>")
def edit_media(media_id: str) -> Response:
    """Change what a media file is called and in which folder it shows."""
    changes = body(media_changes_schema)
    media_file = media_files.get_media_file(g.actor, media_id)
    return one(media_files.edit_media_file(g.actor, media_file, seen_version(), **changes))


@bp.delete("/media/<media_id>")
def delete_media(media_id: str) -> Response:
    """Delete a media file with its tags; it can be restored for 30 days."""
    media_file = media_files.get_media_file(g.actor, media_id)
    media_files.delete_media_file(g.actor, media_file, seen_version())
    return Response(status=204)


@bp.post("/media/<media_id>/restore")
def restore_media(media_id: str) -> Response:
    """Undo the deletion of a media file."""
    media_file = media_files.get_media_file(g.actor, media_id, also_deleted=True)
    return one(media_files.restore_media_file(g.actor, media_file))


@bp.get("/media/<media_id>/file")
def send_media(media_id: str) -> Response:
    """Send the original bytes, or the range of them that is asked for."""
    given = query(download=flag)
    source = media_files.source_of(media_files.get_media_file(g.actor, media_id))
    path = media_files.locate_apart(source)
    is_shown = source.mimetype.startswith(SHOWN_INLINE)
    response = send_file(
        path,
        mimetype=source.mimetype if is_shown else "application/octet-stream",
        as_attachment=given.get("download", False) or not is_shown,
        download_name=source.name,
        conditional=True,
        etag=source.identity,
        max_age=0,
    )
    response.headers["Cache-Control"] = "private, no-cache"
    if not is_shown:
        response.headers["Content-Security-Policy"] = "sandbox"
    return response
