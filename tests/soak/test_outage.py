"""The database away in the middle of work: nobody waits long, nothing that was told is lost."""

import contextlib
import http.client
import itertools
import json
import os
import threading
import time
from dataclasses import dataclass, field

import pytest
from flask_migrate import upgrade
from sqlalchemy import select

from tagstore import create_app
from tagstore.config import Settings
from tagstore.db import db, transaction
from tagstore.models import Event, Tag
from tagstore.services import users
from tagstore.values import SYSTEM, Role
from tests import server
from tests.make import Make
from tests.postgres import EMPTY, PostgresServer

pytestmark = pytest.mark.soak

AWAY_S = 30.0 if os.environ.get("SOAK") else 3.0
BESIDE_S = 2.0
POSTERS = 8
LONGEST_S = 5.0


@dataclass
class Script:
    """Somebody who posts one tag after the other, whatever is answered."""

    address: str
    body: dict[str, object]
    token: str
    numbers: "itertools.count[int]"
    stop: threading.Event
    made: dict[int, str] = field(default_factory=dict)
    answers: list[tuple[float, float, int]] = field(default_factory=list)
    """When each began, how many seconds it took, and its status."""

    def run(self) -> None:
        connection = http.client.HTTPConnection(self.address, timeout=60)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        while not self.stop.is_set():
            words = f"n{next(self.numbers)}"
            began = time.monotonic()
            connection.request(
                "POST", "/api/v1/tags", json.dumps({**self.body, "text": words}), headers
            )
            answer = connection.getresponse()
            said = json.loads(answer.read())
            self.answers.append((began, time.monotonic() - began, answer.status))
            if answer.status == 201:
                self.made[said["id"]] = words


@pytest.fixture
def postgres():
    database = PostgresServer()
    yield database
    database.destroy()


@pytest.fixture
def settings(postgres, tmp_path):
    postgres.execute("CREATE DATABASE {}", EMPTY)
    return Settings(data_dir=tmp_path / "data", database_url=postgres.url(EMPTY), log="json")


@pytest.fixture
def app(settings):
    app = create_app(settings)
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def needed(app):
    """Where tags go, and the token of somebody who may make them."""
    make = Make()
    with app.app_context(), transaction(writing=True):
        project = make.project("frogs", ana=Role.ANNOTATOR)
        body = {"media_id": make.media_file(project).id, "tag_set": "survey"}
        return body, make.token(users.get_user(SYSTEM, "ana"))


@contextlib.contextmanager
def working(settings, body, token):
    """Let scripts post meanwhile; yield them."""
    running = server.start_on(settings, "--no-worker")
    address, stop = running.address.removeprefix("http://"), threading.Event()
    numbers = itertools.count(1)
    scripts = [Script(address, body, token, numbers, stop) for _ in range(POSTERS)]
    threads = [threading.Thread(target=script.run) for script in scripts]
    for thread in threads:
        thread.start()
    try:
        yield scripts
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        running.kill()


def test_a_database_that_goes_away_under_load_comes_back_by_itself(app, settings, postgres, needed):
    with working(settings, *needed) as scripts:
        time.sleep(BESIDE_S)
        postgres.stop()
        time.sleep(AWAY_S)
        postgres.start()
        back_at = time.monotonic()
        time.sleep(LONGEST_S + BESIDE_S)

    answers = [answer for script in scripts for answer in script.answers]
    told = {number: words for script in scripts for number, words in script.made.items()}
    with app.app_context(), transaction(writing=False):
        kept = dict(db.session.execute(select(Tag.id, Tag.text)).all())
        added = select(Event.after).where(Event.kind == "tag.added").order_by(Event.seq)
        events = [number for after in db.session.scalars(added) for number in after["ids"]]
    assert {status for _, _, status in answers} == {201, 503}
    assert max(took_s for _, took_s, _ in answers) < LONGEST_S
    assert {status for began, _, status in answers if began > back_at + LONGEST_S} == {201}
    assert {n: w for n, w in told.items() if kept.get(n) != w} == {}
    assert sorted(events) == sorted(kept)
