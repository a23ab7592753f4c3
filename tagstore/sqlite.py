"""How SQLite is used: savepoints that hold, and one fair write lock for the whole machine.

SQLite 3.7.0 to 3.51.2 can corrupt a WAL database when one connection commits while another
checkpoints. Every write and every checkpoint therefore happens under the write lock, and
SQLite's own checkpoints are off, whatever the version.
"""

import fcntl
import os
import sqlite3
import threading
from collections import deque
from contextvars import ContextVar
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from tagstore.errors import Busy

COMMITS_PER_CHECKPOINT = 64
WAIT_S = 30.0


class Intent(StrEnum):
    """What a transaction is for, said before it begins."""

    READ = "read"
    """It sees one moment and cannot write."""
    WRITE = "write"
    """It takes the write lock before it reads anything."""


intent: ContextVar[Intent] = ContextVar("intent", default=Intent.READ)
_held: ContextVar["WriteLock | None"] = ContextVar("held", default=None)


class WriteLock:
    """First come, first served: among threads by a queue, among processes by a turnstile.

    A process that wants the lock first takes the turnstile file and keeps it until it has
    the lock file, so that the process which just released the lock queues behind it.
    """

    def __init__(self, database: Path) -> None:
        self.database = database
        self._mutex = threading.Lock()
        self._queue: deque[threading.Event] = deque()
        self._files: tuple[int, int] | None = None
        self._pid = 0
        self._commits = 0

    def acquire(self) -> None:
        """Wait for one's turn; `Busy` when it does not come within WAIT_S."""
        turn = threading.Event()
        with self._mutex:
            self._queue.append(turn)
            if self._queue[0] is turn:
                turn.set()
        if not turn.wait(WAIT_S):
            self._leave(turn)
            raise Busy("The store is busy with other writes. Nothing was changed; try again.")
        turnstile, lock = self._open()
        fcntl.flock(turnstile, fcntl.LOCK_EX)
        fcntl.flock(lock, fcntl.LOCK_EX)
        fcntl.flock(turnstile, fcntl.LOCK_UN)

    def release(self) -> None:
        """Checkpoint when it is time, and let the next one in."""
        try:
            self._commits += 1
            if self._commits % COMMITS_PER_CHECKPOINT == 0:
                self.checkpoint()
        finally:
            fcntl.flock(self._open()[1], fcntl.LOCK_UN)
            with self._mutex:
                self._queue.popleft()
                if self._queue:
                    self._queue[0].set()

    def checkpoint(self) -> None:
        """Move the write-ahead log into the database. Only with the lock held."""
        connection = sqlite3.connect(self.database, isolation_level=None)
        try:
            connection.execute("PRAGMA wal_autocheckpoint=0")
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            connection.close()

    def _leave(self, turn: threading.Event) -> None:
        with self._mutex:
            first = self._queue[0] is turn
            self._queue.remove(turn)
            if first and self._queue:
                self._queue[0].set()

    def _open(self) -> tuple[int, int]:
        """Open the two lock files once per process; a fork must not share them."""
        if self._files is None or self._pid != os.getpid():
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            self._files = (
                os.open(f"{self.database}.turnstile", flags, 0o600),
                os.open(f"{self.database}.lock", flags, 0o600),
            )
            self._pid = os.getpid()
        return self._files


def discipline(engine: Engine) -> None:
    """Make every connection of the engine keep the rules above."""
    lock = WriteLock(Path(str(engine.url.database)))

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "wal_autocheckpoint=0",
            "busy_timeout=10000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if intent.get() is Intent.WRITE:
            if _held.get() is not lock:
                lock.acquire()
                _held.set(lock)
            connection.exec_driver_sql("PRAGMA query_only=0")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("PRAGMA query_only=1")
            connection.exec_driver_sql("BEGIN")


def release() -> None:
    """Give the write lock back if this thread of work holds it."""
    lock = _held.get()
    if lock is not None:
        _held.set(None)
        lock.release()
