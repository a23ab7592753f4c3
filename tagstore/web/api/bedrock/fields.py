"""Field types that say what is wrong with a value by code and in words."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

PUBLIC_ID = re.compile(r"(?!batch\Z)[A-Za-z0-9_.:-]{1,64}")
MOST = 2**31 - 1
WIRE_NAMES = {
    "public_id": "id",
    "scope": "scopeId",
    "group": "tagGroupId",
    "closed": "isLocked",
    "most_per_target": "maxAppliedPerTarget",
    "classes": "tags",
    "tag_class": "tagId",
    "target": "targetId",
    "target_type": "targetType",
}
"""Bedrock's names of our fields; what is not here is called the same."""


def pointer(field: str) -> str:
    """Return where in one thing a field stands (RFC 6901), `classes/3/label` included."""
    return "".join(f"/{WIRE_NAMES.get(part, part)}" for part in field.split("/") if part)


def said(code: str, detail: str) -> list[Any]:
    """Return a fault as marshmallow carries it."""
    return [(code, detail)]


class Told(fields.Field[Any]):
    """A field whose faults have codes."""

    default_error_messages: dict[str, Any] = {
        "required": said("required", "This field is required."),
        "null": said("type", "Must not be null."),
    }


class Words(Told):
    """Text of some length that is not all blank."""

    def __init__(self, longest: int | None, **options: Any) -> None:
        super().__init__(**options)
        self.longest = longest

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        if not isinstance(value, str):
            raise ValidationError(said("type", "Must be text."))
        if self.longest is not None and not (value.strip() and len(value) <= self.longest):
            words = f"Must have 1 to {self.longest} characters, not all of them blank."
            raise ValidationError(said("length", words))
        return value


class PublicId(Told):
    """An id that the client chooses."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        if not isinstance(value, str):
            raise ValidationError(said("type", "Must be text."))
        if not PUBLIC_ID.fullmatch(value):
            words = "Must be 1 to 64 characters of A-Z a-z 0-9 _ . : - and not the word batch."
            raise ValidationError(said("format", words))
        return value


class Reference(Told):
    """The name of something that is there already; any text may be tried."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        if not isinstance(value, str):
            raise ValidationError(said("type", "Must be text."))
        if not value:
            raise ValidationError(said("length", "Must not be empty."))
        return value


class Target(Reference):
    """A media file: its qid or number; the number may be a JSON number."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        return super()._deserialize(value, attr, data, **kwargs)


class Resource(Told):
    """The one kind of target there is."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        if not isinstance(value, str):
            raise ValidationError(said("type", "Must be text."))
        if value != "resource":
            raise ValidationError(said("choice", "Must be resource."))
        return value


class Most(Told):
    """How many may apply at once."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError(said("type", "Must be a whole number or null."))
        if not 1 <= value <= MOST:
            raise ValidationError(said("range", f"Must be 1 to {MOST}."))
        return value


class Flag(Told):
    """True or false."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if not isinstance(value, bool):
            raise ValidationError(said("type", "Must be true or false."))
        return value
