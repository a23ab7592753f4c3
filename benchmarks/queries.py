"""What reading costs as tags grow: 10,000 in a file, a million in a file, ten million around them.

`python -m benchmarks.queries 9` fills the project with nine further files of a million tags each
before it measures once more; `make bench` leaves that out.
"""

import contextlib
import http.client
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask_migrate import upgrade
from sqlalchemy import text

from benchmarks._table import show
from tagstore import create_app
from tagstore.config import Settings
from tagstore.db import db, transaction
from tagstore.models import MediaFile, Project, Tag, TagClass, TagSet
from tagstore.services import counts, tags, users
from tagstore.services.tag_words import keeping
from tagstore.values import SYSTEM, Role, TagDraft
from tests import server
from tests.make import Make
from tests.postgres import PostgresServer

HOUR_S = 3600.0
AN_HOUR, COPIES = 10_000, 100
"""How many tags an hour has, and how many such hours make a million."""

ROUNDS, WINDOW_S, LONG_EVERY = 150, 72.0, 200
"""Requests of each kind, the window that holds 200 tags, and how many short tags to a long one."""

RARE = "bittern"

COPY = """
WITH RECURSIVE hour(number) AS (
  SELECT 1 UNION ALL SELECT number + 1 FROM hour WHERE number < {last}
)
INSERT INTO tag ({columns})
SELECT {values} FROM hour, tag WHERE tag.media_file_id = :id
"""
RECOUNT = """
INSERT INTO tag_count (media_file_id, bin, batch_id, source, tag_class_id, tags)
SELECT media_file_id, {bin} AS place, batch_id, source, coalesce(tag_class_id, 0), count(*)
FROM tag WHERE media_file_id = :id GROUP BY media_file_id, place, batch_id, source, 5
"""


