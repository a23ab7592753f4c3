"""Storing many tags with one statement: no object a row."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, and_, bindparam, select
from sqlalchemy.exc import IntegrityError

from tagstore import clock
from tagstore.db import db
from tagstore.errors import Conflict
from tagstore.models import Batch, BatchSource, MediaFile, Tag, Track, TrackAuthor, User
from tagstore.models.tags import WHOLE_FILE
from tagstore.prepared import PreparedQuery
from tagstore.services import batches, counts, events
from tagstore.services.access import Guarded
from tagstore.services.rows import Columns, among, insert_numbered
from tagstore.services.tag_words import keeping
from tagstore.values import Actor, TagDraft, fold, span_level

COPIED = tuple(f for f in TagDraft.__dataclass_fields__ if f != "created_by_id")
TAG = cast(Table, Tag.__table__)

_DURATIONS = PreparedQuery(select(MediaFile.id, MediaFile.duration_s).where(among(MediaFile.id)))

_USUAL_HOME = PreparedQuery(
    select(Track.id, Batch.id, BatchSource.source)
    .join(TrackAuthor, TrackAuthor.track_id == Track.id)
    .join(Batch, and_(Batch.track_author_id == TrackAuthor.id, Batch.run == TrackAuthor.run))
    .outerjoin(
        BatchSource,
        and_(BatchSource.batch_id == Batch.id, BatchSource.source == bindparam("source")),
    )
    .where(
        Track.tag_set_id == bindparam("tag_set_id"),
        Track.media_file_id == bindparam("media_file_id"),
        Track.deleted_at.is_(None),
        TrackAuthor.author == bindparam("author"),
        Batch.import_id.is_(None),
        Batch.deleted_at.is_(None),
    )
    .order_by(Batch.id.desc())
    .limit(1)
    .with_for_update(of=TrackAuthor)
)
"""The newest batch of an author on a track, and the source if it has tags of it already."""

_copied = attrgetter(*COPIED)


@dataclass(frozen=True)
class Added:
    """Tags that were just stored, in the order in which they were given."""

    ids: list[int]
    drafts: list[TagDraft]
    authors: list[int | None]
    created_at: datetime
    batch_ids: set[int]


Home = tuple[Any, int]
"""The track and the batch a tag goes into."""

Homes = Mapping[int, Home]
"""By tag set, for tags of one media file."""


def insert_tags(
    actor: Actor, project: Guarded, drafts: list[TagDraft], homes: Homes | None = None
) -> Added:
    """Store checked drafts and record one event.

    They go into the batches that `homes` names, else into the newest ones of their authors.
    """
    now = clock.now()
    authors = [actor.user_id if d.created_by_id is None else d.created_by_id for d in drafts]
    if not drafts:
        return Added([], [], [], now, set())
    columns = columns_of(drafts)
    if homes is None:
        columns |= _placed(actor, columns, authors)
    else:
        columns |= _housed(columns, homes)
    ids = store(project, columns, authors, now)
    record_lot(actor, "tag.added", project, ids, columns)
    return Added(ids, drafts, authors, now, set(columns["batch_id"]))


def store(
    project: Guarded, columns: Columns, authors: list[int | None], now: datetime
) -> list[int]:
    """Store tags that have their track and batch, counted and with their words; tell nobody."""
    more = {
        **derived(columns),
        "version": [1] * len(authors),
        **dict.fromkeys(("created_by_id", "updated_by_id"), authors),
        **dict.fromkeys(("created_at", "updated_at"), [now] * len(authors)),
    }
    ids = insert_numbered(TAG, {**columns, **more})
    counts.add(spots(columns))
    keeping.add(project.id, ids, more["text_folded"])
    return ids


def columns_of(drafts: list[TagDraft]) -> Columns:
    """Return what drafts say, field by field."""
    return dict(zip(COPIED, zip(*map(_copied, drafts), strict=True), strict=True))


def derived(columns: Columns) -> Columns:
    """Return the columns that follow from others."""
    return {
        "text_folded": [None if text is None else fold(text) for text in columns["text"]],
        "span_level": [
            WHOLE_FILE if start_s is None or end_s is None else span_level(start_s, end_s)
            for start_s, end_s in zip(columns["start_s"], columns["end_s"], strict=True)
        ],
    }


Key = tuple[int, int, int | None, str]
"""What decides on it: tag set, media file, author and source."""


def _placed(actor: Actor, columns: Columns, authors: list[int | None]) -> Columns:
    """Return the tracks and batches that the tags go into, making those that are not there."""
    keys: list[Key] = list(
        zip(
            columns["tag_set_id"],
            columns["media_file_id"],
            authors,
            columns["source"],
            strict=True,
        )
    )
    homes = _homes(actor, set(keys))
    tracks, batch_ids = zip(*[homes[key] for key in keys], strict=True)
    return {"track_id": tracks, "batch_id": batch_ids}


def _housed(columns: Columns, homes: Homes) -> Columns:
    """Return the tracks and batches that were named, by the tags' tag sets."""
    tag_sets = columns["tag_set_id"]
    places = set(zip(tag_sets, columns["source"], strict=True))
    batches.write_sources((homes[tag_set_id][1], source) for tag_set_id, source in places)
    tracks, batch_ids = zip(*[homes[tag_set_id] for tag_set_id in tag_sets], strict=True)
    return {"track_id": tracks, "batch_id": batch_ids}


