"""A real worker process: quick to begin, told to stop, and it leaves nothing behind."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import Row, select

from tagstore.db import db, transaction
from tagstore.models import Job
from tests import sounds
from tests.server import Server, start_on

WAIT_S = 30.0

Jobs = Callable[[], Sequence[Row[Any]]]


@pytest.fixture
def server(app) -> Iterator[Server]:
    server = start_on(app.settings, TAGSTORE_DEMO="0")
    assert server.address
    server.flask("projects", "add", "frogs")
    yield server
    if server.process.poll() is None:
        server.stop()


@pytest.fixture
def jobs(app) -> Jobs:
    """A function that returns state, tries, beginning and start of the jobs that draw pictures."""
    columns = (Job.state, Job.tries, Job.created_at, Job.started_at)

    def jobs() -> Sequence[Row[Any]]:
        with app.app_context(), transaction(writing=False):
            return db.session.execute(
                select(*columns).where(Job.function == "draw_pictures").order_by(Job.id)
            ).all()

    return jobs


def wait_for(jobs: Jobs, state: str) -> Row[Any]:
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        found = [job for job in jobs() if job.state == state]
        if found:
            return found[0]
        time.sleep(0.02)
    raise AssertionError(f"No job was {state}: {jobs()}")


def test_a_job_begins_within_a_second_and_is_done(server, jobs, tmp_path):
    path = sounds.write_sound(tmp_path / "long.wav", sounds.noise(100.0))
    server.flask("media", "add", str(path), "--project", "frogs")

    _, tries, created_at, started_at = wait_for(jobs, "done")

    assert (tries, (started_at - created_at).total_seconds() < 1.5) == (1, True)


def test_a_worker_that_is_told_to_stop_leaves_its_job_to_the_next(server, jobs, tmp_path):
    path = sounds.write_long_rf64(tmp_path / "day.wav", 24.0)
    add = ("media", "add", str(path), "--project", "frogs", "--in-place")
    server.flask(*add, TAGSTORE_MEDIA_ROOTS=str(tmp_path))
    wait_for(jobs, "running")

    status = server.stop()

    assert status == 0
    assert [job[:2] for job in jobs()] == [("waiting", 0)]
