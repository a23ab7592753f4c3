"""The batches of a content: begun, listed, deleted with their tags, and added to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from tagstore import clock
from tagstore.db import db
from tagstore.errors import Fault, Forbidden, NotFound
from tagstore.models import Batch, Import, MediaFile, Tag, TagSet, Track, TrackAuthor
from tagstore.services import batches, events, tags
from tagstore.services.access import Can, may, require
from tagstore.services.contents.authors import check_author
from tagstore.services.contents.tracks import find_or_add_track
from tagstore.services.tag_rows import Added
from tagstore.services.versions import check_version
from tagstore.values import Actor, TagDraft


@dataclass(frozen=True)
class BatchPage:
    """Some batches of a list, and how many there are."""

    batches: Sequence[Batch]
    total: int


def list_batches(
    actor: Actor,
    media_file: MediaFile,
    *,
    author: str | None = None,
    track: str | None = None,
    start: int = 0,
    limit: int,
) -> BatchPage:
    """Return a content's batches, newest first."""
    require(actor, Can.SEE, media_file.project)
    exact = ((TrackAuthor.author, author), (TagSet.name, track))
    conditions = [column == value for column, value in exact if value is not None]
    query = _of(media_file).where(*conditions)
    total = db.session.scalar(query.with_only_columns(func.count(Batch.id))) or 0
    page = query.order_by(Batch.id.desc()).offset(start).limit(limit)
    return BatchPage(db.session.scalars(page).all(), total)


def get_batch(
    actor: Actor, media_file: MediaFile, batch_id: int, *, also_deleted: bool = False
) -> Batch:
    """Return a content's batch of that number."""
    require(actor, Can.SEE, media_file.project)
    query = _of(media_file, also_deleted=also_deleted).where(Batch.id == batch_id)
    batch = db.session.scalar(query)
    if batch is None:
        raise NotFound("No such batch.")
    return batch


def get_batch_by_id(actor: Actor, batch_id: int, *, also_deleted: bool = False) -> Batch:
    """Return a batch of any media file that the actor may see."""
    media_file = db.session.scalar(
        select(MediaFile)
        .join(Track, Track.media_file_id == MediaFile.id)
        .join(TrackAuthor, TrackAuthor.track_id == Track.id)
        .join(Batch, Batch.track_author_id == TrackAuthor.id)
        .where(Batch.id == batch_id, MediaFile.deleted_at.is_(None))
    )
    if media_file is None or not may(actor, Can.SEE, media_file.project):
        raise NotFound("No such batch.")
    return get_batch(actor, media_file, batch_id, also_deleted=also_deleted)


def is_live() -> ColumnElement[bool]:
    """Return the condition that a batch is there: not deleted, nor of an import in the making."""
    committed = select(Import.id).where(Import.state == "committed")
    is_kept = or_(Batch.import_id.is_(None), Batch.import_id.in_(committed))
    return Batch.deleted_at.is_(None) & is_kept


def begin_batch(
    actor: Actor, media_file: MediaFile, author: str, track: str, info: dict[str, Any]
) -> Batch:
    """Make a batch that clears what the author had on the track."""
    require(actor, Can.TAG, media_file.project)
    check_author(actor, media_file.project, author)
    track_id = find_or_add_track(actor, media_file, track)
    batch = batches.begin_run(actor, track_id, author, info)
    _record(actor, "batch.added", media_file, batch)
    return batch


def open_batch(
    actor: Actor, media_file: MediaFile, author: str, track: str, label: str | None = None
) -> Batch:
    """Return the author's newest batch on the track, making both when they are not there.

    Only a track that is made now takes the label.
    """
    require(actor, Can.TAG, media_file.project)
    check_author(actor, media_file.project, author)
    track_id = find_or_add_track(actor, media_file, track, label)
    return get_batch(actor, media_file, batches.find_or_add_batch(actor, track_id, author))


def add_tags(
    actor: Actor,
    media_file: MediaFile,
    into: Iterable[Batch],
    drafts: list[TagDraft],
    faults: Sequence[Fault] = (),
) -> Added:
    """Put tags on a content, each into the batch of its tag set: all of them, or none."""
    project = require(actor, Can.TAG, media_file.project)
    homes = {}
    for batch in into:
        check_author(actor, project, batch.track_author.author)
        track = batch.track_author.track
        homes[track.tag_set_id] = (track.id, batch.id)
    return tags.add_tags(actor, project, drafts, faults, homes)


def edit_batch(
    actor: Actor, batch: Batch, info: dict[str, Any], version: int | None = None
) -> Batch:
    """Say anew what came along with a batch."""
    media_file = batch.track_author.track.media_file
    require(actor, Can.TAG, media_file.project)
    check_version(batch, version)
    batch.info = info
    _record(actor, "batch.edited", media_file, batch)
    return batch


def delete_batch(actor: Actor, batch: Batch, version: int | None = None) -> None:
    """Delete a batch with its tags; it can be restored for 30 days."""
    media_file = batch.track_author.track.media_file
    project = require(actor, Can.TAG, media_file.project)
    check_version(batch, version)
    if not may(actor, Can.MANAGE, project) and _is_of_others(actor, batch):
        raise Forbidden("Others have a part in this batch; only a manager may delete it.")
    batches.stamp_deleted(batch, clock.now())
    _record(actor, "batch.deleted", media_file, batch)


def restore_batch(actor: Actor, batch: Batch) -> Batch:
    """Undo the deletion of a batch."""
    media_file = batch.track_author.track.media_file
    require(actor, Can.TAG, media_file.project)
    if batch.deleted_at is not None:
        batches.stamp_deleted(batch, None)
        _record(actor, "batch.restored", media_file, batch)
    return batch


def _of(media_file: MediaFile, *, also_deleted: bool = False) -> Select[Batch]:
    """Return the query of a content's batches, with author, track and tag set."""
    query = (
        select(Batch)
        .join(Batch.track_author)
        .join(TrackAuthor.track)
        .join(Track.tag_set)
        .options(
            contains_eager(Batch.track_author)
            .contains_eager(TrackAuthor.track)
            .contains_eager(Track.tag_set),
            joinedload(Batch.created_by),
        )
        .where(
            Track.media_file_id == media_file.id,
            Track.deleted_at.is_(None),
            TagSet.deleted_at.is_(None),
        )
    )
    return query if also_deleted else query.where(is_live())


def _is_of_others(actor: Actor, batch: Batch) -> bool:
    if actor.user_id is None or batch.created_by_id != actor.user_id:
        return True
    others = Tag.created_by_id.is_distinct_from(actor.user_id)
    query = select(Tag.id).where(Tag.batch_id == batch.id, Tag.deleted_at.is_(None), others)
    return db.session.scalar(query.limit(1)) is not None


def _record(actor: Actor, kind: str, media_file: MediaFile, batch: Batch) -> None:
    track = batch.track_author.track
    after = {"batch_id": batch.id, "track_id": str(track.id), "author": batch.track_author.author}
    events.record(actor, kind, media_file=media_file, after=after)
