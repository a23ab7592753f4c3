"""The moment in which an import shows, and the one in which it is taken back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select, update

from tagstore import clock
from tagstore.db import db
from tagstore.errors import Conflict, NotFound
from tagstore.models import Batch, Event, Import, Project, Tag, TagClass, TagSet, Track, TrackAuthor
from tagstore.services import batches, events
from tagstore.services.bulk.rewriting import rewrite, stored_by_number
from tagstore.services.imports.findings import Findings
from tagstore.services.imports.staging import Change, said_by
from tagstore.services.tag_checks import checked
from tagstore.values import Actor, changed

MOST_NAMED = 10_000
"""Of an import to more media files than these, the event names none: it may concern each."""


def staged(import_id: int) -> Import:
    """Return an import that is still to be shown, which nobody else changes meanwhile."""
    row = db.session.get(Import, import_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("No such import.")
    if row.state != "staged":
        raise Conflict(f"That import is {row.state} already.")
    return row


def show(actor: Actor, row: Import, changes: list[Change], findings: Findings) -> None:
    """Let all tags of an import show, and change those that it is to change."""
    row.state, row.committed_at = "committed", clock.now()
    db.session.flush()  # What shows is decided by the state.
    batches.stamp_import(row.id, None)
    edit = _change(actor, row.project, changes)
    row.result = {"findings": findings.document(), "edit": edit}
    _tell(actor, "import.committed", row, findings)


def hide(actor: Actor, row: Import, findings: Findings) -> int:
    """Take an import back; return how many tags it had changed that others changed since."""
    row.state, row.undone_at = "undone", clock.now()
    db.session.flush()  # What shows is decided by the state.
    batches.stamp_import(row.id, clock.now())
    kept = _change_back(actor, row.project, row.result.get("edit"))
    take_away_made(findings.made)
    _tell(actor, "import.undone", row, findings)
    return kept


def take_away_made(made: Mapping[str, list[int]]) -> None:
    """Delete tag sets and retire classes that were made for an import, where no tag uses them."""
    live = select(Batch.id).where(Batch.id == Tag.batch_id, Batch.deleted_at.is_(None)).exists()
    for table, column, name, stamp in (
        (TagSet, Tag.tag_set_id, "tag_sets", "deleted_at"),
        (TagClass, Tag.tag_class_id, "classes", "retired_at"),
    ):
        used = select(Tag.id).where(column == table.id, Tag.deleted_at.is_(None), live).exists()
        db.session.execute(
            update(table)
            .where(table.id.in_(made.get(name, ())), ~used)
            .values({stamp: clock.now(), "version": table.version + 1})
        )


def _change(actor: Actor, project: Project, changes: list[Change]) -> int | None:
    """Let stored tags say what entries say; return the number of the event of it."""
    by_number = {change.tag_id: change for change in changes}
    tags = list(stored_by_number(sorted(by_number)))
    wanted = [changed(tag.draft, said_by(by_number[tag.id])) for tag in tags]
    if not rewrite(actor, project, tags, checked(actor, project, wanted)):
        return None
    return db.session.scalar(select(func.max(Event.seq)).where(Event.project_id == project.id))


def _change_back(actor: Actor, project: Project, seq: int | None) -> int:
    """Let the tags of an event say what they said before, where they still say what it made them.

    Returns how many do not.
    """
    event = None if seq is None else db.session.get(Event, seq)
    if event is None or event.before is None or event.after is None:
        return 0
    before: dict[str, Any] = event.before
    after: dict[str, Any] = event.after
    places: dict[int, int] = {number: at for at, number in enumerate(after["ids"])}
    tags, wanted = [], []
    for tag in stored_by_number(list(places)):
        at = places[tag.id]
        if all(getattr(tag.draft, name) == values[at] for name, values in after["changes"].items()):
            tags.append(tag)
            old: dict[str, Any] = {name: values[at] for name, values in before.items()}
            wanted.append(replace(tag.draft, **old))
    rewrite(actor, project, tags, wanted)
    return len(places) - len(tags)


def _tell(actor: Actor, kind: str, row: Import, findings: Findings) -> None:
    mine = (
        select(Track.media_file_id)
        .join(TrackAuthor, TrackAuthor.track_id == Track.id)
        .join(Batch, Batch.track_author_id == TrackAuthor.id)
        .where(Batch.import_id == row.id)
        .distinct()
        .limit(MOST_NAMED + 1)
    )
    touched = db.session.scalars(mine).all()
    after: dict[str, Any] = {"id": row.id, "tags": findings.added}
    if len(touched) <= MOST_NAMED:
        after["media_file_ids"] = sorted(touched)
    events.record(actor, kind, project=row.project, after=after)
