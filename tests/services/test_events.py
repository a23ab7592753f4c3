"""What happened: recorded with the change, followed live, never lost and never invented."""

import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy import delete, event, select, update

from tagstore import clock
from tagstore.db import db, transaction, undo
from tagstore.errors import Busy, Gone, Invalid
from tagstore.models import Event, Project
from tagstore.services import events, projects, tags, users
from tagstore.services.events import News, Topic, bell, following, keeping, looking
from tagstore.services.events import news as newspaper
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
            for news in events.follow(Topic(self.project_id), self.seq):
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
        first = events.newest(frogs)
    with work():
        db.session.query(Event).delete()
    with work():
        happen(frogs, "two")
        assert events.newest(frogs) == first + 1


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
    monkeypatch.setattr(following, "AT_ONCE", 3)
    with work():
        happen(frogs, *(str(number) for number in range(10)))

    follower = Follower(app, frogs, count=10)
    follower.run()

    assert [kind for _, kind in follower.heard] == [str(number) for number in range(10)]


def test_a_quiet_time_is_told_by_none(app, frogs, monkeypatch):
    monkeypatch.setattr(following, "KEEP_ALIVE_S", 0.01)

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
        topic = Topic(one.project_id, one.id)
        bulk, alone = events.latest(one.project, 10)[3].seq, events.newest(one.project_id)

    with app.app_context():
        heard = events.follow(topic, 0)
        assert [next(heard).seq, next(heard).seq] == [bulk, alone]


def test_a_bulk_that_left_a_file_out_does_not_concern_it(app, work, make):
    with work():
        project = make.project("frogs")
        files = [make.media_file(project) for _ in range(3)]
        tags.add_tags(SYSTEM, project, [make.draft(each) for each in files[:2]])
        make.tag(files[2])
        topic, alone = Topic(project.id, files[2].id), events.newest(project.id)

    with app.app_context():
        assert next(events.follow(topic, 0)).seq == alone


def test_a_follower_holds_no_connection_while_it_waits(app, work, frogs):
    follower = Follower(app, frogs, count=1)
    with app.app_context():
        pool, room = db.engine.pool, events.newsroom()

    with threads(follower.run):
        until(lambda: room.count == 1)
        until(lambda: pool.checkedout() == 0)
        with work():
            happen(frogs, "a")

    assert [kind for _, kind in follower.heard] == ["a"]


def test_what_another_process_commits_is_heard_in_this_one(app, work, frogs, monkeypatch):
    monkeypatch.setattr(following, "KEEP_ALIVE_S", 60.0)  # A busy machine begins it slowly.
    follower = Follower(app, frogs, count=1)
    command = [sys.executable, "-m", "flask", "projects", "grant", "frogs", "ana", "viewer"]
    environment = {
        "TAGSTORE_DATA_DIR": str(app.settings.data_dir),
        "TAGSTORE_DATABASE_URL": app.settings.database_url,
        "PATH": "/usr/bin:/bin",
    }

    with threads(follower.run):
        subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=60)

    assert [kind for _, kind in follower.heard] == ["member.granted"]


def test_many_followers_cost_one_look(app, work, frogs):
    followers = [Follower(app, frogs, count=4) for _ in range(30)]
    with app.app_context():
        engine = db.engine
    with work():
        happen(frogs, "begun")
    looks = []

    def note(*arguments):
        if "event.actor_name" in arguments[2]:
            looks.append(threading.current_thread().name)

    with threads(*(follower.run for follower in followers)):
        until(lambda: all(each.heard for each in followers))
        event.listen(engine, "before_cursor_execute", note)
        with work():
            happen(frogs, "a", "b", "c")

    heard = {tuple(kind for _, kind in each.heard) for each in followers}
    assert heard == {("begun", "a", "b", "c")}
    assert set(looks) == {"newsroom"}


def test_who_does_not_read_for_long_still_hears_everything_once(app, work, frogs, monkeypatch):
    monkeypatch.setattr(looking, "MOST_UNREAD", 3)
    with app.app_context():
        heard = events.follow(Topic(frogs), 0)
        with transaction(writing=True):
            happen(frogs, "0")
        seen = [next(heard).kind]
        follower = next(iter(events.newsroom()._followers[Topic(frogs)]))
        for number in range(1, 10):
            with transaction(writing=True):
                happen(frogs, str(number))
        until(lambda: follower._is_behind)
        with transaction(writing=True):
            happen(frogs, "10")

        seen += [next(heard).kind for _ in range(10)]

    assert seen == [str(number) for number in range(11)]


