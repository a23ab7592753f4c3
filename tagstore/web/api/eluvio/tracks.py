"""Tracks: the layers that a content's tags lie in."""

from flask import Response, g

from tagstore.services import contents
from tagstore.web.api.base import json_response
from tagstore.web.api.eluvio import bp
from tagstore.web.api.eluvio.answers import track_response
from tagstore.web.api.eluvio.bodies import find_content


@bp.get("/<qid:qid>/tracks")
def list_tracks(qid: str) -> Response:
    """List a content's tracks."""
    tracks = contents.list_tracks(g.actor, find_content(qid))
    return json_response({"tracks": [track_response(track, qid) for track in tracks]})
