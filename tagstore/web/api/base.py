"""What all dialects share: whom they trust, how they read a body, how they say no."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast

import orjson
from flask import Blueprint, Response, current_app, g, request
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from tagstore.errors import Invalid
from tagstore.values import Actor
from tagstore.web.app import App
from tagstore.web.auth import csrf
from tagstore.web.door import json_body
from tagstore.web.failures import Failure

JSON_TYPES = {"", "application/json", "application/merge-patch+json"}


class Dialect(Blueprint):
    """Where a dialect lives, whom it trusts, and how it says no."""

    def __init__(
        self,
        name: str,
        *,
        authenticate: Callable[[], Actor],
        render_failure: Callable[[Failure], Response],
        url_prefix: str = "",
        prefixes: tuple[str, ...] = (),
    ) -> None:
        """Make a dialect below `url_prefix`, or one at the root that owns several `prefixes`."""
        super().__init__(name, f"tagstore.web.api.{name}", url_prefix=url_prefix or None)
        self.prefixes = prefixes or (url_prefix,)
        self.authenticate = authenticate
        self.render_failure = render_failure
        self.before_request(self._begin)
        csrf.exempt(self)

    def owns(self, path: str) -> bool:
        """Return whether a path is this dialect's, whether or not it leads anywhere."""
        return any(path == each or path.startswith(f"{each}/") for each in self.prefixes)

    def _begin(self) -> None:
        """Learn who asks, in a short read of its own."""
        g.actor = self.authenticate()


def the_app() -> App:
    """Return the application itself, which is there after the request too."""
    return cast(App, cast(Any, current_app)._get_current_object())


@lru_cache(maxsize=4096)
def moment(at: datetime | None) -> str | None:
    """Return a moment as RFC 3339 in UTC, as exactly as it is known; many tags have the same."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def json_response(value: Any, status: int = 200, mimetype: str = "application/json") -> Response:
    """Return a value as JSON, fast."""
    return Response(orjson.dumps(value), status, mimetype=mimetype)


def body(schema: Schema) -> Any:
    """Return the request's JSON body as the schema's value."""
    if request.mimetype not in JSON_TYPES:
        raise UnsupportedMediaType(f"Send application/json, not {request.mimetype}.")
    return load(schema, json_body())


def load(schema: Schema, data: Any) -> Any:
    """Return the data as the schema's value, or `Invalid` with every fault."""
    try:
        return schema.load(data)
    except ValidationError as error:
        raise Invalid("That makes no sense here.", **flat(error.messages)) from error


def flat(messages: Any, path: str = "") -> dict[str, str]:
    """Turn marshmallow's nested messages into one reason a field."""
    if isinstance(messages, dict):
        found: dict[str, str] = {}
        for name, inner in messages.items():
            found |= flat(inner, f"{path}/{name}" if path else str(name))
        return found
    return {path: " ".join(map(str, messages)) if isinstance(messages, list) else str(messages)}
