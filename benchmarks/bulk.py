"""Thousands of tags in one request against a bare executemany of the very same rows."""

import contextlib
import http.client
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks._stores import furnished
from benchmarks._table import show
from tests import server

ROUNDS, HOUR_S = 5, 3600.0

Table = dict[tuple[Any, ...], tuple[Any, ...]]
"""Rows by their key."""


def furnish(data_dir: Path, database_url: str = "") -> dict[str, Any]:
    """Make a store with one recording of an hour, and return what a script needs to know."""
    with furnished(data_dir, database_url) as (make, project, token):
        return {
            "project": project.id,
            "mediaFile": make.media_file(project, duration_s=HOUR_S).id,
            "tagSet": make.tag_set(project, "detections").id,
            "tagClass": make.tag_class(project, "wren").id,
            "class": "wren",
            "token": token,
        }


def numbers(tags: int) -> Iterator[dict[str, Any]]:
    """Yield what the detections say, in words of our own."""
    for number in range(tags):
        yield {
            "start_s": round(number * HOUR_S / tags, 3),
            "end_s": round(number * HOUR_S / tags + 0.75, 3),
            "low_hz": 1500 + number % 700,
            "high_hz": 4000 + number % 3000,
            "score": number % 100 / 100,
        }


def arlo(needed: dict[str, Any], tags: int) -> bytes:
    """Word detections as ARLO's clients do."""
    names = ("mediaFile", "tagSet", "tagClass")
    theirs = {
        "start_s": "startTime",
        "end_s": "endTime",
        "low_hz": "minFrequency",
        "high_hz": "maxFrequency",
        "score": "strength",
    }
    return json.dumps(
        [
            {
                **{name: needed[name] for name in names},
                **{theirs[name]: value for name, value in said.items()},
                "machineTagged": True,
            }
            for said in numbers(tags)
        ]
    ).encode()


def lines(needed: dict[str, Any], tags: int) -> bytes:
    """Word detections for our own API, one on each line, with ids that make them known again."""
    common = {"media_id": needed["mediaFile"], "tag_set": "detections", "class": needed["class"]}
    more = {"source": "birdnet", "machine_tagged": True}
    return b"\n".join(
        json.dumps(
            {**common, **said, **more, "external_id": f"{needed['round']}-{number}"}
        ).encode()
        for number, said in enumerate(numbers(tags))
    )


BULKS = {
    "ARLO, 10,000": ("/api/v0/bulkTagCreate/{project}/", "application/json", arlo, 10_000),
    "lines, 10,000": ("/api/v1/tags/bulk", "application/x-ndjson", lines, 10_000),
    "lines, 100,000": ("/api/v1/tags/bulk", "application/x-ndjson", lines, 100_000),
}
"""Where to, as what, worded how, and how many."""


def post(address: str, needed: dict[str, Any], path: str, kind: str, body: bytes) -> float:
    """Post the body on a new connection and return the seconds until the answer was there."""
    host = address.removeprefix("http://")
    headers = {"Content-Type": kind, "Authorization": f"Token {needed['token']}"}
    began = time.perf_counter()
    connection = http.client.HTTPConnection(host, timeout=120)
    connection.request("POST", path.format(**needed), body, headers)
    answer = connection.getresponse()
    data = answer.read()
    took = time.perf_counter() - began
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"a wrong answer: {data[:200]!r}")
    return took


@contextlib.contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database as Python does by default, transactions by hand."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def table(path: Path, name: str) -> tuple[list[str], Table]:
    """Return a table's columns and its rows by primary key."""
    with opened(path) as connection:
        about = connection.execute(f"PRAGMA table_info({name})").fetchall()
        keys = [column[0] for column in about if column[5]]
        rows = connection.execute(f"SELECT * FROM {name}").fetchall()
    return [column[1] for column in about], {tuple(row[key] for key in keys): row for row in rows}


def written(before: Path, after: Path) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """Return the statements, each with its rows, that turn one database into the other."""
    found = []
    for name in ("track", "track_author", "batch", "batch_source", "tag", "tag_count", "event"):
        columns, old = table(before, name)
        _, new = table(after, name)
        rows = [row for key, row in new.items() if old.get(key) != row]
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})"
        if name == "tag_count":
            statement = (
                f"INSERT INTO tag_count ({', '.join(columns)}) VALUES ({marks}) "
                "ON CONFLICT DO UPDATE SET tags = excluded.tags"
            )
        found.append((statement, rows))
    return found


def bare(path: Path, work: list[tuple[str, list[tuple[Any, ...]]]], foreign_keys: str) -> float:
    """Write the rows in one transaction and return the seconds it took, opening left out."""
    with opened(path) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA foreign_keys={foreign_keys}")
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        for statement, rows in work:
            connection.executemany(statement, rows)
        connection.execute("COMMIT")
        return time.perf_counter() - began


def copy(source: Path, target: Path) -> None:
    """Copy a database that is in use."""
    target.unlink(missing_ok=True)
    with opened(source) as old, opened(target) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=WAL")


def measure(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield what each way took, in milliseconds: the medians of some rounds."""
    needed = furnish(folder)
    database = folder / "tagstore.db"
    running = server.start(folder, "--no-worker")
    try:
        for name, (path, kind, word, tags) in BULKS.items():
            rounds = []
            for number in range(ROUNDS):
                body = word({**needed, "round": f"{name} {number}"}, tags)
                before, on, off = (folder / f"{each}.db" for each in ("before", "on", "off"))
                for target in (before, on, off):
                    copy(database, target)
                took = post(running.address, needed, path, kind, body)
                work = written(before, database)
                if sum(len(rows) for statement, rows in work if "INTO tag " in statement) != tags:
                    raise RuntimeError("not all tags are there")
                rounds.append((took, bare(off, work, "OFF"), bare(on, work, "ON")))
            bulk, off_s, on_s = map(statistics.median, zip(*rounds, strict=True))
            yield {
                "tags by": name,
                "bulk ms": bulk * 1000,
                "bare ms": off_s * 1000,
                "bare with foreign keys ms": on_s * 1000,
                "bulk is × bare": statistics.median(took / each for took, each, _ in rounds),
                "× with foreign keys": statistics.median(took / each for took, _, each in rounds),
            }
    finally:
        running.stop()


def main() -> None:
    """Measure some rounds of each way and show their medians."""
    with tempfile.TemporaryDirectory() as folder:
        show("bulk", list(measure(Path(folder))))


if __name__ == "__main__":
    main()
