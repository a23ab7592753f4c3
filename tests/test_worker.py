"""A real worker process: quick to begin, told to stop, and it leaves nothing behind."""

import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from tests import sounds
from tests.server import Server, run_flask, start

WAIT_S = 30.0


@pytest.fixture
def server(tmp_path) -> Iterator[Server]:
    server = start(tmp_path / "data", TAGSTORE_DEMO="0")
    assert server.address
    server.flask("projects", "add", "frogs")
    yield server
    if server.process.poll() is None:
        server.stop()


def jobs(server: Server) -> list[tuple]:
    with sqlite3.connect(server.data_dir / "tagstore.db") as database:
        return database.execute(
            "SELECT state, tries, created_at, started_at FROM job WHERE function = 'draw_pictures'"
        ).fetchall()


def wait_for(server: Server, state: str) -> tuple:
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        found = [job for job in jobs(server) if job[0] == state]
        if found:
            return found[0]
        time.sleep(0.02)
    raise AssertionError(f"No job was {state}: {jobs(server)}")


def test_a_job_begins_within_a_second_and_is_done(server, tmp_path):
    path = sounds.write_sound(tmp_path / "long.wav", sounds.noise(100.0))
    server.flask("media", "add", str(path), "--project", "frogs")

    _, tries, created_at, started_at = wait_for(server, "done")

    waited = datetime.fromisoformat(started_at) - datetime.fromisoformat(created_at)
    assert (tries, waited.total_seconds() < 1.5) == (1, True)


def test_a_worker_that_is_told_to_stop_leaves_its_job_to_the_next(server, tmp_path):
    path = sounds.write_long_rf64(tmp_path / "day.wav", 24.0)
    add = ("media", "add", str(path), "--project", "frogs", "--in-place")
    run_flask(server.data_dir, *add, TAGSTORE_MEDIA_ROOTS=str(tmp_path))
    wait_for(server, "running")

    status = server.stop()

    assert status == 0
    assert [job[:2] for job in jobs(server)] == [("waiting", 0)]
