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

SOON_S = 1.0


@pytest.fixture
def frogs(app, work, make):
    """A media file that ana tags: its number, where its tags go, and her token."""
    with work():
        project = make.project("frogs", ana=Role.ANNOTATOR)
        media_file, tag_set = make.media_file(project), make.tag_set(project)
        token = make.token(users.get_user(SYSTEM, "ana"))
        return {"media": media_file.id, "set": tag_set.id, "token": token}


@pytest.fixture
def running(settings, frogs):
    running = server.start(settings.data_dir, "--no-worker")
    running.said("(ready)")
    yield running
    running.kill()


class Reader:
    """Somebody who follows a media file and looks at each piece as it comes off the wire."""

    def __init__(self, running, frogs):
        host, port = running.address.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=20)
        path = f"/api/v1/media/{frogs['media']}/events"
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


def add_tag(running, frogs, **fields):
    tag = {"media_id": frogs["media"], "tag_set_id": frogs["set"], "start_s": 1, "end_s": 2}
    request = urllib.request.Request(
        f"{running.address}/api/v1/tags",
        json.dumps({**tag, "text": "wren", **fields}).encode(),
        {"Authorization": f"Bearer {frogs['token']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["id"]


def test_every_event_is_one_chunk(running, frogs):
    reader = Reader(running, frogs)
    first = reader.chunk()

    tag_id = add_tag(running, frogs)
    chunk = reader.chunk().decode()

    assert re.fullmatch(rb"retry: 2000\nid: \d+\n\n", first)
    match = re.fullmatch(r"id: \d+\nevent: tag\.added\ndata: (\{.*\})\n\n", chunk)
    assert match is not None
    assert json.loads(match[1])["ids"] == [tag_id]


def test_the_head_tells_everybody_between_to_pass_it_on_at_once(running, frogs):
    head = Reader(running, frogs).head.decode().lower().split("\r\n")

    assert {
        "cache-control: no-store",
        "x-accel-buffering: no",
        "content-type: text/event-stream; charset=utf-8",
        "transfer-encoding: chunked",
    } <= set(head)


def test_ctrl_c_ends_at_once_with_streams_open(running, frogs):
    readers = [Reader(running, frogs) for _ in range(50)]
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
