"""Field types with the words of Django REST Framework."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields, validate

from tagstore.values import LARGEST_INTEGER, is_text
from tagstore.web.api import fields as plain
from tagstore.web.api.arlo.faults import NEGATIVE, NULL, REQUIRED, unknown_pk

WORDS = {"required": REQUIRED, "null": NULL}

not_negative = validate.Range(min=0, error=NEGATIVE)


class Pk(fields.Integer):
    """The number of something; whether there is such a thing is not asked here."""

    default_error_messages = {
        **WORDS,
        "type": "Incorrect type. Expected pk value, received {type}.",
        "unknown": unknown_pk("{value}"),
    }

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("type", type=type(value).__name__)
        if abs(value) > LARGEST_INTEGER:
            raise self.make_error("unknown", value=value)
        return value

    def are_good(self, values: Sequence[Any]) -> bool:
        """Return whether all are numbers that something might have."""
        return plain.are_whole(values)


class Number(plain.Number):
    """A finite JSON number."""

    default_error_messages = {**WORDS, "invalid": "A valid number is required."}


class Flag(plain.Flag):
    """True or false."""

    default_error_messages = {**WORDS, "invalid": "Must be a valid boolean."}


class Words(fields.String):
    """Text that is not blank, without the white space around it."""

    default_error_messages = {
        **WORDS,
        "invalid": "Not a valid string.",
        "blank": "This field may not be blank.",
        "long": "Ensure this field has no more than {longest} characters.",
        "nul": "Null characters are not allowed.",
    }

    def __init__(self, longest: int, **options: Any) -> None:
        super().__init__(**options)
        self.longest = longest

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if not is_text(value):
            raise self.make_error("nul")
        text = value.strip()
        if not text:
            raise self.make_error("blank")
        if len(text) > self.longest:
            raise self.make_error("long", longest=self.longest)
        return text
