"""Killing the server in the middle of bulks: none is there in part, none that was told is lost."""

import contextlib
import http.client
import json
import os
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text

from tagstore.db import db
from tagstore.services import users
from tagstore.services.counts import bin_s
from tagstore.values import SYSTEM, Role
from tests import server

pytestmark = pytest.mark.soak

KILLS = 100 if os.environ.get("SOAK") else 5
TAGS = 2000
POSTERS = 2
DURATION_S = 3600.0
LONGEST_LIFE_S = 1.0
BULKS_A_LIFE = 3


class Numbers:
    """Counts up from one, for several threads."""

    def __init__(self) -> None:
        self.lock, self.last = threading.Lock(), 0

    def take(self) -> int:
        with self.lock:
            self.last += 1
            return self.last


@dataclass
class Script:
    """Somebody who posts bulk after bulk, each under a strength of its own, until stopped."""

    address: str
    needed: dict[str, int]
    token: str
    numbers: Numbers
    kept: list[int] = field(default_factory=list)

    def run(self) -> None:
        """Post until the server is gone; note each bulk that was acknowledged."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(self.address, timeout=30)
            while True:
                number = self.numbers.take()
                self.post(connection, number)
                self.kept.append(number)

    def post(self, connection: http.client.HTTPConnection, number: int) -> None:
        headers = {"Content-Type": "application/json", "Authorization": f"Token {self.token}"}
        items = [
            {
                **{name: self.needed[name] for name in ("mediaFile", "tagSet", "tagClass")},
                "startTime": place * DURATION_S / TAGS,
                "endTime": place * DURATION_S / TAGS + 0.5,
                **{"minFrequency": 100, "maxFrequency": 200, "strength": number},
            }
            for place in range(TAGS)
        ]
        path = f"/api/v0/bulkTagCreate/{self.needed['project']}/"
        connection.request("POST", path, json.dumps(items), headers)
        answer = connection.getresponse()
        made = json.loads(answer.read())
        assert (answer.status, len(made)) == (200, TAGS)


@dataclass
class Repeater:
    """Somebody who sends lots of lines under a key each, again and again until answered."""

    needed: dict[str, int]
    token: str
    number: int = 1
    told: dict[int, bytes] = field(default_factory=dict)

    def run(self, address: str) -> None:
        """Post until the server is gone, beginning with what was not answered yet."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(address, timeout=30)
            while True:
                self.told[self.number] = self.ask(connection, self.number)
                self.number += 1

    def ask(self, connection: http.client.HTTPConnection, number: int) -> bytes:
        """Return the answer to one lot."""
        headers = {
            "Content-Type": "application/x-ndjson",
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": f"lot {number}",
        }
        common = {"media_id": self.needed["mediaFile"], "tag_set": "frogs", "text": "frog"}
        places = [place * DURATION_S / TAGS for place in range(TAGS)]
        lines = [{**common, "start_s": s, "end_s": s + 0.5, "score": number} for s in places]
        body = "\n".join(map(json.dumps, lines))
        connection.request("POST", "/api/v1/tags/bulk", body, headers)
        answer = connection.getresponse()
        data = answer.read()
        assert answer.status == 200
        return data


@pytest.fixture
def needed(app, work, make):
    """A recording of an hour to tag, and the token of somebody who may."""
    with work():
        project = make.project("frogs", ana=Role.ANNOTATOR)
        return {
            "project": project.id,
            "mediaFile": make.media_file(project, duration_s=DURATION_S).id,
            "tagSet": make.tag_set(project).id,
            "tagClass": make.tag_class(project).id,
            "token": make.token(users.get_user(SYSTEM, "ana")),
        }


def ask(work, query):
    with work():
        return list(map(tuple, db.session.execute(text(query))))


def take_one(settings, needed, token, numbers):
    """Post one bulk that nobody disturbs; return its number and how long it took, in seconds."""
    running = server.start_on(settings, "--no-worker")
    script = Script(running.address.removeprefix("http://"), needed, token, numbers)
    connection, number = http.client.HTTPConnection(script.address, timeout=60), numbers.take()
    began = time.monotonic()
    script.post(connection, number)
    took_s = time.monotonic() - began
    running.kill()
    return number, took_s


def tags_by_bulk(work):
    return Counter(dict(ask(work, "SELECT score, count(*) FROM tag GROUP BY score")))


def test_no_bulk_is_there_in_part_and_none_that_was_told_is_lost(work, needed, settings, engine):
    token = needed.pop("token")
    chance = random.Random(20260421)
    numbers = Numbers()
    first, took_s = take_one(settings, needed, token, numbers)
    longest_s = max(LONGEST_LIFE_S, BULKS_A_LIFE * took_s)
    kept: list[int] = []

    for _ in range(KILLS):
        running = server.start_on(settings, "--no-worker")
        address = running.address.removeprefix("http://")
        scripts = [Script(address, needed, token, numbers) for _ in range(POSTERS)]
        threads = [threading.Thread(target=script.run, daemon=True) for script in scripts]
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0.05, longest_s))
        running.kill()
        for thread in threads:
            thread.join()
        kept += [number for script in scripts for number in script.kept]

        found = tags_by_bulk(work)
        assert set(found.values()) <= {TAGS}
        assert {first, *kept} - {int(score) for score in found} == set()

    assert kept != []
    assert counts_kept(work) == counts_made_anew(work)
    assert events(work) == len(tags_by_bulk(work))
    if engine == "sqlite":
        assert ask(work, "PRAGMA integrity_check") == [("ok",)]


def test_what_is_sent_again_after_a_kill_is_done_once_and_told_as_before(
    work, needed, settings, engine
):
    chance = random.Random(20260422)
    script = Repeater(needed, needed.pop("token"))

    for _ in range(KILLS):
        running = server.start_on(settings, "--no-worker")
        address = running.address.removeprefix("http://")
        thread = threading.Thread(target=script.run, args=(address,), daemon=True)
        thread.start()
        time.sleep(chance.uniform(0.05, LONGEST_LIFE_S))
        running.kill()
        thread.join()
    running = server.start_on(settings, "--no-worker")
    connection = http.client.HTTPConnection(running.address.removeprefix("http://"), timeout=30)
    script.told[script.number] = script.ask(connection, script.number)
    again = {number: script.ask(connection, number) for number in script.told}
    running.kill()

    assert again == script.told
    assert tags_by_bulk(work) == {float(number): TAGS for number in script.told}
    assert counts_kept(work) == counts_made_anew(work)
    assert events(work) == len(script.told)
    if engine == "sqlite":
        assert ask(work, "PRAGMA integrity_check") == [("ok",)]


def events(work):
    return ask(work, "SELECT count(*) FROM event WHERE kind = 'tag.added'")[0][0]


def counts_kept(work):
    rows = ask(work, "SELECT batch_id, bin, tags FROM tag_count")
    return {(batch, place): tags for batch, place, tags in rows}


def counts_made_anew(work):
    rows = ask(work, "SELECT batch_id, start_s FROM tag")
    return Counter((batch, int(start_s / bin_s(DURATION_S))) for batch, start_s in rows)
