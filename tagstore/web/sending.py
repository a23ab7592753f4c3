"""Sending the bytes of a file, or the range of them that is asked for, wherever they are."""

from collections.abc import Iterator
from itertools import chain
from typing import Any, TypeVar

from flask import Flask, Response, request, send_file
from werkzeug.wsgi import FileWrapper

from tagstore.media.origins import Origin, openable, path_of

PIECE = 1 << 16

T = TypeVar("T")


def send_origin(origin: Origin, **how: Any) -> Response:
    """Return the answer with a file, as Flask's send_file makes it of a path."""
    if path_of(origin) is not None:
        return send_file(openable(origin), conditional=True, max_age=0, **how)
    size, file = origin.stat().st_size, origin.open("rb")
    response = send_file(file, conditional=False, max_age=0, **how)
    # Waitress would read a file in the one thread that serves everybody; this it iterates.
    response.response = FileWrapper(file, PIECE)
    response.content_length = size
    response.make_conditional(request.environ, accept_ranges=True, complete_length=size)
    if response.status_code < 300 and request.method != "HEAD":
        # What goes wrong now can still be told; once the answer has begun, it can only end.
        file.seek(response.content_range.start or 0)
        file.peek(1)
        file.seek(0)
    return response


def within(app: Flask, things: Iterator[T]) -> Iterator[T]:
    """Yield the same things; the application is entered only while one is made."""
    while True:
        with app.app_context():
            try:
                thing = next(things)
            except StopIteration:
                return
        yield thing


def begun(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Return the same chunks, the first of them made already: what goes wrong can still be told."""
    return chain([next(chunks, b"")], chunks)
