"""What is wrong, in the words of ASP.NET Web API."""

from typing import Any

from flask import Response, request

from tagstore.errors import Invalid, InvalidItems, Malformed
from tagstore.web.api.pixelshare.answers import answer
from tagstore.web.failures import Failure

INVALID = "The request is invalid."
DENIED = "Authorization has been denied for this request."
BROKEN = "An error has occurred."
WIRE_NAMES = {
    "text": "Tag.Value",
    "media_file_id": "Tag.PhotoId",
    "kind": "Tag.TagType",
    "source": "Tag.Source",
    "score": "Tag.Confidence",
}
"""Where our fields stand in a request."""


def render_failure(failure: Failure) -> Response:
    """Return the failure as ASP.NET Web API would."""
    status = 400 if failure.status == 422 else failure.status
    said: dict[str, Any] = {"Message": _message(failure, status)}
    state = _model_state(failure)
    if state:
        said = {"Message": INVALID, "ModelState": state}
    response = answer("Error", said, status)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _message(failure: Failure, status: int) -> str:
    if status == 401:
        return DENIED
    if status == 404 and request.endpoint is None:
        return f"No HTTP resource was found that matches the request URI '{request.base_url}'."
    if status == 405:
        return f"The requested resource does not support http method '{request.method}'."
    return BROKEN if status == 500 else failure.message


def _model_state(failure: Failure) -> dict[str, list[str]]:
    """Return what is wrong with which property, empty unless that is what is wrong."""
    state: dict[str, list[str]] = {}
    if isinstance(failure.error, Malformed):
        state["request"] = [failure.message]
    if isinstance(failure.error, InvalidItems):
        for fault in failure.error.faults:
            state.setdefault(_key(fault.field), []).append(fault.message)
    elif isinstance(failure.error, Invalid):
        state |= {_key(name): [reason] for name, reason in failure.reasons.items()}
    return state


def _key(name: str) -> str:
    """Return the name of a property as it stands in the request."""
    path = WIRE_NAMES.get(name, name).replace("/", ".").replace("_schema", "").strip(".")
    return path if path == "request" else f"request.{path}".strip(".")
