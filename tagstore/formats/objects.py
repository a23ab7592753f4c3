"""JSON of strangers: objects whose values may be anything."""

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import orjson

from tagstore.formats.numbers import check
from tagstore.formats.rows import Fault, Item, Row, Skipped, Wrong
from tagstore.formats.text import document


def loaded(text: str) -> Any:
    """Return what JSON says; raise Wrong for anything else, NaN and endless nesting among it."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Wrong(f"It is not JSON: {error.msg}.") from None


def loaded_document(stream: BinaryIO) -> Any:
    """Return what a file of JSON says, or a Fault: it is too large, or no JSON."""
    text = document(stream)
    if isinstance(text, Fault):
        return text
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return Fault(error.lineno, None, f"The file is not JSON: {error.msg}.")


def items(line: int, rows: Iterable[Row], why_none: str) -> Iterator[Item]:
    """Yield the rows of one object if all are sound, else what is wrong, or why there are none."""
    try:
        sound = [check(row) for row in rows]
    except Wrong as wrong:
        yield wrong.at(line)
        return
    yield from sound
    if not sound:
        yield Skipped(line, why_none)


def an_object(said: Any, key: str) -> dict[str, Any]:
    """Return the object of a key, an empty one where there is none, or raise Wrong."""
    found = _member(said, key)
    if found is not None and not isinstance(found, dict):
        raise Wrong("It is not an object.", key)
    return found or {}


def a_list(said: Any, key: str) -> list[Any]:
    """Return the list of a key, an empty one where there is none, or raise Wrong."""
    found = _member(said, key)
    if found is not None and not isinstance(found, list):
        raise Wrong("It is not a list.", key)
    return found or []


def a_text(said: Any, key: str) -> str | None:
    """Return the text of a key; None where there is none or an empty one; or raise Wrong."""
    found = _member(said, key)
    if found is not None and not isinstance(found, str):
        raise Wrong("It is not text.", key)
    if found and "\0" in found:
        raise Wrong("It holds a NUL.", key)
    return found or None


def a_number(said: Any, key: str) -> float | None:
    """Return the number of a key, None where there is none, or raise Wrong."""
    return as_number(_member(said, key), key)


def as_number(found: Any, key: str | None = None) -> float | None:
    """Return a number as float and null as None, or raise Wrong."""
    if found is not None and (isinstance(found, bool) or not isinstance(found, int | float)):
        raise Wrong("It is not a number.", key)
    return None if found is None else float(found)


def without_nul(value: Any, key: str | None = None) -> Any:
    """Return a value, or raise Wrong for a NUL anywhere in it."""
    if holds_nul(value):
        raise Wrong("It holds a NUL.", key)
    return value


def holds_nul(value: Any) -> bool:
    """Return whether a NUL hides in a text or a key of a value."""
    if isinstance(value, dict):
        return any("\0" in key or holds_nul(each) for key, each in value.items())
    if isinstance(value, list):
        return any(holds_nul(each) for each in value)
    return isinstance(value, str) and "\0" in value


def _member(said: Any, key: str) -> Any:
    if not isinstance(said, dict):
        raise Wrong("It is not an object.")
    return said.get(key)
