"""Thousands of tags in one request on PostgreSQL, against a bare COPY of the very same rows."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import JSON

from benchmarks._table import show
from benchmarks.bulk import BULKS, furnish, post
from tagstore.config import Settings
from tagstore.db import Base
from tests import server
from tests.postgres import PostgresServer

ROUNDS = 5
TABLES = ("track", "track_author", "batch", "batch_source", "tag", "event")
"""Tables that get new rows, in the order of what refers to what."""

GROWING = {"tag": "id", "event": "seq"}
"""Those of them that only grow, by their numbers."""

COUNTS = "tag_count"
COUNT = """
INSERT INTO tag_count VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (media_file_id, bin, batch_id, source, tag_class_id) DO UPDATE SET tags = excluded.tags
"""

Rows = list[tuple[Any, ...]]
Connection = psycopg.Connection[tuple[Any, ...]]


def columns_of(name: str) -> sql.Composed:
    """Return the columns of a table, documents as the text that COPY takes."""
    return sql.SQL(", ").join(
        sql.SQL("{}::text").format(sql.Identifier(column.name))
        if isinstance(column.type, JSON)
        else sql.Identifier(column.name)
        for column in Base.metadata.tables[name].columns
    )


def connected(url: str) -> Connection:
    """Connect to a database; transactions are begun by hand."""
    return psycopg.connect(url, autocommit=True)


def rows_of(connection: Connection, name: str, after: int | None) -> Rows:
    """Return the rows of a table, those beyond a number if it is one that only grows."""
    query = sql.SQL("SELECT {} FROM {}").format(columns_of(name), sql.Identifier(name))
    if after is not None:
        query += sql.SQL(" WHERE {} > {}").format(sql.Identifier(GROWING[name]), after)
    return connection.execute(query).fetchall()


def last_of(connection: Connection, name: str) -> int | None:
    """Return the last number of a table that only grows."""
    if name not in GROWING:
        return None
    words = sql.SQL("SELECT coalesce(max({}), 0) FROM {}")
    query = words.format(sql.Identifier(GROWING[name]), sql.Identifier(name))
    return int(connection.execute(query).fetchall()[0][0])


def written(ours: Connection, bare: Connection) -> dict[str, Rows]:
    """Return the rows that the one database has and the other has not, by table."""
    found = {}
    for name in (*TABLES, COUNTS):
        last = last_of(bare, name)
        known = set(map(repr, rows_of(bare, name, last)))
        found[name] = [row for row in rows_of(ours, name, last) if repr(row) not in known]
    return found


def copy(connection: Connection, work: dict[str, Rows]) -> float:
    """Write the rows in one transaction and return the seconds it took."""
    began = time.perf_counter()
    with connection.transaction(), connection.cursor() as cursor:
        for name in TABLES:
            columns = sql.SQL(", ").join(map(sql.Identifier, Base.metadata.tables[name].c.keys()))
            into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), columns)
            with cursor.copy(into) as lines:
                for row in work[name]:
                    lines.write_row(row)
        cursor.executemany(COUNT, work[COUNTS])
    return time.perf_counter() - began


def measure(folder: Path, postgres: PostgresServer) -> Iterator[dict[str, Any]]:
    """Yield what each way took, in milliseconds: the medians of some rounds."""
    url = postgres.make("ours", template="template0")
    needed = furnish(folder, url)
    bare_url = postgres.make("bare", template="ours")
    with connected(url) as ours, connected(bare_url) as bare:
        running = server.start_on(Settings(folder, database_url=url), "--no-worker")
        try:
            for name, (path, kind, word, tags) in BULKS.items():
                rounds = []
                for number in range(ROUNDS):
                    body = word({**needed, "round": f"{name} {number}"}, tags)
                    took = post(running.address, needed, path, kind, body)
                    work = written(ours, bare)
                    if len(work["tag"]) != tags:
                        raise RuntimeError("not all tags are there")
                    rounds.append((took, copy(bare, work)))
                bulk_s, bare_s = map(statistics.median, zip(*rounds, strict=True))
                yield {
                    "tags by": name,
                    "bulk ms": bulk_s * 1000,
                    "COPY ms": bare_s * 1000,
                    "bulk is × COPY": statistics.median(took / each for took, each in rounds),
                    "at most": 3,
                }
        finally:
            running.stop()


def main() -> None:
    """Measure some rounds of each way and show their medians."""
    postgres = PostgresServer()
    try:
        with tempfile.TemporaryDirectory() as folder:
            show("bulk_postgres", list(measure(Path(folder), postgres)))
    finally:
        postgres.destroy()


if __name__ == "__main__":
    main()
