"""Writing down what happens, in the transaction in which it happens."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol, cast

import structlog
from sqlalchemy import Table, and_, select

from tagstore import clock, metrics
from tagstore.db import after_commit, db, take_turn
from tagstore.models import Event, Project
from tagstore.services.access import Guarded
from tagstore.services.events.ringing import bell
from tagstore.services.rows import insertion, write
from tagstore.values import Actor

EVENT = cast(Table, Event.__table__)
CHANGES = {f"tag.{change}": change for change in ("added", "edited", "deleted", "restored")}
"""The kinds of events that name the tags they are about."""


class Placed(Protocol):
    """A media file, or as much of it as says where something happened."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def project_id(self) -> int:
        """The number of its project."""


def record(
    actor: Actor,
    kind: str,
    *,
    project: Guarded | None = None,
    media_file: Placed | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write down what happened, in the transaction in which it happens.

    Events of a project are numbered in turns, so that none appears behind a later one.
    """
    project_id = media_file.project_id if media_file else project.id if project else None
    take_turn(project_id)
    written = {
        "at": clock.now(),
        "project_id": project_id,
        "media_file_id": media_file.id if media_file else None,
        "actor_id": actor.user_id,
        "actor_name": actor.name,
        "kind": kind,
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
        "before": before,
        "after": after,
    }
    write(insertion(EVENT), EVENT, {name: [value] for name, value in written.items()})
    after_commit(bell.ring)
    if kind in CHANGES and after is not None:
        after_commit(partial(metrics.count_tags, CHANGES[kind], len(after["ids"])))


def latest(project: Project, most: int = 20) -> Sequence[Event]:
    """Return what people did last in a project, newest first, without the work of jobs."""
    by_people = and_(~Event.kind.startswith("job."), Event.kind != "media.pictures")
    return db.session.scalars(
        select(Event)
        .where(Event.project_id == project.id, by_people)
        .order_by(Event.seq.desc())
        .limit(most)
    ).all()
