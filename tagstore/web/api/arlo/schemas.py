"""The shapes of ARLO's things as they come in."""

from typing import Any, cast

from marshmallow import EXCLUDE, Schema, ValidationError

from tagstore.web.api.arlo.faults import BadFields, Messages, wire_name
from tagstore.web.api.arlo.fields import Flag, Number, Pk, Words, not_negative


class Loose(Schema):
    """Keys that mean nothing here are ignored."""

    class Meta:
        """ARLO's clients send what they please."""

        unknown = EXCLUDE


class TagSchema(Loose):
    """A tag to be made."""

    tag_set_id = Pk(data_key="tagSet", required=True)
    media_file_id = Pk(data_key="mediaFile", required=True)
    start_s = Number(data_key="startTime", required=True, validate=not_negative)
    end_s = Number(data_key="endTime", required=True, validate=not_negative)
    low_hz = Number(data_key="minFrequency", required=True, validate=not_negative)
    high_hz = Number(data_key="maxFrequency", required=True, validate=not_negative)
    tag_class_id = Pk(data_key="tagClass", required=True)
    score = Number(data_key="strength", required=True)
    parent_id = Pk(data_key="parentTag", allow_none=True)
    randomly_chosen = Flag(data_key="randomlyChosen")
    machine_tagged = Flag(data_key="machineTagged")
    user_tagged = Flag(data_key="userTagged")
    created_by_id = Pk(data_key="user")


class TagEditSchema(TagSchema):
    """A tag as a GET may have shown it."""

    low_hz = Number(data_key="minFrequency", required=True, allow_none=True, validate=not_negative)
    high_hz = Number(data_key="maxFrequency", required=True, allow_none=True, validate=not_negative)
    tag_class_id = Pk(data_key="tagClass", required=True, allow_none=True)
    score = Number(data_key="strength", required=True, allow_none=True)
    created_by_id = Pk(data_key="user", allow_none=True)


class TagSetSchema(Loose):
    """A tag set."""

    project_id = Pk(data_key="project", required=True)
    name = Words(200, required=True)
    hidden = Flag()


class TagClassSchema(Loose):
    """A class."""

    project_id = Pk(data_key="project", required=True)
    identifier = Words(100, data_key="className", required=True)
    label = Words(200, data_key="displayName")


tag_schema = TagSchema()
tag_edit_schema = TagEditSchema()
tag_changes_schema = TagEditSchema(partial=True)
tag_set_schema = TagSetSchema()
tag_set_changes_schema = TagSetSchema(partial=True)
tag_class_schema = TagClassSchema()
tag_class_changes_schema = TagClassSchema(partial=True)


def not_an_object(value: object) -> str:
    """Return the words for something that ought to be an object."""
    return f"Invalid data. Expected a dictionary, but got {type(value).__name__}."


def messages_of(error: ValidationError) -> Messages:
    """Return what a schema has found, by ARLO's names."""
    return cast(Messages, error.messages)


def load(schema: Schema, value: Any) -> dict[str, Any]:
    """Return the value's fields under our names, or raise all that is wrong with it."""
    if not isinstance(value, dict):
        raise BadFields({wire_name(""): [not_an_object(value)]})
    try:
        fields: dict[str, Any] = schema.load(value)
    except ValidationError as error:
        raise BadFields(messages_of(error)) from error
    return fields
