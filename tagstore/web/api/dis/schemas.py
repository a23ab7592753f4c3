"""The shapes of what DIS's clients send."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from tagstore.services.resource_tags import Filters, KeyFilter
from tagstore.values import LARGEST_INTEGER
from tagstore.web.api.fields import Text
from tagstore.web.door import parse_json

DIGITS = re.compile(r"[0-9]{1,18}")
MOST_IN_A_LIST = 50
LARGEST_LIMIT = 1000
FILTERS = ("tags", "tags_any", "not_tags", "not_tags_any")

few = validate.Length(max=MOST_IN_A_LIST, error="Must have at most {max} entries.")


class Loose(Schema):
    """Keys that mean nothing here are ignored, as the service does."""

    class Meta:
        """Unknown keys are left out."""

        unknown = EXCLUDE


class Count(fields.Integer):
    """A whole number, as such or as text."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, str) and DIGITS.fullmatch(value):
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid", input=value)
        return value


class Matches(fields.Field[tuple[str, ...]]):
    """`{"key": "resource_name", "value": …}`, a list of such, or the JSON text of either."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> tuple[str, ...]:
        if isinstance(value, str):  # The official SDK declares it so.
            value = parse_json(value.encode())
        matches = match_schema.load(value if isinstance(value, list) else [value], many=True)
        return tuple(each["value"] for each in few(matches))


class MatchSchema(Loose):
    """What the name of a resource must have in it."""

    key = Text(required=True, validate=validate.Equal("resource_name"))
    value = Text(required=True)


class TagSchema(Loose):
    """A key with a value; one that is left out is empty."""

    key = Text(required=True)
    value = Text(load_default="", allow_none=True)

    @post_load
    def _pair(self, data: dict[str, Any], **kwargs: Any) -> tuple[str, str]:
        return data["key"], data["value"] or ""


class KeySchema(Loose):
    """A key to be removed; what stands beside it does not matter."""

    key = Text(required=True)

    @post_load
    def _key(self, data: dict[str, Any], **kwargs: Any) -> str:
        return str(data["key"])


class OneSchema(Loose):
    """One tag."""

    tag = fields.Nested(TagSchema, required=True)


class CreateSchema(Loose):
    """Tags to be put on a stream."""

    tags = fields.List(fields.Nested(TagSchema), required=True)


class DeleteSchema(Loose):
    """Tags to be taken off a stream."""

    tags = fields.List(fields.Nested(KeySchema), required=True)


class KeyFilterSchema(Loose):
    """A key with some values."""

    key = Text(required=True)
    values = fields.List(Text(), load_default=None, allow_none=True, validate=few)

    @post_load
    def _filter(self, data: dict[str, Any], **kwargs: Any) -> KeyFilter:
        return KeyFilter(data["key"], tuple(data["values"] or ()))


def _filter_list() -> fields.Field[Any]:
    """Return a list of keys with values; left out, it is empty."""
    nested = fields.Nested(KeyFilterSchema)
    return fields.List(nested, load_default=(), allow_none=True, validate=few)


class SearchSchema(Loose):
    """Which resources are wanted, and how many of them."""

    limit = Count(
        load_default=LARGEST_LIMIT, validate=validate.Range(1, LARGEST_LIMIT), allow_none=True
    )
    offset = Count(load_default=0, validate=validate.Range(0, LARGEST_INTEGER), allow_none=True)
    tags = _filter_list()
    tags_any = _filter_list()
    not_tags = _filter_list()
    not_tags_any = _filter_list()
    matches = Matches(load_default=(), allow_none=True)

    @post_load
    def _search(self, data: dict[str, Any], **kwargs: Any) -> tuple[Filters, int, int]:
        lists = {name: tuple(data[name] or ()) for name in FILTERS}
        filters = Filters(**lists, names=data["matches"] or ())
        limit = LARGEST_LIMIT if data["limit"] is None else data["limit"]
        return filters, limit, data["offset"] or 0


match_schema = MatchSchema()
one_schema = OneSchema()
create_schema = CreateSchema()
delete_schema = DeleteSchema()
search_schema = SearchSchema()
