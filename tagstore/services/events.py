"""What happened: recorded with the change itself, followed live by whoever listens."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from tagstore.db import after_commit, db, transaction
from tagstore.models import Event, MediaFile, Project
from tagstore.values import Actor

KEEP_ALIVE_S = 15.0
LOOK_S = 0.05
AT_ONCE = 500

log = structlog.get_logger()


class Bell:
    """Rings when something was committed; waiters never miss a ring."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.rings = 0

    def ring(self) -> None:
        """Wake everyone who waits."""
        with self._changed:
            self.rings += 1
            self._changed.notify_all()

    def wait(self, heard: int, timeout_s: float) -> int:
        """Return the number of rings as soon as it differs from those heard, or in time."""
        with self._changed:
            self._changed.wait_for(lambda: self.rings != heard, timeout_s)
            return self.rings


bell = Bell()


@dataclass(frozen=True)
class News:
    """One event as its followers read it."""

    seq: int
    kind: str
    project_id: int | None
    media_file_id: int | None
    actor_name: str
    at: Any
    request_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def record(
    actor: Actor,
    kind: str,
    *,
    project: Project | None = None,
    media_file: MediaFile | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write down what happened, in the transaction in which it happens."""
    db.session.add(
        Event(
            project_id=media_file.project_id if media_file else project.id if project else None,
            media_file_id=media_file.id if media_file else None,
            actor_id=actor.user_id,
            actor_name=actor.name,
            kind=kind,
            request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
            before=before,
            after=after,
        )
    )
    after_commit(bell.ring)


def latest(project: Project, most: int = 20) -> Sequence[Event]:
    """Return what people did last in a project, newest first, without the work of jobs."""
    by_people = and_(~Event.kind.startswith("job."), Event.kind != "media.pictures")
    return db.session.scalars(
        select(Event)
        .where(Event.project_id == project.id, by_people)
        .order_by(Event.seq.desc())
        .limit(most)
    ).all()


def about_media_file(media_file_id: int, project_id: int) -> ColumnElement[bool]:
    """Return the condition for events that concern a media file, bulks over many included."""
    return or_(
        Event.media_file_id == media_file_id,
        and_(
            Event.project_id == project_id,
            Event.media_file_id.is_(None),
            Event.kind.startswith("tag."),
        ),
    )


def about_project(project_id: int) -> ColumnElement[bool]:
    """Return the condition for events that concern a project or anything in it."""
    return Event.project_id == project_id


def last_seq() -> int:
    """Return the number of the newest event."""
    return db.session.scalar(select(func.max(Event.seq))) or 0


def follow(condition: ColumnElement[bool], seq: int) -> Iterator[News | None]:
    """Yield every event after `seq` as it is committed, and None when it is long quiet.

    The session is held only while looking; what is yielded is plain.
    """
    while True:
        heard = bell.rings
        found = _after(condition, seq)
        for news in found:
            seq = news.seq
            yield news
        if not found and bell.wait(heard, KEEP_ALIVE_S) == heard:
            yield None


def _after(condition: ColumnElement[bool], seq: int) -> list[News]:
    with transaction(writing=False):
        rows = db.session.execute(
            select(
                Event.seq,
                Event.kind,
                Event.project_id,
                Event.media_file_id,
                Event.actor_name,
                Event.at,
                Event.request_id,
                Event.before,
                Event.after,
            )
            .where(condition, Event.seq > seq)
            .order_by(Event.seq)
            .limit(AT_ONCE)
        ).all()
    return [News(*row) for row in rows]


def watch(stop: threading.Event) -> None:
    """Ring this process's bell for what other processes commit, until told to stop."""
    seen = None
    while not stop.wait(LOOK_S):
        try:
            with transaction(writing=False):
                now = last_seq()
        except SQLAlchemyError as error:
            log.warning("cannot look for events", exc_info=error)
            continue
        if seen is not None and now != seen:
            bell.ring()
        seen = now
