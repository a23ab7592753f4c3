"""Field types that also read numbers and lists out of text, with the words of ASP.NET Web API."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import ValidationError, fields

from tagstore.web.api import fields as plain
from tagstore.web.api.pixelshare.written import Parts, Written

WHOLE = re.compile(r"[+-]?[0-9]{1,19}")
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
FLAGS = {"true": True, "false": False, "1": True, "0": False}
Messages = dict[str, str | list[Any] | dict[Any, Any]]

INVALID: Messages = {"invalid": "The value is not valid.", "null": "The value is not valid."}


class Whole(plain.Whole):
    """An integer."""

    default_error_messages = INVALID

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, Written) and WHOLE.fullmatch(value.strip()):
            value = int(value)
        return super()._deserialize(value, attr, data, **kwargs)


class Number(plain.Number):
    """A finite number."""

    default_error_messages = INVALID

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> float:
        if isinstance(value, Written) and NUMBER.fullmatch(value.strip()):
            value = float(value)
        return super()._deserialize(value, attr, data, **kwargs)


class Flag(plain.Flag):
    """True or false."""

    default_error_messages = INVALID

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if isinstance(value, Written):
            value = FLAGS.get(value.strip().lower(), value)
        return super()._deserialize(value, attr, data, **kwargs)


class Words(plain.Text):
    """Text of limited length; null is none."""

    default_error_messages = {
        **INVALID,
        "text": "The value is not valid.",
        "long": "The field must be a string with a maximum length of {longest}.",
    }

    def __init__(self, longest: int, **options: Any) -> None:
        super().__init__(allow_none=True, **options)
        self.longest = longest

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        if len(text) > self.longest:
            raise self.make_error("long", longest=self.longest)
        return text


class Kinds(fields.Field[frozenset[int]]):
    """A list of tag types, as numbers or as objects that hold one."""

    default_error_messages = INVALID

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> frozenset[int]:
        one = Whole()
        try:
            return frozenset(one.deserialize(_kind(each)) for each in self._listed(value))
        except ValidationError as error:
            raise self.make_error("invalid") from error

    def _listed(self, value: Any) -> Iterator[Any]:
        if isinstance(value, Parts):
            for part in value.values():
                yield from part if isinstance(part, list) else [part]
        elif isinstance(value, list):
            yield from value
        elif isinstance(value, Written):
            yield from [value] if value.strip() else []
        else:
            raise self.make_error("invalid")


def _kind(value: Any) -> Any:
    """Return the number inside `{"TagType": 3}`, or the value itself."""
    if not isinstance(value, dict):
        return value
    return next((value[name] for name in value if name.lower() == "tagtype"), None)
