"""What tables and indexes weigh, how deep they are, and what keeping them costs."""

import math
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tagstore.config import Settings
from tagstore.services.backups import copying, snapshots

PAGE = 8192
"""The bytes of a page of PostgreSQL's."""
GIB = 2**30
SHOWN = ("tag", "tag_count", "tag_word")
AROUND = ("media_file", "track", "track_author", "batch", "batch_source")
MOST_COPIED = 150_000
"""Up to so many tags PostgreSQL is copied row by row: more takes minutes."""
LINEAR = ("VACUUM", "making an index", "reading all", "copying as flask backup", "looking whether")

SQLITE_SIZES = """
SELECT m.tbl_name, s.name, sum(s.pgsize), count(*), sum(s.pagetype = 'internal'),
       max(CASE WHEN s.pagetype <> 'overflow' THEN length(s.path) END)
FROM dbstat AS s JOIN sqlite_master AS m ON m.name = s.name GROUP BY 1, 2
"""
POSTGRESQL_SIZES = """
SELECT t.relname, c.relname,
       CASE c.relkind WHEN 'r' THEN pg_table_size(c.oid) ELSE pg_relation_size(c.oid) END,
       c.relkind::text, pg_relation_filepath(c.oid)
FROM pg_class AS c LEFT JOIN pg_index AS i ON i.indexrelid = c.oid
JOIN pg_class AS t ON t.oid = coalesce(i.indrelid, c.oid)
WHERE c.relkind IN ('r', 'i') AND c.relnamespace = 'public'::regnamespace
"""
LEVEL = "SELECT get_byte(pg_read_binary_file(%s, 36, 1), 0)"
"""The level of the root, from the first page of a tree: after a header and three numbers."""
INNER = """
SELECT count(*) FROM generate_series(1, %s) AS page
WHERE get_byte(pg_read_binary_file(%s, page * 8192 + 8184, 1), 0) > 0
"""
"""How many pages are above the leaves, by what stands 8 bytes before the end of each."""

EVENTS = """
SELECT avg(pg_column_size(event.*)) FILTER (WHERE json_array_length(after -> 'ids') = 1),
       max(pg_column_size(after))
FROM event WHERE kind = 'tag.added'
"""
VACUUM = "VACUUM (FREEZE, ANALYZE, DISABLE_PAGE_SKIPPING)"
NEW_INDEX = "CREATE INDEX growth ON tag (media_file_id, span_level, start_s)"


@dataclass(frozen=True)
class Size:
    """The bytes of a table or index; its pages, those above its leaves, and levels, if a tree."""

    table: str
    bytes: int
    pages: int = 0
    inner: int = 0
    levels: int = 0

    @property
    def fan_out(self) -> float:
        """How many pages one above them names, on average."""
        return self.pages / self.inner


Sizes = dict[str, Size]


