"""How the numbers of promised jobs reach a worker: huey, on Redis or on a small SQLite file.

The jobs table is the promise; what is here may be lost at any time, a sweep hands over again.
Only numbers go this way: whoever can write to the queue makes no worker run anything else.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog

from tagstore.services import redis_line
from tagstore.services.depot import depot
from tagstore.services.redis_line import Away, Line

FILE = "queue.db"
FULL = 1000
"""With so many numbers on their way it can wait to be seen which are missing."""

log = structlog.get_logger()


class Queue:
    """Numbers on their way in a storage of huey's; `Away` is raised while that cannot be used."""

    def __init__(self, huey: Any) -> None:
        self.huey = huey

    @contextmanager
    def reached(self) -> Iterator[Any]:
        """Yield the storage."""
        try:
            yield self.huey.storage
        except sqlite3.Error as error:
            raise _spoilt(error) from error

    def put(self, job_id: int, priority: int) -> None:
        """Send a number on its way."""
        with self.reached() as storage:
            storage.enqueue(b"%d" % job_id, priority)

    def take(self) -> int | None:
        """Take the number that comes first; what is none is thrown away."""
        with self.reached() as storage:
            while (data := storage.dequeue()) is not None:
                if data.isdigit():
                    return int(data)
        return None

    def size(self) -> int:
        """Count what is on its way."""
        with self.reached() as storage:
            return int(storage.queue_size())

    def numbers(self, most: int) -> list[int]:
        """Return the numbers that come first."""
        with self.reached() as storage:
            return [int(data) for data in storage.enqueued_items(most) if data.isdigit()]


class RedisQueue(Queue):
    """A queue for the workers of all machines."""

    def __init__(self, line: Line) -> None:
        from huey import PriorityRedisHuey

        self._line = line
        super().__init__(
            PriorityRedisHuey(
                f"tagstore{line.store}", connection_pool=line.pool, blocking=False, results=False
            )
        )

    @contextmanager
    def reached(self) -> Iterator[Any]:
        """Yield the storage."""
        with self._line.asking():
            yield self.huey.storage


def _file_queue(path: Path) -> Queue:
    """Return a queue for the workers of this machine."""
    # Imported here: the web server starts faster, and needs it only once there is work.
    from huey import SqliteHuey

    return Queue(
        SqliteHuey(
            "tagstore", filename=str(path), journal_mode="truncate", fsync=False, results=False
        )
    )


def _spoilt(error: sqlite3.Error) -> Away:
    log.warning("the queue cannot be used", reason=str(error))
    return Away()


def hand_over(job_id: int, priority: int = 0) -> None:
    """Send a job's number to whichever worker is free; the sweep does so again if this fails."""
    with suppress(Away):
        opened().put(job_id, priority)


def lost(jobs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return those of the jobs, numbers and priorities, that are not on their way to a worker."""
    try:
        on_their_way = opened().numbers(FULL)
    except Away:
        return []
    return [] if len(on_their_way) >= FULL else [job for job in jobs if job[0] not in on_their_way]


def take() -> int | None:
    """Take the number that comes first, None where there is none; `Away` if nobody can tell."""
    return opened().take()


def waiting() -> int:
    """Count the numbers that no worker has taken yet."""
    return opened().size()


def opened() -> Queue:
    """Return the queue of this process's store."""
    try:
        return _open(redis_line.line() or depot().settings.data_dir / FILE)
    except sqlite3.Error as error:
        raise _spoilt(error) from error


@lru_cache(maxsize=1)
def _open(place: Line | Path) -> Queue:
    return RedisQueue(place) if isinstance(place, Line) else _file_queue(place)


def mend() -> None:
    """Throw the file away if a power cut has spoilt it."""
    if redis_line.line() is not None:
        return
    path = depot().settings.data_dir / FILE
    try:
        _open(path).huey.storage.queue_size()
    except sqlite3.DatabaseError:
        _open.cache_clear()
        with suppress(FileNotFoundError):
            path.unlink()
