"""Which batch a new tag goes into, and which batches count.

The batches of one author on one track form runs: a batch that `replaces` begins a new run,
every other adds to the newest. A run shows its tags of every source that no newer run has
written; while the newest run never had a tag, nothing of that author shows on the track.
A deleted batch counts as if it had never been: what it had hidden shows again.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import BindParameter, Exists, Table, bindparam, exists, func, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute

from tagstore import clock
from tagstore.db import Base, db
from tagstore.models import Batch, BatchSource, Import, Track, TrackAuthor
from tagstore.services.rows import Columns, chunks, insert_numbered
from tagstore.values import Actor

MOST_AT_ONCE = 400

_SOME: BindParameter[Any] = bindparam("some", expanding=True)
_TRACKS = select(Track.tag_set_id, Track.media_file_id, Track.id).where(
    Track.deleted_at.is_(None), tuple_(Track.tag_set_id, Track.media_file_id).in_(_SOME)
)
_TRACK_AUTHORS = (
    select(TrackAuthor)
    .where(tuple_(TrackAuthor.track_id, TrackAuthor.author).in_(_SOME))
    .order_by(TrackAuthor.id)
    .with_for_update()
)
_NEWEST = (
    select(Batch.track_author_id, func.max(Batch.id))
    .join(TrackAuthor, TrackAuthor.id == Batch.track_author_id)
    .where(
        Batch.run == TrackAuthor.run,
        Batch.import_id.is_(None),
        Batch.deleted_at.is_(None),
        Batch.track_author_id.in_(_SOME),
    )
    .group_by(Batch.track_author_id)
)
_MARKED = tuple_(BatchSource.batch_id, BatchSource.source).in_(_SOME)
_MARKS = select(BatchSource.batch_id, BatchSource.source).where(_MARKED)

Place = tuple[int, int]
"""A tag set and a media file: where a track is."""

Work = tuple[uuid.UUID, str]
"""A track and an author."""

Mark = tuple[int, str]
"""A batch and a source that it has tags of."""


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
        rows = db.session.execute(_TRACKS, {"some": places[start : start + MOST_AT_ONCE]})
        found |= {(tag_set_id, media_file_id): track for tag_set_id, media_file_id, track in rows}
    return found


def find_or_add_batch(actor: Actor, track_id: uuid.UUID, author: str) -> int:
    """Return the newest batch of the author on the track that no import brought."""
    return find_or_add_batches(actor, [(track_id, author)])[track_id, author]


def find_or_add_batches(actor: Actor, wanted: Iterable[Work]) -> dict[Work, int]:
    """Return the newest batch of every author on every track that no import brought."""
    authors = {(row.track_id, row.author): row for row in _locked_track_authors(wanted)}
    newest = _newest_batches([row.id for row in authors.values()])
    missing = [row for row in authors.values() if row.id not in newest]
    newest |= _add_batches(actor, missing, [row.run for row in missing])
    return {work: newest[row.id] for work, row in authors.items()}


def stage_batches(
    actor: Actor, import_id: int, wanted: Iterable[Work], *, replaces: bool
) -> dict[Work, int]:
    """Make a batch of an import for every author on every track; they count as deleted yet."""
    authors = {(row.track_id, row.author): row for row in _locked_track_authors(wanted)}
    rows = list(authors.values())
    made = _add_batches(
        actor,
        rows,
        [row.run + replaces for row in rows],
        replaces=[replaces] * len(rows),
        import_id=[import_id] * len(rows),
        deleted_at=[clock.now()] * len(rows),
    )
    return {work: made[row.id] for work, row in authors.items()}


def stamp_import(import_id: int, deleted_at: datetime | None) -> None:
    """Delete all batches of an import, or let them show; the runs that are newest then count."""
    mine = Batch.import_id == import_id
    found = select(TrackAuthor.id).where(
        TrackAuthor.id.in_(select(Batch.track_author_id).where(mine))
    )
    authors = db.session.scalars(found.order_by(TrackAuthor.id).with_for_update()).all()
    db.session.execute(update(Batch).where(mine).values(deleted_at=deleted_at))
    latest = (
        select(func.max(Batch.run))
        .where(Batch.track_author_id == TrackAuthor.id, Batch.deleted_at.is_(None))
        .scalar_subquery()
    )
    for some in chunks(authors):
        db.session.execute(
            update(TrackAuthor)
            .where(TrackAuthor.id.in_(some))
            .values(run=func.coalesce(latest, TrackAuthor.run))
        )
    _decide_what_shows(list(authors))


def _add_batches(
    actor: Actor, track_authors: Sequence[TrackAuthor], runs: list[int], **more: list[Any]
) -> dict[int, int]:
    """Make a batch for each; return their numbers by those of the authors on the tracks."""
    count = len(track_authors)
    if not count:
        return {}
    columns: Columns = {
        "track_author_id": [row.id for row in track_authors],
        "run": runs,
        "replaces": [False] * count,
        "info": [{}] * count,
        "created_by_id": [actor.user_id] * count,
        "created_at": [clock.now()] * count,
        **more,
    }
    numbers = insert_numbered(cast(Table, Batch.__table__), columns)
    return dict(zip(columns["track_author_id"], numbers, strict=True))


def _newest_batches(track_author_ids: list[int]) -> dict[int, int]:
    """Return the newest batch of each run that is added to, if there is one."""
    found: dict[int, int] = {}
    for some in chunks(track_author_ids):
        found |= dict(db.session.execute(_NEWEST, {"some": some}).all())
    return found


def begin_run(
    actor: Actor, track_id: uuid.UUID, author: str, info: dict[str, Any] | None = None
) -> Batch:
    """Make a batch that replaces what the author had on the track, at once."""
    track_author = _locked_track_authors([(track_id, author)])[0]
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
    _decide_what_shows([track_author.id])
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
    _decide_what_shows([track_author.id])


def write_source(batch_id: int, source: str) -> None:
    """Note that the batch has tags of this source; older runs' tags of it count no longer."""
    write_sources([(batch_id, source)])


