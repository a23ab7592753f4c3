"""Reading bodies and addresses: what is asked, of which project and stream."""

from typing import Any

from flask import g, request
from werkzeug.exceptions import UnsupportedMediaType

from tagstore.errors import NotFound
from tagstore.models import MediaFile, Project
from tagstore.services import projects, resource_tags
from tagstore.values import LARGEST_INTEGER
from tagstore.web.api.dis.faults import Refused
from tagstore.web.door import body_bytes, json_body

NO_STREAMS = {"tags", "resource_instances"}
"""Parts of addresses that no stream may be called by."""


def read_object() -> dict[str, Any]:
    """Return the JSON object that the body is."""
    if not body_bytes():
        raise Refused("DIS.4202", "The body is empty.")
    if request.mimetype not in {"", "application/json"}:
        raise UnsupportedMediaType("Send application/json.")
    value = json_body()
    if not isinstance(value, dict):
        raise Refused("DIS.4200", "The body must be a JSON object.")
    return value


def action_of(body: dict[str, Any], *known: str) -> str:
    """Return which of the known actions is asked for."""
    action = body.get("action")
    if not isinstance(action, str) or action not in known:
        raise Refused("DIS.4605", f"action must be one of {', '.join(known)}.")
    return action


def find_project(project_id: str) -> Project:
    """Return the project of that number or key."""
    is_number = project_id.isascii() and project_id.isdigit() and len(project_id) <= 19
    try:
        if is_number and int(project_id) <= LARGEST_INTEGER:
            return projects.get_project(g.actor, int(project_id))
        return projects.get_project(g.actor, project_id)
    except NotFound as error:
        raise Refused("DIS.4117", "There is no such project.") from error


def find_stream(project_id: str, stream_id: str) -> MediaFile:
    """Return the media file that a stream is."""
    project = find_project(project_id)
    try:
        if stream_id in NO_STREAMS:
            raise NotFound("No stream is called that.")
        return resource_tags.find_media_file(g.actor, project, stream_id)
    except NotFound as error:
        raise Refused("DIS.4301", "There is no such stream in this project.") from error
