"""Which batch a new tag goes into, and which batches count.

The batches of one author on one track form runs: a batch that `replaces` begins a new run,
every other adds to the newest. A run shows its tags of every source that no newer run has
written; while the newest run never had a tag, nothing of that author shows on the track.
A deleted batch counts as if it had never been: what it had hidden shows again.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Exists, exists, func, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute

from tagstore.db import Base, db
from tagstore.models import Batch, BatchSource, Import, Track, TrackAuthor
from tagstore.values import Actor

MOST_AT_ONCE = 400

Place = tuple[int, int]
"""A tag set and a media file: where a track is."""


def insert_if_new(table: type[Base], rows: list[dict[str, object]]) -> None:
    """Insert the rows that no unique constraint refuses."""
    engine = db.session.get_bind().dialect.name
    insert = postgresql.insert if engine == "postgresql" else sqlite.insert
    for start in range(0, len(rows), MOST_AT_ONCE):
        statement = insert(table).values(rows[start : start + MOST_AT_ONCE])
        db.session.execute(statement.on_conflict_do_nothing())


def find_or_add_tracks(places: Iterable[Place]) -> dict[Place, uuid.UUID]:
    """Return the track of every place, making those that are not there."""
    wanted = sorted(set(places))
    tracks = find_tracks(wanted)
    missing = [place for place in wanted if place not in tracks]
    if missing:
        insert_if_new(
            Track,
            [
                {"id": uuid.uuid4(), "tag_set_id": s, "media_file_id": m, "version": 1}
                for s, m in missing
            ],
        )
        tracks |= find_tracks(missing)
    return tracks


def find_tracks(places: list[Place]) -> dict[Place, uuid.UUID]:
    """Return the track of every place that has one."""
    found: dict[Place, uuid.UUID] = {}
    for start in range(0, len(places), MOST_AT_ONCE):
        rows = db.session.execute(
            select(Track.tag_set_id, Track.media_file_id, Track.id).where(
                Track.deleted_at.is_(None),
                tuple_(Track.tag_set_id, Track.media_file_id).in_(
                    places[start : start + MOST_AT_ONCE]
                ),
            )
        )
        found |= {(tag_set_id, media_file_id): track for tag_set_id, media_file_id, track in rows}
    return found


def find_or_add_batch(actor: Actor, track_id: uuid.UUID, author: str) -> int:
    """Return the newest batch of the author on the track that no import brought."""
    track_author = _locked_track_author(track_id, author)
    found = db.session.scalar(
        select(func.max(Batch.id)).where(
            Batch.track_author_id == track_author.id,
            Batch.run == track_author.run,
            Batch.import_id.is_(None),
            Batch.deleted_at.is_(None),
        )
    )
    if found is not None:
        return found
    batch = Batch(
        track_author_id=track_author.id, run=track_author.run, created_by_id=actor.user_id
    )
    db.session.add(batch)
    db.session.flush()  # Tags need batch.id.
    return batch.id


def begin_run(
    actor: Actor, track_id: uuid.UUID, author: str, info: dict[str, Any] | None = None
) -> Batch:
    """Make a batch that replaces what the author had on the track, at once."""
    track_author = _locked_track_author(track_id, author)
    latest = select(func.max(Batch.run)).where(Batch.track_author_id == track_author.id)
    track_author.run = (db.session.scalar(latest) or 0) + 1
    batch = Batch(
        track_author_id=track_author.id,
        run=track_author.run,
        replaces=True,
        info=info or {},
        created_by_id=actor.user_id,
    )
    db.session.add(batch)
    db.session.flush()  # The rule below reads it.
    _decide_what_shows(track_author.id)
    return batch


def stamp_deleted(batch: Batch, deleted_at: datetime | None) -> None:
    """Delete a batch, or bring it back; the run that is newest then is added to."""
    track_author = db.session.get_one(TrackAuthor, batch.track_author_id, with_for_update=True)
    batch.deleted_at = deleted_at
    db.session.flush()  # The questions below read it.
    latest = select(func.max(Batch.run)).where(
        Batch.track_author_id == track_author.id, Batch.deleted_at.is_(None)
    )
    track_author.run = db.session.scalar(latest) or track_author.run
    _decide_what_shows(track_author.id)


def write_source(batch_id: int, source: str) -> None:
    """Note that the batch has tags of this source; older runs' tags of it count no longer."""
    if db.session.get(BatchSource, (batch_id, source)) is not None:
        return
    db.session.add(BatchSource(batch_id=batch_id, source=source))
    db.session.flush()  # The rule below reads it, tags refer to it.
    batch = db.session.get_one(Batch, batch_id)
    _decide_what_shows(batch.track_author_id)


def _locked_track_author(track_id: uuid.UUID, author: str) -> TrackAuthor:
    """Return the row that two first posts at once must both wait for."""
    insert_if_new(TrackAuthor, [{"track_id": track_id, "author": author, "run": 1}])
    return db.session.scalars(
        select(TrackAuthor)
        .where(TrackAuthor.track_id == track_id, TrackAuthor.author == author)
        .with_for_update()
    ).one()


def _decide_what_shows(track_author_id: int) -> None:
    """Apply the rule to all batches of one author on one track."""
    rows = db.session.execute(
        select(Batch.id, Batch.run, BatchSource.source, Batch.deleted_at, Import.state)
        .outerjoin(BatchSource, BatchSource.batch_id == Batch.id)
        .outerjoin(Import, Import.id == Batch.import_id)
        .where(Batch.track_author_id == track_author_id)
    ).all()
    counted = [r for r in rows if r.deleted_at is None and r.state in {None, "committed"}]
    newest = max((row.run for row in counted), default=0)
    sources = [row for row in counted if row.source is not None]
    begun = any(row.run == newest for row in sources)
    written: dict[str, int] = {}
    for row in sources:
        written[row.source] = max(row.run, written.get(row.source, 0))
    shown = {(r.id, r.source) for r in sources if begun and r.run == written[r.source]}
    for row in rows:
        db.session.execute(
            update(BatchSource)
            .where(BatchSource.batch_id == row.id, BatchSource.source == row.source)
            .values(shown=(row.id, row.source) in shown)
        )


def counts_now(batch_id: InstrumentedAttribute[int], source: InstrumentedAttribute[str]) -> Exists:
    """Return the condition that tags of this batch and source show by default."""
    return exists().where(
        BatchSource.batch_id == batch_id, BatchSource.source == source, BatchSource.shown
    )
