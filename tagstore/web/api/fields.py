"""Field types that take JSON as it is: a number is a number, a flag a flag, text is text.

Each also says of a whole column of values whether all are good, validators left out; what it
does not vouch for is looked at one by one. What else a JSON schema says of it is `described`.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from marshmallow import fields

from tagstore.values import LARGEST_INTEGER, is_text

NO_NUL = {"pattern": r"^[^\u0000]*$"}
"""How a JSON schema says that a text has no NUL."""


class Text(fields.String):
    """Unicode text that every engine can keep."""

    default_error_messages = {"text": "Must be Unicode text without NUL."}
    described = NO_NUL

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if not is_text(value):
            raise self.make_error("text")
        return value

    def are_good(self, values: Sequence[Any]) -> bool:
        """Return whether all are text."""
        return set(map(type, values)) <= {str} and is_text("".join(values))


class Number(fields.Float):
    """A finite JSON number; no text, no true or false."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid", input=value)
        number = float(value)
        if not math.isfinite(number):
            raise self.make_error("invalid", input=value)
        return number

    def are_good(self, values: Sequence[Any]) -> bool:
        """Return whether all are finite numbers."""
        return set(map(type, values)) <= {int, float} and all(map(math.isfinite, values))


class Whole(fields.Integer):
    """A JSON integer of at most 63 bits; no text, no true or false, no fraction."""

    described = {"format": "int64", "minimum": -LARGEST_INTEGER, "maximum": LARGEST_INTEGER}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_INTEGER:
            raise self.make_error("invalid", input=value)
        return value

    def are_good(self, values: Sequence[Any]) -> bool:
        """Return whether all are integers of at most 63 bits."""
        return are_whole(values)


class Flag(fields.Boolean):
    """True or false, nothing that merely looks like it."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value

    def are_good(self, values: Sequence[Any]) -> bool:
        """Return whether all are true or false."""
        return set(map(type, values)) <= {bool}


class Document(fields.Dict):
    """A JSON object, kept as it is."""

    default_error_messages = {"deep": "Must not be nested so deeply."}
    described = {"propertyNames": NO_NUL}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> dict[Any, Any]:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        try:
            orjson.dumps([[[[[[[[value]]]]]]]])  # It will stand inside lists and events.
        except orjson.JSONEncodeError as error:
            raise self.make_error("deep") from error
        return value

    def are_good(self, values: Sequence[Any]) -> bool:
        """Return whether all are objects that can be kept."""
        if not set(map(type, values)) <= {dict}:
            return False
        try:
            orjson.dumps([[[[[[[values]]]]]]])  # As deep as one of them alone is tried above.
        except orjson.JSONEncodeError:
            return False
        return True


def are_whole(values: Sequence[Any]) -> bool:
    """Return whether all are integers of at most 63 bits."""
    return set(map(type, values)) <= {int} and (
        not values or (min(values) >= -LARGEST_INTEGER and max(values) <= LARGEST_INTEGER)
    )
