"""A server of several processes: whichever answers, it is one server."""

import base64
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tagstore.cli import web
from tagstore.services import users
from tagstore.values import SYSTEM, Role
from tests import server
from tests.memory import children
from tests.side_by_side import threads, until

PROCESSES = 3
LIMIT = 10
MANY = 60
SOON_S = 20.0
TAG = {"media_id": 1, "tag_set_id": 1, "start_s": 1.0, "end_s": 2.0, "text": "wren"}


@pytest.fixture
def token(work, make):
    with work():
        project = make.project("frogs", ana=Role.ANNOTATOR)
        make.media_file(project)
        make.tag_set(project)
        return make.token(users.get_user(SYSTEM, "ana"))


@pytest.fixture
def running(app, token):
    """A server of three processes."""
    running = server.start_on(
        app.settings, "--no-worker", TAGSTORE_PROCESSES=str(PROCESSES), TAGSTORE_LOG="json"
    )
    assert running.address
    yield running
    if running.process.poll() is None:
        running.kill()


def crew(running):
    """Return the numbers of the processes that answer."""
    return set(children(running.process.pid))


def lives(pid):
    """Return whether a process is there and has not ended."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def connect(running):
    return http.client.HTTPConnection(running.address.removeprefix("http://"), timeout=30)


def ask(connection, method, path, body=None, **headers):
    """Ask on a connection, and return the answer with its body."""
    sent = None if body is None else json.dumps(body)
    connection.request(method, path, sent, {"Content-Type": "application/json", **headers})
    answer = connection.getresponse()
    return answer, answer.read()


def status(running, path="/healthz", **headers):
    """Ask on a connection of its own."""
    connection = connect(running)
    answer, _ = ask(connection, "GET", path, **headers)
    connection.close()
    return answer.status


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def numbers(running):
    """Return what is counted."""
    _, said = ask(connect(running), "GET", "/metrics")
    return {
        name: float(value)
        for name, value in re.findall(r"^([a-z_]+\S*) (\S+)$", said.decode(), re.MULTILINE)
    }


def test_there_are_as_many_as_asked_for(running):
    assert len(crew(running)) == PROCESSES


def test_tags_of_all_are_stored_once_and_heard_by_all_who_follow(running, token):
    heard = []

    def follow(stream):
        ids = []
        while len(ids) < MANY:
            line = stream.readline()
            if line.startswith(b"data: "):
                ids += json.loads(line.removeprefix(b"data: "))["ids"]
        heard.append(sorted(ids))

    def post():
        connection = connect(running)
        for _ in range(MANY // 6):
            answer, _ = ask(connection, "POST", "/api/v1/tags", TAG, **bearer(token))
            assert answer.status == 201

    streams = []
    for _ in range(6):
        connection = connect(running)
        connection.request("GET", "/api/v1/media/1/events", headers=bearer(token))
        connection.sock.settimeout(SOON_S)
        streams.append(connection.getresponse())
        assert streams[-1].readline().startswith(b"retry:")
    with threads(*[lambda stream=each: follow(stream) for each in streams], *[post] * 6):
        pass

    assert heard == [list(range(1, MANY + 1))] * 6
    counted = numbers(running)
    assert counted['tagstore_tags_written_total{change="added"}'] == MANY
    assert counted['tagstore_http_requests_total{edge="v1",method="POST",status="2xx"}'] == MANY


@pytest.mark.only("sqlite")
def test_who_has_more_connections_lets_others_go_first(monkeypatch):
    pauses = []
    monkeypatch.setattr(web.time, "sleep", pauses.append)
    address = web.take("127.0.0.1:0")
    doors = web.doors(address, 2)
    clients = [socket.create_connection(address.getsockname()) for _ in range(3)]
    taken = []

    for door, connections in ((doors[0], 0), (doors[0], 1), (doors[1], 0)):
        door.count = lambda connections=connections: connections
        taken.append(door.accept()[0])

    assert pauses == [web.HEAD_START_S]  # The second time: one had come in already.
    for each in (*clients, *taken, *doors, address):
        each.close()


def test_guesses_count_whichever_process_is_asked(running, work, make):
    wrong = "Basic " + base64.b64encode(b"ana:wrong").decode()

    statuses = [
        status(running, "/api/v1/me", Authorization=wrong) for _ in range(LIMIT + PROCESSES)
    ]

    assert statuses == [401] * LIMIT + [429] * PROCESSES


@pytest.mark.only("sqlite")
def test_no_two_requests_have_the_same_name(running):
    names = []

    def name():
        for _ in range(20):
            connection = connect(running)
            answer, _ = ask(connection, "GET", "/healthz")
            names.append(answer.headers["X-Request-Id"])
            connection.close()

    with threads(*[name] * 6):
        pass

    assert len(set(names)) == len(names) == 120


def test_memory_and_open_streams_are_told_of_all_together(running, token):
    connection = connect(running)
    connection.request("GET", "/api/v1/media/1/events", headers=bearer(token))
    connection.getresponse().readline()

    counted = numbers(running)

    statm = Path(f"/proc/{running.process.pid}/statm").read_text().split()
    alone = int(statm[1]) * os.sysconf("SC_PAGESIZE")
    assert counted["process_resident_memory_bytes"] > alone
    assert counted["tagstore_followers"] == 1


@pytest.mark.only("sqlite")
def test_one_that_is_killed_is_replaced_and_the_others_go_on(running):
    before = crew(running)
    victim = min(before)

    os.kill(victim, signal.SIGKILL)
    statuses = {status(running) for _ in range(MANY)}
    until(lambda: len(crew(running) - {victim}) == PROCESSES)

    assert statuses == {200}
    assert crew(running) > before - {victim}
    assert f'"pid": {victim}' in running.said(r"(.*another follows.*)")
    assert {status(running) for _ in range(MANY)} == {200}


def test_a_stream_of_one_that_is_killed_is_not_counted_for_ever(running, token):
    connection = connect(running)
    connection.request("GET", "/api/v1/media/1/events", headers=bearer(token))
    connection.getresponse().readline()
    followed = numbers(running)["tagstore_followers"]

    for pid in crew(running):
        os.kill(pid, signal.SIGKILL)
        until(lambda pid=pid: len(crew(running) - {pid}) == PROCESSES)

    assert (followed, numbers(running)["tagstore_followers"]) == (1, 0)


@pytest.mark.only("sqlite")
def test_all_end_with_the_one_that_watches_and_the_address_is_free_at_once(running):
    processes = crew(running)

    running.kill()
    running.start_again()

    assert status(running) == 200
    until(lambda: not any(map(lives, processes)))


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_all_end_when_told_and_nothing_is_left(running, number, tmp_path):
    processes = crew(running)

    running.process.send_signal(number)

    assert running.process.wait(20) == 0
    assert not any(map(lives, processes))
    assert "Traceback" not in "\n".join(running.lines)


@pytest.mark.only("sqlite")
def test_one_that_a_shell_started_in_the_background_ends_when_told(tmp_path):
    deaf = ["sh", "-c", 'trap "" INT; exec "$0" "$@"', sys.executable, "-m", "flask"]
    process = subprocess.Popen(
        [*deaf, "serve", "--no-worker", "--bind", "127.0.0.1:0"],
        cwd=server.ROOT,
        env=server.environment(tmp_path, TAGSTORE_DEMO="0"),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    while not process.stderr.readline().startswith("ready"):
        assert process.poll() is None

    process.send_signal(signal.SIGINT)

    assert process.wait(20) == 0


@pytest.mark.only("sqlite")
def test_an_address_that_is_taken_is_said_in_one_line(running, tmp_path):
    address = running.address.removeprefix("http://")

    done = subprocess.run(
        ["flask", "serve", "--bind", address],
        executable=Path(sys.executable).with_name("flask"),
        cwd=server.ROOT,
        env=server.environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"Cannot listen on {address}: ")
    assert "Traceback" not in done.stderr
