"""What an address takes and gives: one declaration beside each view validates and describes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from flask import Response, g, request
from marshmallow import Schema
from werkzeug.exceptions import NotAcceptable

from tagstore.errors import Unauthenticated
from tagstore.values import STRANGER
from tagstore.web.api.base import body as read_body
from tagstore.web.api.v1.answers import many, one, plain, seen_version
from tagstore.web.api.v1.queries import NOTHING, Query
from tagstore.web.api.v1.shown import Shown

JSON = "application/json"
STREAM = "text/event-stream"

UNCHANGED = {304: "Unchanged."}
PARTIAL = {206: "The part asked for.", 416: "There is no such part.", **UNCHANGED}
"""What an answer of bytes may be instead, as `Range` and `If-None-Match` ask."""

View = Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """An operation of our own API. It is the decorator of its view.

    The view gets as keywords what is declared: `query` and `body` as their schemas read them,
    `version` as If-Match names it. What it returns is shown as declared; a `Response` goes out
    as it is. `query`, `body` and `shows` are the very schemas in the OpenAPI document.
    """

    query: Query = NOTHING
    body: Schema | None = None
    """How a JSON body is read."""
    takes: Mapping[str, Any] = field(default_factory=dict)
    """For views that read the body themselves: JSON schema by media type."""
    shows: Shown | None = None
    """One object, with its ETag if it has a version."""
    lists: Shown | None = None
    """A page of objects."""
    gives: tuple[str, ...] = ()
    """For views that answer with bytes: their media types."""
    status: int | None = None
    """What a success is; without, 200 or, when there is nothing to show, 204."""
    versioned: bool = False
    """Whether If-Match is honoured."""
    signed_in: bool = False
    """Whether strangers are refused even where they only read."""
    also: Mapping[int, str] = field(default_factory=dict)
    """Further statuses, in words."""
    may_lack_body: bool = False
    """Whether what it takes may also be left out."""
    headers: Mapping[str, str] | Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Further request headers, in words or as OpenAPI has them."""

    def __call__(self, view: View) -> View:
        """Return the view with its request read, checked and its answer shown."""

        @wraps(view)
        def run(**arguments: Any) -> Response:
            if self.signed_in and g.actor is STRANGER:
                raise Unauthenticated("Sign in first.")
            self._check_accepted()
            query = self.query.read()
            if self.query is not NOTHING:
                arguments["query"] = query
            if self.body is not None:
                arguments["body"] = read_body(self.body)
            if self.versioned:
                arguments["version"] = seen_version()
            return self._answer(view(**arguments))

        vars(run)["operation"] = self
        return run

    @property
    def media_types(self) -> tuple[str, ...]:
        """Return what a successful answer may be."""
        return self.gives or ((JSON,) if self.shows or self.lists else ())

    @property
    def success(self) -> int:
        """Return the status of a success."""
        return self.status or (200 if self.media_types else 204)

    def _check_accepted(self) -> None:
        """Refuse who takes nothing of what we could answer."""
        offered = [each for each in self.media_types if "*" not in each]
        accepted = request.accept_mimetypes
        if accepted and offered and accepted.best_match(offered) is None:
            raise NotAcceptable(f"This is {' or '.join(offered)}.")

    def _answer(self, result: Any) -> Response:
        if isinstance(result, Response):
            return result
        if self.lists:
            return many(self.lists, result)
        if self.shows is None:
            return Response(status=self.success)
        has_status = type(result) is tuple  # Rows are tuples with names.
        thing, status = result if has_status else (result, self.success)
        show = one if self.shows.has_version else plain
        return show(self.shows, thing, status)
