"""Changing many stored tags with few statements: no object a row, one event for the lot."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, select, update

from tagstore import clock
from tagstore.db import db
from tagstore.models import Batch, MediaFile, Project, Tag, TagSet, Track, TrackAuthor
from tagstore.prepared import are_alike
from tagstore.services import batches, counts
from tagstore.services.rows import MOST_IN_ONE_QUERY, Columns, chunks
from tagstore.services.tag_rows import (
    COPIED,
    TAG,
    columns_of,
    derived,
    record_lot,
    spots,
    unique_external_ids,
)
from tagstore.services.tag_words import keeping
from tagstore.values import Actor, TagDraft

COUNTED = {"media_file_id", "start_s", "batch_id", "source", "tag_class_id"}
"""Columns that decide where a tag counts."""


class Stored(NamedTuple):
    """A tag as it stands in the store."""

    id: int
    project_id: int
    created_by_id: int | None
    track_id: uuid.UUID
    batch_id: int
    draft: TagDraft


def stored(*conditions: ColumnElement[bool]) -> list[Stored]:
    """Return live tags, by number; whoever else changes them waits."""
    query: Select[Any] = (
        select(Tag.id, MediaFile.project_id, Tag.created_by_id, Tag.track_id, Tag.batch_id)
        .add_columns(*(getattr(Tag, field) for field in COPIED))
        .join(MediaFile, MediaFile.id == Tag.media_file_id)
        .join(Track, Track.id == Tag.track_id)
        .join(TagSet, TagSet.id == Tag.tag_set_id)
        .where(Tag.deleted_at.is_(None), MediaFile.deleted_at.is_(None))
        .where(Track.deleted_at.is_(None), TagSet.deleted_at.is_(None))
        .where(*conditions)
        .order_by(Tag.id)
        .with_for_update(of=Tag)
    )
    rows = db.session.execute(query)
    return [
        Stored(number, project_id, created_by_id, track_id, batch_id, TagDraft(*said))
        for number, project_id, created_by_id, track_id, batch_id, *said in rows
    ]


def stored_by_number(ids: Sequence[int]) -> Iterator[Stored]:
    """Yield the live ones of some tags."""
    for some in chunks(ids):
        yield from stored(Tag.id.in_(some))


def rewrite(
    actor: Actor, project: Project, tags: Sequence[Stored], wanted: Sequence[TagDraft]
) -> int:
    """Let stored tags say what checked drafts say; return how many that changes."""
    pairs = [(tag, draft) for tag, draft in zip(tags, wanted, strict=True) if tag.draft != draft]
    if not pairs:
        return 0
    ids = [tag.id for tag, _ in pairs]
    old = stored_columns([tag for tag, _ in pairs])
    new = columns_of([draft for _, draft in pairs]) | _placed(actor, pairs)
    names = [name for name in old if list(old[name]) != list(new[name])]
    with unique_external_ids():
        _write(actor, ids, _to_set(names, new))
    if COUNTED & set(names):
        counts.add(spots(old), -1)
        counts.add(spots(new))
    if "text" in names:
        keeping.replace(project.id, ids, derived(new)["text_folded"])
    said = [name for name in names if name in COPIED]
    changes = {name: new[name] for name in said}
    before = {name: old[name] for name in said}
    record_lot(actor, "tag.edited", project, ids, new, before, changes=changes)
    return len(ids)


def remove(actor: Actor, project: Project, tags: Sequence[Stored]) -> None:
    """Delete stored tags; each can be restored for 30 days."""
    ids, columns = [tag.id for tag in tags], stored_columns(tags)
    gone = {"deleted_at": clock.now(), "version": TAG.c.version + 1}
    for some in chunks(ids):
        db.session.execute(update(TAG).where(TAG.c.id.in_(some)).values(gone))
    counts.add(spots(columns), -1)
    record_lot(actor, "tag.deleted", project, ids, columns)


def in_circles(parents: Mapping[int, int | None]) -> set[int]:
    """Return which of these tags would descend from themselves, given such parents."""
    known = dict(parents)
    ahead = {parent for parent in parents.values() if parent is not None} - known.keys()
    while ahead:
        for some in chunks(ahead):
            found = select(Tag.id, Tag.parent_id).where(Tag.id.in_(some))
            known |= dict.fromkeys(some) | dict(db.session.execute(found).all())
        ahead = {parent for parent in known.values() if parent is not None} - known.keys()
    return {number for number in parents if _comes_back(number, known)}


def _comes_back(number: int, parents: Mapping[int, int | None]) -> bool:
    seen: set[int] = set()
    parent = parents[number]
    while parent is not None and parent != number and parent not in seen:
        seen.add(parent)
        parent = parents[parent]
    return parent == number


def stored_columns(tags: Sequence[Stored]) -> Columns:
    """Return what stored tags say and where they stand, field by field."""
    columns = columns_of([tag.draft for tag in tags])
    columns["track_id"] = [tag.track_id for tag in tags]
    columns["batch_id"] = [tag.batch_id for tag in tags]
    return columns


def _placed(actor: Actor, pairs: list[tuple[Stored, TagDraft]]) -> Columns:
    """Return the tracks and batches that new places and sources ask for."""
    moved = {
        (draft.tag_set_id, draft.media_file_id, tag.batch_id)
        for tag, draft in pairs
        if (tag.draft.tag_set_id, tag.draft.media_file_id)
        != (draft.tag_set_id, draft.media_file_id)
    }
    tracks = batches.find_or_add_tracks((place[0], place[1]) for place in moved)
    authors = _authors({place[2] for place in moved})
    works = {place: (tracks[place[0], place[1]], authors[place[2]]) for place in moved}
    found = batches.find_or_add_batches(actor, works.values())
    homes = {place: found[work] for place, work in works.items()}
    track_ids, batch_ids = [], []
    for tag, draft in pairs:
        place = (draft.tag_set_id, draft.media_file_id, tag.batch_id)
        track_ids.append(tracks[place[0], place[1]] if place in homes else tag.track_id)
        batch_ids.append(homes.get(place, tag.batch_id))
    known = {(tag.batch_id, tag.draft.source) for tag, _ in pairs}
    sources = set(zip(batch_ids, (draft.source for _, draft in pairs), strict=True))
    batches.write_sources(sources - known)
    return {"track_id": track_ids, "batch_id": batch_ids}


def _authors(batch_ids: set[int]) -> dict[int, str]:
    query = select(Batch.id, TrackAuthor.author).join(Batch.track_author)
    found: dict[int, str] = {}
    for some in chunks(batch_ids):
        found |= dict(db.session.execute(query.where(Batch.id.in_(some))).all())
    return found


def _to_set(names: list[str], new: Columns) -> Columns:
    """Return the columns that are to be written, with those that follow from them."""
    wanted = {name: new[name] for name in names}
    return wanted | derived(new) if wanted.keys() & {"text", "start_s", "end_s"} else wanted


def _write(actor: Actor, ids: list[int], columns: Columns) -> None:
    """Write columns: where all rows get the same, with one statement for thousands of them."""
    stamp = {
        "version": TAG.c.version + 1,
        "updated_by_id": actor.user_id,
        "updated_at": clock.now(),
    }
    if all(are_alike(column) for column in columns.values()):
        same = {name: column[0] for name, column in columns.items()}
        for some in chunks(ids):
            db.session.execute(update(TAG).where(TAG.c.id.in_(some)).values({**same, **stamp}))
        return
    places = {name: bindparam(f"new_{name}", type_=TAG.c[name].type) for name in columns}
    statement = update(TAG).where(TAG.c.id == bindparam("of_id")).values({**places, **stamp})
    names = ("of_id", *(f"new_{name}" for name in columns))
    rows = (dict(zip(names, row, strict=True)) for row in zip(ids, *columns.values(), strict=True))
    while part := list(islice(rows, MOST_IN_ONE_QUERY)):
        db.session.connection().execute(statement, part)
