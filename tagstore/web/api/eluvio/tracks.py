"""Tracks: the layers that a content's tags lie in."""

from flask import Response, g

from tagstore.services import contents
from tagstore.web.api.base import json_response
from tagstore.web.api.eluvio import bp
from tagstore.web.api.eluvio.answers import track_response
from tagstore.web.api.eluvio.bodies import content_to_tag, find_content, read, read_object
from tagstore.web.api.eluvio.schemas import track_schema

TRACK = "/<qid:qid>/tracks/<track:track>"


@bp.get("/<qid:qid>/tracks")
def list_tracks(qid: str) -> Response:
    """List a content's tracks."""
    tracks = contents.list_tracks(g.actor, find_content(qid))
    return json_response({"tracks": [track_response(track, qid) for track in tracks]})


@bp.post(TRACK, merge_slashes=False)
def add_track(qid: str, track: str) -> Response:
    """Make a track; what is not said of it follows from its name."""
    looks = read(track_schema, read_object())
    made = contents.add_track(g.actor, content_to_tag(qid), track, **looks)
    answer = {"message": "Track created successfully", "track_id": str(made.id)}
    return json_response(answer, 201)


@bp.patch(TRACK, merge_slashes=False)
def edit_track(qid: str, track: str) -> Response:
    """Change how a track looks."""
    looks = read(track_schema, read_object())
    found = contents.get_track(g.actor, find_content(qid), track)
    contents.edit_track(g.actor, found, **looks)
    return json_response({"message": "Track updated successfully"})


@bp.delete(TRACK, merge_slashes=False)
def delete_track(qid: str, track: str) -> Response:
    """Delete a track with all its batches and tags."""
    contents.delete_track(g.actor, contents.get_track(g.actor, find_content(qid), track))
    return Response(status=204)
