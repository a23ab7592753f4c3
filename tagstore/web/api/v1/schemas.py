"""The shapes in which things come in."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from marshmallow import RAISE, Schema, fields, validate, validates_schema
from marshmallow.exceptions import ValidationError

from tagstore.services.passwords import LONGEST, SHORTEST
from tagstore.values import COLOUR, PROJECT_KEY, TAG_STATUSES, Audience, Role, is_text
from tagstore.web.api.fields import Document, Flag, Number, Text, Whole

COLOUR_RULE = validate.Regexp(f"^{COLOUR.pattern}$", error="Must look like #3fa7d6.")
POSSIBLE = validate.Range(datetime(2000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC))


class Strict(Schema):
    """Unknown keys are faults: a script should learn of its typing errors."""

    class Meta:
        """Every key has a meaning."""

        unknown = RAISE


class TagSchema(Strict):
    """What may be said of a tag; PATCH takes any part of it."""

    start_s = Number(allow_none=True, validate=validate.Range(min=0))
    end_s = Number(allow_none=True, validate=validate.Range(min=0))
    low_hz = Number(allow_none=True, validate=validate.Range(min=0))
    high_hz = Number(allow_none=True, validate=validate.Range(min=0))
    channel = Whole(allow_none=True, validate=validate.Range(min=1, max=10_000))
    tag_set_id = Whole()
    tag_class_id = Whole(allow_none=True, data_key="class_id")
    text = Text(allow_none=True, validate=validate.Length(1, 10_000))
    frame_info = Document(allow_none=True)
    score = Number(allow_none=True)
    kind = Whole(validate=validate.Range(min=0))
    source = Text(validate=validate.Length(max=255))
    parent_id = Whole(allow_none=True)
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

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, metadata={"type": ["integer", "string"]})

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int | str:
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if not is_number and not (isinstance(value, str) and is_text(value)):
            raise self.make_error("invalid")
        known: int | str = value
        return known

    def are_good(self, values: Sequence[Any]) -> bool:
        """Return whether all are numbers or text."""
        texts = [value for value in values if type(value) is not int]
        return set(map(type, texts)) <= {str} and is_text("".join(texts))


class NewTagSchema(TagSchema):
    """A tag to be made: on which media file, in which tag set, with which class or text."""

    info = Document()
    media_id = MediaReference(required=True)
    tag_set = Text(validate=validate.Length(1, 200))
    class_ = Text(data_key="class", validate=validate.Length(1, 100))

    @validates_schema
    def has_place_and_words(self, data: dict[str, Any], **_: Any) -> None:
        """Ask for one tag set, and for a class or text."""
        if ("tag_set_id" in data) == ("tag_set" in data):
            raise ValidationError("Give tag_set_id or tag_set, one of them.", "tag_set_id")
        words = [data.get(f) for f in ("tag_class_id", "class_", "text") if data.get(f) is not None]
        if len(words) != 1:
            raise ValidationError("Give class_id, class or text, one of them.", "class_id")


class TagSetSchema(Strict):
    """A tag set; PATCH takes any part of it."""

    name = Text(required=True, validate=validate.Length(1, 200))
    label = Text(allow_none=True, validate=validate.Length(1, 200))
    color = Text(allow_none=True, validate=COLOUR_RULE)
    description = Text(validate=validate.Length(max=10_000))
    hidden = Flag()


class NewTagSetSchema(Strict):
    """A tag set to be made."""

    project = Text(required=True)
    name = Text(required=True, validate=validate.Length(1, 200))
    color = Text(allow_none=True, validate=COLOUR_RULE)
    hidden = Flag()


class ProjectSchema(Strict):
    """A project; PATCH takes any part of it."""

    name = Text(validate=validate.Length(1, 200))
    description = Text(validate=validate.Length(max=10_000))
    audience = Text(validate=validate.OneOf(tuple(Audience)))


class NewProjectSchema(Strict):
    """A project to be made; whoever makes it manages it."""

    key = Text(required=True, metadata={"pattern": f"^{PROJECT_KEY.pattern}$"})
    name = Text(validate=validate.Length(1, 200))


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

    name = Text(required=True, validate=validate.Length(1, 100))
    password = Text(validate=validate.Length(SHORTEST, LONGEST))
    is_admin = Flag(load_default=False)


class NewTokenSchema(Strict):
    """A token to be made for oneself."""

    label = Text(required=True, validate=validate.Length(max=200))
    read_only = Flag(load_default=False)
    expires_at = fields.AwareDateTime(format="iso", allow_none=True, validate=POSSIBLE)


class GroupSchema(Strict):
    """A vocabulary; PATCH takes any part of it."""

    key = Text(required=True, validate=validate.Length(1, 100))
    name = Text(validate=validate.Length(1, 200))
    description = Text(validate=validate.Length(max=10_000))
    closed = Flag()
    most_per_target = Whole(allow_none=True, validate=validate.Range(1, 1_000_000))


class NewGroupSchema(GroupSchema):
    """A vocabulary to be made."""

    project = Text(required=True)


class ClassSchema(Strict):
    """A class; PATCH takes any part of it."""

    identifier = Text(required=True, validate=validate.Length(1, 100))
    label = Text(validate=validate.Length(1, 200))
    color = Text(validate=COLOUR_RULE)
    hot_key = Text(allow_none=True, validate=validate.Length(1, 1))
    parent_id = Whole(allow_none=True)
    low_hz = Number(allow_none=True, validate=validate.Range(min=0))
    high_hz = Number(allow_none=True, validate=validate.Range(min=0))
    retired = Flag()


class NewClassSchema(Strict):
    """A class to be made."""

    project = Text(required=True)
    group_id = Whole()
    identifier = Text(required=True, validate=validate.Length(1, 100))
    label = Text(validate=validate.Length(1, 200))
    color = Text(validate=COLOUR_RULE)
    hot_key = Text(allow_none=True, validate=validate.Length(1, 1))


class MediaFileSchema(Strict):
    """What may be changed about a media file."""

    name = Text(validate=validate.Length(1, 200))
    folder = Text(validate=validate.Length(max=1000))


WIRE_NAMES = {
    "media_file_id": "media_id",
    "tag_class_id": "class_id",
    "tag_class": "class",
    "created_by_id": "created_by",
}
"""Fields that are called otherwise here than in the services."""
