"""The shapes in which things go out."""

from dataclasses import dataclass

from marshmallow import fields, validate

from tagstore.models import MediaFile, Project, Tag, TagClass, TagGroup, TagSet, Track
from tagstore.values import COLOURS, TAG_STATUSES, Audience
from tagstore.web.api.v1.shown import Moment, Shown

KINDS = ("audio", "video", "image", "external")
STATES = ("new", "ready", "failed", "missing", "changed")
COLOUR = {"pattern": "^#[0-9a-f]{6}$", "example": COLOURS[0]}


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
    author = fields.String(attribute="batch.track_author.author")
    created_by = fields.String(attribute="created_by.name", allow_none=True)
    created_at = Moment()
    updated_by = fields.String(attribute="updated_by.name", allow_none=True)
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


@dataclass(frozen=True)
class CountedTrack:
    """A track and how many tags it shows."""

    track: Track
    tags: int


def _label_of_track(shown: CountedTrack) -> str:
    tag_set = shown.track.tag_set
    return shown.track.label or tag_set.label or tag_set.name


class ShownTrack(Shown):
    """A track; what it does not say itself its tag set says."""

    id = fields.UUID(attribute="track.id")
    tag_set_id = fields.Integer(attribute="track.tag_set_id")
    name = fields.String(attribute="track.tag_set.name")
    label = fields.String(metadata={"read": _label_of_track})
    color = fields.String(
        allow_none=True,
        metadata={"read": lambda shown: shown.track.color or shown.track.tag_set.color, **COLOUR},
    )
    hidden = fields.Boolean(attribute="track.tag_set.hidden")
    tags = fields.Integer()


class ShownProject(Shown):
    """A project."""

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


class ShownMe(Shown):
    """Whom the credential names."""

    has_version = False
    id = fields.Integer(attribute="user_id")
    name = fields.String()
    is_admin = fields.Boolean()
    read_only = fields.Boolean()


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


TAG = ShownTag()
TAG_SET = ShownTagSet()
TRACK = ShownTrack()
PROJECT = ShownProject()
GROUP = ShownGroup()
CLASS = ShownClass()
MEDIA_FILE = ShownMediaFile()
DENSITY = ShownDensity()
WAVE = ShownWave()
ME = ShownMe()
OUTCOME = PutTags()
EDITED = EditedTags()
DELETED = DeletedTags()

SHAPES: dict[type, Shown] = {
    Tag: TAG,
    TagSet: TAG_SET,
    TagGroup: GROUP,
    TagClass: CLASS,
    MediaFile: MEDIA_FILE,
    Project: PROJECT,
}
"""How anything that can be stale is shown."""
