"""The web server's threads take turns: in order, few at once, and nobody waits for who waits."""

import threading
from dataclasses import dataclass, field

import pytest

from tagstore import waiting
from tagstore.cli import turns as turns_module
from tagstore.cli.turns import Turns
from tagstore.write_lock import WriteLock
from tests.side_by_side import until

LIMIT_S = 10.0


@dataclass
class Errand:
    """What stands for a request: it says when it begins, and lasts until it is let go."""

    begins: threading.Event = field(default_factory=threading.Event)
    may_end: threading.Event = field(default_factory=threading.Event)
    has_ended: threading.Event = field(default_factory=threading.Event)

    def service(self):
        self.begins.set()
        assert self.may_end.wait(LIMIT_S)
        self.has_ended.set()

    def cancel(self):
        """Waitress calls this when it stops."""


class Aside(Errand):
    """One that lets the next one begin before it waits."""

    def __init__(self, turns):
        super().__init__()
        self.turns = turns

    def service(self):
        self.turns.step_aside()
        super().service()


class Fails(Errand):
    def service(self):
        raise KeyError("no such thing")


@pytest.fixture
def patient(monkeypatch):
    """Turns last as long as the requests do."""
    monkeypatch.setattr(turns_module, "QUICK_S", 600.0)


@pytest.fixture
def take_turns():
    made = []

    def make(at_once=1, threads=8):
        made.append(Turns(threads, at_once))
        return made[-1]

    yield make
    for each in made:
        each.shutdown()
        assert each.threads == set()


def has_begun(errand):
    return errand.begins.wait(LIMIT_S)


def test_one_begins_after_the_other_in_the_order_in_which_they_came(patient, take_turns):
    turns, errands = take_turns(), [Errand() for _ in range(20)]
    for each in errands:
        turns.add_task(each)

    for number, each in enumerate(errands):
        assert has_begun(each)
        assert [other.begins.is_set() for other in errands[number + 1 :]] == [False] * (19 - number)
        each.may_end.set()
        assert each.has_ended.wait(LIMIT_S)


def test_as_many_work_at_once_as_may(patient, take_turns):
    turns, errands = take_turns(at_once=3), [Errand() for _ in range(5)]
    for each in errands:
        turns.add_task(each)

    assert all(map(has_begun, errands[:3]))
    assert [each.begins.is_set() for each in errands[3:]] == [False, False]

    for each in errands:
        each.may_end.set()
    assert all(each.has_ended.wait(LIMIT_S) for each in errands)


def test_nobody_waits_long_for_who_takes_long(take_turns):
    turns, errands = take_turns(), [Errand() for _ in range(6)]
    for each in errands:
        turns.add_task(each)

    assert all(map(has_begun, errands))
    assert not any(each.has_ended.is_set() for each in errands)

    for each in errands:
        each.may_end.set()


def test_who_steps_aside_lets_the_next_one_begin(patient, take_turns):
    turns = take_turns()
    errands = [Aside(turns), Aside(turns), Errand(), Errand()]
    for each in errands:
        turns.add_task(each)

    assert all(map(has_begun, errands[:3]))
    assert not errands[3].begins.is_set()

    for each in errands:
        each.may_end.set()
    assert errands[3].has_ended.wait(LIMIT_S)


def test_who_steps_aside_has_its_next_turn_in_full(patient, take_turns):
    turns = take_turns(threads=2)
    first, second, third = Aside(turns), Errand(), Errand()
    first.may_end.set()
    turns.add_task(first)
    assert first.has_ended.wait(LIMIT_S)

    turns.add_task(second)
    assert has_begun(second)
    turns.add_task(third)
    assert not third.begins.wait(0.2)

    second.may_end.set()
    third.may_end.set()
    assert third.has_ended.wait(LIMIT_S)


def test_an_error_ends_the_turn_and_not_the_thread(patient, take_turns, caplog):
    turns, last = take_turns(threads=1), Errand()
    for each in (Fails(), Fails(), last):
        turns.add_task(each)

    last.may_end.set()
    assert last.has_ended.wait(LIMIT_S)
    assert [each.exc_info[0] for each in caplog.records] == [KeyError, KeyError]


def test_who_waits_for_the_write_lock_says_so_first(tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(waiting, "_listeners", [lambda: said.append(threading.get_ident())])
    lock = WriteLock(tmp_path / "a.db")

    def write():
        lock.acquire()
        lock.release()

    lock.acquire()
    assert said == []
    other = threading.Thread(target=write)
    other.start()
    until(lambda: said)
    lock.release()
    other.join(LIMIT_S)

    assert said == [other.ident]
