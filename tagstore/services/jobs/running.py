"""The worker's side of a job: claim it, run it, say how far it is and how it ended."""

import os
import socket
import threading
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import and_, or_, select, update

from tagstore import clock
from tagstore.db import db, transaction
from tagstore.errors import Invalid, NotFound, TagstoreError, Unreadable
from tagstore.models import Job
from tagstore.services.jobs import queue
from tagstore.services.jobs.promises import REGISTRY, record

LEASE = timedelta(seconds=30)
MOST_TRIES = 3
BACKOFF_S = 5
TELL_EVERY_S = 1.0
AT_ONCE = 200
HOLDER = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
LASTING = (Unreadable, NotFound, Invalid)
"""What another try would meet again."""

log = structlog.get_logger()
stopping = threading.Event()
_running: set[int] = set()


class Ended(BaseException):
    """The job is to stop: taken back, taken over, or the worker shuts down."""


@dataclass(frozen=True)
class Claim:
    """A job that this process holds."""

    function: str
    arguments: dict[str, Any]
    tries: int


class Progress:
    """How a job says how far it is, which also is how it learns that it is to stop."""

    def __init__(self, job_id: int) -> None:
        self._job_id = job_id
        self._told_at = time.monotonic()

    def report(self, share: float, message: str = "") -> None:
        """Tell how much is done, 0 to 1; written at most once a second."""
        if stopping.is_set():
            raise Ended
        if time.monotonic() - self._told_at < TELL_EVERY_S:
            return
        self._told_at = time.monotonic()
        with transaction(writing=True):
            promise = _held(self._job_id)
            if promise is None:
                raise Ended
            promise.progress, promise.message = min(max(share, 0.0), 1.0), message
            promise.lease_until = clock.now() + LEASE
            record("job.progress", promise)


def run(job_id: int) -> None:
    """Do a promised job if it is free; whatever happens is written down."""
    claim = _claim(job_id)
    if claim is None:
        return
    _running.add(job_id)
    try:
        REGISTRY[claim.function](Progress(job_id), **claim.arguments)
    except Ended:
        _let_go(job_id)
    except Exception as error:
        if stopping.is_set():
            _let_go(job_id)
        else:
            _fail(job_id, claim, error)
    else:
        _finish(job_id)
    finally:
        _running.discard(job_id)


def sweep() -> None:
    """Keep what runs here; hand over what was promised but lost, or whose worker died."""
    if _running:
        _renew()
    now = clock.now()
    due = and_(Job.state == "waiting", Job.run_after <= now)
    dead = and_(Job.state == "running", Job.lease_until < now)
    with transaction(writing=False):
        lost = db.session.scalars(select(Job.id).where(dead).limit(AT_ONCE)).all()
        idle = queue.waiting() == 0
        order = (Job.priority.desc(), Job.id)
        free = db.session.execute(
            select(Job.id, Job.priority).where(due).order_by(*order).limit(AT_ONCE)
        ).all()
    for job_id in lost:
        _bury(job_id)
    for job_id, priority in free if idle else ():
        queue.hand_over(job_id, priority)


def busy() -> bool:
    """Tell whether a job runs in this process."""
    return bool(_running)


def let_all_go() -> None:
    """Give back what this process holds, so that another worker need not wait for the lease."""
    for job_id in list(_running):
        _let_go(job_id)


def _claim(job_id: int) -> Claim | None:
    """Take the job if nobody holds it, in a short transaction of its own."""
    now = clock.now()
    due = and_(Job.state == "waiting", Job.run_after <= now)
    dead = and_(Job.state == "running", Job.lease_until < now)
    with transaction(writing=True):
        row = db.session.execute(
            update(Job)
            .where(Job.id == job_id, or_(due, dead))
            .values(
                state="running",
                holder=HOLDER,
                lease_until=now + LEASE,
                tries=Job.tries + 1,
                started_at=now,
                progress=0.0,
                message="",
            )
            .returning(Job.function, Job.arguments, Job.tries)
        ).one_or_none()
    return None if row is None else Claim(row.function, row.arguments, row.tries)


def _held(job_id: int) -> Job | None:
    """Return the job if this process still holds it."""
    held = select(Job).where(Job.id == job_id, Job.state == "running", Job.holder == HOLDER)
    return db.session.scalar(held.with_for_update())


def _renew() -> None:
    with transaction(writing=True):
        db.session.execute(
            update(Job)
            .where(Job.id.in_(list(_running)), Job.holder == HOLDER, Job.state == "running")
            .values(lease_until=clock.now() + LEASE)
        )


def _finish(job_id: int) -> None:
    with transaction(writing=True):
        promise = _held(job_id)
        if promise is not None:
            promise.state, promise.progress, promise.message = "done", 1.0, ""
            promise.finished_at, promise.lease_until = clock.now(), None
            record("job.done", promise)


def _let_go(job_id: int) -> None:
    """Leave the job to whoever comes next, as if it had not been begun."""
    with transaction(writing=True):
        promise = _held(job_id)
        if promise is not None:
            promise.state, promise.tries = "waiting", promise.tries - 1
            promise.holder = promise.lease_until = None


def _fail(job_id: int, claim: Claim, error: Exception) -> None:
    """Write down why, and try again later unless that would be no use."""
    if isinstance(error, TagstoreError):
        message = error.message
        log.warning("job failed", job=job_id, function=claim.function, reason=message)
    else:
        message = f"{type(error).__name__}: {error}"
        log.error("job failed", job=job_id, function=claim.function, exc_info=error)
    again = claim.tries < MOST_TRIES and not isinstance(error, LASTING)
    with transaction(writing=True):
        promise = _held(job_id)
        if promise is not None:
            _end(promise, message, again=again)


def _bury(job_id: int) -> None:
    """Free a job whose worker died; the third such death is its last."""
    with transaction(writing=True):
        promise = db.session.scalar(
            select(Job)
            .where(Job.id == job_id, Job.state == "running", Job.lease_until < clock.now())
            .with_for_update()
        )
        if promise is not None:
            again = promise.tries < MOST_TRIES
            _end(promise, "The worker stopped in the middle of it.", again=again)


def _end(promise: Job, message: str, *, again: bool) -> None:
    promise.message = message
    promise.holder = promise.lease_until = None
    if again:
        promise.state = "waiting"
        promise.run_after = clock.now() + timedelta(seconds=BACKOFF_S * 4 ** (promise.tries - 1))
        record("job.progress", promise)
    else:
        promise.state, promise.finished_at = "failed", clock.now()
        record("job.failed", promise)
