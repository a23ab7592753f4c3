"""How SQLite is used: savepoints that hold, and whoever writes has the write lock."""

import sqlite3
from collections import deque
from collections.abc import Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine, Pool, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from tagstore.intents import Intent, intent
from tagstore.write_lock import CHECKPOINT_BYTES, WriteLock, lock_of

MOST_IDLE = 16
"""So many connections of each kind are kept for later."""

_held: ContextVar[WriteLock | None] = ContextVar("held", default=None)


class Connections(Pool):
    """As many connections as are wanted; those that read are other ones than those that write.

    What SQLite has prepared on a connection it forgets when that is told to read only, or to
    write as well, so each is told once. The one that was used last knows most.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._idle: dict[Intent, deque[ConnectionPoolEntry]] = {each: deque() for each in Intent}
        self._in_use: set[ConnectionPoolEntry] = set()

    def _do_get(self) -> ConnectionPoolEntry:
        purpose = intent.get()
        try:
            entry = self._idle[purpose].pop()
        except IndexError:
            entry = self._create_connection()
            entry.record_info["intent"] = purpose  # type: ignore[index]
        self._in_use.add(entry)
        return entry

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        self._in_use.discard(record)
        idle = self._idle[record.record_info["intent"]]  # type: ignore[index]
        if len(idle) < MOST_IDLE:
            idle.append(record)
        else:
            record.close()

    def checkedout(self) -> int:
        """Return how many connections are in use."""
        return len(self._in_use)

    def recreate(self) -> "Connections":
        """Return such a pool that is empty."""
        return Connections(self._creator, dialect=self._dialect, _dispatch=self.dispatch)

    def dispose(self) -> None:
        """Close what is not in use."""
        for idle in self._idle.values():
            while idle:
                idle.pop().close()


POOL = {"poolclass": Connections}


def discipline(engine: Engine) -> None:
    """Make every connection of the engine keep the rules above."""
    lock = lock_of(Path(str(engine.url.database)).absolute())

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "wal_autocheckpoint=0",
            f"journal_size_limit={CHECKPOINT_BYTES}",
            "busy_timeout=10000",
            f"query_only={intent.get() is not Intent.WRITE}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if intent.get() is Intent.WRITE:
            if _held.get() is not lock:
                lock.acquire()
                _held.set(lock)
            fetch(connection, "BEGIN IMMEDIATE")
        else:
            fetch(connection, "BEGIN")


def fetch(connection: Connection, words: str, values: tuple[Any, ...] = ()) -> list[Any]:
    """Return what one statement gives, past all that SQLAlchemy does for every engine."""
    try:
        return _driver(connection).execute(words, values).fetchall()
    except sqlite3.Error as error:
        raise _told(words, error) from error


def write(connection: Connection, words: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Carry out one statement once a row, just as directly."""
    try:
        _driver(connection).executemany(words, rows)
    except sqlite3.Error as error:
        raise _told(words, error) from error


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast(sqlite3.Connection, connection.connection.driver_connection)


def _told(words: str, error: sqlite3.Error) -> Exception:
    """Return an error as SQLAlchemy tells it, without the values."""
    return DBAPIError.instance(words, None, error, sqlite3.Error, hide_parameters=True)


def release() -> None:
    """Give the write lock back if this thread of work holds it, then wait for the disk.

    SQLite would wait before others may write, and each for itself.
    """
    lock = _held.get()
    if lock is not None:
        _held.set(None)
        lock.release()
        lock.sync()
