"""What was deleted 30 days ago, events of 90 days ago and abandoned uploads go for good."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select

from tagstore import clock
from tagstore.db import db, transaction
from tagstore.models import Batch, Event, Job, MediaFile, Tag, TagSet, Track
from tagstore.services import events, idempotency, imports, uploads
from tagstore.services.depot import depot
from tagstore.services.jobs.promises import job
from tagstore.services.jobs.running import Progress
from tagstore.services.media_files.places import Source, source_of
from tagstore.services.tag_words import keeping

KEPT = timedelta(days=30)
TOLD = timedelta(days=1)
AT_ONCE = 2000
UNFINISHED_S = 2 * 24 * 3600.0


@job
def purge(progress: Progress) -> None:
    """Remove the media files, tag sets, tracks, batches and tags deleted long ago."""
    before = clock.now() - KEPT
    gone: dict[Any, Any] = {
        Tag.media_file_id: _deleted(MediaFile, before),
        Tag.tag_set_id: _deleted(TagSet, before),
        Tag.track_id: _deleted(Track, before),
        Tag.batch_id: _deleted(Batch, before),
    }
    conditions = [Tag.deleted_at < before, *(column.in_(ids) for column, ids in gone.items())]
    for condition in conditions:
        _remove_tags(condition, progress)
    for table in (Batch, Track, TagSet):
        with transaction(writing=True):
            db.session.execute(delete(table).where(table.deleted_at < before))
    _remove_media_files(before, progress)
    uploads.forget_expired()
    imports.forget_old(before)
    _forget_jobs()
    _forget_events(progress)
    depot().store.sweep(UNFINISHED_S)


def _forget_jobs() -> None:
    """Remove what nobody asks about any more: jobs long ended, answers kept for a retry."""
    now = clock.now()
    with transaction(writing=True):
        idempotency.forget_old()
        db.session.execute(delete(Job).where(Job.finished_at < now - KEPT))
        is_old = and_(Event.kind == "job.progress", Event.at < now - TOLD)
        db.session.execute(delete(Event).where(is_old))


def _forget_events(progress: Progress) -> None:
    """Remove old events in short transactions, so that nobody who writes waits long."""
    more = True
    while more:
        with transaction(writing=True):
            more = events.forget_old()
        progress.report(0.0, "removing events")


def _deleted(table: Any, before: Any) -> Any:
    return select(table.id).where(table.deleted_at < before)


def _remove_tags(condition: ColumnElement[bool], progress: Progress) -> None:
    """Remove tags in short transactions, so that nobody who writes waits long."""
    while True:
        with transaction(writing=False):
            some = db.session.scalars(select(Tag.id).where(condition).limit(AT_ONCE)).all()
        if not some:
            return
        with transaction(writing=True):
            db.session.execute(delete(Tag).where(Tag.id.in_(some)))
            keeping.forget(some)
        progress.report(0.0, "removing tags")


def _remove_media_files(before: Any, progress: Progress) -> None:
    with transaction(writing=False):
        ids = db.session.scalars(_deleted(MediaFile, before)).all()
    for number, media_file_id in enumerate(ids):
        with transaction(writing=True):
            media_file = db.session.get_one(MediaFile, media_file_id)
            source = source_of(media_file)
            db.session.execute(delete(MediaFile).where(MediaFile.id == media_file_id))
        _remove_bytes(source)
        progress.report(number / len(ids), "removing media files")


def _remove_bytes(source: Source) -> None:
    """Remove what is stored and computed for bytes that no row refers to any more."""
    same = [MediaFile.sha256 == source.sha256] if source.sha256 else []
    same += [MediaFile.in_place_path == source.in_place_path] if source.in_place_path else []
    with transaction(writing=False):
        used = same and db.session.scalar(select(MediaFile.id).where(or_(*same)).limit(1))
    if used:
        return
    store = depot().store
    if source.in_place_path is None and source.sha256 is not None:
        store.delete(source.sha256)
    store.forget_below(f"tiles/{source.identity}")
    for key in ("peaks/{}.npy", "thumbnails/{}", "proxies/{}.flac"):
        store.forget(key.format(source.identity))
