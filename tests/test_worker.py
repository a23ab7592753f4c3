"""A real worker process: quick to begin, told to stop, and it leaves nothing behind."""

import io
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, func, select

from tagstore.db import db, transaction
from tagstore.models import Job, Tag
from tagstore.services import imports
from tagstore.services import jobs as promised
from tagstore.services.jobs import later
from tagstore.values import SYSTEM
from tests import hurried_worker, sounds
from tests.hurried_worker import HurriedWorker
from tests.redis_server import RedisServer
from tests.server import Server, start_on

WAIT_S = 60.0
HEALED_S = 6.0
DIED = "The worker stopped in the middle of it."

Jobs = Callable[[], Sequence[Row[Any]]]


@pytest.fixture
def settings(apps, engine, request):
    """SQLite with the queue in a file, PostgreSQL with Redis."""
    if engine == "sqlite":
        return apps.settings
    return replace(apps.settings, redis_url=request.getfixturevalue("redis_server").url)


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


# What befalls single jobs, with a worker that is in a hurry


@pytest.fixture
def hurried(app, settings) -> Iterator[HurriedWorker]:
    """A worker with one hand."""
    worker = HurriedWorker(settings, hands=1)
    yield worker
    worker.kill()


@pytest.fixture
def diary(tmp_path) -> Path:
    """A file in which jobs write."""
    path = tmp_path / "diary"
    path.touch()
    return path


def words(diary: Path) -> list[str]:
    return diary.read_text().split()


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < until, "this never came about"
        time.sleep(0.02)


def ends(app) -> list[tuple[Any, ...]]:
    """Return function, state, tries and message of what was promised."""
    columns = (Job.function, Job.state, Job.tries, Job.message)
    with app.app_context(), transaction(writing=False):
        found = select(*columns).where(Job.function != "purge").order_by(Job.id)
        return [tuple(row) for row in db.session.execute(found)]


def test_what_kills_its_worker_is_given_up_after_three_times_and_the_rest_is_done(
    app, work, hurried, diary
):
    with work():
        later(hurried_worker.kill_the_worker, priority=5, path=str(diary))
        later(hurried_worker.write_word, path=str(diary), word="wren")

    def is_over() -> bool:
        if hurried.process.poll() is not None:
            hurried.start()
        return all(state in {"done", "failed"} for _, state, _, _ in ends(app))

    wait_until(is_over)

    assert ends(app) == [
        ("kill_the_worker", "failed", 3, DIED),
        ("write_word", "done", 1, ""),
    ]
    assert sorted(words(diary)) == ["began"] * 3 + ["wren"]


def test_an_import_whose_worker_is_killed_is_stored_once(app, work, make, hurried):
    rows = "".join(f"dawn.wav,wren,{n / 1000},{n / 1000 + 1}\n" for n in range(20_000))
    table = f"media_path,class_name,start_s,end_s\n{rows}".encode()
    with work():
        project = make.project("frogs")
        make.media_file(project, name="dawn.wav")
        make.tag_class(project, "wren")
    with app.app_context():
        number = imports.receive(SYSTEM, "frogs", [("a.csv", io.BytesIO(table))], {})

    def phase() -> str:
        with app.app_context(), transaction(writing=False):
            return imports.standing(imports.get_import(SYSTEM, number)).phase

    wait_until(lambda: phase() == "ready")
    with work():
        imports.commit(SYSTEM, imports.get_import(SYSTEM, number))
    wait_until(lambda: count_tags(app) > 0)
    hurried.kill()
    left, shown = count_tags(app), phase()
    hurried.start()
    wait_until(lambda: phase() == "committed")

    assert 0 < left < 20_000
    assert (shown, count_tags(app)) == ("storing", 20_000)


def count_tags(app) -> int:
    with app.app_context(), transaction(writing=False):
        return db.session.scalar(select(func.count(Tag.id))) or 0


def test_a_running_job_that_is_taken_back_ends_and_the_next_begins(app, work, hurried, diary):
    with work():
        job_id = later(hurried_worker.go_on_until_stopped, path=str(diary))
    wait_until(lambda: words(diary) == ["began"])
    with work():
        later(hurried_worker.write_word, path=str(diary), word="wren")
        promised.cancel(SYSTEM, job_id)

    wait_until(lambda: len(words(diary)) == 3)
    wait_until(lambda: ends(app)[1][1] == "done")

    assert words(diary) == ["began", "ended", "wren"]
    assert [end[:3] for end in ends(app)] == [
        ("go_on_until_stopped", "cancelled", 1),
        ("write_word", "done", 1),
    ]


def test_what_is_urgent_overtakes_what_waits(app, work, hurried, diary):
    with work():
        job_id = later(hurried_worker.go_on_until_stopped, path=str(diary))
    wait_until(lambda: words(diary) == ["began"])
    with work():
        for word, priority in (("late", -1), ("first", 0), ("second", 0), ("urgent", 10)):
            later(hurried_worker.write_word, priority=priority, path=str(diary), word=word)
    with work():
        promised.cancel(SYSTEM, job_id)

    wait_until(lambda: len(words(diary)) == 6)

    assert words(diary) == ["began", "ended", "urgent", "first", "second", "late"]


# Redis away


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.destroy()


@pytest.mark.only("postgresql")
def test_a_worker_goes_on_without_redis_and_finds_it_again(apps, redis, diary):
    settings = replace(apps.settings, redis_url=redis.url)
    app = apps.emptied(settings)
    worker = HurriedWorker(settings, hands=2)

    def took_s(word: str) -> float:
        began = time.monotonic()
        with app.app_context(), transaction(writing=True):
            later(hurried_worker.write_word, path=str(diary), word=word)
        wait_until(lambda: word in words(diary))
        return time.monotonic() - began

    try:
        took_s("before")
        redis.kill()
        away_s = took_s("away")
        redis.start()
        healed_s = took_s("back")
        redis.flush()
        forgotten_s = took_s("again")
        wait_until(lambda: "Redis answers again" in worker.log.read_text())
        is_same_process = worker.process.poll() is None
    finally:
        worker.kill()

    assert words(diary) == ["before", "away", "back", "again"]
    assert max(away_s, healed_s, forgotten_s) < HEALED_S
    assert is_same_process
    said = worker.log.read_text().splitlines()
    assert [each for each in said if "Traceback" in each] == []
    assert len([each for each in said if "Redis is away" in each]) == 1
