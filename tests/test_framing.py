"""Faults in HTTP's own framing, over a raw socket: the web server's plain 400, and it lives on."""

import json
import re
import socket
import threading
import time

import pytest
import waitress

from tagstore.cli.framing import Channel
from tests.server import start
from tests.side_by_side import until

LIMIT_S = 10.0
HEAD = b"POST /api/v0/bulkTagCreate/1/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server with the project frogs, which is number 1."""
    server = start(tmp_path_factory.mktemp("framing") / "data", "--no-worker")
    assert server.address
    server.flask("projects", "add", "frogs")
    yield server
    assert server.stop() == 0
    assert [line for line in server.lines if "Traceback" in line] == []


@pytest.fixture(scope="module")
def head(server):
    """The beginning of a request that is let in, as far as its own headers."""
    token = server.flask("tokens", "add", "admin", "--label", "framing")
    return HEAD + token.encode() + b"\r\nContent-Type: application/json\r\n"


@pytest.fixture
def talk(server):
    """A function that sends bytes and returns all that comes back until the server hangs up."""
    host, _, port = server.address.removeprefix("http://").partition(":")

    def talk(data, *, ends=True):
        with socket.create_connection((host, int(port)), LIMIT_S) as line:
            line.sendall(data)
            if ends:
                line.shutdown(socket.SHUT_WR)
            found = b""
            while block := line.recv(65536):
                found += block
            return found

    return talk


def statuses(answers):
    return [int(each) for each in re.findall(rb"HTTP/1\.[01] (\d{3})", answers)]


LENGTH_FAULTS = [
    b"Content-Length: 2\r\nContent-Length: 5",
    b"Content-Length: 2\r\nContent-Length: 2",
    b"Content-Length: 2, 2",
    b"Content-Length: -2",
    b"Content-Length: +2",
    b"Content-Length: 0x2",
    b"Content-Length: 1_0",
    b"Content-Length: two",
    "Content-Length: ٢".encode(),
    b"Content-Length:",
    b"Content-Length: " + b"9" * 5000,
    b"Content-Length: 2\r\nTransfer-Encoding: chunked",
]
CHUNK_FAULTS = [
    b"zz\r\n[]\r\n0\r\n\r\n",
    b"-2\r\n[]\r\n0\r\n\r\n",
    b"+2\r\n[]\r\n0\r\n\r\n",
    b"0x2\r\n[]\r\n0\r\n\r\n",
    b"0_2\r\n[]\r\n0\r\n\r\n",
    b"1\r\n[]\r\n0\r\n\r\n",
    b"2;a=\n\r\n[]\r\n0\r\n\r\n",
]
HEADER_FAULTS = [
    b"X-A: a\0b",
    b"X\0A: a",
    b"X-A: a\x01b",
    b"X-A: a\rb",
    b"X-A: a\nb",
    b"X A: a",
    b"X-A : a",
    b": a",
    b"no colon",
]
LINE_FAULTS = [
    b" / HTTP/1.1",
    b"GET  / HTTP/1.1",
    b"GET /a b HTTP/1.1",
    b"get / HTTP/1.1",
    b"G\0T / HTTP/1.1",
    b"GET /\xff HTTP/1.1",
    b"GET /?q=\xff HTTP/1.1",
    b"GET http://[::1 HTTP/1.1",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
]


def assert_plain_400(answer):
    head, _, body = answer.partition(b"\r\n\r\n")
    assert statuses(answer) == [400]
    assert b"Content-Type: text/plain" in head
    assert body.startswith(b"Bad Request")


@pytest.mark.parametrize("headers", LENGTH_FAULTS)
def test_a_length_that_can_be_read_in_two_ways_is_400(head, talk, headers):
    assert_plain_400(talk(head + headers + b"\r\n\r\n[]"))


@pytest.mark.parametrize("chunks", CHUNK_FAULTS)
def test_a_broken_chunk_is_400(head, talk, chunks):
    assert_plain_400(talk(head + CHUNKED + chunks))


