"""Resumable uploads: tus 1.0.0 (https://tus.io/protocols/resumable-upload)."""

from typing import Any

from flask import Response, g, request
from werkzeug.exceptions import MethodNotAllowed

from tagstore.services import uploads
from tagstore.services.uploads import Standing
from tagstore.values import Page
from tagstore.web.api.base import json_response
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.operations import Operation, View
from tagstore.web.api.v1.queries import PAGED
from tagstore.web.api.v1.shapes import UPLOAD
from tagstore.web.api.v1.uploads import tus
from tagstore.web.app import uploads as takes_files

OVER = {410: "The upload has expired, or was refused; nothing of it is kept."}
SENDING = {
    **OVER,
    412: "That version of tus is not spoken here.",
    415: "The bytes come as application/offset+octet-stream.",
    423: "Another request is at this upload.",
    460: "The bytes do not have the checksum that came with them; nothing of them was kept.",
    507: "No room, on the disk or among your open uploads.",
}
PLACE = "/uploads/<upload_id>"


@bp.after_request
def name_the_version(response: Response) -> Response:
    """Say in every answer about uploads which version of tus it is."""
    if request.path.startswith(f"{bp.url_prefix}/uploads"):
        response.headers["Tus-Resumable"] = tus.VERSION
    return response


@bp.route("/uploads", methods=["OPTIONS"])
@bp.route(PLACE, methods=["OPTIONS"])
def describe_uploads(upload_id: str = "") -> Response:
    """Say what of tus is spoken, how large a file may be, and how large a piece of it."""
    return Response(status=204, headers=tus.abilities())


@bp.get("/uploads")
@Operation(query=PAGED, lists=UPLOAD, signed_in=True)
def list_uploads(query: dict[str, Any]) -> Page[Standing]:
    """List your uploads that are still open, newest first."""
    return uploads.page_of_uploads(g.actor, query["part"])


@bp.post("/uploads")
@takes_files
@Operation(
    takes=tus.TAKES,
    may_lack_body=True,
    shows=UPLOAD,
    status=201,
    headers=tus.ANNOUNCING,
    also={each: SENDING[each] for each in (412, 460, 507)},
)
def add_upload() -> Response:
    """Announce a file, and send its first piece with it or not; tus `creation`."""
    tus.check_version()
    draft = tus.draft()
    if request.content_length:
        standing = uploads.begin_with(g.actor, draft, tus.part(0))
    else:
        standing = uploads.begin(g.actor, draft)
    response = json_response(UPLOAD.show(standing), 201)
    response.headers["Location"] = f"{request.script_root}{request.path}/{standing.public_id}"
    response.headers.update(tus.progress(standing) | tus.limits())
    return response


@bp.get(PLACE)
@Operation(shows=UPLOAD, signed_in=True, also=OVER)
def get_upload(upload_id: str) -> Response:
    """Show one of your uploads; HEAD is how tus asks from where to go on."""
    if request.method == "HEAD":
        standing = uploads.settle(g.actor, upload_id)
        tus.check_version()
    else:
        standing = uploads.standing_apart(g.actor, upload_id)
    response = json_response(UPLOAD.show(standing))
    response.headers.update(tus.progress(standing) | tus.announced(standing) | tus.limits())
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.patch(PLACE)
@takes_files
@Operation(takes=tus.TAKES, headers=tus.GOING_ON, also=SENDING)
def send_piece(upload_id: str) -> Response:
    """Send the next piece of a file; the answer to the last names the media file."""
    uploads.standing_apart(g.actor, upload_id)
    tus.check_version()
    standing = uploads.append(g.actor, upload_id, tus.part(tus.offset()))
    return Response(status=204, headers=tus.progress(standing))


@bp.delete(PLACE)
@Operation(headers=tus.VERSIONED, also={412: SENDING[412], 423: SENDING[423]})
def remove_upload(upload_id: str) -> Response:
    """End an upload and remove its bytes; a media file that it has become stays."""
    tus.check_version(is_needed=False)
    uploads.remove_upload(g.actor, upload_id)
    return Response(status=204)


OVERRIDING: dict[str, View] = {"PATCH": send_piece, "DELETE": remove_upload}


@bp.post(PLACE)
@takes_files
@Operation(takes=tus.TAKES, may_lack_body=True, headers=tus.INSTEAD, also={**SENDING, 405: "No."})
def send_instead(upload_id: str) -> Response:
    """Do what X-HTTP-Method-Override says, for clients that can only POST."""
    view = OVERRIDING.get(request.headers.get("X-HTTP-Method-Override", ""))
    if view is None:
        uploads.standing_apart(g.actor, upload_id)
        raise MethodNotAllowed(["GET", "HEAD", "PATCH", "DELETE", "OPTIONS"])
    answer: Response = view(upload_id=upload_id)
    return answer
