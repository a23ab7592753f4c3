"""What the views of our own API share: versions, pages, and strict query parameters."""

import re
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from tagstore.errors import Invalid
from tagstore.values import LARGEST_INTEGER
from tagstore.web.api.base import json_response
from tagstore.web.api.v1.schemas import dump

WHOLE = re.compile(r"-?[0-9]{1,19}")
STRONG_TAG = re.compile(r'"?([0-9]{1,18})"?')
NO_VERSION = -1
DECIMAL = re.compile(r"-?[0-9]{1,19}(\.[0-9]{1,30})?")
UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
MOST = 1000
MOST_SECONDS = 1_000_000_000_000
DEFAULT = 100


def one(thing: Any, status: int = 200) -> Response:
    """Return one object with its version as the ETag."""
    response = json_response(dump(thing), status)
    response.headers["ETag"] = f'"{thing.version}"'
    if status == 201:
        response.headers["Location"] = f"{request.script_root}{request.path}/{thing.id}"
    return response


def many(items: list[Any], following: str | None = None, total: int | None = None) -> Response:
    """Return a page of objects, and where the next page is."""
    response = json_response({"items": items, "next": following, "total": total})
    if following is not None:
        arguments = {**request.args.to_dict(), "cursor": following}
        address = f"{request.script_root}{request.path}?{urlencode(arguments)}"
        response.headers["Link"] = f'<{address}>; rel="next"'
    return response


def seen_version() -> int | None:
    """Return the version that If-Match names; None when any will do."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    tag = STRONG_TAG.fullmatch(header.strip())
    return int(tag[1]) if tag else NO_VERSION


def query(**readers: Callable[[str], Any]) -> dict[str, Any]:
    """Return the query parameters that were given; unknown or repeated ones are `Invalid`."""
    faults: dict[str, str] = {}
    found: dict[str, Any] = {}
    for name, values in request.args.lists():
        if name not in readers:
            faults[name] = "is not a parameter here"
        elif len(values) > 1:
            faults[name] = "stands more than once"
        else:
            try:
                found[name] = readers[name](values[0])
            except ValueError as error:
                faults[name] = str(error)
    if faults:
        raise Invalid("Some parameters make no sense.", **faults)
    return found


def whole(text: str) -> int:
    """Read a whole number strictly."""
    if not WHOLE.fullmatch(text) or abs(int(text)) > LARGEST_INTEGER:
        raise ValueError("must be a whole number")
    return int(text)


def decimal(text: str) -> float:
    """Read a decimal number strictly."""
    if not DECIMAL.fullmatch(text):
        raise ValueError("must be a number")
    return float(text)


def seconds(text: str) -> float:
    """Read a position in a file."""
    number = decimal(text)
    if abs(number) > MOST_SECONDS:
        raise ValueError(f"must be at most {MOST_SECONDS}")
    return number


def identifier(text: str) -> uuid.UUID:
    """Read the UUID of a track."""
    if not UUID.fullmatch(text):
        raise ValueError("must be a UUID")
    return uuid.UUID(text)


def merged(target: Any, patch: Any) -> Any:
    """Return the target with a merge patch applied (RFC 7396): null takes a key out."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def limit(text: str) -> int:
    """Read how many are wanted at most."""
    number = whole(text)
    if not 1 <= number <= MOST:
        raise ValueError(f"must be from 1 to {MOST}")
    return number


def choice(*choices: str) -> Callable[[str], str]:
    """Return a reader that takes only these words."""

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return text

    return read


def words(text: str) -> str:
    """Read text, which the door has looked at."""
    return text
