"""The tracks of a content: named, with a label and a colour, made when first needed."""

import re
import unicodedata
import uuid
from collections.abc import Sequence
from typing import TypedDict, Unpack

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager, joinedload

from tagstore import clock
from tagstore.db import db
from tagstore.errors import Conflict, Forbidden, Invalid, NotFound
from tagstore.models import MediaFile, Tag, TagSet, Track
from tagstore.services import batches, events, tag_sets
from tagstore.services.access import Can, may, require
from tagstore.services.contents.looks import colour_of, label_of
from tagstore.services.versions import check_state
from tagstore.values import Actor, is_text

LONGEST_NAME = 100
LONGEST_LABEL = 200
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


class TrackLooks(TypedDict, total=False):
    """How a track looks: a missing key leaves alone, None leaves it to the tag set or name."""

    label: str | None
    color: str | None
    description: str | None


def list_tracks(actor: Actor, media_file: MediaFile) -> Sequence[Track]:
    """Return the tracks of a content in the order in which they were made."""
    tracks = tag_sets.list_tracks(actor, media_file)
    return sorted(tracks, key=lambda track: (track.created_at, track.tag_set_id))


def shown_label(track: Track) -> str:
    """Return a track's label, its tag set's, or the one that its name suggests."""
    return track.label or track.tag_set.label or label_of(track.tag_set.name)


def shown_colour(track: Track) -> str:
    """Return a track's colour, its tag set's, or the one of its name."""
    return track.color or track.tag_set.color or colour_of(track.tag_set.name)


def shown_description(track: Track) -> str:
    """Return what is said of a track, or of its tag set."""
    return track.tag_set.description if track.description is None else track.description


def get_track(
    actor: Actor, media_file: MediaFile, name: str, *, also_deleted: bool = False
) -> Track:
    """Return a content's track of that name; of several that were deleted the last."""
    require(actor, Can.SEE, media_file.project)
    query = (
        select(Track)
        .join(Track.tag_set)
        .options(contains_eager(Track.tag_set))
        .where(
            Track.media_file_id == media_file.id, TagSet.name == name, TagSet.deleted_at.is_(None)
        )
        .order_by(Track.deleted_at.is_not(None), Track.deleted_at.desc())
    )
    if not also_deleted:
        query = query.where(Track.deleted_at.is_(None))
    track = db.session.scalars(query.limit(1)).first()
    if track is None:
        raise NotFound("No such track.")
    return track


def get_track_by_id(actor: Actor, track_id: uuid.UUID, *, also_deleted: bool = False) -> Track:
    """Return a track of any media file that the actor may see."""
    query = (
        select(Track)
        .join(Track.tag_set)
        .options(contains_eager(Track.tag_set), joinedload(Track.media_file))
        .where(Track.id == track_id, TagSet.deleted_at.is_(None))
    )
    if not also_deleted:
        query = query.where(Track.deleted_at.is_(None))
    track = db.session.scalar(query)
    if track is None or track.media_file.deleted_at:
        raise NotFound("No such track.")
    if not may(actor, Can.SEE, track.media_file.project):
        raise NotFound("No such track.")
    return track


def add_track(actor: Actor, media_file: MediaFile, name: str, **looks: Unpack[TrackLooks]) -> Track:
    """Make a track; there must not be one of that name."""
    require(actor, Can.TAG, media_file.project)
    check_name(name)
    _check_looks(looks)
    tag_set = _tag_set_of(actor, media_file, name)
    track = Track(tag_set=tag_set, media_file=media_file, **looks)
    db.session.add(track)
    try:
        db.session.flush()  # Asks the database whether the name is free.
    except IntegrityError as error:
        raise Conflict("A track of that name is there already.", track="is taken") from error
    _record(actor, "track.added", track)
    return track


