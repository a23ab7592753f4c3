"""The reader of Eluvio's example, sseclient, against a real server: through bulks and a kill."""

import contextlib
import io
import json
import socket
import time
import urllib.request

import pytest
import requests
from sseclient import SSEClient

from tagstore.services import users
from tagstore.values import SYSTEM, Role
from tests import server
from tests.side_by_side import threads, until

QID = "iq__3Zi4NjhZfjUEdiMGfHduW5kLr3HY"
TAGS, ROUNDS, SINGLES, AT_ONCE = 10_000, 8, 30, 1200


@pytest.fixture
def frogs(app, work, make):
    """A content that ana tags, and how her scripts name what they need."""
    with work():
        project = make.project("frogs", ana=Role.ANNOTATOR)
        media_file = make.media_file(project, duration_s=None)
        media_file.qid = QID
        return {
            "project": project.id,
            "mediaFile": media_file.id,
            "tagSet": make.tag_set(project).id,
            "tagClass": make.tag_class(project).id,
            "token": make.token(users.get_user(SYSTEM, "ana")),
        }


class Script:
    """Somebody who makes tags, each told by its number, which is its start in seconds."""

    def __init__(self, frogs):
        self.frogs = frogs
        self.made = []

    def make(self, address, count):
        """Make so many tags at once; note their numbers in order."""
        names = ("mediaFile", "tagSet", "tagClass")
        item = {name: self.frogs[name] for name in names}
        item |= {"minFrequency": 100, "maxFrequency": 200, "strength": 1}
        first = self.made[-1] + 1 if self.made else 0
        numbers = list(range(first, first + count))
        body = [{**item, "startTime": number, "endTime": number + 1} for number in numbers]
        request = urllib.request.Request(
            f"{address}/api/v0/bulkTagCreate/{self.frogs['project']}/",
            json.dumps(body).encode(),
            {"Authorization": f"Token {self.frogs['token']}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert len(json.load(answer)) == count
        self.made += numbers


class Listener:
    """A reader that does what the example does; when it finds no server it begins again."""

    def __init__(self, address, token, count):
        self.url = f"{address}/{QID}/tags/stream"
        self.headers = {"Authorization": f"Bearer {token}"}
        self.count = count
        self.connections = 0
        self.ids = []
        self.heard = []

    def run(self):
        while len(self.heard) < self.count:
            with contextlib.suppress(requests.RequestException):
                self.listen(self.ids[-1] if self.ids else None)
            time.sleep(0.05)

    def listen(self, last_id):
        """Read until all have come; the reader itself comes back when it is cut off."""
        headers = dict(self.headers)
        self.client = SSEClient(self.url, last_id, retry=200, headers=headers, timeout=60)
        self.connections += 1
        for event in self.client:
            self.ids.append(event.id)
            self.heard.append(json.loads(event.data)["start_time"] // 1000)
            if len(self.heard) >= self.count:
                return

    def cut(self):
        """Let the line end, as a proxy does that has had enough.

        Were it shut both ways, an event under way would be answered by a reset, which the reader
        does not take for an end.
        """
        self.client.resp.raw._fp.fp.raw._sock.shutdown(socket.SHUT_RD)

    @contextlib.contextmanager
    def to_the_end(self):
        """Let the reader go when what it waits for will not come."""
        try:
            yield
        except BaseException:
            self.count = 0
            raise


@pytest.fixture
def running(settings, frogs):
    running = server.start_on(settings, "--no-worker")
    yield running
    running.kill()


def test_a_reader_hears_ten_thousand_tags_once_each_through_a_kill(running, frogs, monkeypatch):
    monkeypatch.setattr("sys.stdout", io.StringIO())  # The reader prints why it came back.
    listener = Listener(running.address, frogs["token"], TAGS)
    script = Script(frogs)

    with threads(listener.run), listener.to_the_end():
        until(lambda: listener.connections == 1)
        for number in range(ROUNDS):
            for _ in range(SINGLES):
                script.make(running.address, 1)
            script.make(running.address, AT_ONCE)
            if number == 1:
                listener.cut()
            if number == ROUNDS // 2:
                running.kill()
                running.start_again()
        script.make(running.address, TAGS - len(script.made))
        until(lambda: len(listener.heard) == TAGS)

    assert listener.heard == script.made == list(range(TAGS))
    assert len(set(listener.ids)) == TAGS
    assert listener.connections == 2
