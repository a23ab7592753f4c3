"""Jobs: promised with a change, done once, tried again, swept up, stopped; by either queue."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tagstore import clock
from tagstore.db import db, transaction
from tagstore.errors import Busy, Conflict, Forbidden, NotFound, Unreadable
from tagstore.models import Event, Job, MediaFile, Tag
from tagstore.services import jobs, media_files, tags, users
from tagstore.services.jobs import job, later, promises, queue, running, sweep
from tagstore.services.jobs.purging import purge
from tagstore.values import SYSTEM, Actor, Role

calls = []


@job
def remember(progress, word):
    calls.append(word)


@job
def fail_for_good(progress):
    raise Unreadable("The file is cut short.")


@job
def fail_for_now(progress):
    raise Busy("The disk is full.")


@job
def report_twice(progress, media_file_id):
    progress.report(0.25, "begun")
    progress._told_at -= 2.0
    progress.report(0.5, "half")


@job
def stop_in_the_middle(progress):
    progress._told_at -= 2.0
    with transaction(writing=True):
        db.session.execute(update(Job).values(state="cancelled"))
    progress.report(0.5)
    calls.append("went on")


@job
def be_taken_over_and_end(progress, failure):
    if calls:
        with progress.ending(failure):
            calls.append("another")
        return
    calls.append("one")
    with transaction(writing=True):
        db.session.execute(update(Job).values(state="waiting", holder=None))
    jobs.run(db_number())
    with progress.ending(failure):
        calls.append("one again")


@job
def end_and_fail(progress):
    with progress.ending():
        db.session.execute(update(Job).values(priority=7))
        raise Busy("The disk is full.")


def db_number():
    with transaction(writing=False):
        return db.session.scalars(select(Job.id)).one()


@job
def stop_to_fail(progress):
    calls.append("did not fail")


@pytest.fixture(params=["file", "redis"])
def settings(apps, request):
    """Settings with either queue."""
    if request.param == "file":
        return apps.settings
    return replace(apps.settings, redis_url=request.getfixturevalue("redis_server").url)


@pytest.fixture(autouse=True)
def _forget():
    calls.clear()
    running.stopping.clear()


def states():
    with transaction(writing=False):
        rows = db.session.execute(select(Job.state, Job.tries, Job.message).order_by(Job.id))
        return [tuple(row) for row in rows]


def test_a_promise_is_kept_and_handed_over_with_its_transaction(app, work):
    with work():
        job_id = later(remember, word="wren")
    with app.app_context():
        handed_over = queue.waiting()
        jobs.run(job_id)

        assert (handed_over, calls, states()) == (1, ["wren"], [("done", 1, "")])


def test_an_undone_transaction_promises_nothing(app, work):
    def promise_and_fail():
        with work():
            later(remember, word="wren")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        promise_and_fail()

    with app.app_context():
        assert (states(), queue.waiting()) == ([], 0)


def test_the_same_promise_is_made_once_while_it_is_open(app, work):
    with work():
        first = later(remember, sameness="a", word="wren")
        again = later(remember, sameness="a", word="robin")
        other = later(remember, sameness="b", word="jay")
    with app.app_context():
        jobs.run(first)
    with work():
        anew = later(remember, sameness="a", word="owl")

    assert (again, other == first, anew == first) == (first, False, False)


def test_a_job_is_done_by_one_worker_only(app, work):
    with work():
        job_id = later(remember, word="wren")

    with app.app_context():
        jobs.run(job_id)
        jobs.run(job_id)

        assert calls == ["wren"]


def test_what_another_try_would_meet_again_fails_at_once(app, work):
    with work():
        job_id = later(fail_for_good)

    with app.app_context():
        jobs.run(job_id)

        assert states() == [("failed", 1, "The file is cut short.")]


def test_what_may_pass_is_tried_three_times_ever_later(app, work):
    with work():
        job_id = later(fail_for_now)
    seen = []

    with app.app_context():
        for _ in range(4):
            jobs.run(job_id)
            seen += states()
            with transaction(writing=True):
                db.session.execute(update(Job).values(run_after=clock.now()))

    reason = "The disk is full."
    first, second, last = ("waiting", 1, reason), ("waiting", 2, reason), ("failed", 3, reason)
    assert seen == [first, second, last, last]


def test_each_try_comes_later_than_the_one_before(app, work):
    with work():
        job_id = later(fail_for_now)
    waits_s = []

    with app.app_context():
        for _ in range(2):
            before = clock.now()
            jobs.run(job_id)
            with transaction(writing=True):
                run_after = db.session.scalar(select(Job.run_after))
                waits_s.append((run_after - before).total_seconds())
                db.session.execute(update(Job).values(run_after=clock.now()))

    assert [5 <= waits_s[0] < 10, 20 <= waits_s[1] < 25] == [True, True]


def test_a_job_that_waits_for_its_next_try_is_not_begun_early(app, work):
    with work():
        job_id = later(remember, word="wren")
        db.session.execute(update(Job).values(run_after=clock.now() + timedelta(seconds=60)))

    with app.app_context():
        jobs.run(job_id)

        assert calls == []


def test_progress_and_end_are_told_on_the_media_file(app, work, make):
    with work():
        media_file = make.media_file()
        job_id = later(report_twice, media_file=media_file, media_file_id=media_file.id)

    with app.app_context():
        jobs.run(job_id)
        with transaction(writing=False):
            found = db.session.scalars(
                select(Event).where(Event.kind.startswith("job.")).order_by(Event.seq)
            )
            told = [
                (event.kind, event.after["progress"], event.after["message"]) for event in found
            ]

    assert told == [("job.progress", 0.5, "half"), ("job.done", 1.0, "")]


def test_a_job_that_was_taken_back_stops_at_its_next_report(app, work):
    with work():
        job_id = later(stop_in_the_middle)

    with app.app_context():
        jobs.run(job_id)

        assert (calls, states()) == ([], [("cancelled", 1, "")])


@pytest.mark.parametrize(("failure", "state"), [("", "done"), ("It is cut short.", "failed")])
def test_whoever_was_taken_over_changes_nothing_even_in_the_same_process(app, work, failure, state):
    with work():
        job_id = later(be_taken_over_and_end, failure=failure)

    with app.app_context():
        jobs.run(job_id)

        assert (calls, states()) == (["one", "another"], [(state, 2, failure)])


def test_an_end_that_fails_undoes_what_was_done_with_it(app, work):
    with work():
        job_id = later(end_and_fail)

    with app.app_context():
        jobs.run(job_id)

        with transaction(writing=False):
            priority = db.session.scalar(select(Job.priority))
        assert (priority, states()) == (0, [("waiting", 1, "The disk is full.")])


def test_what_is_more_urgent_overtakes_and_the_rest_is_done_in_order(app, work):
    with work():
        for word, priority in (("wren", 0), ("jay", -1), ("owl", 5), ("robin", 0), ("tit", 5)):
            later(remember, priority=priority, word=word)

    with app.app_context():
        done = [jobs.work() for _ in range(6)]

    assert calls == ["owl", "tit", "wren", "robin", "jay"]
    assert done == [True] * 5 + [False]


def test_what_is_no_number_is_thrown_away(app, work):
    with work():
        later(remember, word="wren")
    with app.app_context():
        storage = queue.opened().huey.storage
        for data in (b"", b"-1", b"one", "\u0663".encode(), b"\x80\x04."):
            storage.enqueue(data, 9)

        found = jobs.work()

        assert (found, calls, queue.waiting()) == (True, ["wren"], 0)


def test_a_worker_that_shuts_down_leaves_its_job_as_it_was(app, work):
    with work():
        job_id = later(report_twice, media_file_id=1)
    running.stopping.set()

    with app.app_context():
        jobs.run(job_id)

        assert states() == [("waiting", 0, "")]


def test_the_sweep_hands_over_what_was_lost_on_the_way(app, work):
    with work():
        later(remember, word="wren")
    with app.app_context():
        queue.opened().huey.storage.flush_queue()

        sweep()

        assert queue.waiting() == 1


def test_the_sweep_hands_over_only_what_is_not_on_its_way(app, work):
    with work():
        first = later(remember, word="wren")
        second = later(remember, priority=5, word="robin")
    with app.app_context():
        queue.opened().huey.storage.flush_queue()
        queue.hand_over(first)

        for _ in range(3):
            sweep()

        assert queue.opened().numbers(10) == [second, first]


def test_a_dead_workers_job_waits_for_the_sweep_and_for_a_while(app, work):
    past = clock.now() - timedelta(seconds=1)
    with work():
        job_id = later(remember, word="wren")
        held = {"state": "running", "tries": 1, "holder": "dead", "lease_until": past}
        db.session.execute(update(Job).values(**held))

    with app.app_context():
        before = jobs.run(job_id)
        sweep()
        after = jobs.run(job_id)

        assert (before, after, calls) == (False, False, [])


def test_the_sweep_frees_what_a_dead_worker_held_and_gives_up_the_third_time(app, work):
    with work():
        later(remember, word="wren")
    seen = []

    with app.app_context():
        for tries in (1, 3):
            past = clock.now() - timedelta(seconds=1)
            held = {"state": "running", "tries": tries, "holder": "dead", "lease_until": past}
            with transaction(writing=True):
                db.session.execute(update(Job).values(**held))
            sweep()
            seen += states()

    reason = "The worker stopped in the middle of it."
    assert seen == [("waiting", 1, reason), ("failed", 3, reason)]


def test_only_administrators_see_and_cancel_jobs(work):
    with work():
        job_id = later(remember, word="wren")

        with pytest.raises(Forbidden):
            jobs.list_jobs(Actor(1, "ana"))
        with pytest.raises(NotFound):
            jobs.cancel(Actor(1, "ana"), job_id)
        jobs.cancel(SYSTEM, job_id)

        assert [each.state for each in jobs.list_jobs(SYSTEM).jobs] == ["cancelled"]


def test_what_failed_is_promised_again_and_done_as_if_for_the_first_time(app, work):
    with work():
        job_id = later(fail_for_good)
    with app.app_context():
        jobs.run(job_id)
    with work():
        db.session.get_one(Job, job_id).function = "stop_to_fail"
        jobs.retry(SYSTEM, job_id)

    with app.app_context():
        before, handed_over = states(), queue.waiting()
        jobs.run(job_id)

        assert (before, handed_over) == ([("waiting", 0, "")], 2)
        assert (calls, states()) == (["did not fail"], [("done", 1, "")])


def test_a_job_is_not_tried_again_while_the_same_is_promised(app, work):
    with work():
        job_id = later(fail_for_good, sameness="a")
    with app.app_context():
        jobs.run(job_id)
    with work():
        later(fail_for_good, sameness="a")

    with pytest.raises(Conflict, match="promised again already"), work():
        jobs.retry(SYSTEM, job_id)

    with app.app_context():
        assert [state for state, _, _ in states()] == ["failed", "waiting"]


@pytest.mark.parametrize("state", ["waiting", "running", "done"])
def test_only_what_did_not_succeed_is_tried_again(work, state):
    with work():
        job_id = later(remember, word="wren")
        db.session.get_one(Job, job_id).state = state

    with pytest.raises(Conflict, match="Only a job that failed"), work():
        jobs.retry(SYSTEM, job_id)


def test_managers_cancel_and_retry_the_jobs_of_their_projects_and_viewers_do_not(work, make):
    with work():
        project = make.project("frogs", ana=Role.MANAGER, vera=Role.VIEWER)
        media_file = make.media_file(project)
        job_id = later(remember, media_file=media_file, word="wren")
        ana, vera = (users.get_user(SYSTEM, name).actor for name in ("ana", "vera"))

    for act in (jobs.cancel, jobs.retry):
        with pytest.raises(Forbidden), work():
            act(vera, job_id)
        with work():
            act(ana, job_id)

    with work():
        found = select(Event.kind).where(Event.kind.startswith("job.")).order_by(Event.seq)
        assert db.session.get_one(Job, job_id).state == "waiting"
        assert db.session.scalars(found).all() == ["job.cancelled", "job.retried"]


def test_two_jobs_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two jobs"):
        job(remember)
    assert promises.REGISTRY["remember"] is remember


def test_what_was_deleted_long_ago_goes_for_good_and_the_rest_stays(app, work, make):
    long_ago = clock.now() - timedelta(days=31)
    with work():
        keeps, loses = make.media_file(), make.media_file()
        kept, dropped = make.tag(keeps), make.tag(keeps)
        make.tag(loses)
        recent = make.tag(keeps)
        tags.delete_tag(SYSTEM, dropped)
        tags.delete_tag(SYSTEM, recent)
        media_files.delete_media_file(SYSTEM, loses)
        dropped.deleted_at = loses.deleted_at = long_ago
        job_id = later(purge)
        expected = ([keeps.id], [kept.id, recent.id])

    with app.app_context():
        jobs.run(job_id)

        with transaction(writing=False):
            left = (
                list(db.session.scalars(select(MediaFile.id))),
                list(db.session.scalars(select(Tag.id))),
            )
        assert (left, states()) == (expected, [("done", 1, "")])


def test_jobs_long_ended_and_how_far_they_were_are_forgotten(app, work, make):
    with work():
        media_file = make.media_file()
        old = later(report_twice, media_file=media_file, media_file_id=media_file.id)
    with app.app_context():
        jobs.run(old)
    with work():
        long_ago = clock.now() - timedelta(days=31)
        db.session.execute(update(Job).values(finished_at=long_ago))
        db.session.execute(update(Event).values(at=long_ago))
        job_id = later(purge)

    with app.app_context():
        jobs.run(job_id)

        with transaction(writing=False):
            left = list(db.session.scalars(select(Job.id)))
            kinds = set(db.session.scalars(select(Event.kind)))
    assert (left, kinds & {"job.progress", "job.done"}) == ([job_id], {"job.done"})


def test_events_are_forgotten_after_90_days(app, work, make):
    with work():
        make.media_file()
        make.project("birds")
    with work():
        old = db.session.scalars(select(Event.seq).order_by(Event.seq)).all()
        db.session.execute(update(Event).values(at=clock.now() - timedelta(days=91)))
        job_id = later(purge)

    with app.app_context():
        jobs.run(job_id)

        with transaction(writing=False):
            left = db.session.scalars(select(Event.seq)).all()
    assert (len(old) > 1, set(old) & set(left)) == (True, set())
