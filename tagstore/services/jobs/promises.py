"""The promise of a job: a row, written with the change that wants the work."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tagstore import clock
from tagstore.db import after_commit, db, take_turn
from tagstore.errors import Conflict, NotFound
from tagstore.models import Job, MediaFile, Project
from tagstore.services import events
from tagstore.services.access import Can, may, require, require_admin
from tagstore.services.jobs import queue
from tagstore.values import OPEN_JOB_STATES, SYSTEM, Actor

Work = TypeVar("Work", bound=Callable[..., None])

REGISTRY: dict[str, Callable[..., None]] = {}
"""The functions that a job may name. Each takes its Progress first, then plain values."""


def job(function: Work) -> Work:
    """Let a function be promised; it must have a name of its own."""
    if function.__name__ in REGISTRY:
        raise ValueError(f"There are two jobs named {function.__name__}.")
    REGISTRY[function.__name__] = function
    return function


def later(
    function: Callable[..., None],
    *,
    sameness: str | None = None,
    priority: int = 0,
    media_file: MediaFile | None = None,
    project: Project | None = None,
    **arguments: Any,
) -> int:
    """Promise to call the function with plain arguments, and return the promise's number.

    While a promise of the same `sameness` is open, that one is returned instead. Kept or
    undone with the transaction; handed to a worker once it is kept.
    """
    promise = Job(
        function=function.__name__,
        arguments=arguments,
        sameness=sameness,
        priority=priority,
        media_file_id=media_file.id if media_file else None,
        project_id=media_file.project_id if media_file else project.id if project else None,
    )
    try:
        with db.session.begin_nested():
            db.session.add(promise)
    except IntegrityError:
        return db.session.scalars(
            select(Job.id).where(Job.sameness == sameness, Job.state.in_(OPEN_JOB_STATES))
        ).one()
    job_id = promise.id
    after_commit(lambda: queue.hand_over(job_id, priority))
    return job_id


def is_promised(sameness: str) -> bool:
    """Tell whether a promise of this sameness is open."""
    found = select(Job.id).where(Job.sameness == sameness, Job.state.in_(OPEN_JOB_STATES))
    return db.session.scalar(found) is not None


def get_job(actor: Actor, job_id: int) -> Job:
    """Return a promise; who may see its project may see it, administrators every one."""
    promise = db.session.get(Job, job_id)
    project = db.session.get(Project, promise.project_id or 0) if promise else None
    is_seen = may(actor, Can.SEE, project) if project else actor.is_admin
    if promise is None or not is_seen:
        raise NotFound("No such job.")
    return promise


def cancel(actor: Actor, job_id: int) -> Job:
    """Take a promise back; one that runs stops at its next report."""
    promise = _managed(actor, job_id)
    if not promise.is_open:
        raise Conflict("That job has ended already.")
    promise.state, promise.finished_at = "cancelled", clock.now()
    record("job.cancelled", promise)
    return promise


def retry(actor: Actor, job_id: int) -> Job:
    """Promise once more what failed, or was taken back before it was begun."""
    promise = _managed(actor, job_id)
    if not promise.may_be_retried:
        raise Conflict("Only a job that failed, or was cancelled before it began, is tried again.")
    try:
        with db.session.begin_nested():
            promise.state, promise.tries, promise.progress = "waiting", 0, 0.0
            promise.message, promise.run_after = "", clock.now()
            promise.started_at = promise.finished_at = None
    except IntegrityError as error:
        raise Conflict("The same work has been promised again already.") from error
    priority = promise.priority
    after_commit(lambda: queue.hand_over(job_id, priority))
    record("job.retried", promise)
    return promise


def _managed(actor: Actor, job_id: int) -> Job:
    """Return a promise as it is now, which nobody ends meanwhile, if the actor may change it."""
    promise = get_job(actor, job_id)
    if promise.project_id is None:
        require_admin(actor)
    else:
        require(actor, Can.MANAGE, db.session.get(Project, promise.project_id))
        take_turn(promise.project_id)
    db.session.refresh(promise, with_for_update=True)
    return promise


def record(kind: str, promise: Job) -> None:
    """Write down what became of a promise, on its media file where it has one."""
    if promise.media_file_id is None:
        return
    media_file = db.session.get(MediaFile, promise.media_file_id)
    after = {
        "id": promise.id,
        "function": promise.function,
        "progress": promise.progress,
        "message": promise.message,
    }
    events.record(SYSTEM, kind, media_file=media_file, after=after)
