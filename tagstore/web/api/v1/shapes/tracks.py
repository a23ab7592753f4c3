"""Tracks and batches, as they go out."""

from dataclasses import dataclass
from typing import Any

from marshmallow import fields

from tagstore.models import Track
from tagstore.web.api.v1.shown import COLOUR, Moment, Shown


@dataclass(frozen=True)
class CountedTrack:
    """A track and how many tags it shows."""

    track: Track
    tags: int


def _label_of_track(track: Track) -> str:
    return track.label or track.tag_set.label or track.tag_set.name


def _description_of_track(track: Track) -> str:
    return track.tag_set.description if track.description is None else track.description


class ShownTrack(Shown):
    """A track; what it does not say itself its tag set says."""

    version_from = "looks_version"
    id = fields.UUID()
    media_id = fields.Integer(attribute="media_file_id")
    tag_set_id = fields.Integer()
    name = fields.String(attribute="tag_set.name")
    label = fields.String(metadata={"read": _label_of_track})
    color = fields.String(
        allow_none=True,
        metadata={"read": lambda track: track.color or track.tag_set.color, **COLOUR},
    )
    description = fields.String(metadata={"read": _description_of_track})
    hidden = fields.Boolean(attribute="tag_set.hidden")
    version = fields.Integer(attribute="looks_version")


class ShownCountedTrack(ShownTrack):
    """A track, and how many tags it shows."""

    tags = fields.Integer()

    def show(self, thing: CountedTrack) -> dict[str, Any]:
        """Return the track as it is read alone, and its tags."""
        return {**TRACK.show(thing.track), "tags": thing.tags}


class ShownBatch(Shown):
    """A batch."""

    id = fields.Integer()
    media_id = fields.Integer(attribute="track_author.track.media_file_id")
    tag_set_id = fields.Integer(attribute="track_author.track.tag_set_id")
    track_id = fields.UUID(attribute="track_author.track_id")
    author = fields.String(attribute="track_author.author")
    run = fields.Integer()
    replaces = fields.Boolean()
    info = fields.Dict()
    created_by = fields.String(attribute="created_by.name", allow_none=True)
    created_at = Moment()
    version = fields.Integer()


TRACK = ShownTrack()
COUNTED_TRACK = ShownCountedTrack()
BATCH = ShownBatch()
