"""Reading what Bedrock's clients send, and what their lists ask for."""

from typing import Any

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from tagstore.errors import Malformed, TooLarge
from tagstore.web.door import json_body

MOST_ENTRIES = 10_000


def read_json() -> Any:
    """Return the JSON body; one that does not say what it is, is JSON."""
    if request.mimetype not in {"", "application/json"}:
        raise UnsupportedMediaType(f"Send application/json, not {request.mimetype}.")
    return json_body()


def read_one() -> list[Any]:
    """Return the one object that is sent, as a list of it."""
    value = read_json()
    if not isinstance(value, dict):
        raise Malformed("The body is not an object.")
    _refuse_too_many(len(_inner(value)))
    return [value]


def read_many() -> list[Any]:
    """Return the array of objects that is sent."""
    values = read_json()
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise Malformed("The body is not an array of objects.")
    _refuse_too_many(len(values))
    _refuse_too_many(sum(len(_inner(value)) for value in values))
    return values


def asked(name: str) -> str | None:
    """Return what the query asks for by that name; nothing when it is left blank."""
    return request.args.get(name) or None


def _inner(value: dict[str, Any]) -> list[Any]:
    """Return the tags that come with a group."""
    tags = value.get("tags")
    return tags if isinstance(tags, list) else []


def _refuse_too_many(count: int) -> None:
    if count > MOST_ENTRIES:
        raise TooLarge(f"At most {MOST_ENTRIES} entries are taken at once, not {count}.")