def write_sources(marks: Iterable[Mark]) -> None:
    """Note that batches have tags of sources; older runs' tags of them count no longer."""
    missing = set(marks)
    for some in chunks(sorted(missing), MOST_AT_ONCE):
        rows = db.session.execute(_MARKS, {"some": some})
        missing -= {(batch_id, source) for batch_id, source in rows}
    insert_if_new(BatchSource, [{"batch_id": b, "source": s} for b, s in sorted(missing)])
    authors: set[int] = set()
    for ids in chunks({batch_id for batch_id, _ in missing}):
        authors |= set(db.session.scalars(select(Batch.track_author_id).where(Batch.id.in_(ids))))
    _decide_what_shows(sorted(authors))


def _locked_track_authors(wanted: Iterable[Work]) -> list[TrackAuthor]:
    """Return the rows that two first posts at once must both wait for."""
    ordered = sorted(set(wanted), key=str)
    found = _lock_track_authors(ordered)
    missing = sorted(set(ordered) - {(row.track_id, row.author) for row in found}, key=str)
    insert_if_new(TrackAuthor, [{"track_id": t, "author": a, "run": 1} for t, a in missing])
    return found + _lock_track_authors(missing)


def _lock_track_authors(ordered: list[Work]) -> list[TrackAuthor]:
    return [
        row
        for some in chunks(ordered, MOST_AT_ONCE)
        for row in db.session.scalars(_TRACK_AUTHORS, {"some": some})
    ]


def _decide_what_shows(track_author_ids: list[int]) -> None:
    """Apply the rule to all batches of each author on a track."""
    by_author: dict[int, list[Any]] = {}
    for ids in chunks(track_author_ids):
        rows = db.session.execute(
            select(
                Batch.track_author_id,
                Batch.id,
                Batch.run,
                BatchSource.source,
                BatchSource.shown,
                Batch.deleted_at,
                Import.state,
            )
            .outerjoin(BatchSource, BatchSource.batch_id == Batch.id)
            .outerjoin(Import, Import.id == Batch.import_id)
            .where(Batch.track_author_id.in_(ids))
        )
        for row in rows:
            by_author.setdefault(row.track_author_id, []).append(row)
    changed: dict[bool, list[Mark]] = {True: [], False: []}
    for some in by_author.values():
        shown = _shown(some)
        for row in some:
            mark = (row.id, row.source)
            if row.source is not None and row.shown != (mark in shown):
                changed[mark in shown].append(mark)
    for is_shown, marks in changed.items():
        for part in chunks(marks, MOST_AT_ONCE):
            marked = update(BatchSource).where(_MARKED).values(shown=is_shown)
            db.session.execute(marked, {"some": part})


def _shown(rows: list[Any]) -> set[Mark]:
    """Return which sources of the batches of one author on one track count."""
    counted = [r for r in rows if r.deleted_at is None and r.state in {None, "committed"}]
    newest = max((row.run for row in counted), default=0)
    sources = [row for row in counted if row.source is not None]
    begun = any(row.run == newest for row in sources)
    written: dict[str, int] = {}
    for row in sources:
        written[row.source] = max(row.run, written.get(row.source, 0))
    return {(r.id, r.source) for r in sources if begun and r.run == written[r.source]}


def counts_now(batch_id: InstrumentedAttribute[int], source: InstrumentedAttribute[str]) -> Exists:
    """Return the condition that tags of this batch and source show by default."""
    return exists().where(
        BatchSource.batch_id == batch_id, BatchSource.source == source, BatchSource.shown
    )
