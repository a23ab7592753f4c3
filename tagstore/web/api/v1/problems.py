"""How our own API says no: problem details (RFC 9457)."""

from itertools import islice
from typing import Any

from flask import Response, g, request

from tagstore.errors import Fault, Invalid, Stale
from tagstore.values import STRANGER
from tagstore.web.api.base import json_response
from tagstore.web.api.v1.schemas import WIRE_NAMES
from tagstore.web.api.v1.shapes import SHAPES
from tagstore.web.failures import Failure

PROBLEM_TYPE = "application/problem+json"
MOST_LISTED = 1000
"""How many faults an answer names."""

TITLES = {
    400: "Malformed request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Conflict",
    410: "No longer kept",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Unsupported media type",
    416: "Range not satisfiable",
    422: "Invalid",
    423: "Locked",
    428: "Precondition required",
    429: "Too many attempts",
    460: "Checksum mismatch",
    500: "Unexpected error",
    503: "Busy",
    507: "No room",
}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "errors"],
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string", "const": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "additionalProperties": False,
                "properties": {
                    "pointer": {"type": "string", "description": "A JSON pointer (RFC 6901)."},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                    "line": {"type": "integer", "description": "In a body of lines: which."},
                },
            },
        },
        "current": {"type": "object", "description": "With 412: the object as it is now."},
    },
}


def render_failure(failure: Failure) -> Response:
    """Return the failure as problem details (RFC 9457)."""
    status = failure.status
    if status in {403, 404} and g.get("actor", STRANGER) is STRANGER and request.endpoint:
        status = 401
    problem = {
        "type": "about:blank",
        "title": getattr(failure.error, "title", "") or TITLES.get(status, "Error"),
        "status": status,
        "detail": _detail(failure),
        "instance": request.path,
        "errors": _errors(failure),
    }
    if isinstance(failure.error, Stale):
        problem["current"] = _current(failure.error)
    response = json_response(problem, status, "application/problem+json")
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="tagstore"'
    return response


def _detail(failure: Failure) -> str:
    """Return the sentence that says no, and whether not all that is wrong is listed."""
    count = len(getattr(failure.error, "faults", failure.reasons))
    if count <= MOST_LISTED:
        return failure.message
    return f"{failure.message} Of {count} faults only the first {MOST_LISTED} are listed."


def _errors(failure: Failure) -> list[dict[str, Any]]:
    faults: list[Fault] | None = getattr(failure.error, "faults", None)
    if faults is not None:
        return [_error(fault) for fault in faults[:MOST_LISTED]]
    code = "invalid" if isinstance(failure.error, Invalid) else "error"
    return [
        {"pointer": _pointer(name), "code": code, "detail": reason}
        for name, reason in islice(failure.reasons.items(), MOST_LISTED)
    ]


def _error(fault: Fault) -> dict[str, Any]:
    """Return what is wrong with a thing, or with one of those that the body lists."""
    lines: list[int] | None = g.get("lines")
    pointer = _pointer(fault.field) if fault.field else ""
    said = {"pointer": pointer, "code": fault.code, "detail": fault.message}
    if lines is None:
        return said
    line = {"line": lines[fault.index]} if lines else {}
    return {**said, "pointer": f"/{fault.index}{pointer}", **line}


def _pointer(field: str) -> str:
    """Return where in the request a field stands, by the name it has there (RFC 6901)."""
    if field == "_schema":
        return ""
    return "".join(f"/{WIRE_NAMES.get(name, name)}" for name in field.split("/"))


def _current(error: Stale) -> object:
    """Return the object as it is now, in the shape in which it is read."""
    return SHAPES[type(error.current)].show(error.current)
