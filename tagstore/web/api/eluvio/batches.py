"""Batches: what one author said at once, on one track."""

from flask import Response, g, request

from tagstore.models import Batch
from tagstore.services import contents
from tagstore.web.api.base import json_response
from tagstore.web.api.eluvio import bp
from tagstore.web.api.eluvio.answers import batch_response, meta
from tagstore.web.api.eluvio.bodies import content_to_tag, find_content, read, read_object
from tagstore.web.api.eluvio.fields import number_of
from tagstore.web.api.eluvio.queries import Query
from tagstore.web.api.eluvio.schemas import batch_edit_schema, batch_schema

BATCH = "/<qid:qid>/batches/<number>"


@bp.get("/<qid:qid>/batches")
def list_batches(qid: str) -> Response:
    """List a content's batches, newest first."""
    asked = Query()
    author, track = request.args.get("author"), request.args.get("track")
    start, limit = asked.page()
    asked.check()
    page = contents.list_batches(
        g.actor, find_content(qid), author=author, track=track, start=start, limit=limit
    )
    shown = [batch_response(batch, qid) for batch in page.batches]
    return json_response({"batches": shown, "meta": meta(page.total, len(shown), start, limit)})


@bp.post("/<qid:qid>/batches")
def add_batch(qid: str) -> Response:
    """Begin a batch, which clears what its author had on the track."""
    fields = read(batch_schema, read_object())
    author, track, info = fields["author"], fields["track"], fields.get("info", {})
    made = contents.begin_batch(g.actor, content_to_tag(qid), author, track, info)
    return json_response({"batch_id": str(made.id)})


@bp.get(BATCH)
def get_batch(qid: str, number: str) -> Response:
    """Show a batch."""
    return json_response(batch_response(_find(qid, number), qid))


@bp.patch(BATCH)
def edit_batch(qid: str, number: str) -> Response:
    """Say anew what comes along with a batch."""
    fields = read(batch_edit_schema, read_object())
    batch = _find(qid, number)
    edited = contents.edit_batch(g.actor, batch, fields.get("info", batch.info))
    return json_response(batch_response(edited, qid))


@bp.delete(BATCH)
def delete_batch(qid: str, number: str) -> Response:
    """Delete a batch with its tags."""
    contents.delete_batch(g.actor, _find(qid, number))
    return Response(status=204)


def _find(qid: str, number: str) -> Batch:
    return contents.get_batch(g.actor, find_content(qid), number_of(number))
