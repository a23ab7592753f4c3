"""One fair write lock for a database of SQLite's, for all processes of the machine; and its log.

SQLite 3.7.0 to 3.51.2 can corrupt a WAL database when one connection commits while another
checkpoints. Every write and every checkpoint therefore happens under the write lock, and
SQLite's own checkpoints are off, whatever the version.
"""

import fcntl
import os
import sqlite3
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable
from pathlib import Path

from tagstore import metrics, waiting
from tagstore.errors import Busy

CHECKPOINT_BYTES = 8 * 2**20
"""From this size on, the log is moved into the database, if no reader is in the way."""
LONGEST_LOG_BYTES = 8 * CHECKPOINT_BYTES
"""From this size on, whoever has just written waits for the readers that are in the way."""
FRAME_BYTES = 4096 + 24
"""What one page takes in the log."""
LAST_FRAME_AT = 16
"""Where the log's index has the number of its last frame."""
PATIENCE_MS = 1000
WAIT_S = 30.0
NUMBER_BYTES = 8
"""Where the newest ticket's number stands; the bytes behind are locked, never written."""

_sync = getattr(os, "fdatasync", os.fsync)


class WriteLock:
    """First come, first served: among threads by a queue, among processes by tickets.

    The process whose turn comes among its own threads draws the next number, locks the byte
    of that number in the file of tickets, and waits for the byte of the number before. The
    system unlocks what a killed process held; because such a one may have stood in the middle
    of the line, a second file is locked whole by whoever writes.
    """

    def __init__(self, database: Path, wait_s: float = WAIT_S) -> None:
        self.database = database
        self.wait_s = wait_s
        self._mutex = threading.Lock()
        self._queue: deque[threading.Event] = deque()
        self._files: tuple[int, int] | None = None
        self._pid = 0
        self._ticket = 0
        self._index: int | None = None
        self._forget_index: Callable[[], object] = int
        self._kept = 0
        """How long the log was when readers last kept it."""

    def acquire(self) -> None:
        """Wait for one's turn; `Busy` when it does not come in time."""
        with metrics.time_of_writer():
            self._wait()

    def _wait(self) -> None:
        turn = threading.Event()
        with self._mutex:
            self._queue.append(turn)
            if self._queue[0] is turn:
                turn.set()
        if not turn.is_set():
            waiting.begins()
        if not turn.wait(self.wait_s):
            self._leave(turn)
            raise Busy("The store is busy with other writes. Nothing was changed; try again.")
        try:
            self._wait_for_other_processes()
        except BaseException:
            self._leave(turn)
            raise

    def release(self) -> None:
        """Checkpoint when it is time, and let the next one in."""
        try:
            self._checkpoint_when_due()
        finally:
            fcntl.flock(self._open()[1], fcntl.LOCK_UN)
            self._return_ticket()
            with self._mutex:
                self._queue.popleft()
                if self._queue:
                    self._queue[0].set()

    def sync(self) -> None:
        """Wait until the disk has all that was committed so far."""
        try:
            log = os.open(f"{self.database}-wal", os.O_RDONLY)
        except FileNotFoundError:
            return  # Whoever moved it into the database has waited.
        try:
            _sync(log)
        finally:
            os.close(log)

    def tickets_drawn(self) -> int:
        """Return how often any process asked for the lock."""
        return int.from_bytes(os.pread(self._open()[0], NUMBER_BYTES, 0))

    def checkpoint(self, wait_ms: int) -> bool:
        """Move the write-ahead log into the database and begin it anew. Only with the lock held.

        False when readers still needed the log after the wait; nothing is lost then. The file stays
        as it is: to wait for a disk that writes over something takes half as long.
        """
        connection = sqlite3.connect(self.database, isolation_level=None)
        try:
            connection.execute("PRAGMA wal_autocheckpoint=0")
            connection.execute(f"PRAGMA busy_timeout={wait_ms}")
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
        except sqlite3.Error:
            return False  # What was committed is in the log; the next one tries again.
        finally:
            connection.close()
        return not busy

    def log_bytes(self) -> int:
        """Return how much of the log is in use, as its index says.

        https://www.sqlite.org/walformat.html#the_wal_index_header
        """
        index = self._open_index()
        if index is None:
            return 0
        return int.from_bytes(os.pread(index, 4, LAST_FRAME_AT), sys.byteorder) * FRAME_BYTES

    def _open_index(self) -> int | None:
        """Open the log's index, and leave it open.

        Closing it would unlock all that SQLite has locked in it for this process.
        https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
        """
        path = f"{self.database}-shm"
        try:
            there = os.stat(path)
        except FileNotFoundError:
            return None
        if self._index is None or not os.path.samestat(there, os.fstat(self._index)):
            self._forget_index()  # Of another file, which SQLite has deleted: nobody uses it.
            self._index = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            closing = self._forget_index = weakref.finalize(self, os.close, self._index)
            closing.atexit = False
        return self._index

    def _checkpoint_when_due(self) -> None:
        size = self.log_bytes()
        if size < CHECKPOINT_BYTES:
            self._kept = 0
        elif size >= self._kept + CHECKPOINT_BYTES:
            is_moved = self.checkpoint(PATIENCE_MS if size >= LONGEST_LOG_BYTES else 0)
            self._kept = 0 if is_moved else size

    def _wait_for_other_processes(self) -> None:
        tickets, lock = self._open()
        fcntl.lockf(tickets, fcntl.LOCK_EX, NUMBER_BYTES)
        try:
            ticket = self.tickets_drawn() + 1
            os.pwrite(tickets, ticket.to_bytes(NUMBER_BYTES), 0)
            fcntl.lockf(tickets, fcntl.LOCK_EX, 1, NUMBER_BYTES + ticket)
        finally:
            fcntl.lockf(tickets, fcntl.LOCK_UN, NUMBER_BYTES)
        self._ticket = ticket
        try:
            fcntl.lockf(tickets, fcntl.LOCK_EX, 1, NUMBER_BYTES + ticket - 1)
            fcntl.flock(lock, fcntl.LOCK_EX)
        except BaseException:
            self._return_ticket()
            raise

    def _return_ticket(self) -> None:
        """Unlock its byte and the one before, on which nobody else waits."""
        fcntl.lockf(self._open()[0], fcntl.LOCK_UN, 2, NUMBER_BYTES + self._ticket - 1)

    def _leave(self, turn: threading.Event) -> None:
        """Give up one's place, and one's turn if it has come."""
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
                os.open(f"{self.database}.tickets", flags, 0o600),
                os.open(f"{self.database}.lock", flags, 0o600),
            )
            self._pid = os.getpid()
            for descriptor in self._files:
                weakref.finalize(self, os.close, descriptor)
        return self._files


_locks: weakref.WeakValueDictionary[Path, WriteLock] = weakref.WeakValueDictionary()


def lock_of(database: Path) -> WriteLock:
    """Return the one write lock that a process has for a database."""
    return _locks.setdefault(database, WriteLock(database))
