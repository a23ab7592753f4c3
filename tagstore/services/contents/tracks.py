"""The tracks of a content: named, with a label and a colour, made when first needed."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from tagstore.db import db
from tagstore.models import MediaFile, TagSet, Track
from tagstore.services.access import Can, require
from tagstore.services.contents.looks import colour_of, label_of
from tagstore.values import Actor


def list_tracks(actor: Actor, media_file: MediaFile) -> Sequence[Track]:
    """Return the tracks of a content in the order in which they were made."""
    require(actor, Can.SEE, media_file.project)
    return db.session.scalars(
        select(Track)
        .join(Track.tag_set)
        .options(contains_eager(Track.tag_set))
        .where(
            Track.media_file_id == media_file.id,
            Track.deleted_at.is_(None),
            TagSet.deleted_at.is_(None),
        )
        .order_by(Track.created_at, TagSet.id)
    ).all()


def shown_label(track: Track) -> str:
    """Return a track's label, its tag set's, or the one that its name suggests."""
    return track.label or track.tag_set.label or label_of(track.tag_set.name)


def shown_colour(track: Track) -> str:
    """Return a track's colour, its tag set's, or the one of its name."""
    return track.color or track.tag_set.color or colour_of(track.tag_set.name)


def shown_description(track: Track) -> str:
    """Return what is said of a track, or of its tag set."""
    return track.tag_set.description if track.description is None else track.description
