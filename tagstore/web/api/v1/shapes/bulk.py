"""What became of many tags at once, as it goes out."""

from marshmallow import fields, validate

from tagstore.web.api.v1.shown import Shown


class PutTag(Shown):
    """What became of one tag of a list."""

    index = fields.Integer()
    status = fields.String(validate=validate.OneOf(("created", "updated", "skipped")))
    id = fields.Integer(allow_none=True)
    external_id = fields.String(allow_none=True)


class PutTags(Shown):
    """What became of the tags of a list, in its order."""

    has_version = False
    created = fields.Integer()
    updated = fields.Integer()
    skipped = fields.Integer()
    batch_ids = fields.List(fields.Integer())
    results = fields.List(fields.Nested(PutTag()))


class EditedTags(Shown):
    """How many tags were meant, and how many of them that changed."""

    has_version = False
    matched = fields.Integer()
    changed = fields.Integer(attribute="done")


class DeletedTags(Shown):
    """How many tags were meant, all of which are deleted."""

    has_version = False
    matched = fields.Integer()
    deleted = fields.Integer(attribute="done")


OUTCOME = PutTags()
EDITED = EditedTags()
DELETED = DeletedTags()
