"""An SQLite file as a backup sees it: copied while in use, looked at, open or not."""

import fcntl
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

COPIED_AT_ONCE = 2000
"""So many pages are copied before anybody is told how far a copy is."""
SHARED_LOCKS = (0x40000002, 510)
"""First byte and length of what SQLite locks while it has a database open."""


def copy(database: Path, target: Path, told: Callable[[int], None]) -> None:
    """Copy one moment of a database that is in use into a new file; nobody has to wait for it.

    The copy reads inside one transaction, so it never checkpoints and takes no lock that a
    writer wants; a log that grows meanwhile is emptied by whoever writes next.
    """
    with (
        closing(sqlite3.connect(database, isolation_level=None)) as source,
        closing(sqlite3.connect(target, isolation_level=None)) as goal,
    ):
        for pragma in ("wal_autocheckpoint=0", "query_only=1", "busy_timeout=10000"):
            source.execute(f"PRAGMA {pragma}")
        goal.execute("PRAGMA synchronous=OFF")
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master")  # From here on it sees one moment.
        page_bytes = source.execute("PRAGMA page_size").fetchone()[0]
        source.backup(
            goal,
            pages=COPIED_AT_ONCE,
            progress=lambda _status, left, pages: told((pages - left) * page_bytes),
        )
        source.execute("COMMIT")
        goal.execute("PRAGMA journal_mode=DELETE")  # The copy is one file.


def faults(database: Path) -> list[str]:
    """Return what SQLite finds wrong with the structure of a file that nobody else uses."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA quick_check(10)")]
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return [] if found == ["ok"] else found


def is_open_elsewhere(database: Path) -> bool:
    """Tell whether another process has the database open, were it only to read."""
    start, length = SHARED_LOCKS
    descriptor = os.open(database, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, length, start)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
