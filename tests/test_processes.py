"""Two web servers, one store, one Redis: whichever is asked, the answer is the same."""

import base64
import http.client
import json
import statistics
import threading
import time
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from tagstore.db import db
from tagstore.models import MediaFile, Project, Tag, User
from tagstore.services import users
from tagstore.values import SYSTEM, Role
from tests import server
from tests.make import PASSWORD
from tests.side_by_side import threads

LIMIT = 10
SOON_S = 0.5
LONGEST_S = 5.0
TAGS = 20
TWINS = 12
LINES = 1000


@pytest.fixture
def settings(apps, redis_server):
    redis_server.flush()
    return replace(apps.settings, redis_url=redis_server.url)


@pytest.fixture
def needed(app, work, make):
    """A recording, a tag set and somebody who may tag."""
    with work():
        project = make.project("frogs", ana=Role.ANNOTATOR)
        media_file, tag_set = make.media_file(project), make.tag_set(project)
        token = make.token(users.get_user(SYSTEM, "ana"))
        return {"media": media_file.id, "set": tag_set.id, "token": token}


@pytest.fixture
def pair(settings, needed):
    """The addresses of two servers."""
    running = [server.start_on(settings, "--no-worker") for _ in range(2)]
    yield [each.address.removeprefix("http://") for each in running]
    for each in running:
        each.kill()


def ask(address, method, path, body=None, **headers):
    """Return status, headers and body of an answer."""
    connection = http.client.HTTPConnection(address, timeout=30)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, {"Content-Type": "application/json", **names})
    answer = connection.getresponse()
    found = (answer.status, answer.headers, answer.read())
    connection.close()
    return found


def bearer(needed):
    return f"Bearer {needed['token']}"


class Listener:
    """Somebody who follows a recording and notes when they hear of which tag."""

    def __init__(self, address, needed):
        connection = http.client.HTTPConnection(address, timeout=30)
        path = f"/api/v1/media/{needed['media']}/events"
        connection.request("GET", path, headers={"Authorization": bearer(needed)})
        self.stream = connection.getresponse()
        assert self.stream.readline().startswith(b"retry:")
        self.heard = []
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.stream:
            if line.startswith(b"data: "):
                self.heard.append((time.monotonic(), json.loads(line.removeprefix(b"data: "))))

    def wait(self, number):
        until = time.monotonic() + LONGEST_S
        while len(self.heard) < number and time.monotonic() < until:
            time.sleep(0.005)
        return self.heard


def test_what_one_server_is_told_is_heard_at_the_other_at_once(pair, needed, record_property):
    one, other = pair
    listener = Listener(other, needed)
    sent, made = [], []

    for number in range(TAGS):
        body = {"media_id": needed["media"], "tag_set_id": needed["set"], "text": f"n{number}"}
        sent.append(time.monotonic())
        status, _, answer = ask(
            one, "POST", "/api/v1/tags", json.dumps(body), Authorization=bearer(needed)
        )
        assert status == 201
        made.append(json.loads(answer)["id"])
        listener.wait(number + 1)

    heard = listener.heard
    delays_s = [at - began for began, (at, _) in zip(sent, heard, strict=True)]
    record_property("delays_ms", sorted(round(1000 * delay) for delay in delays_s))
    assert [event["kind"] for _, event in heard] == ["tag.added"] * TAGS
    assert [event["ids"] for _, event in heard] == [[number] for number in made]
    assert statistics.median(delays_s) < SOON_S
    assert max(delays_s) < LONGEST_S


def test_failures_at_one_server_count_at_the_other(pair, needed):
    def sign_in(address, name="ana", password="wrong"):
        basic = base64.b64encode(f"{name}:{password}".encode()).decode()
        return ask(address, "GET", "/api/v1/me", Authorization=f"Basic {basic}")[0]

    failed = [sign_in(pair[number % 3 == 0]) for number in range(LIMIT)]
    refused = [sign_in(each, password=PASSWORD) for each in pair]
    others = [sign_in(each, name="bo") for each in pair]
    by_token = ask(pair[0], "GET", "/api/v1/me", Authorization=bearer(needed))[0]

    assert failed == [401] * LIMIT
    assert refused == [429, 429]
    assert others == [401, 401]
    assert by_token == 200


def test_twins_of_a_request_at_two_servers_are_one(pair, needed, work):
    common = {"media_id": needed["media"], "tag_set_id": needed["set"], "text": "frog"}
    lines = [json.dumps({**common, "start_s": n / 20, "end_s": n / 20 + 1}) for n in range(LINES)]
    headers = {"Authorization": bearer(needed), "Idempotency_Key": "k"}
    headers["Content_Type"] = "application/x-ndjson"
    answers = []

    def send(address):
        status, sent, body = ask(address, "POST", "/api/v1/tags/bulk", "\n".join(lines), **headers)
        answers.append((status, body, sent["Idempotent-Replayed"]))

    with threads(*[lambda n=n: send(pair[n % 2]) for n in range(TWINS)]):
        pass

    assert {each[:2] for each in answers} == {(200, answers[0][1])}
    assert sorted(str(each[2]) for each in answers) == ["None"] + ["true"] * (TWINS - 1)
    with work():
        assert db.session.scalar(select(func.count()).select_from(Tag)) == LINES


def test_two_servers_that_start_at_once_on_an_empty_store_make_one_of_each(app, settings, work):
    running = [server.start_on(settings, "--no-worker", TAGSTORE_DEMO="1") for _ in range(2)]
    try:
        alive = [ask(each.address.removeprefix("http://"), "GET", "/readyz")[0] for each in running]
    finally:
        for each in running:
            each.kill()

    assert alive == [200, 200]
    with work():
        assert db.session.scalars(select(User.name)).all() == ["admin"]
        assert db.session.scalars(select(Project.key)).all() == ["demo"]
        names = db.session.scalars(select(MediaFile.name)).all()
        assert len(names) == len(set(names))
