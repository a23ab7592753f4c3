"""Tag sets, and their tracks on media files."""

import uuid
from collections.abc import Sequence
from typing import TypedDict, Unpack

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager

from tagstore import clock
from tagstore.db import db, take_turn
from tagstore.errors import Conflict, Forbidden, Invalid, NotFound
from tagstore.models import (
    Batch,
    MediaFile,
    Project,
    Tag,
    TagCount,
    TagSet,
    Track,
    TrackAuthor,
)
from tagstore.services import events
from tagstore.services.access import Can, Guarded, may, require
from tagstore.services.batches import counts_now
from tagstore.services.versions import check_version
from tagstore.values import COLOUR, Actor, is_text

RESTORED = " (restored)"
LONGEST_NAME = 200


class TagSetChanges(TypedDict, total=False):
    """Changes to a tag set: a missing key leaves alone, None clears."""

    name: str
    label: str | None
    color: str | None
    description: str
    hidden: bool


def add_tag_set(
    actor: Actor, project: Guarded, name: str, *, color: str | None = None, hidden: bool = False
) -> TagSet:
    """Make a named layer of tags."""
    require(actor, Can.TAG, project)
    _check(name, color)
    tag_set = TagSet(
        project_id=project.id, name=name, color=color, hidden=hidden, created_by_id=actor.user_id
    )
    db.session.add(tag_set)
    _flush_or_taken()
    events.record(actor, "tag_set.added", project=project, after={"id": tag_set.id, "name": name})
    return tag_set


def find_or_add_tag_set(
    actor: Actor, project: Guarded, name: str, *, color: str | None = None
) -> TagSet:
    """Return the project's tag set of that name, making it in the colour when there is none."""
    found = _named(project, name)
    if found is None:
        take_turn(project.id)
        found = _named(project, name)  # Somebody may have been faster.
    return found or add_tag_set(actor, project, name, color=color)


def _named(project: Guarded, name: str) -> TagSet | None:
    return db.session.scalar(
        select(TagSet).where(
            TagSet.project_id == project.id, TagSet.name == name, TagSet.deleted_at.is_(None)
        )
    )


def list_tag_sets(actor: Actor, project: Project, *, also_hidden: bool = True) -> Sequence[TagSet]:
    """Return a project's tag sets in the order they were made."""
    require(actor, Can.SEE, project)
    query = select(TagSet).where(TagSet.project_id == project.id, TagSet.deleted_at.is_(None))
    if not also_hidden:
        query = query.where(~TagSet.hidden)
    return db.session.scalars(query.order_by(TagSet.id)).all()


def get_tag_set(actor: Actor, tag_set_id: int, *, also_deleted: bool = False) -> TagSet:
    """Return a tag set the actor may see."""
    query = (
        select(TagSet)
        .join(TagSet.project)
        .options(contains_eager(TagSet.project))
        .where(TagSet.id == tag_set_id)
    )
    if not also_deleted:
        query = query.where(TagSet.deleted_at.is_(None))
    tag_set = db.session.scalar(query)
    if tag_set is None or not may(actor, Can.SEE, tag_set.project):
        raise NotFound("No such tag set.")
    return tag_set


def edit_tag_set(
    actor: Actor, tag_set: TagSet, version: int | None = None, **changes: Unpack[TagSetChanges]
) -> TagSet:
    """Apply the given changes and leave the rest alone."""
    require(actor, Can.TAG, tag_set.project)
    check_version(tag_set, version)
    _check(changes.get("name", tag_set.name), changes.get("color"))
    for field, value in changes.items():
        setattr(tag_set, field, value)
    _flush_or_taken()
    after = {"id": tag_set.id, **changes}
    events.record(actor, "tag_set.edited", project=tag_set.project, after=after)
    return tag_set


def delete_tag_set(actor: Actor, tag_set: TagSet, version: int | None = None) -> None:
    """Delete a tag set with its tracks and tags; it can be restored for 30 days."""
    require(actor, Can.TAG, tag_set.project)
    check_version(tag_set, version)
    if tag_set.created_by_id != actor.user_id or actor.user_id is None:
        require(actor, Can.MANAGE, tag_set.project)
    if not may(actor, Can.MANAGE, tag_set.project) and _has_tags_of_others(actor, tag_set):
        raise Forbidden("Others have tags in this tag set; only a manager may delete it.")
    tag_set.deleted_at = clock.now()
    after = {"id": tag_set.id, "name": tag_set.name}
    events.record(actor, "tag_set.deleted", project=tag_set.project, after=after)