class Store:
    """A store that is filled with files of ten thousand and of a million tags."""

    def __init__(self, settings: Settings) -> None:
        self.app = create_app(settings)
        make = Make()
        with self.app.app_context():
            upgrade()
            with transaction(writing=True):
                project = make.project("frogs", ana=Role.ANNOTATOR)
                make.tag_set(project, "detections")
                for number in range(5):
                    make.tag_class(project, f"species{number}")
                self.token = make.token(users.get_user(SYSTEM, "ana"))
                self.small = make.media_file(project, duration_s=HOUR_S).id
                self.large = make.media_file(project, duration_s=HOUR_S * COPIES).id
            self._fill(self.small)
            self._add_rare(self.small)
            self._multiply(self.large)
            self._settle()

    def add_files(self, count: int) -> None:
        """Put further files of a million tags each around the two that are measured."""
        make = Make()
        with self.app.app_context():
            for number in range(count):
                with transaction(writing=True):
                    project = db.session.query(Project).one()
                    more = {"qid": f"iq__more{number:024d}", "name": f"more{number}.wav"}
                    duration_s = HOUR_S * COPIES
                    media_file_id = make.media_file(project, duration_s=duration_s, **more).id
                self._multiply(media_file_id)
            self._settle()

    def close(self) -> None:
        """Let go of the database."""
        with self.app.app_context():
            db.engine.dispose()

    def _fill(self, media_file_id: int) -> None:
        """Put an hour of tags on a file: short ones, a long one among them now and then."""
        with transaction(writing=True):
            media_file = db.session.get_one(MediaFile, media_file_id)
            tag_set_id = db.session.query(TagSet.id).scalar()
            classes = [each.id for each in db.session.query(TagClass.id)]
            first = TagDraft(media_file_id=media_file_id, tag_set_id=tag_set_id)
            drafts = []
            for number in range(AN_HOUR):
                start_s = number * HOUR_S / AN_HOUR
                end_s = start_s + (600.0 if number % LONG_EVERY == 0 else 0.7)
                what: dict[str, Any] = {"tag_class_id": classes[number % 5]}
                if number % 10 == 0:
                    what = {"text": f"heard at {number}"}
                end_s = min(end_s, HOUR_S)
                drafts.append(replace(first, start_s=start_s, end_s=end_s, **what))
            tags.add_tags(SYSTEM, media_file.project, drafts)

    def _add_rare(self, media_file_id: int) -> None:
        """Put a tag on a file that says what no other does."""
        with transaction(writing=True):
            media_file = db.session.get_one(MediaFile, media_file_id)
            tag_set_id = db.session.query(TagSet.id).scalar()
            place = {"media_file_id": media_file_id, "tag_set_id": tag_set_id}
            tags.add_tag(
                SYSTEM, media_file.project, TagDraft(**place, text=f"{RARE} heard far off")
            )

    def _multiply(self, media_file_id: int) -> None:
        """Put an hour of tags on a file and copy it to all its later hours."""
        self._fill(media_file_id)
        columns = [
            column.name
            for column in Tag.__table__.columns
            if column.name not in {"id", "external_id"}
        ]
        later = {
            "start_s": f"start_s + number * {HOUR_S}",
            "end_s": f"end_s + number * {HOUR_S}",
        }
        values = ", ".join(later.get(name, f"tag.{name}") for name in columns)
        copy = COPY.format(columns=", ".join(columns), values=values, last=COPIES - 1)
        with transaction(writing=True):
            width_s = counts.bin_s(HOUR_S * COPIES)
            is_postgresql = db.engine.dialect.name == "postgresql"
            place = f"CAST({'floor' if is_postgresql else ''}(start_s / {width_s}) AS INTEGER)"
            db.session.execute(text(copy), {"id": media_file_id})
            forget = text("DELETE FROM tag_count WHERE media_file_id = :id")
            db.session.execute(forget, {"id": media_file_id})
            db.session.execute(text(RECOUNT.format(bin=place)), {"id": media_file_id})
            said = Tag.media_file_id == media_file_id, Tag.text.is_not(None)
            keeping.mend([number for (number,) in db.session.query(Tag.id).filter(*said)])

    def _settle(self) -> None:
        """Let PostgreSQL look at what it has, as it does by itself after a while."""
        if db.engine.dialect.name == "postgresql":
            with transaction(writing=True):
                db.session.execute(text("ANALYZE"))


class Client:
    """One connection that stays open."""

    def __init__(self, address: str, token: str) -> None:
        self.connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=120)
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **query: Any) -> tuple[float, Any]:
        """Ask for something that must be there: milliseconds, and what was said."""
        began = time.perf_counter()
        self.connection.request("GET", f"/api/v1/{path}?{urlencode(query)}", headers=self.headers)
        answer = self.connection.getresponse()
        said = answer.read()
        took = (time.perf_counter() - began) * 1000
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {said[:200]!r}")
        return took, json.loads(said)


Ask = Callable[[Client, int, float], tuple[float, Any]]


def viewport(client: Client, media_id: int, at_s: float) -> tuple[float, Any]:
    """Ask for what a page of the workbench shows."""
    window = {"start_s": at_s, "end_s": at_s + WINDOW_S, "limit": 1000}
    return client.get(f"media/{media_id}/tags", **window)


def default_path(client: Client, media_id: int, at_s: float) -> tuple[float, Any]:
    """Ask for a file's first 200 tags."""
    return client.get(f"media/{media_id}/tags", limit=200)


def density(client: Client, media_id: int, at_s: float) -> tuple[float, Any]:
    """Ask how many tags there are where, over the whole file."""
    return client.get(f"media/{media_id}/tags/density", bins=500)


def in_window(client: Client, media_id: int, at_s: float) -> tuple[float, Any]:
    """Ask for the tags of ten minutes that hold a text."""
    return client.get(f"media/{media_id}/tags", start_s=at_s, end_s=at_s + 600, q="t 31")