def test_when_the_newsroom_closes_whoever_follows_is_let_go(own_app, frogs):
    followers = [Follower(own_app, frogs) for _ in range(5)]
    with own_app.app_context():
        room = events.newsroom()

    with threads(*(follower.run for follower in followers)):
        until(lambda: room.count == 5)
        room.close()

    assert (room.count, [each.heard for each in followers]) == (0, [[]] * 5)


def test_nobody_looks_when_nobody_follows(app, work, frogs):
    follower = Follower(app, frogs, count=1)
    with app.app_context():
        room = events.newsroom()
    with work():
        happen(frogs, "a")

    follower.run()

    until(lambda: room._thread is None)
    assert (room._followers, room._seqs) == ({}, {})


def test_too_many_who_follow_are_asked_to_come_back(app, work, frogs, monkeypatch):
    monkeypatch.setattr(following, "MOST_FOLLOWERS", 1)
    with work():
        happen(frogs, "a")
    with app.app_context():
        heard = events.follow(Topic(frogs), 0)
        next(heard)

    with pytest.raises(Busy), work():
        events.begin(Topic(frogs))
    heard.close()

    with work():
        assert events.begin(Topic(frogs)) == events.newest(frogs)


def test_what_is_made_of_news_is_made_once_for_all_who_hear_it_now(monkeypatch):
    news = News(1, "a", 1, None, "ana", None, "", None, None)
    made = iter(range(9))

    first = [news.once("key", lambda: next(made)) for _ in range(3)]
    monkeypatch.setattr(newspaper, "SHARED_S", 0.0)
    later = news.once("key", lambda: next(made))

    assert (first, later) == ([0, 0, 0], 1)


# Kept


def age(days, *kinds):
    long_ago = clock.now() - timedelta(days=days)
    db.session.execute(update(Event).where(Event.kind.in_(kinds)).values(at=long_ago))


def forget(work):
    more = True
    while more:
        with work():
            more = events.forget_old()


def test_events_are_kept_for_90_days_and_what_is_left_says_so(work, frogs, monkeypatch):
    monkeypatch.setattr(keeping, "AT_ONCE", 2)
    with work():
        happen(frogs, "a", "b", "c", "d", "e")
        first = events.newest(frogs) - 4
        age(91, "a", "b", "c")
        age(89, "d")

    forget(work)

    with work():
        assert kinds() == ["d", "e", "events.forgotten"]
        assert events.begin(Topic(frogs), first + 2) == first + 2
        for seen in (0, first, first + 1):
            with pytest.raises(Gone):
                events.begin(Topic(frogs), seen)


def test_it_is_known_up_to_where_events_are_gone_when_none_is_left(work, frogs):
    with work():
        happen(frogs, "a", "b")
        last = events.newest(frogs)
        age(91, "a", "b")
    forget(work)
    forget(work)

    with work():
        db.session.execute(delete(Project))

        assert kinds() == ["events.forgotten"]
        assert keeping.forgotten() == last


def test_what_is_forgotten_later_counts_from_there(work, frogs):
    for kind in ("a", "b"):
        with work():
            happen(frogs, kind)
            age(91, "a", "b", "events.forgotten")
        forget(work)

    with work():
        marks = db.session.scalars(select(Event.after).where(Event.kind == "events.forgotten"))
        assert len(list(marks)) == 1
        assert keeping.forgotten() > 1


def test_a_number_from_elsewhere_begins_now(work, frogs):
    with work():
        happen(frogs, "a")

        assert events.begin(Topic(frogs), 10**15) == events.newest(frogs)


def test_following_leaves_no_transaction_open(app, work, frogs):
    with work():
        happen(frogs, "a")
    with app.app_context():
        heard = events.follow(Topic(frogs), 0)
        next(heard)

        with transaction(writing=True):
            happen(frogs, "b")

        assert next(heard).kind == "b"


def test_projects_made_by_hand_are_recorded_too(work):
    with work():
        project = projects.add_project(SYSTEM, "frogs")

        assert [event.kind for event in events.latest(project)] == ["project.added"]
