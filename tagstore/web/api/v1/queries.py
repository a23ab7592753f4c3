"""Query parameters and the fields of forms: text that is read strictly, and described."""

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, cast

from flask import request
from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate
from werkzeug.datastructures import MultiDict

from tagstore.errors import Invalid, Malformed
from tagstore.services.paging import CURSOR
from tagstore.values import LARGEST_INTEGER, Part
from tagstore.web import multipart
from tagstore.web.api.fields import NO_NUL
from tagstore.web.api.v1.schemas import NOT_PLAIN, PLAIN

WHOLE = re.compile(r"-?[0-9]{1,19}")
DECIMAL = re.compile(r"-?[0-9]{1,19}(\.[0-9]{1,30})?")
SECONDS = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,30})?")
FROM_START = re.compile(r"[0-9]{1,12}(\.[0-9]{1,30})?")
UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
NUMBERS = re.compile(r"[0-9]{1,18}(,[0-9]{1,18}){0,999}")
FLAGS = {"true": True, "false": False}
MOST = 1000
DEFAULT = 100


def form_fields(words: str, names: set[str], plain: Sequence[str] = ()) -> dict[str, str]:
    """Return the fields of a form that brings files to a project, or raise with every fault.

    `words` say what it has to be; those of the fields that are `plain` have no control characters.
    """
    if request.mimetype != multipart.TYPE:
        raise Malformed(words)
    form = request.form
    faults = dict.fromkeys(set(form) - names, "is not a field here") | _repeated(form)
    faults |= {name: NOT_PLAIN for name in plain if not PLAIN.match(form.get(name, ""))}
    if "project" not in form:
        faults["project"] = "is required"
    if faults:
        raise Invalid("Some fields make no sense.", **faults)
    return form.to_dict()


def _repeated(given: MultiDict[str, str]) -> dict[str, str]:
    return {name: "stands more than once" for name, each in given.lists() if each[1:]}


class Query(Schema):
    """The parameters of one address; any other is a fault."""

    class Meta:
        """A script should learn of its typing errors."""

        unknown = RAISE

    error_messages = {"unknown": "is not a parameter here"}

    def read(self) -> dict[str, Any]:
        """Return what was given, or every fault."""
        repeated = _repeated(request.args)
        try:
            given: dict[str, Any] = self.load(request.args.to_dict())
        except ValidationError as error:
            messages = cast(dict[str, list[str]], error.messages)
            faults = {name: " ".join(each) for name, each in messages.items()}
            raise Invalid("Some parameters make no sense.", **faults | repeated) from error
        if repeated:
            raise Invalid("Some parameters make no sense.", **repeated)
        return given


class Whole(fields.Integer):
    """A whole number in ASCII digits."""

    default_error_messages = {"invalid": "must be a whole number"}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if not WHOLE.fullmatch(value) or abs(int(value)) > LARGEST_INTEGER:
            raise self.make_error("invalid")
        return int(value)


class Decimal(fields.Float):
    """A decimal number in ASCII digits, without exponent.

    A JSON schema cannot say of a number how it is written, so that it is described as text,
    unless it has a range in which nobody writes an exponent.
    """

    default_error_messages = {"invalid": "must be a number", "range": "is out of range"}

    def __init__(self, form: re.Pattern[str] = DECIMAL, **options: Any) -> None:
        """Make a field for numbers of a form."""
        super().__init__(**options)
        self.form = form
        text = {"type": "string", "format": "decimal", "pattern": f"^{form.pattern}$"}
        self.described = {} if self.validators else text

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> float:
        if not DECIMAL.fullmatch(value):
            raise self.make_error("invalid")
        if not self.form.fullmatch(value):
            raise self.make_error("range")
        return float(value)


class Flag(fields.Boolean):
    """The words true and false."""

    default_error_messages = {"invalid": "must be true or false"}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if value not in FLAGS:
            raise self.make_error("invalid")
        return FLAGS[value]


class Identifier(fields.UUID):
    """The UUID of a track."""

    default_error_messages = {"invalid_uuid": "must be a UUID"}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> uuid.UUID:
        if not UUID.fullmatch(value):
            raise self.make_error("invalid_uuid")
        return uuid.UUID(value)


class Words(fields.String):
    """Text, which the door has looked at."""

    described = NO_NUL


class Numbers(Words):
    """Whole numbers with commas between them."""

    described = {"pattern": f"^{NUMBERS.pattern}$"}
    default_error_messages = {"numbers": "must be a number, or several with commas between"}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not NUMBERS.fullmatch(value):
            raise self.make_error("numbers")
        return tuple(map(int, value.split(",")))


def between(least: float | None, most: float | None = None) -> validate.Range:
    """Return the rule that a number is in a range."""
    words = f"must be from {least} to {most}" if most is not None else f"must be {least} or more"
    return validate.Range(least, most, error=words)


def one_of(*choices: str | int) -> validate.OneOf:
    """Return the rule that only these words or numbers will do."""
    return validate.OneOf(choices, error=f"must be one of {', '.join(map(str, choices))}")


def seconds() -> Decimal:
    """Return the field of a position in a file."""
    return Decimal(SECONDS)


class Paged(Query):
    """Which part of a list is wanted; read, that is one `part`."""

    limit = Whole(
        load_default=DEFAULT,
        validate=between(1, MOST),
        metadata={"description": "How many at most."},
    )
    cursor = Words(
        validate=validate.Regexp(f"^{CURSOR.pattern}$", error="is malformed"),
        metadata={"description": "The `next` of the page before; an opaque text."},
    )
    count = Words(
        validate=one_of("exact"),
        metadata={"description": "`exact`: count beyond 10,000 too; else `total` is then null."},
    )

    @post_load
    def to_part(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Put together what says which part is wanted."""
        part = Part(data.pop("limit"), data.pop("cursor", None), data.pop("count", "") == "exact")
        return {**data, "part": part}


class NamesProject(Query):
    """Of which project something is wanted."""

    project = Words(
        required=True,
        error_messages={"required": "is required"},
        metadata={"description": "The project's key."},
    )


class OfProject(NamesProject, Paged):
    """The things of which project are wanted."""


NOTHING = Query()
PAGED = Paged()
OF_PROJECT = OfProject()
