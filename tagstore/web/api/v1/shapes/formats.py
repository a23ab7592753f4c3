"""The formats of annotation files, as they go out."""

from marshmallow import fields

from tagstore.formats.format import Feature, Format
from tagstore.web.api.v1.shown import Shown


def _lost(format: Format) -> list[str]:
    return [each.value for each in Feature if each not in format.keeps]


class ShownFormat(Shown):
    """A format; `loses` says in sentences what it cannot say of a tag."""

    has_version = False
    key = fields.String()
    name = fields.String()
    suffix = fields.String()
    media_type = fields.String()
    reads = fields.Boolean(metadata={"read": lambda format: format.read is not None})
    writes = fields.Boolean(metadata={"read": lambda format: format.write is not None})
    loses = fields.List(fields.String(), metadata={"read": _lost})


FORMAT = ShownFormat()
