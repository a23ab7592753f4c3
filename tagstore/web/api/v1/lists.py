"""Lists of tags: read from a JSON list, or from lines with one JSON object each."""

from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any, cast

from flask import g, request
from marshmallow import ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from tagstore.errors import Fault, Malformed, MalformedItems, TooLarge
from tagstore.values import TagDraft, TagList
from tagstore.web.api.base import JSON_TYPES
from tagstore.web.api.columns import CHUNK, Columns, Form, Reading, chunks
from tagstore.web.api.v1.schemas import NewTagSchema
from tagstore.web.door import body_bytes, json_body, parse_json, parse_json_lines

MOST_ITEMS = 100_000
NDJSON = "application/x-ndjson"
OURS = {"media_id": "media", "class_": "tag_class"}
"""Fields of the schema that the list of a service calls otherwise."""

FIELDS = {"media": "media_file_id", "tag_set": "tag_set_id", "tag_class": "tag_class_id"}
"""The fields of a tag that names stand for."""

new_tag_schema = NewTagSchema()

LIST = {
    "application/json": {"type": "array", "maxItems": MOST_ITEMS, "items": new_tag_schema},
    NDJSON: {"type": "string", "description": "On each line a tag as in a JSON list."},
}
"""What a list of tags may come as."""


def read_tags() -> tuple[TagList, list[Fault]]:
    """Return the tags that the body lists, and what is wrong with them by the schema."""
    reading, said = Reading(FORM), list[frozenset[str]]()
    meanings: dict[tuple[str, ...], frozenset[str]] = {}
    for items in _items():
        reading.take(items)
        for item in items:
            keys = tuple(item) if isinstance(item, dict) else ()
            if keys not in meanings:
                meanings[keys] = _meant(keys)
            said.append(meanings[keys])
    columns = {OURS.get(name, name): column for name, column in reading.columns.items()}
    return TagList(columns, said), reading.faults


def _meant(keys: tuple[str, ...]) -> frozenset[str]:
    """Return which fields of a tag an item speaks of."""
    names = (FORM.names[key] for key in keys if key in FORM.names)
    ours = (OURS.get(name, name) for name in names)
    return frozenset(FIELDS.get(name, name) for name in ours)


def _items() -> Iterator[list[Any]]:
    """Yield the items of the body, some at a time."""
    if request.mimetype == NDJSON:
        yield from _lines(body_bytes())
    elif request.mimetype in JSON_TYPES:
        items = json_body()
        if not isinstance(items, list):
            raise Malformed(f"Send a list of tags, or one on each line as {NDJSON}.")
        g.lines = []
        _refuse_too_many(len(items))
        yield from chunks(items)
    else:
        message = f"Send application/json or {NDJSON}, not {request.mimetype}."
        raise UnsupportedMediaType(message)


def _lines(data: bytes) -> Iterator[list[Any]]:
    """Yield what the lines say; blank ones say nothing. All that cannot be read are told."""
    faults: list[Fault] = []
    g.lines = []
    numbered_lines = enumerate(map(_without_break, BytesIO(data)), 1)
    lines = ((number, line) for number, line in numbered_lines if line.strip())
    while numbered := dict(islice(lines, CHUNK)):
        start = len(g.lines)
        g.lines += numbered
        _refuse_too_many(len(g.lines))
        some = list(numbered.values())
        try:
            yield parse_json_lines(some)
        except Malformed:
            items, found = _one_by_one(some, start)
            faults += found
            yield items
    if faults:
        raise MalformedItems(faults)


def _without_break(line: bytes) -> bytes:
    return line.rstrip(b"\r\n")


def _one_by_one(lines: list[bytes], start: int) -> tuple[list[Any], list[Fault]]:
    """Return what can be read, and a fault for every line that cannot."""
    items, faults = [], []
    for index, line in enumerate(lines, start):
        try:
            items.append(parse_json(line))
        except Malformed as error:
            faults.append(Fault(index, "", "syntax", error.message))
    return items, faults


def _refuse_too_many(count: int) -> None:
    if count > MOST_ITEMS:
        raise TooLarge(f"More than {MOST_ITEMS} tags do not go in one request.")


def _words(index: int, item: Any, error: ValidationError | None) -> list[Fault]:
    if error is None:
        return [Fault(index, "", "invalid", "Must be an object.")]
    return [
        Fault(index, _our_name(name), "invalid", " ".join(map(str, messages)))
        for name, messages in cast(dict[str, list[str]], error.messages).items()
    ]


def _our_name(key: str) -> str:
    """Return what services call the field of that key."""
    name = FORM.names.get(key, key)
    return "media_file_id" if name == "media_id" else OURS.get(name, name)


def _fit(columns: Columns) -> bool:
    """Return whether every tag keeps the rules between its fields."""
    return all(rule.fits(columns) for rule in new_tag_schema.rules)


BLANK = TagDraft(0, 0)
FORM = Form(
    new_tag_schema,
    {
        **{name: getattr(BLANK, name, None) for name in new_tag_schema.fields},
        "tag_set_id": None,
    },
    _words,
    _fit,
)
