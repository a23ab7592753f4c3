"""Redis: shared by processes and stores, away, silent, forgetful; nothing breaks without it."""

import subprocess
import sys
import time
from dataclasses import replace

import pytest
from sqlalchemy import select

from tagstore.db import db, transaction
from tagstore.models import Job
from tagstore.services import jobs, redis_line
from tagstore.services.jobs import job, later, queue
from tagstore.services.redis_line import ALONE_S, Away
from tests import server
from tests.redis_server import RedisServer

LONGEST_S = 5.0
"""Far shorter than 50 waits of half a second, and far longer than one."""
calls = []


@job
def note_that_it_was_done(progress, number):
    calls.append(number)


@pytest.fixture
def redis():
    """A server that a test may kill."""
    found = RedisServer()
    yield found
    found.thaw()
    found.destroy()


@pytest.fixture
def settings(apps, redis):
    return replace(apps.settings, redis_url=redis.url)


@pytest.fixture(autouse=True)
def _forget():
    calls.clear()


@pytest.fixture
def line(app):
    """The line of the application; what it found before the test is forgotten."""
    with app.app_context():
        return redis_line.line()


def promise(work, *numbers):
    with work():
        for number in numbers:
            later(note_that_it_was_done, number=number)


def states():
    with transaction(writing=False):
        return sorted(db.session.execute(select(Job.arguments, Job.state)), key=str)


def gone(redis, how):
    redis.kill() if how == "killed" else redis.freeze()


def well_again(redis, how):
    redis.start() if how == "killed" else redis.thaw()
    time.sleep(ALONE_S)


both_ways = pytest.mark.parametrize("how", ["killed", "frozen"])


# What is shared, and by whom


def test_two_stores_on_one_redis_do_not_eat_each_others_jobs(app, work, tmp_path, redis):
    promise(work, 1)
    other = replace(app.settings, data_dir=tmp_path / "other", database_url="")
    keys = set(redis.client.scan_iter())

    (tmp_path / "other").mkdir()
    mine = redis_line.Line(app.settings)
    others = redis_line.Line(other)
    theirs = queue.RedisQueue(others)

    assert (theirs.size(), theirs.take(), queue.RedisQueue(mine).size()) == (0, None, 1)
    assert len(keys) == 1
    assert all(mine.store.encode() in key for key in keys)
    assert mine.store != others.store


def test_processes_of_one_store_have_one_name_for_it_however_they_spell_its_address(app):
    settings = replace(app.settings, secret_key="hush")
    spelt = [
        "postgresql://ana@db.example.org/tags",
        "postgres://bo:pw@10.0.0.7:5432/tags?sslmode=require",
        "postgresql+psycopg://db/tags",
    ]
    names = {redis_line.Line(replace(settings, database_url=url)).store for url in spelt}
    others = {
        redis_line.Line(replace(settings, database_url="postgresql://db/birds")).store,
        redis_line.Line(replace(settings, database_url=spelt[0], secret_key="other")).store,
    }

    assert (len(names), len(others - names)) == (1, 2)


# Away


@both_ways
def test_nobody_waits_and_nothing_is_lost_while_it_is_away(app, work, redis, how):
    with app.app_context():
        queue.waiting()
    gone(redis, how)

    began = time.monotonic()
    promise(work, *range(50))
    took_s = time.monotonic() - began
    with app.app_context():
        jobs.sweep()
        while_away = jobs.work()
        well_again(redis, how)
        before = queue.waiting()
        jobs.sweep()
        after = queue.waiting()
        while jobs.work():
            pass

        assert took_s < LONGEST_S
        late = 1 if how == "frozen" else 0  # What was sent into the silence is heard after it.
        assert (while_away, before, after) == (True, late, 49 + late)
        assert calls == list(range(50))
        assert states() == sorted((({"number": n}, "done") for n in range(50)), key=str)


def test_what_it_forgets_is_handed_over_again(app, work, redis):
    promise(work, 1, 2, 3)

    redis.flush()

    with app.app_context():
        forgotten = queue.waiting()
        jobs.sweep()
        found = queue.waiting()
        while jobs.work():
            pass
    assert (forgotten, found, calls) == (0, 3, [1, 2, 3])


def test_a_redis_that_takes_nothing_more_is_as_good_as_away(app, work, redis):
    redis.client.config_set("maxmemory", "1")

    promise(work, 1, 2)

    with app.app_context():
        found = [jobs.work() for _ in range(3)]
    assert (found, calls) == ([True, True, False], [1, 2])


def test_its_absence_is_said_once_and_its_return_too(app, line, redis, capsys):
    def ask():
        with line.asking() as client:
            client.ping()

    for _ in range(2):
        redis.kill()
        for _ in range(5):
            with pytest.raises(Away):
                ask()
            line._alone_until = 0.0
        redis.start()
        ask()

    said = [each for each in capsys.readouterr().err.splitlines() if "Redis" in each]
    assert ["is away" in each for each in said] == [True, False]
    assert "answers again" in said[1]


# What is told


@both_ways
def test_whoever_watches_is_told_and_the_store_stays_ready(app, client, redis, how):
    before = client.get("/readyz")
    gone(redis, how)

    away, watched = client.get("/readyz"), client.get("/metrics").text
    well_again(redis, how)
    after = client.get("/readyz")

    fine = {"database": "ok", "storage": "ok", "redis": "ok"}
    assert (before.status_code, before.json) == (200, {"status": "ok", "dependencies": fine})
    assert (away.status_code, away.json) == (
        200,
        {"status": "degraded", "dependencies": {**fine, "redis": "cannot be reached"}},
    )
    assert "\ntagstore_redis_up 0.0\n" in watched
    assert after.json == before.json
    assert "\ntagstore_redis_up 1.0\n" in client.get("/metrics").text


def test_failures_are_counted_for_who_watches(client, redis):
    def failures():
        lines = client.get("/metrics").text.splitlines()
        return [float(each.split()[1]) for each in lines if each.startswith("tagstore_redis_fail")]

    redis.kill()
    first = failures()
    time.sleep(ALONE_S)
    second = failures()

    assert second == [first[0] + 1]


@both_ways
def test_the_doctor_says_how_it_is(app, redis, how):
    def doctor():
        done = app.test_cli_runner().invoke(args=["doctor"])
        return [" ".join(each.split()) for each in done.stdout.splitlines() if "redis" in each]

    before = doctor()
    gone(redis, how)
    away = doctor()

    assert before == ["redis ok answers"]
    assert away == ["redis wrong cannot be reached; all goes on without"]


# Who has none


@pytest.mark.only("sqlite")
def test_whoever_has_none_does_not_load_its_library(apps):
    program = (
        "import sys; from tagstore import create_app; app = create_app()\n"
        "app.test_client().get('/readyz'); print('redis' in sys.modules)"
    )
    environment = server.environment(apps.settings.data_dir)

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=server.ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "False\n"