def sizes(settings: Settings) -> Sizes:
    """Return what each table and index weighs now, by name."""
    if not settings.database_url:
        with closing(sqlite3.connect(settings.data_dir / "tagstore.db")) as connection:
            found = connection.execute(SQLITE_SIZES).fetchall()
        # The path of a page has four characters more for every level.
        return {
            name: Size(table, size, pages, inner, length // 4 + 1)
            for table, name, size, pages, inner, length in found
        }
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        return {
            name: Size(table, size) if kind == "r" else _tree(connection, table, size, path)
            for table, name, size, kind, path in connection.execute(POSTGRESQL_SIZES).fetchall()
        }


def _tree(connection: psycopg.Connection[Any], table: str, size: int, path: str) -> Size:
    pages = size // PAGE
    level = connection.execute(LEVEL, [path]).fetchone()[0]
    inner = connection.execute(INNER, [pages - 1, path]).fetchone()[0]
    return Size(table, size, pages, inner, level + 1)


def upkeep(settings: Settings, count: int) -> dict[str, float]:
    """Return the seconds of what looks at every tag, and leave the store as it was."""
    with tempfile.TemporaryDirectory(dir=settings.data_dir) as name:
        target = Path(name, "copy")
        if settings.database_url:
            with psycopg.connect(settings.database_url, autocommit=True) as server:
                return _upkeep_of_postgresql(server, target if count <= MOST_COPIED else None)
        database = settings.data_dir / "tagstore.db"
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            copied_s = _timed(lambda: snapshots.copy(database, target, lambda size: None))
            indexed_s = _timed(lambda: connection.execute(NEW_INDEX))
            connection.execute("DROP INDEX growth")
            return {
                "copying as flask backup does, s": copied_s,
                "making an index, s": indexed_s,
            }


def _upkeep_of_postgresql(server: psycopg.Connection[Any], target: Path | None) -> dict[str, float]:
    found = {
        "VACUUM of all, s": _timed(lambda: server.execute(VACUUM)),
        "making an index, s": _timed(lambda: server.execute(NEW_INDEX)),
        "reading all tags out by COPY, s": _timed(lambda: _read_out(server)),
    }
    server.execute("DROP INDEX growth")
    if target is not None:
        found["copying as flask backup does, s"] = _timed(lambda: copying.export(target))
    return found


def events(settings: Settings, bulk: int) -> dict[str, float]:
    """Return the bytes of events of single tags, and of one of many for each of its tags."""
    with psycopg.connect(settings.database_url) as server:
        one, many = server.execute(EVENTS).fetchone()
    return {"event of one tag, bytes": float(one), "event of many, bytes a tag": many / bulk}


def _read_out(server: psycopg.Connection[Any]) -> None:
    with server.cursor().copy("COPY tag TO STDOUT") as copy:
        for _ in copy:
            pass


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


@dataclass
class History:
    """What a store weighed at each step: with so many tags, in so many hours."""

    goal: int
    sizes: list[Sizes] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    hours: list[int] = field(default_factory=list)

    def lines(self) -> list[tuple[str, list[float], str]]:
        """Return what is weighed, bytes a tag or levels at each step, and what is reckoned."""
        last = self.sizes[-1]
        heavy = {name for name, size in last.items() if size.bytes >= self.counts[-1]}
        shown = {name: [name] for name in last if name in heavy and last[name].table in SHOWN}
        shown["tags, words, counts and all their indexes"] = list(shown)
        lines = [
            (f"{what}, bytes a tag", self._each(names), f"{self._reckoned(names) / GIB:,.4g} GiB")
            for what, names in shown.items()
        ]
        around = [name for name, size in last.items() if size.table in AROUND]
        of_hours = [
            sum(each[name].bytes for name in around) / hours
            for each, hours in zip(self.sizes, self.hours, strict=True)
        ]
        reckoned = f"{self._reckoned(around) / GIB:,.4g} GiB"
        lines.append(("files, tracks and batches, bytes an hour", of_hours, reckoned))
        inner = sum(
            self._reckoned([name]) / last[name].fan_out
            for (name,) in list(shown.values())[:-1]
            if last[name].inner
        )
        lines.append(("pages above the leaves of these", [], f"{inner / GIB:,.3g} GiB"))
        return [*lines, *self._depths()]

    def deeper(self) -> float:
        """Return how many times as deep the deepest index of tags will be."""
        trees = [name for name, size in self.sizes[-1].items() if size.table == "tag"]
        now = max(self.sizes[-1][name].levels for name in trees)
        return max(self._levels(name) for name in trees if self.sizes[-1][name].inner) / now

    def _depths(self) -> Iterator[tuple[str, list[float], str]]:
        for name, size in self.sizes[-1].items():
            if size.table == "tag" and size.inner:
                levels = [float(each[name].levels) for each in self.sizes]
                reckoned = f"{self._levels(name)}, {size.fan_out:.0f} to a page"
                yield f"{name}, levels", levels, reckoned

    def _each(self, names: Sequence[str]) -> list[float]:
        return [
            sum(each[name].bytes for name in names) / count
            for each, count in zip(self.sizes, self.counts, strict=True)
        ]

    def _reckoned(self, names: Sequence[str]) -> float:
        """Return the bytes at the goal, if each further tag weighs what the last ones did."""
        before, now = (sum(each[name].bytes for name in names) for each in self.sizes[-2:])
        each = (now - before) / (self.counts[-1] - self.counts[-2])
        return now + each * (self.goal - self.counts[-1])

    def _levels(self, name: str) -> int:
        """Return the levels at the goal: one of leaves, and above as many as their pages need."""
        size = self.sizes[-1][name]
        leaves = self._reckoned([name]) / (size.bytes / size.pages)
        return 1 + math.ceil(math.log(leaves) / math.log(size.fan_out))
