"""Streams of a real server: what stands on the wire, and that they never hold up its end."""

import json
import re
import socket
import time
import urllib.request

import pytest

from tagstore.services import users
from tagstore.values import SYSTEM, Role
from tests import server

SOON_S = 3.0
"""Shorter than the web server would wait for requests that go on."""
QID = "iq__3Zi4NjhZfjUEdiMGfHduW5kLr3HY"
PATHS = ["/api/v1/media/1/events", f"/{QID}/tags/stream"]
BULK = 700
LARGE = "x" * 40_000
TAG = re.compile(r"id: \d+-\d+\nevent: tag\ndata: (\{.*\})\n\n")


@pytest.fixture
def frogs(app, work, make):
    """A media file that Ana tags, with what her script needs to know."""
    with work():
        project = make.project("frogs", ana=Role.ANNOTATOR)
        media_file, tag_set = make.media_file(project), make.tag_set(project)
        media_file.qid = QID
        token = make.token(users.get_user(SYSTEM, "ana"))
        tag_class = make.tag_class(project)
        return {"set": tag_set.id, "class": tag_class.id, "token": token}


@pytest.fixture
def running(settings, frogs):
    running = server.start_on(settings, "--no-worker")
    running.said("(ready)")
    yield running
    running.kill()


class Reader:
    """Somebody who follows a media file and looks at each piece as it comes off the wire."""

    def __init__(self, running, frogs, path="/api/v1/media/1/events"):
        host, port = running.address.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=20)
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\n"
            f"Authorization: Bearer {frogs['token']}\r\n\r\n".encode()
        )
        self.heard = b""
        self.head = self.until(b"\r\n\r\n")

    def until(self, mark):
        """Return what comes, up to and with the mark."""
        while mark not in self.heard:
            data = self.socket.recv(65536)
            assert data, self.heard
            self.heard += data
        found, mark, self.heard = self.heard.partition(mark)
        return found + mark

    def chunk(self):
        """Return the next chunk of the transfer coding, as it was written."""
        size = int(self.until(b"\r\n"), 16)
        while len(self.heard) < size + 2:
            self.heard += self.socket.recv(65536)
        chunk, end, self.heard = (
            self.heard[:size],
            self.heard[size : size + 2],
            self.heard[size + 2 :],
        )
        assert end == b"\r\n"
        return chunk

    def rest(self):
        """Return what comes until the server closes the connection."""
        while data := self.socket.recv(65536):
            self.heard += data
        return self.heard


def post(running, frogs, path, body):
    headers = {"Authorization": f"Bearer {frogs['token']}", "Content-Type": "application/json"}
    data = json.dumps(body).encode()
    with urllib.request.urlopen(
        urllib.request.Request(f"{running.address}{path}", data, headers)
    ) as answer:
        return json.load(answer)


def add_tag(running, frogs, **fields):
    tag = {"media_id": 1, "tag_set_id": frogs["set"], "start_s": 1, "end_s": 2, "text": "wren"}
    return post(running, frogs, "/api/v1/tags", {**tag, **fields})["id"]


def test_every_event_is_one_chunk(running, frogs):
    reader = Reader(running, frogs)
    first = reader.chunk()

    tag_id = add_tag(running, frogs)
    chunk = reader.chunk().decode()

    assert re.fullmatch(rb"retry: 2000\nid: \d+\n\n", first)
    match = re.fullmatch(r"id: \d+\nevent: tag\.added\ndata: (\{.*\})\n\n", chunk)
    assert match is not None
    assert json.loads(match[1])["ids"] == [tag_id]


def test_a_tag_is_one_chunk_however_large_it_is(running, frogs):
    reader = Reader(running, frogs, PATHS[1])
    first = reader.chunk()

    for comment in ("", LARGE):
        tag_id = add_tag(running, frogs, info={"remark": comment})
        match = TAG.fullmatch(reader.chunk().decode("ascii"))
        assert match is not None
        data = json.loads(match[1])
        assert (data["id"], data["additional_info"]) == (str(tag_id), {"remark": comment})

    assert first == b": still here\n"


def test_each_tag_of_a_bulk_is_a_chunk_of_its_own(running, frogs):
    reader = Reader(running, frogs, PATHS[1])
    reader.chunk()

    tag = {"mediaFile": 1, "tagSet": frogs["set"], "tagClass": frogs["class"]}
    span = {"startTime": 1, "endTime": 2, "minFrequency": 100, "maxFrequency": 200, "strength": 1}
    made = post(running, frogs, "/api/v0/bulkTagCreate/1/", [{**tag, **span}] * BULK)
    heard = [TAG.fullmatch(reader.chunk().decode("ascii")) for _ in range(BULK)]

    assert [json.loads(match[1])["id"] for match in heard] == [str(each["id"]) for each in made]


@pytest.mark.parametrize("path", PATHS)
def test_the_head_tells_everybody_between_to_pass_it_on_at_once(path, running, frogs):
    head = Reader(running, frogs, path).head.decode().lower().split("\r\n")

    assert {
        "cache-control: no-store",
        "x-accel-buffering: no",
        "content-type: text/event-stream; charset=utf-8",
        "transfer-encoding: chunked",
    } <= set(head)


def test_ctrl_c_ends_at_once_with_streams_open(running, frogs):
    readers = [Reader(running, frogs, path) for path in PATHS * 25]
    for reader in readers:
        reader.chunk()

    began = time.monotonic()
    status = running.stop()
    took_s = time.monotonic() - began

    assert (status, took_s < SOON_S) == (0, True), took_s
    assert {reader.rest() for reader in readers} == {b""}


def test_more_connections_than_select_can_count_are_no_harm(running, frogs):
    host, port = running.address.removeprefix("http://").split(":")
    idle = [socket.create_connection((host, int(port))) for _ in range(1100)]

    assert add_tag(running, frogs) > 0

    for each in idle:
        each.close()
