"""Server-sent events on the wire: one chunk an event, kept alive, ended when one may no longer."""

import json
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from contextvars import Context
from typing import Any, cast

from flask import Response, copy_current_request_context, current_app, g, request
from waitress.channel import ClientDisconnected

from tagstore.errors import TagstoreError
from tagstore.web.app import App

LOOK_AGAIN_S = 300.0
"""How often it is asked again whether somebody may still follow."""

STILL_HERE = b": still here\n"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

Chunks = Generator[list[bytes], None, None]
"""Events ready for the wire, as they come; an empty list when it was long quiet."""


class Cut(ClientDisconnected):
    """Ends a stream in the middle: a reader then comes back.

    A stream that ended well would end with an empty chunk, and readers that look at the bytes
    below the chunks take that for an event without data.
    """


def event(kind: str, number: str, data: Any) -> bytes:
    """Return one event, its data as ASCII: some readers break lines at any Unicode line end."""
    words = json.dumps(data, separators=(",", ":"))
    return f"id: {number}\nevent: {kind}\ndata: {words}\n\n".encode()


def stream(first: bytes, chunks: Chunks, find: Callable[[], object]) -> Response:
    """Return the answer that goes on for ever, or until `find` no longer finds what is followed."""
    app = cast(App, cast(Any, current_app)._get_current_object())

    @copy_current_request_context
    def look_again() -> None:
        g.actor = app.dialect_of(request.path).authenticate()
        find()

    body = _body(app, first, chunks, look_again)
    return Response(body, mimetype="text/event-stream", headers=HEADERS)


def _body(
    app: App, first: bytes, chunks: Chunks, look_again: Callable[[], None]
) -> Iterator[bytes]:
    """Write the events, which are looked for in a context of their own."""
    look_again_at = time.monotonic() + LOOK_AGAIN_S
    yield first
    with closing(Apart(app, chunks)) as apart:
        while True:
            some = apart.next()
            if some is None:
                raise Cut
            yield from some or [STILL_HERE]
            if time.monotonic() > look_again_at:
                look_again_at = time.monotonic() + LOOK_AGAIN_S
                try:
                    look_again()
                except TagstoreError as error:
                    raise Cut from error


class Apart:
    """A generator that finds the application around it, though its caller is elsewhere.

    It is entered once and not for every item, which would cost more than the item itself.
    """

    def __init__(self, app: App, chunks: Chunks) -> None:
        self._chunks, self._inside, self._around = chunks, Context(), app.app_context()
        self._inside.run(self._around.push)

    def next(self) -> list[bytes] | None:
        """Return the next item, None at the end."""
        return self._inside.run(next, self._chunks, None)

    def close(self) -> None:
        """End the generator, and leave the application."""
        self._inside.run(self._chunks.close)
        self._inside.run(self._around.pop)
