"""Ten thousand tags in one bulkTagCreate against a bare executemany of the very same rows."""

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

from flask_migrate import upgrade

from benchmarks._table import show
from tagstore import create_app
from tagstore.config import Settings
from tagstore.db import db, transaction
from tagstore.services import users
from tagstore.values import SYSTEM, Role
from tests import server
from tests.make import Make

TAGS, ROUNDS, HOUR_S = 10_000, 7, 3600.0

Table = dict[tuple[Any, ...], tuple[Any, ...]]
"""Rows by their key."""


def furnish(data_dir: Path) -> dict[str, Any]:
    """Make a store with one recording of an hour, and return what a script needs to know."""
    app = create_app(Settings(data_dir=data_dir, log="json"))
    make = Make()
    with app.app_context():
        upgrade()
        with transaction(writing=True):
            project = make.project("frogs", ana=Role.ANNOTATOR)
            needed = {
                "project": project.id,
                "mediaFile": make.media_file(project, duration_s=HOUR_S).id,
                "tagSet": make.tag_set(project).id,
                "tagClass": make.tag_class(project).id,
                "token": make.token(users.get_user(SYSTEM, "ana")),
            }
        db.engine.dispose()
    return needed


def items(needed: dict[str, Any]) -> bytes:
    """Return the body: detections all over the hour, as a classifier writes them."""
    names = ("mediaFile", "tagSet", "tagClass")
    return json.dumps(
        [
            {
                **{name: needed[name] for name in names},
                "startTime": round(number * HOUR_S / TAGS, 3),
                "endTime": round(number * HOUR_S / TAGS + 0.75, 3),
                "minFrequency": 1500 + number % 700,
                "maxFrequency": 4000 + number % 3000,
                "strength": number % 100 / 100,
                "machineTagged": True,
            }
            for number in range(TAGS)
        ]
    ).encode()


def post(address: str, needed: dict[str, Any], body: bytes) -> float:
    """Post the body on a new connection and return the seconds until the answer was there."""
    host = address.removeprefix("http://")
    headers = {"Content-Type": "application/json", "Authorization": f"Token {needed['token']}"}
    began = time.perf_counter()
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.request("POST", f"/api/v0/bulkTagCreate/{needed['project']}/", body, headers)
    answer = connection.getresponse()
    data = answer.read()
    took = time.perf_counter() - began
    connection.close()
    if answer.status != 200 or len(json.loads(data)) != TAGS:
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


def measure(folder: Path) -> list[dict[str, float]]:
    """Return what each round took, in milliseconds."""
    needed = furnish(folder)
    body, database = items(needed), folder / "tagstore.db"
    running = server.start(folder, "--no-worker")
    rounds = []
    try:
        for _ in range(ROUNDS):
            before, on, off = (folder / f"{name}.db" for name in ("before", "on", "off"))
            for target in (before, on, off):
                copy(database, target)
            took = {"bulk": post(running.address, needed, body)}
            work = written(before, database)
            took["bare"] = bare(off, work, "OFF")
            took["bare, foreign keys on"] = bare(on, work, "ON")
            rounds.append({name: seconds * 1000 for name, seconds in took.items()})
    finally:
        running.stop()
    return rounds


def main() -> None:
    """Measure some rounds and show their medians."""
    with tempfile.TemporaryDirectory() as folder:
        rounds = measure(Path(folder))
    medians = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
    rows = [
        {
            "10,000 tags by": name,
            "median ms": median,
            "worst ms": max(each[name] for each in rounds),
            "bulk is × as long": medians["bulk"] / median,
        }
        for name, median in medians.items()
    ]
    show("bulk", rows)


if __name__ == "__main__":
    main()
