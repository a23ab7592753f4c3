"""Reading what PixelShare's clients send: JSON, XML and forms, once a request."""

from dataclasses import dataclass
from typing import Any

from flask import g, request
from marshmallow import Schema
from werkzeug.exceptions import UnsupportedMediaType

from tagstore.errors import Invalid, TooLarge
from tagstore.web.api.base import load
from tagstore.web.api.pixelshare.documents import read_document
from tagstore.web.api.pixelshare.forms import nest
from tagstore.web.door import FORM, body_bytes, parse_json

JSON = {"application/json", "text/json"}
XML = {"application/xml", "text/xml"}
MOST_OF_TEXT = 8 * 2**20
"""Bytes of an XML document or a form; JSON may be as large as any body."""


@dataclass(frozen=True)
class Sent:
    """A body's value; what XML calls it, empty for other formats."""

    value: Any
    root: str = ""


def sent() -> Sent:
    """Return what was sent, whatever its format; an empty body says nothing."""
    if "sent" not in g:
        g.sent = _read()
    found: Sent = g.sent
    return found


def body(schema: Schema, *roots: str) -> Any:
    """Return what was sent as the schema's value; XML has one of these roots."""
    given = sent()
    if given.root and given.root not in roots:
        raise Invalid("Wrong root.", request=f"The root element must be {roots[0]}.")
    if given.value is None:
        raise Invalid("Nothing was sent.", request="The request field is required.")
    return load(schema, given.value)


def _read() -> Sent:
    data = body_bytes()
    if not data:
        return Sent(None)
    if request.mimetype in JSON:
        return Sent(parse_json(data))
    if request.mimetype not in {*XML, FORM}:
        kind = request.mimetype or "application/octet-stream"
        words = f"The request entity's media type '{kind}' is not supported for this resource."
        raise UnsupportedMediaType(words)
    if len(data) > MOST_OF_TEXT:
        raise TooLarge(f"An XML document or a form may have {MOST_OF_TEXT} bytes.")
    if request.mimetype == FORM:
        return Sent(nest(request.form.items(multi=True)))
    root, value = read_document(data)
    return Sent(value, root)
