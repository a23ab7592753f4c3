"""Files on their way in, as they go out."""

from marshmallow import fields, validate

from tagstore.web.api.v1.shown import Moment, Shown


class ShownUpload(Shown):
    """A file on its way in; finished, `media_id` is the media file that it became."""

    has_version = False
    id = fields.String(attribute="public_id")
    project = fields.String(attribute="project_key")
    name = fields.String()
    folder = fields.String()
    length = fields.Integer()
    offset = fields.Integer()
    state = fields.String(validate=validate.OneOf(("open", "finished")))
    media_id = fields.Integer(attribute="media_file_id", allow_none=True)
    sha256 = fields.String(allow_none=True)
    created_at = Moment()
    expires_at = Moment()


UPLOAD = ShownUpload()