def restore_tag_set(actor: Actor, tag_set: TagSet) -> TagSet:
    """Undo the deletion; a name taken meanwhile gets a word behind it."""
    require(actor, Can.TAG, tag_set.project)
    if tag_set.deleted_at is None:
        return tag_set
    take_turn(tag_set.project_id)
    tag_set.name = free_name(tag_set)
    tag_set.deleted_at = None
    _flush_or_taken()
    after = {"id": tag_set.id, "name": tag_set.name}
    events.record(actor, "tag_set.restored", project=tag_set.project, after=after)
    return tag_set


def list_tracks(actor: Actor, media_file: MediaFile) -> Sequence[Track]:
    """Return the live tracks of a media file in the order of their tag sets."""
    require(actor, Can.SEE, media_file.project)
    return db.session.scalars(live_tracks(media_file).order_by(TagSet.id)).all()


def live_tracks(media_file: MediaFile) -> Select[Track]:
    """Return the query of a media file's tracks that nobody deleted, with their tag sets."""
    return (
        select(Track)
        .join(Track.tag_set)
        .options(contains_eager(Track.tag_set))
        .where(
            Track.media_file_id == media_file.id,
            Track.deleted_at.is_(None),
            TagSet.deleted_at.is_(None),
        )
    )


def tag_totals(project: Project) -> dict[int, int]:
    """Return how many live tags each tag set of the project holds."""
    rows = db.session.execute(
        select(Tag.tag_set_id, func.count())
        .join(TagSet, TagSet.id == Tag.tag_set_id)
        .join(Track, Track.id == Tag.track_id)
        .join(Batch, Batch.id == Tag.batch_id)
        .where(
            TagSet.project_id == project.id,
            Tag.deleted_at.is_(None),
            Track.deleted_at.is_(None),
            Batch.deleted_at.is_(None),
        )
        .group_by(Tag.tag_set_id)
    )
    return dict(rows.all())


def tag_totals_of(media_file: MediaFile) -> dict[uuid.UUID, int]:
    """Return how many tags each track of a media file shows, from the kept counts."""
    rows = db.session.execute(
        select(TrackAuthor.track_id, func.sum(TagCount.tags))
        .join(Batch, Batch.id == TagCount.batch_id)
        .join(TrackAuthor, TrackAuthor.id == Batch.track_author_id)
        .where(
            TagCount.media_file_id == media_file.id, counts_now(TagCount.batch_id, TagCount.source)
        )
        .group_by(TrackAuthor.track_id)
    )
    return dict(rows.all())


def _has_tags_of_others(actor: Actor, tag_set: TagSet) -> bool:
    return (
        db.session.scalar(
            select(Tag.id)
            .where(
                Tag.tag_set_id == tag_set.id,
                Tag.deleted_at.is_(None),
                Tag.created_by_id.is_distinct_from(actor.user_id),
            )
            .limit(1)
        )
        is not None
    )


def free_name(tag_set: TagSet) -> str:
    """Return the name of a deleted tag set, with a word behind it if a live one has taken it."""
    taken = set(
        db.session.scalars(
            select(TagSet.name).where(
                TagSet.project_id == tag_set.project_id, TagSet.deleted_at.is_(None)
            )
        )
    )
    words = ("", RESTORED, *(f" (restored {number})" for number in range(2, len(taken) + 2)))
    names = (tag_set.name[: LONGEST_NAME - len(word)] + word for word in words)
    return next(name for name in names if name not in taken)


def _check(name: str, color: str | None) -> None:
    if not name.strip() or len(name) > LONGEST_NAME or not is_text(name):
        raise Invalid("That name will not do.", name=f"must have 1 to {LONGEST_NAME} characters")
    if color is not None and not COLOUR.fullmatch(color):
        raise Invalid("That colour will not do.", color="must look like #3fa7d6")


def _flush_or_taken() -> None:
    """Ask the database whether the name is free."""
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict("That name is taken.", name="is taken") from error