@pytest.mark.parametrize("header", HEADER_FAULTS)
def test_a_header_that_is_none_is_400(head, talk, header):
    assert_plain_400(talk(head + header + b"\r\nContent-Length: 2\r\n\r\n[]"))


@pytest.mark.parametrize("line", LINE_FAULTS)
def test_a_first_line_that_is_none_is_400(talk, line):
    assert_plain_400(talk(line + b"\r\nHost: localhost\r\n\r\n"))


def test_chunks_need_a_protocol_that_knows_them(head, talk):
    old = head.replace(b"HTTP/1.1", b"HTTP/1.0")

    assert_plain_400(talk(old + CHUNKED + b"2\r\n[]\r\n0\r\n\r\n"))


def test_what_is_refused_is_not_repeated(talk):
    for header in (b"Authorization: Bearer ts_secret\rx", b"Authorization: Bearer ts_secret\x00"):
        answer = talk(b"GET / HTTP/1.1\r\nHost: localhost\r\n" + header + b"\r\n\r\n")

        assert_plain_400(answer)
        assert b"ts_secret" not in answer


def test_headers_beyond_the_limit_are_431_with_the_number(head, talk):
    for headers in (b"X-A: " + b"a" * 2**18, b"X-A: a\r\n" * 40_000):
        answer = talk((head + headers)[: 2**18], ends=False)

        assert statuses(answer) == [431]
        assert b"262144" in answer


def test_long_headers_and_headers_beyond_ascii_are_taken(head, talk):
    headers = b"X-A: " + b"a" * 200_000 + b"\r\nX-B: \xe9\xff\r\nX-Request-Id: \xe9\xff"

    answer = talk(head + headers + b"\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]")

    assert statuses(answer) == [200]
    assert answer.endswith(b"\r\n\r\n[]")


def test_a_coding_of_the_transfer_that_is_unknown_is_501(head, talk):
    for coding in (b"gzip", b"gzip, chunked", b"xchunked"):
        answer = talk(head + b"Transfer-Encoding: " + coding + b"\r\n\r\n0\r\n\r\n")

        assert statuses(answer) == [501]


