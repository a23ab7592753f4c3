"""Tags, what they speak with and what they are about, as they go out."""

from marshmallow import fields, validate

from tagstore.values import TAG_STATUSES, Audience
from tagstore.web.api.v1.shown import COLOUR, Moment, Shown

KINDS = ("audio", "video", "image", "external")
STATES = ("new", "ready", "failed", "missing", "changed")


class ShownTag(Shown):
    """A tag."""

    id = fields.Integer()
    media_id = fields.Integer(attribute="media_file_id")
    tag_set_id = fields.Integer()
    track_id = fields.UUID()
    batch_id = fields.Integer()
    class_id = fields.Integer(attribute="tag_class_id", allow_none=True)
    text = fields.String(allow_none=True)
    start_s = fields.Float(allow_none=True)
    end_s = fields.Float(allow_none=True)
    low_hz = fields.Float(allow_none=True)
    high_hz = fields.Float(allow_none=True)
    channel = fields.Integer(allow_none=True)
    frame_info = fields.Dict(allow_none=True)
    score = fields.Float(allow_none=True)
    kind = fields.Integer()
    source = fields.String()
    parent_id = fields.Integer(allow_none=True)
    machine_tagged = fields.Boolean()
    user_tagged = fields.Boolean()
    randomly_chosen = fields.Boolean()
    info = fields.Dict()
    external_id = fields.String(allow_none=True)
    comment = fields.String(allow_none=True)
    status = fields.String(allow_none=True, validate=validate.OneOf(TAG_STATUSES))
    author = fields.String()
    created_by = fields.String(attribute="creator", allow_none=True)
    created_at = Moment()
    updated_by = fields.String(attribute="editor", allow_none=True)
    updated_at = Moment()
    version = fields.Integer()
    url = fields.String(metadata={"read": lambda tag: f"/tag/{tag.id}"})


class ShownTagSet(Shown):
    """A tag set."""

    id = fields.Integer()
    project = fields.String(attribute="project.key")
    name = fields.String()
    label = fields.String(metadata={"read": lambda tag_set: tag_set.label or tag_set.name})
    color = fields.String(allow_none=True, metadata=COLOUR)
    description = fields.String()
    hidden = fields.Boolean()
    created_at = Moment()
    version = fields.Integer()


class ShownProject(Shown):
    """A project."""

    identity = "key"
    id = fields.Integer()
    key = fields.String()
    name = fields.String()
    description = fields.String()
    audience = fields.String(validate=validate.OneOf(tuple(Audience)))
    created_at = Moment()
    version = fields.Integer()
    url = fields.String(metadata={"read": lambda project: f"/projects/{project.key}"})


class ShownGroup(Shown):
    """A vocabulary."""

    id = fields.Integer()
    public_id = fields.String()
    project = fields.String(attribute="project.key")
    key = fields.String()
    name = fields.String()
    description = fields.String()
    closed = fields.Boolean()
    most_per_target = fields.Integer(allow_none=True)
    version = fields.Integer()


class ShownClass(Shown):
    """A class."""

    id = fields.Integer()
    public_id = fields.String()
    project = fields.String(attribute="project.key")
    group_id = fields.Integer()
    identifier = fields.String()
    label = fields.String()
    color = fields.String(metadata=COLOUR)
    hot_key = fields.String(allow_none=True)
    parent_id = fields.Integer(allow_none=True)
    low_hz = fields.Float(allow_none=True)
    high_hz = fields.Float(allow_none=True)
    retired = fields.Boolean(metadata={"read": lambda tag_class: tag_class.retired_at is not None})
    version = fields.Integer()


class ShownMediaFile(Shown):
    """A media file."""

    id = fields.Integer()
    qid = fields.String()
    project = fields.String(attribute="project.key")
    name = fields.String()
    folder = fields.String()
    kind = fields.String(validate=validate.OneOf(KINDS))
    mimetype = fields.String()
    format = fields.String()
    codec = fields.String()
    state = fields.String(validate=validate.OneOf(STATES))
    reason = fields.String()
    pictures = fields.String(validate=validate.OneOf(("none", "building", "ready")))
    duration_s = fields.Float(allow_none=True)
    sample_rate = fields.Integer(allow_none=True)
    samples = fields.Integer(allow_none=True)
    channels = fields.Integer(allow_none=True)
    bit_depth = fields.Integer(allow_none=True)
    frame_rate = fields.Float(allow_none=True)
    width = fields.Integer(allow_none=True)
    height = fields.Integer(allow_none=True)
    size = fields.Integer(allow_none=True)
    sha256 = fields.String(allow_none=True)
    recorded_at = Moment(allow_none=True)
    utc_offset_s = fields.Integer(allow_none=True)
    latitude = fields.Float(allow_none=True)
    longitude = fields.Float(allow_none=True)
    info = fields.Dict()
    created_at = Moment()
    version = fields.Integer()
    url = fields.String(metadata={"read": lambda media_file: f"/media/{media_file.id}"})


class Counts(Shown):
    """How many tags of one class begin in each stretch."""

    class_id = fields.Integer(allow_none=True)
    counts = fields.List(fields.Integer())


class ShownDensity(Shown):
    """How many tags begin in equal stretches of a window."""

    has_version = False
    start_s = fields.Float()
    end_s = fields.Float()
    bins = fields.Integer()
    total = fields.Integer()
    counts = fields.List(fields.Nested(Counts()))


class ShownWave(Shown):
    """The lowest and highest sample of each bin of a stretch, full scale 32768."""

    has_version = False
    start_s = fields.Float()
    end_s = fields.Float()
    bins = fields.Integer(metadata={"read": lambda wave: len(wave.lowest)})
    rough = fields.Boolean(attribute="is_rough")
    min = fields.List(fields.Integer(), attribute="lowest")
    max = fields.List(fields.Integer(), attribute="highest")


TAG = ShownTag()
TAG_SET = ShownTagSet()
PROJECT = ShownProject()
GROUP = ShownGroup()
CLASS = ShownClass()
MEDIA_FILE = ShownMediaFile()
DENSITY = ShownDensity()
WAVE = ShownWave()
