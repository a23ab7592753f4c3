"""A transaction holds, ends as it should, and lets the write lock go; readers cannot write."""

import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from tagstore.db import after_commit, apart, db, transaction, undo
from tagstore.errors import Invalid
from tagstore.models import Project
from tagstore.write_lock import lock_of
from tests.side_by_side import threads


def add_project(key):
    db.session.add(Project(key=key, name=key))
    db.session.flush()


def keys():
    return list(db.session.scalars(select(Project.key).order_by(Project.id)))


def is_free(app):
    """Return whether another thread of work gets the write lock at once."""
    lock = lock_of(app.settings.data_dir / "tagstore.db")
    return not lock._queue


def add_and_fail(key):
    add_project(key)
    raise Invalid("no")


def promise_and_fail(call):
    after_commit(call)
    raise Invalid("no")


def add_within_and_fail(key):
    with db.session.begin_nested():
        add_and_fail(key)


def add_and_fail_outside(key):
    with db.session.begin_nested():
        add_project(key)
    raise Invalid("no")


def add_and_begin_again(key):
    add_project(key)
    with transaction(writing=False):
        pass


def test_a_savepoint_undone_leaves_nothing_even_as_the_first_write(app):
    with app.app_context():
        with transaction(writing=True):
            with pytest.raises(Invalid):
                add_within_and_fail("inner")
            add_project("outer")

        with transaction(writing=False):
            assert keys() == ["outer"]


def test_an_outer_rollback_takes_a_kept_savepoint_along(app):
    with app.app_context():
        with pytest.raises(Invalid), transaction(writing=True):
            add_and_fail_outside("inner")

        with transaction(writing=False):
            assert keys() == []


def test_a_reading_transaction_cannot_write(app):
    with app.app_context():
        with pytest.raises(DBAPIError, match=r"read-?only"), transaction(writing=False):
            add_project("frogs")

        with transaction(writing=True):
            add_project("birds")
        with transaction(writing=False):
            assert keys() == ["birds"]


def test_a_reading_transaction_sees_one_moment(app, work):
    with app.app_context(), transaction(writing=False):
        before = keys()
        with threads(lambda: add_in_a_thread(work, "frogs")):
            pass
        after = keys()

    assert (before, after) == ([], [])


def add_in_a_thread(work, key):
    with work():
        add_project(key)


@pytest.mark.only("sqlite")
def test_a_writing_transaction_has_the_lock_before_it_reads(app):
    with app.app_context(), transaction(writing=True):
        untouched = is_free(app)
        keys()
        taken = not is_free(app)

    assert (untouched, taken, is_free(app)) == (True, True, True)


def test_a_transaction_that_raises_keeps_nothing_and_lets_the_lock_go(app):
    with app.app_context():
        with pytest.raises(Invalid), transaction(writing=True):
            add_and_fail("frogs")

        assert is_free(app)
        with transaction(writing=False):
            assert keys() == []


@pytest.mark.only("sqlite")
def test_what_is_undone_is_not_kept_and_reading_on_keeps_the_lock_to_the_end(app):
    with app.app_context():
        with transaction(writing=True):
            add_project("frogs")
            undo()
            assert keys() == []
            held = not is_free(app)

        assert (held, is_free(app)) == (True, True)
        with transaction(writing=False):
            assert keys() == []


def test_a_transaction_within_another_is_a_mistake_that_shows(app):
    with app.app_context():
        with pytest.raises(RuntimeError), transaction(writing=True):
            add_and_begin_again("frogs")

        assert is_free(app)
        with transaction(writing=False):
            assert keys() == []


def test_what_is_to_follow_a_commit_follows_it_and_nothing_else(app):
    followed = []
    with app.app_context():
        with transaction(writing=True):
            after_commit(lambda: followed.append("kept"))
            add_project("frogs")
            before = list(followed)
        with pytest.raises(Invalid), transaction(writing=True):
            promise_and_fail(lambda: followed.append("raised"))
        with transaction(writing=True):
            after_commit(lambda: followed.append("undone"))
            undo()

    assert (before, followed) == ([], ["kept"])


def test_sixteen_writers_and_eight_readers_are_never_told_that_it_is_locked(app, work):
    done = threading.Event()

    def write(number):
        for turn in range(12):
            with work():
                add_project(f"p{number}-{turn}")

    def read():
        seen = 0
        while not done.is_set():
            with app.app_context(), transaction(writing=False):
                count = db.session.scalar(select(func.count()).select_from(Project))
            assert count >= seen
            seen = count

    with threads(*[read] * 8):
        with threads(*[lambda n=number: write(n) for number in range(16)]):
            pass
        done.set()

    with work():
        assert len(keys()) == 16 * 12


def test_what_comes_first_waits_for_a_statement_and_is_done_once_under_the_lock(app, engine):
    seen = []

    def first(connection):
        seen.append((is_free(app), connection.scalar(select(func.count(Project.id)))))

    with app.app_context():
        with transaction(writing=True, first=first):
            assert seen == []
            add_project("frogs")
            undo()
            add_project("birds")
        with transaction(writing=True):
            add_project("bats")

    is_alone = engine == "sqlite"
    assert seen == [(not is_alone, 0)]


def test_what_comes_first_may_refuse_the_rest(app):
    def first(connection):
        raise Invalid("no")

    with app.app_context():
        with pytest.raises(Invalid), transaction(writing=True, first=first):
            add_project("frogs")
        with transaction(writing=True):
            assert keys() == []

    assert is_free(app)


def test_a_transaction_apart_leaves_what_comes_first_to_the_one_around_it(app):
    seen = []

    with app.app_context(), transaction(writing=True, first=seen.append):
        with apart(writing=True):
            add_project("frogs")
        before = list(seen)
        add_project("birds")

    assert (before, len(seen)) == ([], 1)
