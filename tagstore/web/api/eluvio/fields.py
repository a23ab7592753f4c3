"""Field types of Eluvio's wire."""

import math
from collections.abc import Mapping
from typing import Any, cast

from marshmallow import fields

from tagstore.services.contents import MOST_MS
from tagstore.values import LARGEST_INTEGER


class Milliseconds(fields.Field[int]):
    """A moment: a whole number of milliseconds from the start; `5.0` is one, `5.5` is none."""

    default_error_messages = {
        "whole": "Must be a whole number of milliseconds.",
        "range": f"Must be 0 to {MOST_MS}.",
    }

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or value % 1 != 0:
            raise self.make_error("whole")
        if not 0 <= value <= MOST_MS:
            raise self.make_error("range")
        return int(value)


class Frame(fields.Field[int]):
    """The number of a frame, from 0."""

    default_error_messages = {"frame": "Must be a whole number from 0."}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or value % 1 != 0:
            raise self.make_error("frame")
        if not 0 <= value <= LARGEST_INTEGER:
            raise self.make_error("frame")
        return int(value)


class Amount(fields.Field[float]):
    """A finite number, kept as it was written."""

    default_error_messages = {"number": "Must be a number."}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> float:
        if not is_amount(value):
            raise self.make_error("number")
        return cast(float, value)


class Reference(fields.Field[int]):
    """The number of something that may be there: text or a number; 0 where nothing can be."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise self.make_error("validator_failed")
        return number_of(str(value))


def is_amount(value: Any) -> bool:
    """Return whether something is a finite number."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value)


def number_of(text: str) -> int:
    """Return the number that an id is, 0 if it can be nothing's."""
    is_number = text.isascii() and text.isdigit() and len(text) <= 19
    number = int(text) if is_number else 0
    return number if number <= LARGEST_INTEGER else 0
