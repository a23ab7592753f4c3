"""What goes out: objects with their versions, pages, and what a patch leaves."""

import re
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from tagstore.errors import Malformed
from tagstore.values import Page
from tagstore.web.api.base import json_response
from tagstore.web.api.v1.shown import Shown

ANY = "*"
SEEN = re.compile(r'(?P<quote>"?)(?P<version>[0-9]{1,18})(?P=quote)|(W/)?"[!#-~]*"')
"""Our versions, which scripts may send without quotes; and what cannot be one of them."""

NO_VERSION = -1
CONDITIONS = {"HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_RANGE"}
"""Headers without which the ETag changes nothing in an answer."""


def plain(shape: Shown, thing: Any, status: int = 200) -> Response:
    """Return something that has no version."""
    response = json_response(shape.show(thing), status)
    if status == 202:
        number = getattr(thing, shape.identity)
        response.headers["Location"] = f"{request.script_root}{shape.place}/{number}"
    return response


def one(shape: Shown, thing: Any, status: int = 200) -> Response:
    """Return one object with its version as the ETag; 304 to who has it already."""
    response = json_response(shape.show(thing), status)
    response.headers["ETag"] = f'"{getattr(thing, shape.version_from)}"'
    if status == 201:
        number = getattr(thing, shape.identity)
        response.headers["Location"] = f"{request.script_root}{request.path}/{number}"
    if CONDITIONS & request.environ.keys():
        response.make_conditional(request)
    return response


def many(shape: Shown, page: Page[Any]) -> Response:
    """Return a page of objects, and where the next page is."""
    items = [shape.show(each) for each in page.things]
    response = json_response({"items": items, "next": page.next, "total": page.total})
    if page.next is not None:
        arguments = {**request.args.to_dict(), "cursor": page.next}
        address = f"{request.script_root}{request.path}?{urlencode(arguments)}"
        response.headers["Link"] = f'<{address}>; rel="next"'
    return response


def seen_version() -> int | None:
    """Return the version that If-Match names; None when any will do."""
    header = request.headers.get("If-Match", ANY).strip()
    if header == ANY:
        return None
    seen = SEEN.fullmatch(header)
    if seen is None:
        raise Malformed('If-Match is * or one ETag, as "3".')
    return int(seen["version"] or NO_VERSION)


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
