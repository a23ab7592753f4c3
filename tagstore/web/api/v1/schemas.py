"""The shapes in which things come in."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from marshmallow import fields, validate

from tagstore.services.passwords import LONGEST, SHORTEST
from tagstore.services.vocabularies import HOT_KEYS
from tagstore.values import COLOUR, PROJECT_KEY, TAG_STATUSES, Audience, Role, is_text
from tagstore.web.api.fields import Document, Flag, Number, Text, Whole, are_whole
from tagstore.web.api.v1.rules import BLANK, NAMING, OneOf, Strict, Together

COLOUR_RULE = validate.Regexp(f"^{COLOUR.pattern}$", error="Must look like #3fa7d6.")
POSSIBLE = validate.Range(datetime(2000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC))
HOT_KEY_RULE = validate.OneOf(HOT_KEYS, error="Must be a digit.")
CONTROLS = r"\u0000-\u001f\u007f-\u009f"
USER_NAME = validate.Regexp(
    rf"^[^:{CONTROLS}]*[^:{BLANK}{CONTROLS}][^:{CONTROLS}]*$",
    error="Must not be blank, nor have a colon or control characters.",
)
FILE_NAME = validate.Regexp(
    rf"^[^{CONTROLS}]*[^./\\{BLANK}{CONTROLS}][^/\\{CONTROLS}]*$",
    error="Must be a file's name, without control characters.",
)
PLAIN = re.compile(rf"^[^{CONTROLS}]*$")
NOT_PLAIN = "Must not have control characters."


def naming(longest: int) -> list[validate.Validator]:
    """Return the rules of a name of at most so many characters."""
    return [validate.Length(1, longest), NAMING]


class Integer(Whole):
    """An integer as JSON schemas have it: 3.0 is one, too."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        return super()._deserialize(_whole(value), attr, data, **kwargs)


def _whole(value: Any) -> Any:
    """Return a number without fraction as an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class TagSchema(Strict):
    """What may be said of a tag; PATCH takes any part of it."""

    start_s = Number(allow_none=True, validate=validate.Range(min=0))
    end_s = Number(allow_none=True, validate=validate.Range(min=0))
    low_hz = Number(allow_none=True, validate=validate.Range(min=0))
    high_hz = Number(allow_none=True, validate=validate.Range(min=0))
    channel = Integer(allow_none=True, validate=validate.Range(min=1, max=10_000))
    tag_set_id = Integer()
    tag_class_id = Integer(allow_none=True, data_key="class_id")
    text = Text(allow_none=True, validate=validate.Length(1, 10_000))
    frame_info = Document(allow_none=True)
    score = Number(allow_none=True)
    kind = Integer(validate=validate.Range(min=0))
    source = Text(validate=validate.Length(max=255))
    parent_id = Integer(allow_none=True)
    machine_tagged = Flag()
    user_tagged = Flag()
    randomly_chosen = Flag()
    info = Document(allow_none=True)
    external_id = Text(allow_none=True, validate=validate.Length(1, 255))
    comment = Text(allow_none=True, validate=validate.Length(max=10_000))
    status = Text(allow_none=True, validate=validate.OneOf(TAG_STATUSES))


class MediaReference(fields.Field[int | str]):
    """A media file's number or its qid."""

    default_error_messages = {"invalid": "Must be a number or a qid."}
    described = {**Whole.described, **Text.described, "type": ["integer", "string"]}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int | str:
        known: int | str = _whole(value)
        if not self.are_good([known]):
            raise self.make_error("invalid")
        return known

    def are_good(self, values: Sequence[Any]) -> bool:
        """Return whether all are numbers or text."""
        texts = [value for value in values if type(value) is not int]
        numbers = [value for value in values if type(value) is int]
        return set(map(type, texts)) <= {str} and is_text("".join(texts)) and are_whole(numbers)


class NewTagSchema(TagSchema):
    """A tag to be made: on which media file, in which tag set, with which class or text."""

    info = Document()
    media_id = MediaReference(required=True)
    tag_set = Text(validate=naming(200))
    class_ = Text(data_key="class", validate=validate.Length(1, 100))
    rules = (
        OneOf(("tag_set_id", "tag_set"), "Give tag_set_id or tag_set, one of them."),
        OneOf(("tag_class_id", "class_", "text"), "Give class_id, class or text, one of them."),
        Together(("start_s", "end_s"), "A tag has both times, or neither."),
    )


