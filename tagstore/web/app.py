"""The Flask application: one request is one transaction."""

import re
import time
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
import uuid_utils
from flask import Flask, Request, Response, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from jinja2 import StrictUndefined
from werkzeug.datastructures import ImmutableDict
from werkzeug.routing import IntegerConverter, Map

from tagstore import metrics
from tagstore.config import Settings
from tagstore.db import is_passing, transaction, undo
from tagstore.errors import TooLarge
from tagstore.services import idempotency
from tagstore.values import LARGEST_INTEGER
from tagstore.web import door

MOST_REPEATS = 3
MONITORING = {"health", "metrics"}
SAFE = {"GET", "HEAD", "OPTIONS"}
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

log = structlog.get_logger()


View = TypeVar("View", bound=Callable[..., Any])


def reads(view: View) -> View:
    """Mark a view that only reads, whatever its method: it never takes the write lock."""
    vars(view)["reads"] = True
    return view


def uploads(view: View) -> View:
    """Mark a view that takes whole files: its body may be as large as an upload."""
    vars(view)["uploads"] = True
    return view


class Cookies(SecureCookieSessionInterface):
    """The session cookie is Secure exactly when the request came by HTTPS."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """Return whether the browser may send it by HTTPS only."""
        return request.is_secure

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Read the cookie, if there is one."""
        if self.get_cookie_name(app) in request.cookies:
            return super().open_session(app, request)
        return self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Leave files that everyone may keep without a trace of who asked."""
        if request.endpoint != "static" and (session.accessed or session.modified):
            super().save_session(app, session, response)


class Number(IntegerConverter):
    """A number in an address; one that no store can hold is the last one, which names nothing.

    A converter that refused it would make a wrong method of a wrong address.
    """

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        """Return the number."""
        return min(int(value), LARGEST_INTEGER)


class Addresses(Map):
    """What leads where."""

    default_converters = ImmutableDict({**Map.default_converters, "int": Number})


class App(Flask):
    """A success is kept. Anything else, raised or returned, is undone."""

    request_class = door.Request
    session_interface = Cookies()
    url_map_class = Addresses
    jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    settings: Settings
    dialects: tuple[Any, ...] = ()

    def dialect_of(self, path: str) -> Any:
        """Return the dialect that answers below this path, unknown addresses included."""
        return next((each for each in self.dialects if each.owns(path)), None)

    def preprocess_request(self) -> Any:
        """Name the request before anything else happens in it, and refuse too large a body."""
        g.begun_at = time.perf_counter()
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if REQUEST_ID.fullmatch(given) else str(uuid_utils.uuid7())
        structlog.contextvars.bind_contextvars(request_id=g.request_id)
        largest = self._largest_body(request)
        if (request.content_length or 0) > largest:
            raise TooLarge(f"The body is larger than {largest} bytes.")
        request.max_content_length = largest
        door.check_request()
        return super().preprocess_request()

    def dispatch_request(self) -> Response:
        """Answer the request; if only other transactions were in its way, from its start again."""
        for _ in range(MOST_REPEATS):
            try:
                return self._dispatch()
            except Exception as error:
                if not is_passing(error) or self.is_marked(request, "uploads"):
                    raise
                log.info("begun again", reason=str(error))
            session.pop("_flashes", None)
        return self._dispatch()

    def _dispatch(self) -> Response:
        """Run the view in a transaction that is kept only if the answer is a success.

        The answer to an attempt that may come again is kept in that same transaction.
        """
        attempt: idempotency.Attempt | None = g.get("attempt")
        try:
            with transaction(
                writing=self._is_writing(request), first=attempt.claim if attempt else None
            ):
                response = self.make_response(super().dispatch_request())
                if response.status_code >= 400:
                    undo()
                elif attempt:
                    attempt.keep(response.status_code, dict(response.headers), response.get_data())
        except idempotency.Answered as before:
            headers = {**before.headers, "Idempotent-Replayed": "true"}
            return Response(before.body, before.status, headers)
        return response

    def process_response(self, response: Response) -> Response:
        """Add what every answer carries, write one line about the request, and count it."""
        response = super().process_response(response)
        for header, value in HEADERS.items():
            response.headers.setdefault(header, value)
        response.headers["X-Request-Id"] = g.request_id
        log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            actor=g.actor.name if "actor" in g else None,
        )
        duration_s = time.perf_counter() - g.begun_at
        metrics.count_request(self._edge(request), request.method, response.status_code, duration_s)
        return response

    def do_teardown_request(self, *args: Any) -> None:
        """Forget the request's name."""
        super().do_teardown_request(*args)
        structlog.contextvars.clear_contextvars()

    def _edge(self, request: Request) -> str:
        """Return who answers: a dialect by its name, the pages, or those who serve machinery."""
        dialect = self.dialect_of(request.path)
        if dialect is not None:
            return str(dialect.name)
        if request.endpoint == "static":
            return "static"
        return "monitoring" if request.blueprint in MONITORING else "pages"

    def _is_writing(self, request: Request) -> bool:
        return request.method not in SAFE and not self.is_marked(request, "reads")

    def _largest_body(self, request: Request) -> int:
        takes_files = self.is_marked(request, "uploads")
        return self.settings.max_upload if takes_files else self.settings.max_body

    def is_marked(self, request: Request, mark: str) -> bool:
        """Return whether the view of a request bears one of the marks above."""
        view = self.view_functions.get(request.endpoint or "")
        return bool(getattr(view, mark, False))
