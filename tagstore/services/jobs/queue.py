"""How the numbers of promised jobs reach a worker: huey, on a small SQLite file of its own.

The jobs table is the promise; this file may be lost at any time, a sweep hands over again.
"""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog

from tagstore.services.depot import depot

FILE = "queue.db"

log = structlog.get_logger()

_performers: list[Callable[[int], None]] = []


def perform_with(
    context: Callable[[], AbstractContextManager[Any]], run: Callable[[int], None]
) -> None:
    """Say what this process does with a job's number when it is the worker."""

    def perform(job_id: int) -> None:
        with context():
            run(job_id)

    _performers[:] = [perform]


def hand_over(job_id: int, priority: int = 0) -> None:
    """Send a job's number to whichever worker is free; the sweep does so again if this fails."""
    try:
        opened().task(job_id, priority=priority)
    except sqlite3.Error as error:
        log.warning("a job waits for the sweep", job=job_id, reason=str(error))


def waiting() -> int:
    """Count the numbers that no worker has taken yet."""
    return int(opened().huey.storage.queue_size())


class Queue:
    """A huey instance and its one task."""

    def __init__(self, path: Path) -> None:
        # Imported here: the web server starts faster, and needs it only once there is work.
        from huey import SqliteHuey

        self.huey = SqliteHuey(
            "tagstore", filename=str(path), journal_mode="truncate", fsync=False, results=False
        )
        self.task = self.huey.task(name="perform")(perform)


def opened() -> Queue:
    """Return the queue of this process's data directory."""
    return _open(depot().settings.data_dir / FILE)


@lru_cache(maxsize=1)
def _open(path: Path) -> Queue:
    return Queue(path)


def mend() -> None:
    """Throw the file away if a power cut has spoilt it."""
    path = depot().settings.data_dir / FILE
    try:
        waiting()
    except sqlite3.DatabaseError:
        _open.cache_clear()
        with suppress(FileNotFoundError):
            path.unlink()


def perform(job_id: int) -> None:
    """Do one job; what huey calls in the worker."""
    _performers[0](job_id)
