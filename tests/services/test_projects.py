"""Projects and members: made, found, changed, and never left without a manager."""

import threading

import pytest
from sqlalchemy import select

from tagstore.db import db
from tagstore.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from tagstore.models import Event, Membership, Project
from tagstore.services import projects, users
from tagstore.services.access import Can
from tagstore.services.listings import catalogues
from tagstore.values import STRANGER, SYSTEM, Actor, Audience, Part, Role
from tests.side_by_side import threads


def actor(name):
    return users.get_user(SYSTEM, name).actor


def members(project):
    return {m.user.name: m.role for m in projects.list_members(SYSTEM, project)}


def test_who_makes_a_project_manages_it(work, make):
    with work():
        make.user("ana")

        project = projects.add_project(actor("ana"), "frogs", "Frogs of the valley")

        assert (project.key, project.name, project.audience) == (
            "frogs",
            "Frogs of the valley",
            "members",
        )
        assert members(project) == {"ana": "manager"}


def test_an_administrator_makes_a_project_for_somebody_else(work, make):
    with work():
        make.user("root", is_admin=True)
        ana = make.user("ana")

        theirs = projects.add_project(actor("root"), "frogs", owner=ana)
        own = projects.add_project(actor("root"), "birds")
        nobodys = projects.add_project(SYSTEM, "bats")

        assert [members(each) for each in (theirs, own, nobodys)] == [
            {"ana": "manager"},
            {"root": "manager"},
            {},
        ]


def test_others_cannot_make_a_project_for_somebody_else(work, make):
    with work():
        ana = make.user("ana")
        make.user("bo")

        project = projects.add_project(actor("bo"), "frogs", owner=ana)

        assert members(project) == {"bo": "manager"}


def test_strangers_and_what_only_reads_make_no_projects(work, make):
    with work():
        ana = make.user("ana")
        for asking, error in (
            (STRANGER, Unauthenticated),
            (Actor(ana.id, "ana", read_only=True), Forbidden),
            (Actor(ana.id, "ana", is_admin=True, read_only=True), Forbidden),
        ):
            with pytest.raises(error):
                projects.add_project(asking, "frogs", owner=ana)

        assert projects.list_projects(SYSTEM) == []


@pytest.mark.parametrize("key", ["", "7", "12-34", "a b", "a/b", "é", "x" * 65, "a\n", "a\0", "-"])
def test_a_key_that_will_not_do_is_refused(work, key):
    with work(), pytest.raises(Invalid):
        projects.add_project(SYSTEM, key)


@pytest.mark.parametrize("key", ["a", "A-1_b", "x" * 64, "7a", "_x"])
def test_a_key_that_will_do_is_also_the_name_if_none_is_given(work, key):
    with work():
        assert projects.add_project(SYSTEM, key, "  ").name == key


@pytest.mark.parametrize("name", ["x" * 201, "a\0b"])
def test_a_name_that_will_not_do_is_refused(work, make, name):
    with work():
        project = make.project("birds")
        with pytest.raises(Invalid):
            projects.add_project(SYSTEM, "frogs", name)
        with pytest.raises(Invalid):
            projects.edit_project(
                SYSTEM, project, name=name, description="", audience=Audience.WORLD
            )

        assert project.audience == "members"


def test_a_key_is_taken_once(work, make):
    with work():
        make.project("frogs")

    with pytest.raises(Conflict) as caught, work():
        projects.add_project(SYSTEM, "frogs")

    assert caught.value.details == {"key": "is taken"}


def test_a_project_is_found_by_key_and_by_number(work, make):
    with work():
        project = make.project("frogs")

        assert projects.get_project(SYSTEM, "frogs") is project
        assert projects.get_project(SYSTEM, project.id) is project
        for nothing in ("Frogs", str(project.id), project.id + 1, "a\0", "x" * 10_000):
            with pytest.raises(NotFound):
                projects.get_project(SYSTEM, nothing)


def test_a_project_is_given_only_to_those_who_may_do_what_they_want(work, make):
    with work():
        make.project("frogs", vera=Role.VIEWER)
        make.user("otto")

        assert projects.get_project(actor("vera"), "frogs").key == "frogs"
        with pytest.raises(Forbidden):
            projects.get_project(actor("vera"), "frogs", Can.MANAGE)
        with pytest.raises(NotFound):
            projects.get_project(actor("otto"), "frogs", Can.MANAGE)


def test_projects_are_listed_by_name(work, make):
    with work():
        for key, name in (("a", "zebra"), ("b", "Yak"), ("c", "ant")):
            projects.add_project(SYSTEM, key, name)

        assert [each.key for each in projects.list_projects(SYSTEM)] == ["c", "b", "a"]


def test_managers_say_what_a_project_is_called_and_who_reads_it(work, make):
    with work():
        project = make.project("frogs", max=Role.MANAGER, ana=Role.ANNOTATOR)
        said = {"name": " Frogs ", "description": "of the valley", "audience": "world"}

        with pytest.raises(Forbidden):
            projects.edit_project(actor("ana"), project, **said)
        projects.edit_project(actor("max"), project, **said)

        assert (project.name, project.description, project.audience) == (
            "Frogs",
            "of the valley",
            "world",
        )


def test_an_audience_that_does_not_exist_is_refused_and_nothing_is_changed(work, make):
    with work():
        project = make.project("frogs")

        with pytest.raises(Invalid) as caught:
            projects.edit_project(SYSTEM, project, name="x", description="", audience="everyone")

        assert caught.value.details == {"audience": "must be one of members, signed_in, world"}
        assert (project.name, project.audience) == ("frogs", "members")


