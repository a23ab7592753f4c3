"""Queries put into words once give what SQLAlchemy gives, in the transaction that is open."""

import pytest
from sqlalchemy import bindparam, column, func, select, table
from sqlalchemy.exc import DBAPIError

from tagstore.db import db, give_back, transaction, undo
from tagstore.models import Project, Tag
from tagstore.prepared import PreparedQuery
from tagstore.services import access, projects
from tagstore.services.access import Can, Gate, may
from tagstore.values import SYSTEM, Role
from tests.side_by_side import threads

PROJECTS = PreparedQuery(select(Project.key).where(Project.name == bindparam("name")))
EVERY_COLUMN = select(*Tag.__table__.c).where(Tag.id == bindparam("number"))


def test_every_type_comes_back_as_sqlalchemy_gives_it(work, make):
    with work():
        tag = make.tag(info={"a": [1, None]}, score=0.5)

        found = PreparedQuery(EVERY_COLUMN).first(number=tag.id)

        assert found == tuple(db.session.execute(EVERY_COLUMN, {"number": tag.id}).one())
        assert found[0] == tag.id


def test_it_finds_nothing_one_and_many(work, make):
    with work():
        for key in ("a", "b"):
            make.project(key).name = "Birds"
        make.project("c").name = "Bats"

        assert PROJECTS.first(name="Fish") is None
        assert list(PROJECTS.rows(name="Fish")) == []
        assert PROJECTS.first(name="Bats") == ("c",)
        assert sorted(PROJECTS.rows(name="Birds")) == [("a",), ("b",)]


def test_it_sees_what_was_set_before(work):
    with work():
        db.session.add(Project(key="owls", name="Owls"))

        assert PROJECTS.first(name="Owls") == ("owls",)


def test_a_glance_sees_what_is_kept_and_leaves_nothing_open(app):
    with app.app_context():
        with transaction(writing=True):
            db.session.add(Project(key="owls", name="Owls"))

        assert PROJECTS.glance(name="Owls") == ("owls",)
        assert not db.session().in_transaction()
        assert db.engine.pool.checkedout() == 0


def test_what_goes_wrong_is_told_without_the_values(app):
    nowhere = PreparedQuery(
        select(func.count())
        .select_from(table("nowhere", column("a")))
        .where(column("a") == bindparam("secret"))
    )

    with app.app_context(), transaction(writing=False), pytest.raises(DBAPIError) as caught:
        nowhere.rows(secret="do not tell")

    assert "nowhere" in str(caught.value)
    assert "do not tell" not in str(caught.value)


def test_a_role_that_changes_is_looked_up_again(work, make):
    with work():
        project, guest = make.project(), make.user("guest")
        assert not may(guest.actor, Can.TAG, project)

        projects.grant(SYSTEM, project, "guest", Role.ANNOTATOR)
        assert may(guest.actor, Can.TAG, project)

        projects.remove_member(SYSTEM, project, guest.id)
        db.session.flush()
        assert access.role_in(guest.actor, project) is None


def test_a_role_whose_change_is_undone_is_looked_up_again(work, make):
    with work():
        project, actor = make.project("birds"), make.user("guest").actor
        gate = Gate(project.id, project.key, project.audience)
    with work():
        projects.grant(SYSTEM, projects.get_project(SYSTEM, "birds"), "guest", Role.ANNOTATOR)
        assert access.role_in(actor, gate) is Role.ANNOTATOR

        undo()
        assert access.role_in(actor, gate) is None


def test_a_role_is_looked_up_again_once_the_transaction_is_given_back(app, work, make):
    with work():
        project = make.project("birds", guest=Role.ANNOTATOR)
        gate = Gate(project.id, project.key, project.audience)
        (member,) = projects.list_members(SYSTEM, project)
        actor = member.user.actor

    def remove():
        with work():
            found = projects.get_project(SYSTEM, "birds")
            projects.remove_member(SYSTEM, found, actor.user_id)

    with app.app_context(), transaction(writing=False):
        assert access.role_in(actor, gate) is Role.ANNOTATOR
        give_back()
        with threads(remove):
            pass
        assert access.role_in(actor, gate) is None