class TagSetSchema(Strict):
    """A tag set; PATCH takes any part of it."""

    name = Text(required=True, validate=naming(200))
    label = Text(allow_none=True, validate=validate.Length(1, 200))
    color = Text(allow_none=True, validate=COLOUR_RULE)
    description = Text(validate=validate.Length(max=10_000))
    hidden = Flag()


class NewTagSetSchema(Strict):
    """A tag set to be made."""

    project = Text(required=True)
    name = Text(required=True, validate=naming(200))
    color = Text(allow_none=True, validate=COLOUR_RULE)
    hidden = Flag()


class ProjectSchema(Strict):
    """A project; PATCH takes any part of it."""

    name = Text(validate=naming(200))
    description = Text(validate=validate.Length(max=10_000))
    audience = Text(validate=validate.OneOf(tuple(Audience)))


class NewProjectSchema(Strict):
    """A project to be made; whoever makes it manages it."""

    key = Text(required=True, metadata={"pattern": f"^{PROJECT_KEY.pattern}$"})
    name = Text(validate=naming(200))


class RoleSchema(Strict):
    """What a member of a project is."""

    role = Text(required=True, validate=validate.OneOf(tuple(Role)))


class NewMemberSchema(RoleSchema):
    """A member to be, by name."""

    user = Text(required=True, validate=validate.Length(1, 200))


class TrackSchema(Strict):
    """How a track looks; what is null the tag set says."""

    label = Text(allow_none=True, validate=validate.Length(1, 200))
    color = Text(allow_none=True, validate=COLOUR_RULE)
    description = Text(allow_none=True, validate=validate.Length(max=10_000))


class BatchSchema(Strict):
    """What came along with a batch."""

    info = Document(allow_none=True)


class UserSchema(Strict):
    """Whether a user may sign in."""

    disabled = Flag(required=True)


class NewUserSchema(Strict):
    """A user to be; without a password one comes in by token only."""

    name = Text(required=True, validate=[validate.Length(1, 100), USER_NAME])
    password = Text(validate=validate.Length(SHORTEST, LONGEST))
    is_admin = Flag(load_default=False)


class NewTokenSchema(Strict):
    """A token to be made for oneself."""

    label = Text(required=True, validate=validate.Length(max=200))
    read_only = Flag(load_default=False)
    expires_at = fields.AwareDateTime(format="iso", allow_none=True, validate=POSSIBLE)


class GroupSchema(Strict):
    """A vocabulary; PATCH takes any part of it."""

    key = Text(required=True, validate=naming(100))
    name = Text(validate=naming(200))
    description = Text(validate=validate.Length(max=10_000))
    closed = Flag()
    most_per_target = Integer(allow_none=True, validate=validate.Range(1, 1_000_000))


class NewGroupSchema(GroupSchema):
    """A vocabulary to be made."""

    project = Text(required=True)


class ClassSchema(Strict):
    """A class; PATCH takes any part of it."""

    identifier = Text(required=True, validate=naming(100))
    label = Text(validate=naming(200))
    color = Text(validate=COLOUR_RULE)
    hot_key = Text(allow_none=True, validate=HOT_KEY_RULE)
    parent_id = Integer(allow_none=True)
    low_hz = Number(allow_none=True, validate=validate.Range(min=0))
    high_hz = Number(allow_none=True, validate=validate.Range(min=0))
    retired = Flag()


class NewClassSchema(Strict):
    """A class to be made."""

    project = Text(required=True)
    group_id = Integer()
    identifier = Text(required=True, validate=naming(100))
    label = Text(validate=naming(200))
    color = Text(validate=COLOUR_RULE)
    hot_key = Text(allow_none=True, validate=HOT_KEY_RULE)


class MediaFileSchema(Strict):
    """What may be changed about a media file."""

    name = Text(validate=[validate.Length(1, 200), FILE_NAME])
    folder = Text(validate=[validate.Length(max=1000), validate.Regexp(PLAIN, error=NOT_PLAIN)])


WIRE_NAMES = {
    "media_file_id": "media_id",
    "tag_class_id": "class_id",
    "tag_class": "class",
    "created_by_id": "created_by",
}
"""Fields that are called otherwise here than in the services."""
