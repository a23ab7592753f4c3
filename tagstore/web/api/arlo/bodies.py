"""Reading what ARLO's clients send: JSON, JSON inside JSON, and forms that hold JSON."""

from typing import Any

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from tagstore.web.api.arlo.faults import BadFields
from tagstore.web.door import json_body, parse_json

FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}


def read_json() -> Any:
    """Return the JSON body; one that does not say what it is, is JSON."""
    if request.mimetype not in {"", "application/json"}:
        raise unsupported()
    return json_body()


def read_list() -> list[Any]:
    """Return the list that a bulk is, in any of the wrappings that are taken."""
    value = _form() if request.mimetype in FORMS else read_json()
    if isinstance(value, dict) and "tags" in value:
        value = value["tags"]
        if isinstance(value, str):
            value = parse_json(value.encode())
    if not isinstance(value, list):
        words = f'Expected a list of items but got type "{type(value).__name__}".'
        raise BadFields({"non_field_errors": [words]})
    return value


def _form() -> dict[str, str]:
    """Return the form's fields, of several with one name the last."""
    return {name: texts[-1] for name, texts in request.form.lists()}


def unsupported() -> UnsupportedMediaType:
    """Return the refusal of a body of another kind."""
    given = request.headers.get("Content-Type", "")
    return UnsupportedMediaType(f'Unsupported media type "{given}" in request.')
