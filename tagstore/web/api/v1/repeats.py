"""The Idempotency-Key of a POST: what the request says, so that it can be known again."""

import hashlib
import re
from collections.abc import Iterator
from io import BufferedIOBase
from typing import cast

from flask import g, request

from tagstore.errors import Invalid
from tagstore.services.idempotency import Attempt
from tagstore.web.api.base import the_app
from tagstore.web.door import body_bytes, query_bytes

HEADER = "Idempotency-Key"
KEY = re.compile(r"[ -~]{1,255}")


def note_attempt() -> None:
    """Remember what a POST with a key asks for; its transaction claims the key.

    What only reads needs no key. A credential that only reads is refused by whatever it asks
    for, and must not be given an answer to its user's other credentials.
    """
    key = request.headers.get(HEADER)
    only_reads = g.actor.read_only or the_app().is_marked(request, "reads")
    if key is None or request.method != "POST" or only_reads or g.actor.user_id is None:
        return
    if not KEY.fullmatch(key):
        message = "That Idempotency-Key will not do."
        raise Invalid(message, **{HEADER: "must have 1 to 255 printable ASCII characters"})
    digest = hashlib.sha256()
    for part in _parts():
        digest.update(len(part).to_bytes(8) + part)
    g.attempt = Attempt(g.actor.user_id, key, digest.digest())


def _parts() -> Iterator[bytes]:
    """Yield all that decides on what a request does."""
    yield from (request.method.encode(), request.path.encode(), query_bytes())
    for name, text in sorted(request.headers):
        if name.startswith("Upload-") or name == "If-Match":
            yield f"{name}: {text}".encode()
    if request.mimetype == "multipart/form-data":
        yield from _form_parts()
    elif the_app().is_marked(request, "uploads") and request.content_length:
        message = "A file that may be sent again comes as multipart/form-data."
        raise Invalid(message, **{HEADER: "is not taken with a body of this type"})
    else:
        yield body_bytes()


def _form_parts() -> Iterator[bytes]:
    """Yield what a form says, which no retry words in the same bytes: its boundary is random."""
    for name, text in request.form.items(multi=True):
        yield from (name.encode(), text.encode())
    for name, file in request.files.items(multi=True):
        yield from (name.encode(), (file.filename or "").encode())
        yield hashlib.file_digest(cast(BufferedIOBase, file.stream), "sha256").digest()
        file.stream.seek(0)
