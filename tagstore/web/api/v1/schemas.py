"""The shapes of our own API: what comes in, and how tags, sets and classes go out."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import RAISE, Schema, fields, validate, validates_schema
from marshmallow.exceptions import ValidationError

from tagstore.models import MediaFile, Project, Tag, TagClass, TagGroup, TagSet, Track
from tagstore.values import COLOUR, TAG_STATUSES, is_text
from tagstore.web.api.fields import Document, Flag, Number, Text, Whole

COLOUR_RULE = validate.Regexp(COLOUR, error="Must look like #3fa7d6.")


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

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int | str:
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if not is_number and not (isinstance(value, str) and is_text(value)):
            raise self.make_error("invalid")
        known: int | str = value
        return known


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


class MediaChangesSchema(Strict):
    """What may be changed about a media file."""

    name = Text(validate=validate.Length(1, 200))
    folder = Text(validate=validate.Length(max=1000))


def moment(value: datetime | None) -> str | None:
    """Return a moment as RFC 3339 in UTC."""
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


PLAIN = (
    "id", "tag_set_id", "batch_id", "text", "start_s", "end_s", "low_hz", "high_hz", "channel",
    "frame_info", "score", "kind", "source", "parent_id", "machine_tagged", "user_tagged",
    "randomly_chosen", "info", "external_id", "comment", "status", "version",
)  # fmt: skip


def dump_tag(tag: Tag) -> dict[str, Any]:
    """Return a tag as it is read."""
    return {
        **{field: getattr(tag, field) for field in PLAIN},
        "media_id": tag.media_file_id,
        "track_id": str(tag.track_id),
        "class_id": tag.tag_class_id,
        "author": tag.batch.track_author.author,
        "created_by": tag.created_by.name if tag.created_by else None,
        "created_at": moment(tag.created_at),
        "updated_by": tag.updated_by.name if tag.updated_by else None,
        "updated_at": moment(tag.updated_at),
        "url": f"/tag/{tag.id}",
    }


def dump_tag_set(tag_set: TagSet) -> dict[str, Any]:
    """Return a tag set as it is read."""
    return {
        "id": tag_set.id,
        "project": tag_set.project.key,
        "name": tag_set.name,
        "label": tag_set.label or tag_set.name,
        "color": tag_set.color,
        "description": tag_set.description,
        "hidden": tag_set.hidden,
        "created_at": moment(tag_set.created_at),
        "version": tag_set.version,
    }


def dump_track(track: Track, tags: int) -> dict[str, Any]:
    """Return a track as it is read; what it does not say itself its tag set says."""
    tag_set = track.tag_set
    return {
        "id": str(track.id),
        "tag_set_id": tag_set.id,
        "name": tag_set.name,
        "label": track.label or tag_set.label or tag_set.name,
        "color": track.color or tag_set.color,
        "hidden": tag_set.hidden,
        "tags": tags,
    }


def dump_project(project: Project) -> dict[str, Any]:
    """Return a project as it is read."""
    return {
        "id": project.id,
        "key": project.key,
        "name": project.name,
        "description": project.description,
        "audience": project.audience,
        "created_at": moment(project.created_at),
        "version": project.version,
        "url": f"/projects/{project.key}",
    }


def dump_group(group: TagGroup) -> dict[str, Any]:
    """Return a vocabulary as it is read."""
    return {
        "id": group.id,
        "public_id": group.public_id,
        "project": group.project.key,
        "key": group.key,
        "name": group.name,
        "description": group.description,
        "closed": group.closed,
        "most_per_target": group.most_per_target,
        "version": group.version,
    }


def dump_class(tag_class: TagClass) -> dict[str, Any]:
    """Return a class as it is read."""
    return {
        "id": tag_class.id,
        "public_id": tag_class.public_id,
        "project": tag_class.project.key,
        "group_id": tag_class.group_id,
        "identifier": tag_class.identifier,
        "label": tag_class.label,
        "color": tag_class.color,
        "hot_key": tag_class.hot_key,
        "parent_id": tag_class.parent_id,
        "low_hz": tag_class.low_hz,
        "high_hz": tag_class.high_hz,
        "retired": tag_class.retired_at is not None,
        "version": tag_class.version,
    }


def dump_media_file(media_file: MediaFile) -> dict[str, Any]:
    """Return a media file as it is read."""
    return {
        "id": media_file.id,
        "qid": media_file.qid,
        "project": media_file.project.key,
        "name": media_file.name,
        "folder": media_file.folder,
        **{field: getattr(media_file, field) for field in FACTS},
        "recorded_at": moment(media_file.recorded_at),
        "created_at": moment(media_file.created_at),
        "url": f"/media/{media_file.id}",
    }


FACTS = (
    "kind", "mimetype", "format", "codec", "state", "reason", "pictures", "duration_s",
    "sample_rate", "samples", "channels", "bit_depth", "frame_rate", "width", "height", "size",
    "sha256", "utc_offset_s", "latitude", "longitude", "info", "version",
)  # fmt: skip

DUMPS: dict[type, Callable[[Any], dict[str, Any]]] = {
    Tag: dump_tag,
    TagSet: dump_tag_set,
    TagGroup: dump_group,
    TagClass: dump_class,
    MediaFile: dump_media_file,
    Project: dump_project,
}

WIRE_NAMES = {
    "media_file_id": "media_id",
    "tag_class_id": "class_id",
    "created_by_id": "created_by",
}
"""Fields that are called otherwise here than in the services."""


def dump(thing: object) -> dict[str, Any]:
    """Return anything of ours as it is read."""
    return DUMPS[type(thing)](thing)
