"""The shapes of what Eluvio's clients send."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from tagstore.web.api.eluvio.fields import Amount, Frame, Milliseconds, Reference
from tagstore.web.api.fields import Document, Text

LONGEST_SOURCE = 255


class Loose(Schema):
    """Keys that mean nothing here are ignored."""

    class Meta:
        """Unknown keys are left out."""

        unknown = EXCLUDE


class Informed(Loose):
    """Something that takes more along, by either of two names."""

    additional_info = Document(allow_none=True)
    additional_properties = Document(allow_none=True)

    @post_load
    def _info(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Keep one of the two, if either was sent; null is nothing more to say."""
        names = ("additional_info", "additional_properties")
        sent = [data.pop(name) for name in names if name in data]
        if sent:
            data["info"] = next((each for each in sent if each is not None), {})
        return data


class BoxSchema(Loose):
    """Where in the picture."""

    x1 = Amount(required=True)
    y1 = Amount(required=True)
    x2 = Amount(required=True)
    y2 = Amount(required=True)


class FrameInfoSchema(Loose):
    """A box in one frame."""

    frame_idx = Frame(required=True)
    box = fields.Nested(BoxSchema, required=True)


class TagEditSchema(Informed):
    """Changes to a tag; what is not sent stays."""

    start_time = Milliseconds()
    end_time = Milliseconds()
    tag = Text()
    frame_info = fields.Nested(FrameInfoSchema, allow_none=True)


class TagSchema(TagEditSchema):
    """A tag to be made."""

    start_time = Milliseconds(required=True)
    end_time = Milliseconds(required=True)
    tag = Text(required=True)
    source = Text(allow_none=True, validate=validate.Length(max=LONGEST_SOURCE))


class TrackSchema(Loose):
    """How a track looks; null leaves it to the name."""

    label = Text(allow_none=True)
    color = Text(allow_none=True)
    description = Text(allow_none=True)


class BatchSchema(Informed):
    """A batch to be made."""

    author = Text(required=True)
    track = Text(required=True)


class BatchEditSchema(Informed):
    """What comes along with a batch, said anew."""


class TagsSchema(Loose):
    """Tags, and the batch they go into: by its number, else by author and track."""

    batch_id = Reference(allow_none=True, load_default=None)
    author = Text(allow_none=True, load_default=None)
    track = Text(allow_none=True, load_default=None)
    tags = fields.List(fields.Raw(allow_none=True), allow_none=True, load_default=list)


tag_schema = TagSchema()
tag_edit_schema = TagEditSchema()
track_schema = TrackSchema()
batch_schema = BatchSchema()
batch_edit_schema = BatchEditSchema()
tags_schema = TagsSchema()
