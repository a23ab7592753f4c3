"""What schemas ask beyond the kinds of their fields: each rule checks, and describes itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from tagstore.web.api.columns import Columns
from tagstore.web.api.fields import NO_NUL, Document, Whole

BLANK = r"\s\u0000\u001c-\u001f\u0085\ufeff"
"""What is no more than space, spelt out where regular expressions differ over it."""
NAMING = validate.Regexp(rf"^[^\u0000]*[^{BLANK}][^\u0000]*$", error="Must not be blank.")
"""The rule that a name is more than spaces."""

ANYTHING = "Anything"
INSIDE = {"$ref": f"#/components/schemas/{ANYTHING}"}
IS_ANYTHING = {
    "description": "Any JSON whose texts have no NUL, and whose integers have at most 64 bits.",
    **NO_NUL,
    "items": INSIDE,
    "propertyNames": NO_NUL,
    "additionalProperties": INSIDE,
}
"""What the door lets in, which is all that a document is asked for, as a JSON schema."""

Described = dict[str, Any]
Fields = Mapping[str, fields.Field[Any]]


@dataclass(frozen=True)
class OneOf:
    """The rule that of some fields one is given, and not null."""

    names: tuple[str, ...]
    words: str

    def blamed(self, data: Mapping[str, Any]) -> str | None:
        """Return the field to blame if it is not so."""
        given = sum(data.get(name) is not None for name in self.names)
        return None if given == 1 else self.names[0]

    def fits(self, columns: Columns) -> bool:
        """Return whether it is so for every item of a list."""
        rows = zip(*(columns[name] for name in self.names), strict=True)
        nulls = len(self.names) - 1
        return all(row.count(None) == nulls for row in rows)

    def describe(self, named: Fields) -> Described:
        """Return what a JSON schema says of it."""
        return {"oneOf": [_given(named, name) for name in self.names]}


@dataclass(frozen=True)
class Together:
    """The rule that of two fields both are given, or neither; null gives nothing."""

    names: tuple[str, str]
    words: str

    def blamed(self, data: Mapping[str, Any]) -> str | None:
        """Return the field to blame if it is not so."""
        missing = [name for name in self.names if data.get(name) is None]
        return missing[0] if len(missing) == 1 else None

    def fits(self, columns: Columns) -> bool:
        """Return whether it is so for every item of a list."""
        first, second = (columns[name] for name in self.names)
        return all((a is None) == (b is None) for a, b in zip(first, second, strict=True))

    def describe(self, named: Fields) -> Described:
        """Return what a JSON schema says of it."""
        both = {"allOf": [_given(named, name) for name in self.names]}
        nulls = {_key(named, name): {"type": "null"} for name in self.names}
        return {"oneOf": [both, {"properties": nulls}]}


def _key(named: Fields, name: str) -> str:
    """Return what a field is called in JSON."""
    return named[name].data_key or name


def _given(named: Fields, name: str) -> Described:
    """Return the JSON schema of an object in which a field is given, and not null."""
    key, is_required = _key(named, name), {"required": [_key(named, name)]}
    if not named[name].allow_none:
        return is_required
    return {**is_required, "properties": {key: {"not": {"type": "null"}}}}


class Strict(Schema):
    """Unknown keys are faults: a script should learn of its typing errors."""

    class Meta:
        """Every key has a meaning."""

        unknown = RAISE

    rules: Sequence[OneOf | Together] = ()
    """What is asked of the fields together."""

    @validates_schema
    def check_rules(self, data: dict[str, Any], **_: Any) -> None:
        """Ask of the fields together what the rules say."""
        blamed = {rule.blamed(data): rule.words for rule in self.rules}
        faults = {_key(self.fields, name): words for name, words in blamed.items() if name}
        if faults:
            raise ValidationError(faults)


class Converter(OpenAPIConverter):
    """Describes schemas with all that their fields and rules say of themselves."""

    def field2property(self, field: fields.Field[Any]) -> Described:
        """Return the JSON schema of a field; its validators go before what is said of its kind."""
        found: Described = super().field2property(field)
        said = (
            Whole.described
            if isinstance(field, fields.Integer)
            else getattr(field, "described", {})
        )
        if isinstance(field, Document):
            found["additionalProperties"] = INSIDE
        return found | {name: said[name] for name in said if name == "type" or name not in found}

    def schema2jsonschema(self, schema: Any) -> Described:
        """Return the JSON schema of a schema and its rules."""
        describe: Callable[[Any], Described] = super().schema2jsonschema
        described = describe(schema)
        said = [rule.describe(schema.fields) for rule in getattr(schema, "rules", ())]
        return {**described, **(said[0] if len(said) == 1 else {"allOf": said} if said else {})}