def test_a_length_beyond_all_is_413(head, talk):
    answer = talk(head + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n[]")

    assert statuses(answer) == [413]


def test_a_body_in_chunks_is_put_together(head, talk):
    chunks = b"1;a=b\r\n[\r\n1\r\n]\r\n0\r\nTrailer: x\r\n\r\n"

    answer = talk(head + b"Connection: close\r\n" + CHUNKED + chunks)

    assert statuses(answer) == [200]
    assert answer.endswith(b"\r\n\r\n[]")


def test_chunks_beyond_the_limit_of_a_body_are_413_in_the_words_of_the_edge(head, talk):
    block = b"100000\r\n" + b" " * 2**20 + b"\r\n"

    answer = talk(head + b"Connection: close\r\n" + CHUNKED + block * 65 + b"0\r\n\r\n")

    assert statuses(answer) == [413]
    detail = json.loads(answer.partition(b"\r\n\r\n")[2])["detail"]
    assert detail == "The body is larger than 67108864 bytes."


def test_a_body_that_is_cut_short_is_never_looked_at(head, talk):
    for rest in (b"Content-Length: 5\r\n\r\n[]", CHUNKED + b"5\r\n[]", CHUNKED + b"2\r\n[]\r\n"):
        assert statuses(talk(head + rest)) == []


def test_requests_that_follow_each_other_in_one_breath_are_answered_in_order(head, talk):
    first = head + b"Content-Length: 2\r\n\r\n[]"
    second = head + b"Content-Length: 3\r\n\r\n[1]"
    last = head + b"Connection: close\r\n" + CHUNKED + b"2\r\n[]\r\n0\r\n\r\n"

    assert statuses(talk(first + second + first + last)) == [200, 400, 200, 200]


def test_junk_behind_a_request_does_not_spoil_its_answer(head, talk):
    whole = head + b"Content-Length: 2\r\n\r\n[]"

    assert statuses(talk(whole + b"junk\0\r\n\r\n" + whole)) == [200, 400]


def test_bytes_in_the_address_arrive_at_the_door(talk):
    for path in (b"/api/v0/%ff/", b"/api/v0/%00/", b"/api/v0/tag/?page=%ff", b"/api/v0/tag/?a=%zz"):
        answer = talk(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

        assert statuses(answer) == [400]
        assert list(json.loads(answer.partition(b"\r\n\r\n")[2])) == ["detail"]


# Connections


class Counted(Channel):
    """A connection that counts how often the server's loop asks whether to write."""

    asked = 0

    def writable(self):
        self.asked += 1
        return super().writable()


@pytest.fixture
def answering():
    """A function that serves an application and returns its server and a line to it."""
    servers = []

    def answering(application):
        server = waitress.create_server(application, port=0, asyncore_use_poll=True)
        server.channel_class = Counted
        running = threading.Thread(target=server.run, daemon=True)
        servers.append((server, running))
        running.start()
        line = socket.create_connection(("127.0.0.1", int(server.effective_port)), LIMIT_S)
        line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return server, line

    yield answering
    # A thread of a server that is closed would write to whoever is next.
    for server, running in servers:
        server.task_dispatcher.shutdown()
        server.close()
        running.join(LIMIT_S)
        assert not running.is_alive()


def test_the_loop_rests_while_a_task_writes(answering):
    written = threading.Event()

    def application(environ, start):
        start("200 OK", [("Content-Length", "2")])
        yield b"a"
        written.wait(LIMIT_S)
        yield b"b"

    server, line = answering(application)
    until(lambda: server.active_channels)
    (channel,) = server.active_channels.values()
    with line:
        assert line.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")
        with channel.outbuf_lock:  # As a task holds it between taking what it sends and sending.
            channel.outbufs[-1].append(b"")
            channel.total_outbufs_len += 1
            before = channel.asked
            server.pull_trigger()
            time.sleep(0.5)
            asked = channel.asked - before
            channel.total_outbufs_len -= 1
        written.set()
        until(lambda: line.recv(1) == b"b")

    assert 1 <= asked <= 10


def test_a_reader_that_is_slow_gets_everything(answering):
    block, count = bytes(range(256)) * 4096, 40

    def application(environ, start):
        start("200 OK", [("Content-Length", str(len(block) * count))])
        for _ in range(count):
            yield block

    _, line = answering(application)
    with line:
        body = bodied(line, len(block) * count, pause_s=0.001)

    assert body == block * count


def bodied(line, length, pause_s=0.0):
    """Read an answer whose body is so long, and return that."""
    found = bytearray()
    while b"\r\n\r\n" not in found:
        found += line.recv(4096)
    body = found.partition(b"\r\n\r\n")[2]
    while len(body) < length:
        block = line.recv(1 << 20)
        assert block, f"hung up after {len(body)} of {length} bytes"
        body += block
        time.sleep(pause_s)
    return body


def test_what_was_sent_is_not_kept(answering):
    block, count = bytes(1 << 16), 200
    held, known = [], threading.Event()

    def application(environ, start):
        known.wait(LIMIT_S)
        start("200 OK", [("Content-Length", str(len(block) * count))])
        for _ in range(count):
            yield block
            (channel,) = server.active_channels.values()
            held.append(in_memory(channel))

    server, line = answering(application)
    known.set()
    with line:
        bodied(line, len(block) * count)
        until(lambda: len(held) == count)

    assert max(held) <= 2 * (server.adj.outbuf_overflow + len(block))


def in_memory(channel):
    """Return how many bytes a connection keeps in memory for what it sends."""
    with channel.outbuf_lock:
        files = [each.getfile() for each in channel.outbufs if not each.overflowed]
        return sum(len(file.getvalue()) for file in files)
