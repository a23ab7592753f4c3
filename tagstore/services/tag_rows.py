"""Storing many tags with one statement: no object a row."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from tagstore import clock
from tagstore.db import db
from tagstore.models import MediaFile, Project, Tag, User
from tagstore.models.tags import WHOLE_FILE
from tagstore.services import batches, counts, events
from tagstore.values import Actor, TagDraft, fold, span_level

COPIED = tuple(f for f in TagDraft.__dataclass_fields__ if f != "created_by_id")


@dataclass(frozen=True)
class Added:
    """Tags that were just stored, in the order in which they were given."""

    ids: list[int]
    drafts: list[TagDraft]
    authors: list[int | None]
    created_at: datetime


def insert_tags(actor: Actor, project: Project, drafts: list[TagDraft]) -> Added:
    """Store checked drafts, in the newest batches of their authors, and record one event."""
    now = clock.now()
    authors = [actor.user_id if d.created_by_id is None else d.created_by_id for d in drafts]
    if not drafts:
        return Added([], [], [], now)
    homes = _homes(actor, drafts, authors)
    rows = [
        _row(draft, author, *homes[draft.tag_set_id, draft.media_file_id, author, draft.source])
        for draft, author in zip(drafts, authors, strict=True)
    ]
    for row in rows:
        row["created_at"] = row["updated_at"] = now
    ids = _insert(rows)
    _count(project, rows)
    _record(actor, project, ids, drafts)
    return Added(ids, drafts, authors, now)


Home = tuple[Any, int]
"""The track and the batch a tag goes into."""


def _homes(
    actor: Actor, drafts: list[TagDraft], authors: list[int | None]
) -> dict[tuple[int, int, int | None, str], Home]:
    """Find or make the track and batch of every (tag set, file, author, source) there is."""
    wanted = {
        (d.tag_set_id, d.media_file_id, author, d.source)
        for d, author in zip(drafts, authors, strict=True)
    }
    tracks = batches.find_or_add_tracks((key[0], key[1]) for key in wanted)
    names = _names(actor, {key[2] for key in wanted})
    found: dict[tuple[Any, int | None], int] = {}
    homes: dict[tuple[int, int, int | None, str], Home] = {}
    for key in sorted(wanted, key=str):
        track_id, author = tracks[key[0], key[1]], key[2]
        if (track_id, author) not in found:
            batch_id = batches.find_or_add_batch(actor, track_id, names[author])
            found[track_id, author] = batch_id
        batch_id = found[track_id, author]
        batches.write_source(batch_id, key[3])
        homes[key] = (track_id, batch_id)
    return homes


def _names(actor: Actor, user_ids: set[int | None]) -> dict[int | None, str]:
    names: dict[int | None, str] = {actor.user_id: actor.name}
    others = user_ids - {actor.user_id}
    if others:
        rows = db.session.execute(select(User.id, User.name).where(User.id.in_(others)))
        names |= dict(rows.all())
    return names


def _row(draft: TagDraft, author: int | None, track_id: Any, batch_id: int) -> dict[str, Any]:
    row = {field: getattr(draft, field) for field in COPIED}
    if draft.start_s is None or draft.end_s is None:
        row["span_level"] = WHOLE_FILE
    else:
        row["span_level"] = span_level(draft.start_s, draft.end_s)
    row["text_folded"] = None if draft.text is None else fold(draft.text)
    row["track_id"], row["batch_id"] = track_id, batch_id
    row["created_by_id"] = row["updated_by_id"] = author
    row["version"] = 1
    return row


def _insert(rows: list[dict[str, Any]]) -> list[int]:
    """Insert the rows and return their ids in the same order."""
    statement = insert(Tag).returning(Tag.id, sort_by_parameter_order=True)
    return list(db.session.connection().execute(statement, rows).scalars())


def _count(project: Project, rows: list[dict[str, Any]]) -> None:
    ids = {row["media_file_id"] for row in rows}
    durations = dict(
        db.session.execute(
            select(MediaFile.id, MediaFile.duration_s).where(MediaFile.project_id == project.id)
        ).all()
    )
    widths = {each: counts.bin_s(durations[each]) for each in ids}
    counts.add(
        counts.spot(
            row["media_file_id"],
            row["start_s"],
            widths[row["media_file_id"]],
            row["batch_id"],
            row["source"],
            row["tag_class_id"],
        )
        for row in rows
    )


def _record(actor: Actor, project: Project, ids: list[int], drafts: list[TagDraft]) -> None:
    """Record one event: on the media file when there is but one, else on the project."""
    media_file_ids = sorted({draft.media_file_id for draft in drafts})
    after = {
        "ids": ids,
        "start_s": min((d.start_s or 0.0 for d in drafts), default=None),
        "end_s": max((d.end_s for d in drafts if d.end_s is not None), default=None),
    }
    if len(media_file_ids) == 1:
        media_file = db.session.get_one(MediaFile, media_file_ids[0])
        events.record(actor, "tag.added", media_file=media_file, after=after)
    else:
        after["media_file_ids"] = media_file_ids
        events.record(actor, "tag.added", project=project, after=after)