def test_a_member_is_made_changed_and_taken_out_again(work, make):
    with work():
        project = make.project("frogs", max=Role.MANAGER)
        bo = make.user("Bo")

        projects.grant(actor("max"), project, "BO", Role.VIEWER)
        projects.grant(actor("max"), project, "bo", Role.ANNOTATOR)
        granted = members(project)
        projects.remove_member(actor("max"), project, bo.id)

        assert granted == {"Bo": "annotator", "max": "manager"}
        assert members(project) == {"max": "manager"}


def test_only_managers_deal_with_members(work, make):
    with work():
        project = make.project("frogs", ana=Role.ANNOTATOR, vera=Role.VIEWER, max=Role.MANAGER)
        make.user("otto")
        reading = Actor(actor("max").user_id, "max", read_only=True)
        refused = ((actor("ana"), Forbidden), (actor("otto"), NotFound), (reading, Forbidden))

        for asking, error in refused:
            with pytest.raises(error):
                projects.grant(asking, project, "otto", Role.MANAGER)
            with pytest.raises(error):
                projects.remove_member(asking, project, actor("vera").user_id)

        assert members(project) == {"ana": "annotator", "max": "manager", "vera": "viewer"}


def test_nobody_becomes_a_member_under_a_name_that_nobody_has(work, make):
    with work():
        project = make.project("frogs")

        with pytest.raises(NotFound) as caught:
            projects.grant(SYSTEM, project, "nobody", Role.VIEWER)
        with pytest.raises(NotFound):
            projects.remove_member(SYSTEM, project, 99)

        assert caught.value.details == {"user": "is unknown"}


def test_the_last_manager_stays_unless_an_administrator_says_otherwise(work, make):
    with work():
        project = make.project("frogs", max=Role.MANAGER, ana=Role.ANNOTATOR)
        manager = actor("max")

        with pytest.raises(Forbidden):
            projects.grant(manager, project, "max", Role.VIEWER)
        with pytest.raises(Forbidden):
            projects.remove_member(manager, project, manager.user_id)
        projects.grant(manager, project, "max", Role.MANAGER)
        projects.grant(manager, project, "ana", Role.MANAGER)
        projects.remove_member(manager, project, manager.user_id)
        projects.grant(SYSTEM, project, "ana", Role.VIEWER)

        assert members(project) == {"ana": "viewer"}


def test_totals_count_live_media_by_kind(work, make):
    with work():
        project = make.project("frogs")
        make.media_file(project, duration_s=1.5, kind="audio")
        make.media_file(project, duration_s=2.0, kind="audio")
        make.media_file(project, duration_s=None, kind="image")
        make.media_file(project, kind="video").deleted_at = project.created_at

        assert projects.media_totals(project) == {"audio": (2, 3.5), "image": (1, 0.0)}


def test_every_change_of_a_project_is_recorded(work, make):
    with work():
        project = make.project("frogs")
        bo = make.user("bo")
        projects.edit_project(SYSTEM, project, name="F", description="", audience="world")
        projects.grant(SYSTEM, project, "bo", Role.VIEWER)
        projects.remove_member(SYSTEM, project, bo.id)

        query = select(Event).where(Event.project_id == project.id).order_by(Event.seq)
        found = db.session.scalars(query).all()

        assert [(event.kind, event.after) for event in found] == [
            ("project.added", {"key": "frogs"}),
            ("project.edited", {"name": "F", "description": "", "audience": "world"}),
            ("member.granted", {"user": "bo", "role": "viewer"}),
            ("member.removed", {"user": "bo"}),
        ]
        assert db.session.scalars(select(Membership)).all() == []


def test_projects_are_in_one_order_whole_and_page_by_page(work, make):
    names = ["🐸", "蛙", "Łąka", "üb", "öd", "Öd", "zoo", "Zoo", "b", "AB", "a_b", "a b", "A"]
    with work():
        for number, name in enumerate(names):
            projects.add_project(SYSTEM, f"frogs{number}", name)

        whole = [project.name for project in projects.list_projects(SYSTEM)]
        pages, cursor = [], None
        while cursor or not pages:
            page = catalogues.page_of_projects(SYSTEM, Part(2, cursor))
            pages += [project.name for project in page.things]
            cursor = page.next

    assert whole == pages == sorted(names, key=in_ascii_without_case)


def in_ascii_without_case(name):
    """Return what names sort by: code points, where only A to Z are as a to z."""
    return "".join(sign.lower() if sign.isascii() else sign for sign in name)


@pytest.mark.only("postgresql")
def test_of_two_managers_who_remove_each_other_at_once_one_stays(app, work, make):
    with work():
        project = make.project("frogs", ana=Role.MANAGER, bo=Role.MANAGER)
        number, people = project.id, [users.get_user(SYSTEM, name) for name in ("ana", "bo")]
        ids = [person.id for person in people]
        actors = [person.actor for person in people]
    both, refused = threading.Barrier(2), []

    def remove(who, whom):
        with work():
            found = db.session.get_one(Project, number)
            both.wait(10)
            try:
                projects.remove_member(who, found, whom)
            except Forbidden as error:
                refused.append(error)

    with threads(lambda: remove(actors[0], ids[1]), lambda: remove(actors[1], ids[0])):
        pass

    with work():
        assert len(members(db.session.get_one(Project, number))) == 1
    assert len(refused) == 1
