"""Workers killed, stalled and cut off from Redis at random: each job's effect is there once."""

import os
import random
import shutil
import time
from collections import Counter
from dataclasses import replace
from hashlib import sha256

import pytest
from sqlalchemy import func, select

from tagstore.db import db, transaction
from tagstore.models import Event, Job, MediaFile
from tagstore.services import jobs
from tagstore.values import OPEN_JOB_STATES, SYSTEM
from tests import sounds
from tests.arrivals import Arrivals
from tests.hurried_worker import LEASE_S, HurriedWorker
from tests.redis_server import RedisServer

pytestmark = pytest.mark.soak

JOBS = 500 if os.environ.get("SOAK") else 40
FILMS, SOUNDS, CALLS = JOBS // 10, JOBS * 3 // 20, JOBS * 2 // 5
"""A film needs three jobs, the last promised by the first; a long sound needs two, a call one."""
PROCESSES, HANDS = 2, 2
LONG_S = 100.0
DONE_BETWEEN = (4, 20)
PAUSE_S = (0.5, 3.0)
LOOK_EVERY_S = 0.25
MOST_S = 300.0
DIED = "The worker stopped in the middle of it."


@pytest.fixture
def redis():
    server = RedisServer()
    yield server
    server.thaw()
    server.destroy()


@pytest.fixture
def settings(apps, engine, request):
    """SQLite with the queue in a file, PostgreSQL with Redis."""
    if engine == "sqlite":
        return apps.settings
    return replace(apps.settings, redis_url=request.getfixturevalue("redis").url)


@pytest.fixture
def workers(app, settings):
    """Two processes of two hands."""
    found = [HurriedWorker(settings, HANDS) for _ in range(PROCESSES)]
    yield found
    for each in found:
        each.kill()


@pytest.fixture
def hashes(app, settings, tmp_path):
    """Bring films and sounds in, none like another; return the hash of each by its number."""
    root = settings.media_roots[0]
    root.mkdir()
    film = sounds.write_film(tmp_path / "film.mp4", samples=sounds.noise(LONG_S), seconds=1.0)
    sound = sounds.write_sound(tmp_path / "sound.wav", sounds.noise(LONG_S), "wav-8")
    call = sounds.write_sound(tmp_path / "call.wav", sounds.noise(1.0), "wav-8")
    arrivals, found = Arrivals(app), {}
    lots = ((film, FILMS, mp4_end), (sound, SOUNDS, wav_end), (call, CALLS, wav_end))
    for path, number, end in lots:
        for place in range(number):
            copy = root / f"{place}-{path.name}"
            shutil.copy(path, copy)
            with copy.open("ab") as file:
                file.write(end(place))
            media_file_id, _ = arrivals.add(copy, in_place=True)
            found[media_file_id] = sha256(copy.read_bytes()).hexdigest()
    return found


def mp4_end(place):
    """Return a box that says nothing to whoever plays the film."""
    return b"\0\0\0\x0cfree" + place.to_bytes(4, "big")


def wav_end(place):
    """Return a chunk that says nothing to whoever plays the sound."""
    return sounds.chunk(b"free", place.to_bytes(4, "big"))


class Mishaps:
    """What befalls workers and Redis, at random but the same each time."""

    def __init__(self, workers, redis):
        self.chance = random.Random(20261128)
        self.workers, self.redis = workers, redis
        self.counts = Counter()

    def wait(self, left):
        """Wait until some jobs have been done."""
        goal = max(0, left() - self.chance.randint(*DONE_BETWEEN))
        end = time.monotonic() + MOST_S
        while left() > goal:
            assert time.monotonic() < end, "nothing gets on any more"
            time.sleep(LOOK_EVERY_S)

    def happen(self):
        kinds = [self.kill, self.kill, self.stall]
        if self.redis:
            kinds += [self.stop_redis, self.freeze_redis, self.flush_redis]
        mishap = self.chance.choice(kinds)
        mishap()
        self.counts[mishap.__name__] += 1

    def pause(self):
        time.sleep(self.chance.uniform(*PAUSE_S))

    def kill(self):
        worker = self.chance.choice(self.workers)
        worker.kill()
        worker.start()

    def stall(self):
        worker = self.chance.choice(self.workers)
        worker.freeze()
        time.sleep(LEASE_S + self.chance.uniform(*PAUSE_S))
        worker.thaw()

    def stop_redis(self):
        self.redis.kill()
        self.pause()
        self.redis.start()

    def freeze_redis(self):
        self.redis.freeze()
        self.pause()
        self.redis.thaw()

    def flush_redis(self):
        self.redis.flush()


def open_jobs(app):
    """Count what is still to be done; what died three times is tried again, as people would."""
    with app.app_context():
        with transaction(writing=True):
            for job_id in db.session.scalars(select(Job.id).where(Job.message == DIED)).all():
                if db.session.get_one(Job, job_id).state == "failed":
                    jobs.retry(SYSTEM, job_id)
        with transaction(writing=False):
            is_open = Job.state.in_(OPEN_JOB_STATES)
            return db.session.scalar(select(func.count()).where(is_open))


def busy_processes(app):
    """Count the processes that do something."""
    holders = read(app, Job.holder, where=Job.state == "running")
    return len({holder.rpartition(":")[0] for (holder,) in holders})


def read(app, *columns, where=True):
    with app.app_context(), transaction(writing=False):
        return [tuple(row) for row in db.session.execute(select(*columns).where(where))]


def test_each_jobs_effect_is_there_once(
    app, engine, hashes, workers, request, record_property, settings
):
    redis = request.getfixturevalue("redis") if engine == "postgresql" else None
    mishaps = Mishaps(workers, redis)
    while busy_processes(app) < PROCESSES:
        time.sleep(LOOK_EVERY_S)
    began = time.monotonic()
    mishaps.kill()  # Whichever it is, it is in the middle of a job.

    while open_jobs(app):
        mishaps.happen()
        mishaps.wait(lambda: open_jobs(app))

    took_s = time.monotonic() - began
    ours = Job.function != "purge"  # Each worker that starts promises that.
    begun = Counter(dict(read(app, Job.id, Job.tries, where=ours)))
    record_property("mishaps", dict(mishaps.counts))
    record_property("seconds", round(took_s))
    record_property("begun again", begun.total() - len(begun))
    ended = read(app, Job.function, Job.state, Job.message, where=ours)
    assert Counter(ended) == {
        ("make_proxy", "done", ""): FILMS,
        ("hash_in_place", "done", ""): FILMS + SOUNDS + CALLS,
        ("draw_pictures", "done", ""): FILMS + SOUNDS,
    }
    assert begun.total() > len(begun)
    done = [after["id"] for (after,) in read(app, Event.after, where=Event.kind == "job.done")]
    assert Counter(done) == dict.fromkeys(begun, 1)
    told = read(app, Event.media_file_id, where=Event.kind == "media.pictures")
    numbers = sorted(hashes)
    expected = dict.fromkeys(numbers[:FILMS], 2) | dict.fromkeys(numbers[FILMS:-CALLS], 1)
    assert Counter(number for (number,) in told) == expected
    kept = read(app, MediaFile.id, MediaFile.sha256, MediaFile.state, MediaFile.pictures)
    assert sorted(kept) == sorted((n, each, "ready", "ready") for n, each in hashes.items())
    failed = read(app, Event.kind, where=Event.kind == "media.failed")
    assert failed == []
