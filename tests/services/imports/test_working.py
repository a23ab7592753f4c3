"""Imports that are sent: kept, read and stored by a worker, chosen for, given up, forgotten."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tagstore import clock
from tagstore.db import apart, db
from tagstore.errors import Conflict, Invalid, NotFound, TooLarge
from tagstore.models import Import, Job
from tagstore.services import imports, jobs
from tagstore.services.depot import depot
from tagstore.services.jobs.purging import purge
from tagstore.values import Part

CSV = b"media_path,class_name,start_s,end_s\n"
GOOD = CSV + b"dawn.wav,wren,1,2\ndawn.wav,wren,3,4\n"


@pytest.fixture
def settings(apps):
    """Settings by which no file may be larger than a MiB."""
    return replace(apps.settings, max_upload=1 << 20)


class Sending:
    """What people do with an import, and a worker that does one job after the other."""

    def __init__(self, importing):
        self.importing = importing

    def send(self, *contents, who="ana", **choices):
        files = [(f"{n}.csv", io.BytesIO(content)) for n, content in enumerate(contents)]
        with self.importing.app.app_context():
            with apart(writing=False):
                actor = self.importing.actor(who)
            return imports.receive(actor, "frogs", files, choices)

    def work(self):
        with self.importing.app.app_context():
            with apart(writing=False):
                due = db.session.scalars(select(Job.id).where(Job.state == "waiting")).all()
            for number in due:
                jobs.run(number)

    def do(self, verb, number, *more, who="ana"):
        with self.importing.app.app_context(), apart(writing=True):
            actor = self.importing.actor(who)
            return verb(actor, imports.get_import(actor, number), *more)

    def standing(self, number):
        with self.importing.app.app_context(), apart(writing=False):
            return imports.standing(db.session.get_one(Import, number))

    def is_kept(self, number):
        with self.importing.app.app_context():
            return depot().store.kept(f"imports/{number}/0") is not None


@pytest.fixture
def sending(importing):
    return Sending(importing)


def test_an_import_is_read_looked_at_stored_and_undone(sending):
    number = sending.send(GOOD)
    phases = [sending.standing(number).phase]
    sending.work()
    ready = sending.standing(number)
    sending.do(imports.commit, number)
    phases += [ready.phase, sending.standing(number).phase]
    sending.work()
    phases.append(sending.standing(number).phase)
    shown = sending.importing.shown("start_s", "author")
    sending.do(imports.undo, number)
    phases.append(sending.standing(number).phase)

    assert phases == ["reading", "ready", "storing", "committed", "undone"]
    assert (ready.may_be_stored, ready.findings.added) == (True, 2)
    assert shown == [(1.0, "0.csv"), (3.0, "0.csv")]
    assert sending.importing.shown("id") == []


def test_files_are_kept_until_they_are_stored(sending):
    number = sending.send(GOOD)
    before = sending.is_kept(number)
    sending.work()
    sending.do(imports.commit, number)
    sending.work()

    assert (before, sending.is_kept(number)) == (True, False)


def test_other_choices_are_read_again(sending):
    number = sending.send(CSV + b"dawn.wav,robin,1,2\n")
    sending.work()
    asked = sending.standing(number)
    sending.do(imports.choose, number, {"classes": {"robin": "text"}})
    chosen = sending.standing(number)
    sending.work()
    answered = sending.standing(number)

    assert (asked.may_be_stored, asked.findings.fault_count) == (False, 1)
    assert (chosen.phase, chosen.findings) == ("reading", None)
    assert (answered.may_be_stored, answered.findings.fault_count) == (True, 0)


def test_what_has_faults_is_not_promised_to_be_stored(sending):
    number = sending.send(CSV + b"dawn.wav,robin,1,2\n")
    sending.work()

    with pytest.raises(Conflict, match="nothing to be stored"):
        sending.do(imports.commit, number)


def test_nobody_changes_what_a_worker_is_at(sending):
    number = sending.send(GOOD)

    for verb, more in ((imports.commit, ()), (imports.choose, ({},)), (imports.discard, ())):
        with pytest.raises(Conflict, match="worker"):
            sending.do(verb, number, *more)


def test_an_import_is_given_up_with_its_files(sending):
    number = sending.send(GOOD)
    sending.work()
    sending.do(imports.discard, number)

    with pytest.raises(NotFound):
        sending.do(imports.commit, number)
    assert not sending.is_kept(number)


def test_what_went_wrong_is_told(sending):
    number = sending.send(GOOD)
    with sending.importing.app.app_context():
        depot().store.forget_below(f"imports/{number}")
    sending.work()

    stopped = sending.standing(number)
    assert (stopped.phase, stopped.message) == (
        "stopped",
        "The files of this import are no longer kept. Begin it anew.",
    )


@pytest.mark.parametrize(
    ("contents", "choices", "error"),
    [
        ((), {}, Invalid),
        ((GOOD,), {"format": "word"}, Invalid),
        ((GOOD, b"x" * (2 << 20)), {}, TooLarge),
    ],
)
def test_what_cannot_be_taken_leaves_nothing(sending, contents, choices, error):
    with pytest.raises(error):
        sending.send(*contents, **choices)

    assert sending.importing.count(Import) == 0
    assert sending.importing.count(Job) == 0
    assert not sending.is_kept(1)


def test_an_import_left_alone_is_forgotten_after_thirty_days(sending):
    number = sending.send(GOOD)
    sending.work()
    with sending.importing.app.app_context():
        with apart(writing=True):
            old = clock.now() - timedelta(days=31)
            db.session.execute(update(Import).values(created_at=old))
        purge(Quiet())

    assert (sending.importing.count(Import), sending.is_kept(number)) == (0, False)


class Quiet:
    """A job's progress that nobody hears."""

    def report(self, share, message=""):
        pass


def test_imports_are_listed_newest_first(sending):
    first, second = sending.send(GOOD), sending.send(GOOD)
    with sending.importing.app.app_context(), apart(writing=False):
        actor = sending.importing.actor("vera")
        project = imports.get_import(actor, first).project
        page = imports.page_of_imports(actor, project, Part())
        assert [each.id for each in page.things] == [second, first]
