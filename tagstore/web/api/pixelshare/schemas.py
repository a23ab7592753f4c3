"""The shapes of PixelShare's requests, whose property names know no case."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate

from tagstore.services.photo_tags import PhotoQuery
from tagstore.values import LARGEST_INTEGER, TagDraft
from tagstore.web.api.pixelshare.fields import Flag, Kinds, Number, Whole, Words
from tagstore.web.api.pixelshare.written import Written

LONGEST = 255
KIND_RANGE = f"The field TagType must be between 0 and {LARGEST_INTEGER}."
NO_VALUE = "The Value field is required."
NO_PHOTO = "The PhotoId field is required."
NO_TAG = "The Id field is required."


class Loose(Schema):
    """Names are matched without regard to case; what nobody reads is ignored."""

    class Meta:
        """PixelShare's clients send whole galleries."""

        unknown = EXCLUDE

    error_messages = {"type": "The value is not valid."}

    @pre_load
    def _spell(self, data: Any, **_: Any) -> Any:
        """Give every name its own spelling; of several the last counts."""
        if isinstance(data, Written) and not data.strip():
            return {}
        if not isinstance(data, dict):
            return data
        names = {str(field.data_key).lower(): field.data_key for field in self.fields.values()}
        spelled = ((names.get(name.lower()), value) for name, value in data.items())
        return {name: value for name, value in spelled if name is not None}


class ApiCredentialsSchema(Loose):
    """Who asks."""

    user_id = Words(1000, data_key="UserId", load_default=None)
    password = Words(1000, data_key="Pwd", load_default=None)
    api_key = Words(1000, data_key="ApiKey", load_default=None)


class WithCredentialsSchema(Loose):
    """The part of every request that says who asks."""

    credentials = fields.Nested(ApiCredentialsSchema, data_key="Credentials", allow_none=True)


class NumberedSchema(Loose):
    """Something of which only the number is read."""

    id = Whole(data_key="Id", load_default=0)


class TagSchema(Loose):
    """A tag to be made."""

    media_file_id = Whole(data_key="PhotoId", load_default=0)
    text = Words(LONGEST, data_key="Value", load_default=None)
    kind = Whole(
        data_key="TagType",
        load_default=0,
        validate=validate.Range(min=0, max=LARGEST_INTEGER, error=KIND_RANGE),
    )
    source = Words(LONGEST, data_key="Source", load_default="")
    score = Number(data_key="Confidence", load_default=0.0)


class TagAddSchema(Loose):
    """A request to make a tag; its value is the gallery's number and the draft."""

    gallery = fields.Nested(NumberedSchema, data_key="Gallery", allow_none=True)
    photo = fields.Nested(NumberedSchema, data_key="Photo", allow_none=True)
    tag = fields.Nested(TagSchema, data_key="Tag", allow_none=True)

    @post_load
    def _to_values(self, data: dict[str, Any], **_: Any) -> tuple[int, TagDraft]:
        tag = data.get("tag") or {}
        missing = {}
        if not tag.get("text"):
            missing["Value"] = [NO_VALUE]
        media_file_id = tag.get("media_file_id") or _number(data, "photo")
        if not media_file_id:
            missing["PhotoId"] = [NO_PHOTO]
        if missing:
            raise ValidationError({"Tag": missing})
        given = {**tag, "media_file_id": media_file_id, "source": tag["source"] or ""}
        return _number(data, "gallery"), TagDraft(tag_set_id=0, **given)


class TagDeleteSchema(Loose):
    """A request to delete a tag; its value is the gallery's number and the tag's."""

    gallery = fields.Nested(NumberedSchema, data_key="Gallery", allow_none=True)
    tag = fields.Nested(NumberedSchema, data_key="Tag", allow_none=True)

    @post_load
    def _to_values(self, data: dict[str, Any], **_: Any) -> tuple[int, int]:
        tag_id = _number(data, "tag")
        if not tag_id:
            raise ValidationError({"Tag": {"Id": [NO_TAG]}})
        return _number(data, "gallery"), tag_id


class TagSearchSchema(Loose):
    """A search for photos."""

    project_id = Whole(data_key="GalleryId", load_default=0)
    text = Words(LONGEST, data_key="Value", load_default="")
    text_only = Flag(data_key="TextOnly", load_default=False)
    numeric_only = Flag(data_key="NumericOnly", load_default=False)
    untagged = Flag(data_key="Untagged", load_default=False)
    exclude_kinds = Kinds(data_key="ExcludeTypes", allow_none=True, load_default=None)

    @post_load
    def _to_value(self, data: dict[str, Any], **_: Any) -> PhotoQuery:
        kinds = data["exclude_kinds"] or frozenset()
        return PhotoQuery(**{**data, "text": data["text"] or "", "exclude_kinds": kinds})


def _number(data: dict[str, Any], name: str) -> int:
    """Return the number of a part, 0 when there is none."""
    part = data.get(name) or {}
    return int(part.get("id", 0))


with_credentials_schema = WithCredentialsSchema()
tag_add_schema = TagAddSchema()
tag_delete_schema = TagDeleteSchema()
tag_search_schema = TagSearchSchema()