def find_or_add_track(
    actor: Actor, media_file: MediaFile, name: str, label: str | None = None
) -> uuid.UUID:
    """Return the number of a content's track, making it, with the label, when there is none."""
    require(actor, Can.TAG, media_file.project)
    check_name(name)
    place = (_tag_set_of(actor, media_file, name).id, media_file.id)
    found = batches.find_tracks([place]).get(place)
    if found is not None:
        return found
    track = db.session.get_one(Track, batches.find_or_add_tracks([place])[place])
    track.label = label
    _record(actor, "track.added", track)
    return track.id


def edit_track(
    actor: Actor, track: Track, version: int | None = None, **looks: Unpack[TrackLooks]
) -> Track:
    """Apply the given changes and leave the rest alone."""
    require(actor, Can.TAG, track.media_file.project)
    check_state(track, track.looks_version, version)
    _check_looks(looks)
    for field, value in looks.items():
        setattr(track, field, value)
    _record(actor, "track.edited", track)
    return track


def delete_track(actor: Actor, track: Track, version: int | None = None) -> None:
    """Delete a track with its batches and tags; it can be restored for 30 days."""
    project = require(actor, Can.TAG, track.media_file.project)
    check_state(track, track.looks_version, version)
    if not may(actor, Can.MANAGE, project) and has_tags_of_others(actor, track):
        raise Forbidden("Others have tags in this track; only a manager may delete it.")
    track.deleted_at = clock.now()
    _record(actor, "track.deleted", track)


def restore_track(actor: Actor, track: Track) -> Track:
    """Undo the deletion; if there is another of that name, the name gets a word behind it."""
    project = require(actor, Can.TAG, track.media_file.project)
    if track.deleted_at is None:
        return track
    if batches.find_tracks([(track.tag_set_id, track.media_file_id)]):
        name = tag_sets.free_name(track.tag_set)
        track.tag_set = tag_sets.find_or_add_tag_set(actor, project, name)
        moved = (
            update(Tag)
            .where(Tag.track_id == track.id)
            .values(tag_set_id=track.tag_set.id, version=Tag.version + 1)
        )
        db.session.execute(moved)
    track.deleted_at = None
    _record(actor, "track.restored", track)
    return track


def has_tags_of_others(actor: Actor, track: Track) -> bool:
    """Return whether anybody else has made tags in the track that are still there."""
    others = Tag.created_by_id.is_distinct_from(actor.user_id)
    query = select(Tag.id).where(Tag.track_id == track.id, Tag.deleted_at.is_(None), others)
    return db.session.scalar(query.limit(1)) is not None


def check_name(name: str) -> None:
    """Raise unless the name can be a track's, and stand in an address."""
    is_plain = not any(unicodedata.category(each) == "Cc" for each in name)
    if not (name.strip() and len(name) <= LONGEST_NAME and is_text(name) and is_plain):
        words = f"Must have 1 to {LONGEST_NAME} characters, no control characters, not only blanks."
        raise Invalid("That track will not do.", track=words)
    if "/" in name:
        raise Invalid("That track will not do.", track="Must not have a slash in it.")


def _check_looks(looks: TrackLooks) -> None:
    label, color, description = looks.get("label"), looks.get("color"), looks.get("description")
    if label is not None and (len(label) > LONGEST_LABEL or not is_text(label)):
        words = f"Must have at most {LONGEST_LABEL} characters."
        raise Invalid("That label will not do.", label=words)
    if color is not None and not COLOUR.fullmatch(color):
        raise Invalid("That colour will not do.", color="Must look like #3fa7d6.")
    if description is not None and not is_text(description):
        raise Invalid("That will not do.", description="Must be Unicode text without NUL.")


def _tag_set_of(actor: Actor, media_file: MediaFile, name: str) -> TagSet:
    project = media_file.project
    return tag_sets.find_or_add_tag_set(actor, project, name, color=colour_of(name))


def _record(actor: Actor, kind: str, track: Track) -> None:
    db.session.flush()  # What happened is on its way when it is told.
    after = {"track_id": str(track.id), "name": track.tag_set.name}
    events.record(actor, kind, media_file=track.media_file, after=after)