def in_project(client: Client, media_id: int, at_s: float) -> tuple[float, Any]:
    """Ask for a project's first 100 tags."""
    return client.get("tags", project="frogs", limit=100)


def search(client: Client, media_id: int, at_s: float) -> tuple[float, Any]:
    """Ask for the tags of a project that hold a word that one has, and one that many have."""
    return client.get("tags", project="frogs", q=f"heard {RARE}", limit=100)


def search_many(client: Client, media_id: int, at_s: float) -> tuple[float, Any]:
    """Ask for the first tags of a project that hold a word that many have."""
    return client.get("tags", project="frogs", q="hear", limit=100)


OF_A_FILE: dict[str, Ask] = {
    f"viewport of {WINDOW_S:.0f} s, 200 tags and more": viewport,
    "first 200 of a file": default_path,
    "density of a file, 500 bins": density,
    "text within 10 minutes": in_window,
}
OF_A_PROJECT: dict[str, tuple[Ask, int]] = {
    "first 100 of a project": (in_project, ROUNDS),
    "a rare word in a project": (search, ROUNDS),
    "a common word in a project": (search_many, 20),
}


def p95(client: Client, ask: Ask, media_id: int, length_s: float, rounds: int = ROUNDS) -> float:
    """Return what all but one in twenty requests take at most, in milliseconds."""
    places = random.Random(7)
    taken = [
        ask(client, media_id, places.uniform(600, length_s - 1200))[0] for _ in range(rounds + 5)
    ]
    return sorted(taken[5:])[int(rounds * 0.95)]


def measure(client: Client, store: Store, engine: str, many: str) -> list[dict[str, Any]]:
    """Return what a file of ten thousand costs, one of a million beside it, and their project."""
    rows = []
    for what, ask in OF_A_FILE.items():
        small = p95(client, ask, store.small, HOUR_S)
        large = p95(client, ask, store.large, HOUR_S * COPIES)
        rows.append(row(f"{engine}, {many}: {what}", large, small, 1.5))
    for what, (ask, rounds) in OF_A_PROJECT.items():
        rows.append(row(f"{engine}, {many}: {what}", p95(client, ask, 0, HOUR_S, rounds), None))
    return rows


def row(what: str, ms: float, floor: float | None, most: float | None = None) -> dict[str, Any]:
    """Return a line of the table."""
    return {
        "p95 in ms": what,
        "file of 1,000,000": ms,
        "of 10,000": "" if floor is None else floor,
        "ratio": "" if floor is None else ms / floor,
        "at most": "" if most is None else most,
    }


@contextlib.contextmanager
def serving(settings: Settings) -> Iterator[tuple[Store, Client]]:
    """Fill a store and serve it."""
    store = Store(settings)
    running = server.start_on(settings, "--no-worker")
    try:
        yield store, Client(running.address, store.token)
    finally:
        running.kill()
        store.close()


def run(settings: Settings, engine: str, files: int) -> list[dict[str, Any]]:
    """Measure one engine."""
    with serving(settings) as (store, client):
        rows = measure(client, store, engine, "10⁶")
        if files:
            client.connection.close()  # Filling takes longer than the server waits for it.
            store.add_files(files)
            rows += measure(client, store, engine, f"{files + 1}·10⁶")
        return rows


def main() -> None:
    """Measure both engines in folders that are gone afterwards."""
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    os.environ.pop("TAGSTORE_DATABASE_URL", None)
    postgres = PostgresServer()
    try:
        with tempfile.TemporaryDirectory() as name:
            settings = Settings(data_dir=Path(name), log="json")
            rows = run(settings, "SQLite", files)
        with tempfile.TemporaryDirectory() as name:
            url = postgres.make("bench", template="template0")
            settings = Settings(data_dir=Path(name), log="json", database_url=url)
            rows += run(settings, "PostgreSQL", files)
    finally:
        postgres.destroy()
    show("queries", rows)


if __name__ == "__main__":
    main()
