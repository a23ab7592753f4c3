"""Reading what Eluvio's clients send, and of which content they speak."""

from typing import Any

from flask import g
from marshmallow import Schema, ValidationError

from tagstore.errors import NotFound, Unauthenticated
from tagstore.models import Batch, MediaFile
from tagstore.services import contents
from tagstore.web.api.eluvio import UNREACHABLE
from tagstore.web.api.eluvio.faults import Refused, joined
from tagstore.web.api.eluvio.written import reasons
from tagstore.web.door import body_bytes, parse_json


def find_content(qid: str) -> MediaFile:
    """Return the content of that id; one that is not there reads like one that is not yours."""
    try:
        return contents.get_content(g.actor, qid)
    except NotFound as error:
        raise Unauthenticated(UNREACHABLE) from error


def content_to_tag(qid: str) -> MediaFile:
    """Return the content of that id, to be tagged; one kept elsewhere may be taken now."""
    try:
        return contents.get_or_add_content(g.actor, qid)
    except NotFound as error:
        raise Unauthenticated(UNREACHABLE) from error


def read_object() -> dict[str, Any]:
    """Return the JSON object that the body is, whatever it says it is; no body is an empty one."""
    data = body_bytes()
    value = parse_json(data) if data.strip() else None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Refused([("body", "Must be an object.")])
    return value


def read(schema: Schema, body: dict[str, Any]) -> dict[str, Any]:
    """Return the body's fields, or refuse it with every fault."""
    try:
        fields: dict[str, Any] = schema.load(body)
    except ValidationError as error:
        found = reasons(error.messages).items()
        raise Refused([(joined("", place), words) for place, words in found]) from error
    return fields


def batch_to_fill(media_file: MediaFile, fields: dict[str, Any]) -> Batch:
    """Return the batch that tags are to go into: the one named, or the newest of an author."""
    if fields["batch_id"] is None:
        return contents.open_batch(g.actor, media_file, fields["author"], fields["track"])
    try:
        return contents.get_batch(g.actor, media_file, fields["batch_id"])
    except NotFound as error:
        raise Refused([("batch_id", "There is no such batch on this content.")]) from error


def check_place(fields: dict[str, Any]) -> None:
    """Refuse tags that do not say where they go."""
    if fields["batch_id"] is None:
        missing = [name for name in ("author", "track") if fields[name] is None]
        if missing:
            raise Refused([(name, "Is needed where there is no batch_id.") for name in missing])
