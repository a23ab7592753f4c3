"""Tagstore's own JSON Lines: a tag a line, with all that Tagstore knows of it."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO

import orjson

from tagstore.formats.format import Feature, Format
from tagstore.formats.numbers import check
from tagstore.formats.objects import holds_nul
from tagstore.formats.rows import FIELDS, About, Fault, Item, Row, Wrong
from tagstore.formats.text import head_lines, lines

ROWS_A_PIECE = 500
KEYS = tuple(name for name in FIELDS if name != "line")
TEXTS = {"media", "label", "text", "comment", "track", "status", "source", "external_id"}
NUMBERS = {"start_s", "end_s", "low_hz", "high_hz", "score"}
OBJECTS = {"frame", "info", "stored"}


def fits(head: bytes) -> bool:
    """Tell whether the first line is an object with the times of a tag."""
    first = next(iter(head_lines(head)), "")
    try:
        said = orjson.loads(first)
    except orjson.JSONDecodeError:
        return False
    return isinstance(said, dict) and {"start_s", "end_s"} <= said.keys()


def read(stream: BinaryIO, about: About) -> Iterator[Item]:
    """Yield the tags of a file; keys that we do not know go into `info`, empty lines nowhere."""
    for line in lines(stream):
        if isinstance(line, Fault):
            yield line
        elif line.text.strip():
            try:
                yield check(_row(line.number, line.text))
            except Wrong as wrong:
                yield wrong.at(line.number)


def write(rows: Iterable[Row], about: About) -> Iterator[bytes]:
    """Yield the tags, every key on every line."""
    objects = (orjson.dumps(_said(row), option=orjson.OPT_APPEND_NEWLINE) for row in rows)
    while piece := b"".join(islice(objects, ROWS_A_PIECE)):
        yield piece


def _said(row: Row) -> dict[str, Any]:
    """Return what a row says, by `KEYS`; written out, since it is done for millions."""
    return {
        "media": row.media,
        "start_s": row.start_s,
        "end_s": row.end_s,
        "low_hz": row.low_hz,
        "high_hz": row.high_hz,
        "channel": row.channel,
        "label": row.label,
        "text": row.text,
        "comment": row.comment,
        "track": row.track,
        "score": row.score,
        "status": row.status,
        "source": row.source,
        "external_id": row.external_id,
        "frame": row.frame,
        "info": row.info,
        "stored": row.stored,
    }


def _row(line: int, text: str) -> Row:
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Wrong(f"It is not JSON: {error.msg}.") from None
    if not isinstance(said, dict):
        raise Wrong("It is JSON, but not an object.")
    if "\\u0000" in text and holds_nul(said):
        raise Wrong("It holds a NUL.")
    info = _checked("info", said.pop("info", None)) or {}
    fields = {key: _checked(key, said.pop(key, None)) for key in KEYS if key != "info"}
    fields = {key: value for key, value in fields.items() if value is not None}
    return Row(line, info=info | said, **fields)


def _checked(key: str, value: Any) -> Any:
    if value is None:
        return None
    if key in TEXTS and not isinstance(value, str):
        raise Wrong("It is not text.", key)
    if key in NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise Wrong("It is not a number.", key)
    if key in OBJECTS and not isinstance(value, dict):
        raise Wrong("It is not an object.", key)
    if key == "channel" and (type(value) is not int or value < 1):
        raise Wrong("It is not a channel; they are counted from 1.", key)
    return float(value) if key in NUMBERS else value


JSON_LINES = Format(
    key="jsonl",
    name="Tagstore JSON Lines",
    suffix=".jsonl",
    media_type="application/x-ndjson",
    fits=fits,
    read=read,
    write=write,
    keeps=frozenset(Feature),
    resolution_s=0.0,
)
