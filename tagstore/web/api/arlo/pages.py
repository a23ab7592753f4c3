"""Lists as Django REST Framework pages them."""

import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Response, request

from tagstore.services.listings import Listed
from tagstore.web.api.arlo.faults import BadFields, NoSuchPage
from tagstore.web.api.base import json_response

DEFAULT_SIZE = 100
LARGEST_SIZE = 1000
WHOLE = re.compile(r"[0-9]{1,18}")

T = TypeVar("T")


def page(find: Callable[[int, int], Listed[T]], dump: Callable[[T], dict[str, Any]]) -> Response:
    """Return the page that the query asks for; `find` takes how many, and how many to skip."""
    number, size = _number(), _size()
    found = find(size, (number - 1) * size)
    if number > 1 and not found.things:
        raise NoSuchPage("There is no such page.")
    return json_response(
        {
            "count": found.total,
            "next": _address(number + 1) if number * size < found.total else None,
            "previous": _address(number - 1) if number > 1 else None,
            "results": [dump(each) for each in found.things],
        }
    )


def _number() -> int:
    text = request.args.get("page", "1")
    if not WHOLE.fullmatch(text) or int(text) == 0:
        raise NoSuchPage("There is no such page.")
    return int(text)


def _size() -> int:
    text = request.args.get("page_size", str(DEFAULT_SIZE))
    if not WHOLE.fullmatch(text):
        raise BadFields({"page_size": ["A valid integer is required."]})
    if not 1 <= int(text) <= LARGEST_SIZE:
        raise BadFields({"page_size": [f"Must be from 1 to {LARGEST_SIZE}."]})
    return int(text)


def _address(number: int) -> str:
    """Return this list's address with another page number; the first page has none."""
    given = request.args.to_dict(flat=False)
    given.pop("page", None)
    if number > 1:
        given["page"] = [str(number)]
    query = urlencode(sorted(given.items()), doseq=True)
    return f"{request.base_url}?{query}" if query else request.base_url