def _homes(actor: Actor, wanted: set[Key]) -> dict[Key, Home]:
    """Find or make the track and batch of every (tag set, file, author, source) there is."""
    if len(wanted) == 1:
        (key,) = wanted
        home = _usual_home(actor, key)
        if home is not None:
            return {key: home}
    tracks = batches.find_or_add_tracks((key[0], key[1]) for key in wanted)
    names = _names(actor, {key[2] for key in wanted})
    works = {key: (tracks[key[0], key[1]], names[key[2]]) for key in sorted(wanted, key=str)}
    found = batches.find_or_add_batches(actor, works.values())
    batches.write_sources((found[work], key[3]) for key, work in works.items())
    return {key: (work[0], found[work]) for key, work in works.items()}


def _usual_home(actor: Actor, key: Key) -> Home | None:
    """Return where tags of this kind have gone before, by one question; None to look closely."""
    tag_set_id, media_file_id, user_id, source = key
    if user_id != actor.user_id:
        return None
    place = {"tag_set_id": tag_set_id, "media_file_id": media_file_id}
    row = _USUAL_HOME.first(**place, author=actor.name, source=source)
    return None if row is None or row[2] is None else (row[0], row[1])


def _names(actor: Actor, user_ids: set[int | None]) -> dict[int | None, str]:
    names: dict[int | None, str] = {actor.user_id: actor.name}
    others = user_ids - {actor.user_id}
    if others:
        rows = db.session.execute(select(User.id, User.name).where(User.id.in_(others)))
        names |= dict(rows.all())
    return names


def spots(columns: Columns) -> Iterator[counts.Spot]:
    """Yield where tags count."""
    ids = list(set(columns["media_file_id"]))
    durations = _DURATIONS.rows(ids=ids)
    widths = {number: counts.bin_s(duration_s) for number, duration_s in durations}
    bins = [
        counts.bin_of(start_s, widths[number])
        for start_s, number in zip(columns["start_s"], columns["media_file_id"], strict=True)
    ]
    classes = [number or 0 for number in columns["tag_class_id"]]
    places = (columns["media_file_id"], bins, columns["batch_id"], columns["source"], classes)
    return map(counts.Spot, *places)


class Place(NamedTuple):
    """A media file, as far as an event names it."""

    id: int
    project_id: int


def record_lot(
    actor: Actor,
    kind: str,
    project: Guarded,
    ids: list[int],
    columns: Columns,
    before: dict[str, Any] | None = None,
    **more: Any,
) -> None:
    """Record one event: on the media file when there is but one, else on the project."""
    media_file_ids = sorted(set(columns["media_file_id"]))
    after = {
        "ids": ids,
        "start_s": min(start_s or 0.0 for start_s in columns["start_s"]),
        "end_s": max((s for s in columns["end_s"] if s is not None), default=None),
        **more,
    }
    if len(media_file_ids) == 1:
        place = Place(media_file_ids[0], project.id)
        events.record(actor, kind, media_file=place, before=before, after=after)
    else:
        after["media_file_ids"] = media_file_ids
        events.record(actor, kind, project=project, before=before, after=after)


@contextmanager
def unique_external_ids() -> Iterator[None]:
    """Let the database's word that an external id is taken be a conflict that says so."""
    try:
        yield
    except IntegrityError as error:
        if "external_id" not in str(error.orig):
            raise
        message = "Another tag of the tag set has that external id."
        raise Conflict(message, external_id="is taken") from error
