"""Sorting more than memory should hold: a scratch database on disk that is gone when closed."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from enum import IntEnum
from typing import NamedTuple


class Kind(IntEnum):
    """In which kind of file an entry stands."""

    TAG = 0
    """`tags.json`."""
    TRACK = 1
    """`video-tags-tracks-….json`."""
    OVERLAY = 2
    """`video-tags-overlay-….json`."""


class Entry(NamedTuple):
    """One piece of JSON and where it belongs."""

    kind: Kind
    window: int = 0
    frame: int = 0
    track: str = ""
    json: bytes = b""


class Scratch:
    """Takes entries as they come, and gives them back by file, frame and track."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "CREATE TABLE entry (kind, window, frame, track, json); BEGIN"
        )

    def put(self, entries: Iterable[Entry]) -> None:
        """Take some more entries; those of one place keep the order in which they come."""
        self._connection.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", entries)

    def sorted(self, kind: Kind) -> Iterator[Entry]:
        """Yield all entries of a kind by window, frame and track, and else as they came."""
        rows = self._connection.execute(
            "SELECT kind, window, frame, track, json FROM entry WHERE kind = ?"
            " ORDER BY window, frame, track, rowid",
            [kind],
        )
        return map(Entry._make, rows)


@contextmanager
def scratch() -> Iterator[Scratch]:
    """Open a scratch database that nobody else sees."""
    with closing(sqlite3.connect("", isolation_level=None)) as connection:
        yield Scratch(connection)
