"""A list page by page: each beginning after the last thing of the one before it, or numbered."""

import base64
import math
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import orjson
from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from tagstore.db import db
from tagstore.errors import Invalid
from tagstore.values import LARGEST_INTEGER, Page, Part, is_text

COUNTED_TO = 10_000
CURSOR = re.compile(r"W[yz][0-9A-Za-z_-]+")
"""How a JSON list of numbers or texts begins in base64, and what can follow."""

T = TypeVar("T")


@dataclass(frozen=True)
class Numbered:
    """Where a numbered page is in the whole list."""

    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return page_count(self.total, self.size)

    @property
    def first(self) -> int:
        """Return the place of the first thing of this page, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        """Return the place of the last thing of this page."""
        return min(self.number * self.size, self.total)


def page_count(total: int, size: int) -> int:
    """Return how many pages a list has, at least one."""
    return max(1, -(-total // size))


def nearest_page(number: int, total: int, size: int) -> int:
    """Return the page that is asked for, or the nearest one that there is."""
    return min(max(1, number), page_count(total, size))


Key = ColumnElement[Any] | InstrumentedAttribute[Any]
Keys = Sequence[Key]


def paged(
    query: Select[T],
    keys: Keys,
    part: Part,
    *,
    is_down: bool = False,
    values: dict[str, Any] | None = None,
) -> Page[T]:
    """Return a part of what the query finds, by keys of which the last is unique."""
    statement = query.add_columns(*keys).order_by(*(k.desc() if is_down else k for k in keys))
    if part.cursor is not None:
        places = read_cursor(part.cursor, [key.type.python_type for key in keys])
        statement = statement.where(_beyond(keys, places, is_down=is_down))
    rows = db.session.execute(statement.limit(part.limit + 1), values).all()
    ids = query.with_only_columns(keys[-1]).order_by(None)
    total = count(ids, values, is_exact=part.is_exact)
    shown = [row[0] for row in rows[: part.limit]]
    if len(rows) <= part.limit:
        return Page(shown, None, total)
    return Page(shown, cursor_of(*rows[part.limit - 1][1:]), total)


def _beyond(keys: Keys, places: list[Any], *, is_down: bool) -> ColumnElement[bool]:
    """Return the condition that a thing stands after a place."""
    key, *others = keys
    place, *rest = places
    after = key < place if is_down else key > place
    return or_(after, and_(key == place, _beyond(others, rest, is_down=is_down))) if rest else after


def count(
    ids: Select[Any] | CompoundSelect[Any],
    values: dict[str, Any] | None = None,
    *,
    is_exact: bool = False,
) -> int | None:
    """Count exactly up to a bound, and beyond it only if that is asked for."""
    some = (ids if is_exact else ids.limit(COUNTED_TO + 1)).subquery()
    found = db.session.scalar(select(func.count()).select_from(some), values) or 0
    return found if is_exact or found <= COUNTED_TO else None


def cursor_of(*values: Any) -> str:
    """Return a place in a list as an opaque text."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def read_cursor(text: str, kinds: Sequence[type]) -> list[Any]:
    """Return the place that a cursor names, or raise `Invalid`."""
    try:
        values = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(values, list):
            raise ValueError
        return [_value(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, TypeError, OverflowError) as error:
        raise Invalid("That cursor is not one of ours.", cursor="is malformed") from error


def _value(value: Any, kind: type) -> Any:
    """Return one value of a place as what it is compared with."""
    match value:
        case bool():
            raise ValueError
        case int() if kind in {int, float} and abs(value) <= LARGEST_INTEGER:
            return kind(value)
        case float() if kind is float and math.isfinite(value):
            return value
        case str() if kind is datetime:
            return _moment(value)
        case str() if kind is uuid.UUID:
            return uuid.UUID(value)
        case str() if kind is str and is_text(value):
            return value
    raise ValueError


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError
    return found
