"""What happened: recorded with the change, followed live, never lost and never invented."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
import structlog
from sqlalchemy import select

from tagstore.db import db, transaction, undo
from tagstore.errors import Invalid
from tagstore.models import Event, Project
from tagstore.services import events, projects, tags, users
from tagstore.services.events import bell
from tagstore.values import SYSTEM, Role
from tests.side_by_side import threads, until

ROOT = Path(__file__).parents[2]


@pytest.fixture
def frogs(work, make):
    """A project without events; its number."""
    with work():
        project = make.project("frogs", ana=Role.MANAGER)
        number = project.id
    with work():
        db.session.query(Event).delete()
    return number


def happen(project_id, *kinds):
    project = db.session.get_one(Project, project_id)
    for kind in kinds:
        events.record(SYSTEM, kind, project=project)
    db.session.flush()


def kinds():
    return list(db.session.scalars(select(Event.kind).order_by(Event.seq)))


class Follower:
    """Follows a project in a thread of its own and notes what it hears."""

    def __init__(self, app, project_id, seq=0, count=10**6):
        self.heard = []
        self.app, self.project_id, self.seq, self.count = app, project_id, seq, count

    def run(self):
        with self.app.app_context():
            for news in events.follow(events.about_project(self.project_id), self.seq):
                self.heard.append(news and (news.seq, news.kind))
                if len(self.heard) == self.count:
                    return


# Recorded


def test_an_event_says_who_did_what_to_what_and_in_which_request(work, make):
    with work():
        project = make.project("frogs", ana=Role.ANNOTATOR)
        ana = users.get_user(SYSTEM, "ana").actor
        media_file = make.media_file(project)
        with structlog.contextvars.bound_contextvars(request_id="abc"):
            tag = make.tag(media_file, actor=ana, comment="faint")
            tags.edit_tag(ana, tag, comment="loud", end_s=3.0)

        event = events.latest(project, 1)[0]

        assert (event.kind, event.actor_id, event.actor_name) == ("tag.edited", ana.user_id, "ana")
        assert (event.project_id, event.media_file_id) == (project.id, media_file.id)
        assert event.request_id == "abc"
        assert event.before == {"comment": "faint", "end_s": 2.0}
        assert event.after == {"ids": [tag.id], "comment": "loud", "start_s": 1.0, "end_s": 3.0}


def test_undone_work_leaves_no_event_and_rings_no_bell(work, frogs):
    before = bell.rings

    with pytest.raises(Invalid), work():
        happen_and_fail(frogs)
    with work():
        happen(frogs, "undone")
        undo()

    with work():
        assert kinds() == []
    assert bell.rings == before


def happen_and_fail(project_id):
    happen(project_id, "raised")
    raise Invalid("no")


def test_a_number_is_never_given_twice(work, frogs):
    with work():
        happen(frogs, "one")
        first = events.last_seq()
    with work():
        db.session.query(Event).delete()
    with work():
        happen(frogs, "two")
        assert events.last_seq() == first + 1


def test_the_latest_come_first_and_only_of_their_project(work, make, frogs):
    with work():
        elsewhere = make.project("birds")
        happen(frogs, "a", "b", "c")
        happen(elsewhere.id, "x")

        found = events.latest(db.session.get_one(Project, frogs), 2)

        assert [event.kind for event in found] == ["c", "b"]


# Followed


def test_a_follower_hears_everything_in_order_and_nothing_twice(app, work, frogs):
    follower = Follower(app, frogs, count=40)

    with threads(follower.run):
        for number in range(20):
            with work():
                happen(frogs, f"a{number}", f"b{number}")

    assert [kind for _, kind in follower.heard] == [f"{x}{n}" for n in range(20) for x in "ab"]
    assert len({seq for seq, _ in follower.heard}) == 40


def test_who_comes_back_goes_on_where_they_left(app, work, frogs):
    with work():
        happen(frogs, "a", "b", "c")
    first = Follower(app, frogs, count=2)
    first.run()

    second = Follower(app, frogs, seq=first.heard[-1][0], count=1)
    second.run()

    assert [kind for _, kind in first.heard + second.heard] == ["a", "b", "c"]


def test_more_than_fits_in_one_look_is_heard_whole(app, work, frogs, monkeypatch):
    monkeypatch.setattr(events, "AT_ONCE", 3)
    with work():
        happen(frogs, *(str(number) for number in range(10)))

    follower = Follower(app, frogs, count=10)
    follower.run()

    assert [kind for _, kind in follower.heard] == [str(number) for number in range(10)]


def test_a_quiet_time_is_told_by_none(app, frogs, monkeypatch):
    monkeypatch.setattr(events, "KEEP_ALIVE_S", 0.01)

    follower = Follower(app, frogs, count=2)
    follower.run()

    assert follower.heard == [None, None]


def test_a_follower_hears_of_no_other_project(app, work, make, frogs):
    with work():
        elsewhere = make.project("birds").id
        happen(elsewhere, "secret")
        happen(frogs, "ours")

    follower = Follower(app, frogs, count=1)
    follower.run()

    assert [kind for _, kind in follower.heard] == ["ours"]


def test_a_media_file_is_followed_with_the_bulks_that_may_touch_it(app, work, make):
    with work():
        project = make.project("frogs")
        one, other = make.media_file(project), make.media_file(project)
        tag_set = make.tag_set(project)
        place = {"tag_set_id": tag_set.id}
    with work():
        db.session.query(Event).delete()
    with work():
        one, other = db.session.merge(one), db.session.merge(other)
        events.record(SYSTEM, "media.edited", media_file=other)
        tags.add_tags(SYSTEM, one.project, [make.draft(one, **place), make.draft(other, **place)])
        events.record(SYSTEM, "class.added", project=one.project)
        make.tag(other, **place)
        make.tag(one, **place)
        condition = events.about_media_file(one.id, one.project_id)
        bulk, alone = events.latest(one.project, 10)[3].seq, events.last_seq()

    with app.app_context():
        heard = events.follow(condition, 0)
        assert [next(heard).seq, next(heard).seq] == [bulk, alone]


def test_a_follower_holds_no_connection_while_it_waits(app, work, frogs):
    follower = Follower(app, frogs, count=1)
    with app.app_context():
        pool = db.engine.pool

    with threads(follower.run):
        until(lambda: bell._changed._waiters)
        held = pool.checkedout()
        with work():
            happen(frogs, "a")

    assert held == 0


def test_what_another_process_commits_rings_the_bell_of_this_one(app, work, frogs):
    stop = threading.Event()

    def watch():
        with app.app_context():
            events.watch(stop)

    follower = Follower(app, frogs, count=1)
    command = [sys.executable, "-m", "flask", "projects", "grant", "frogs", "ana", "viewer"]
    environment = {"TAGSTORE_DATA_DIR": str(app.settings.data_dir), "PATH": "/usr/bin:/bin"}

    with threads(follower.run, watch):
        subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=60)
        until(lambda: follower.heard)
        stop.set()

    assert [kind for _, kind in follower.heard] == ["member.granted"]


def test_following_leaves_no_transaction_open(app, work, frogs):
    with work():
        happen(frogs, "a")
    with app.app_context():
        heard = events.follow(events.about_project(frogs), 0)
        next(heard)

        with transaction(writing=True):
            happen(frogs, "b")

        assert next(heard).kind == "b"


def test_projects_made_by_hand_are_recorded_too(work):
    with work():
        project = projects.add_project(SYSTEM, "frogs")

        assert [event.kind for event in events.latest(project)] == ["project.added"]
