"""How long events are kept, and up to where they are forgotten."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from tagstore import clock
from tagstore.db import db
from tagstore.errors import Gone
from tagstore.models import Event
from tagstore.services.events.recording import record
from tagstore.values import SYSTEM

KEPT = timedelta(days=90)
FORGOTTEN = "events.forgotten"
"""The event that says up to which number events are no longer kept; the newest one holds."""
AT_ONCE = 2000


def forget_old() -> bool:
    """Remove some of the events that are older than 90 days; False when there were none."""
    old = select(Event.seq).where(Event.at < clock.now() - KEPT, Event.kind != FORGOTTEN)
    seqs = db.session.scalars(old.order_by(Event.seq).limit(AT_ONCE)).all()
    if not seqs:
        return False
    up_to = max(seqs[-1], forgotten())
    is_mark = Event.project_id.is_(None) & (Event.kind == FORGOTTEN)
    db.session.execute(delete(Event).where(is_mark | Event.seq.in_(seqs)))
    record(SYSTEM, FORGOTTEN, after={"up_to": up_to})
    return True


def forgotten() -> int:
    """Return the number up to which events may be missing because of their age."""
    after: dict[str, Any] | None = db.session.scalar(
        select(Event.after)
        .where(Event.project_id.is_(None), Event.kind == FORGOTTEN)
        .order_by(Event.seq.desc())
        .limit(1)
    )
    return int(after["up_to"]) if after else 0


def check_kept(seq: int) -> None:
    """Raise unless everything that happened after this event is kept."""
    if seq < forgotten():
        raise Gone("What happened since then is no longer kept. Load everything, then begin anew.")
