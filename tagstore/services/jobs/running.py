"""The worker's side of a job: claim it, run it, say how far it is and how it ended."""

import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import select, update

from tagstore import clock
from tagstore.db import db, take_turn, transaction
from tagstore.errors import Forbidden, Invalid, NotFound, TagstoreError, TooLarge, Unreadable
from tagstore.models import Job
from tagstore.services.jobs import queue
from tagstore.services.jobs.promises import REGISTRY, record
from tagstore.services.redis_line import Away

LEASE = timedelta(seconds=30)
MOST_TRIES = 3
BACKOFF_S = 5
TELL_EVERY_S = 1.0
AT_ONCE = 200
PROCESS = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
LASTING = (Unreadable, NotFound, Invalid, TooLarge, Forbidden)
"""What another try would meet again."""

log = structlog.get_logger()
stopping = threading.Event()


class Ended(BaseException):
    """The job is to stop: taken back, taken over, or the worker shuts down."""


@dataclass(frozen=True)
class Claim:
    """A job that somebody in this process holds; each claim has a holder's name of its own."""

    job_id: int
    holder: str
    project_id: int | None
    function: str
    arguments: dict[str, Any]
    tries: int


_running: dict[str, Claim] = {}
"""What this process does, by the holder's name."""


class Progress:
    """How a job says how far it is, which also is how it learns that it is to stop."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._told_at = time.monotonic()

    def report(self, share: float, message: str = "") -> None:
        """Tell how much is done, 0 to 1; written at most once a second."""
        if stopping.is_set():
            raise Ended
        if time.monotonic() - self._told_at < TELL_EVERY_S:
            return
        self._told_at = time.monotonic()
        with transaction(writing=True):
            promise = _held(self._claim)
            if promise is None:
                raise Ended
            promise.progress, promise.message = min(max(share, 0.0), 1.0), message
            promise.lease_until = clock.now() + LEASE
            record("job.progress", promise)

    @contextmanager
    def ending(self, failure: str = "") -> Iterator[None]:
        """Do the last of the job in the transaction that says how it ended: both or neither.

        Whoever holds the job no more changes nothing; so what the block does is done once, however
        often the job was begun.
        """
        with transaction(writing=True):
            promise = _held(self._claim)
            if promise is None:
                raise Ended
            yield
            if failure:
                _end(promise, failure, again=False)
            else:
                _succeed(promise)


def work() -> bool:
    """Do the job that comes first, if there is any; out of the table while the queue is away."""
    try:
        job_id = queue.take()
    except Away:
        with transaction(writing=False):
            due = [number for number, _ in _due()]
        return any(map(run, due))
    if job_id is not None:
        run(job_id)
    return job_id is not None


def run(job_id: int) -> bool:
    """Do a promised job if it is free, and return whether it was; what happens is written down."""
    claim = _claim(job_id)
    if claim is None:
        return False
    _running[claim.holder] = claim
    try:
        REGISTRY[claim.function](Progress(claim), **claim.arguments)
    except Ended:
        _let_go(claim)
    except Exception as error:
        if stopping.is_set():
            _let_go(claim)
        else:
            _fail(claim, error)
    else:
        _finish(claim)
    finally:
        del _running[claim.holder]
    return True


def sweep() -> None:
    """Keep what runs here; hand over what was promised but lost, or whose worker died."""
    if _running:
        _renew()
    with transaction(writing=False):
        dead = (Job.state == "running", Job.lease_until < clock.now())
        wanted = select(Job.id, Job.project_id).where(*dead).limit(AT_ONCE)
        orphans, due = db.session.execute(wanted).all(), _due()
    for job_id, project_id in orphans:
        _bury(job_id, project_id)
    for job_id, priority in queue.lost(due):
        queue.hand_over(job_id, priority)


def busy() -> bool:
    """Tell whether a job runs in this process."""
    return bool(_running)


def let_all_go() -> None:
    """Give back what this process holds, so that another worker need not wait for the lease."""
    for claim in list(_running.values()):
        _let_go(claim)


def _due() -> list[tuple[int, int]]:
    """Return numbers and priorities of what could be begun, first things first."""
    found = (
        select(Job.id, Job.priority)
        .where(Job.state == "waiting", Job.run_after <= clock.now())
        .order_by(Job.priority.desc(), Job.id)
        .limit(AT_ONCE)
    )
    return [(job_id, priority) for job_id, priority in db.session.execute(found)]


def _claim(job_id: int) -> Claim | None:
    """Take the job if nobody holds it, in a short transaction of its own."""
    now, holder = clock.now(), f"{PROCESS}:{uuid.uuid4().hex[:12]}"
    with transaction(writing=True):
        row = db.session.execute(
            update(Job)
            .where(Job.id == job_id, Job.state == "waiting", Job.run_after <= now)
            .values(
                state="running",
                holder=holder,
                lease_until=now + LEASE,
                tries=Job.tries + 1,
                started_at=now,
                progress=0.0,
                message="",
            )
            .returning(Job.project_id, Job.function, Job.arguments, Job.tries)
        ).one_or_none()
    return None if row is None else Claim(job_id, holder, *row)


def _held(claim: Claim) -> Job | None:
    """Return the job if it is still held by this claim, for as long as the transaction lasts.

    The project's turn comes first, as it does for whoever else changes jobs and writes events.
    """
    if claim.project_id is not None:
        take_turn(claim.project_id)
    held = (Job.id == claim.job_id, Job.state == "running", Job.holder == claim.holder)
    return db.session.scalar(select(Job).where(*held).with_for_update())


def _renew() -> None:
    with transaction(writing=True):
        db.session.execute(
            update(Job)
            .where(Job.holder.in_(list(_running)), Job.state == "running")
            .values(lease_until=clock.now() + LEASE)
        )


def _finish(claim: Claim) -> None:
    """Say that it is done, unless the job has said so itself."""
    with transaction(writing=True):
        promise = _held(claim)
        if promise is not None:
            _succeed(promise)


def _succeed(promise: Job) -> None:
    promise.state, promise.progress, promise.message = "done", 1.0, ""
    promise.finished_at, promise.lease_until = clock.now(), None
    record("job.done", promise)


def _let_go(claim: Claim) -> None:
    """Leave the job to whoever comes next, as if it had not been begun."""
    with transaction(writing=True):
        promise = _held(claim)
        if promise is not None:
            promise.state, promise.tries = "waiting", promise.tries - 1
            promise.holder = promise.lease_until = None


def _fail(claim: Claim, error: Exception) -> None:
    """Write down why, and try again later unless that would be no use."""
    about = {"job": claim.job_id, "function": claim.function}
    if isinstance(error, TagstoreError):
        message = error.message
        log.warning("job failed", **about, reason=message)
    else:
        message = f"{type(error).__name__}: {error}"
        log.error("job failed", **about, exc_info=error)
    again = claim.tries < MOST_TRIES and not isinstance(error, LASTING)
    with transaction(writing=True):
        promise = _held(claim)
        if promise is not None:
            _end(promise, message, again=again)


def _bury(job_id: int, project_id: int | None) -> None:
    """Free a job whose worker died; the third such death is its last."""
    with transaction(writing=True):
        if project_id is not None:
            take_turn(project_id)
        dead = (Job.id == job_id, Job.state == "running", Job.lease_until < clock.now())
        promise = db.session.scalar(select(Job).where(*dead).with_for_update())
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
