"""Who may do what: the rule and the list agree, for every kind of actor."""

import pytest
from sqlalchemy import select

from tagstore.db import db
from tagstore.errors import Forbidden, NotFound, Unauthenticated
from tagstore.models import MediaFile, Project
from tagstore.services import projects, users
from tagstore.services.access import (
    Can,
    may,
    require,
    require_admin,
    require_self,
    role_in,
    visible,
)
from tagstore.values import STRANGER, SYSTEM, Actor, Audience, Role

ROLES = {"vera": Role.VIEWER, "ana": Role.ANNOTATOR, "max": Role.MANAGER}

NOTHING: set[Can] = set()
READS = {Can.SEE}
TAGS = {Can.SEE, Can.TAG}
ALL = set(Can)

TABLE = [
    # who, members, signed_in, world
    ("stranger", NOTHING, NOTHING, READS),
    ("nobody", NOTHING, READS, READS),
    ("vera", READS, READS, READS),
    ("ana", TAGS, TAGS, TAGS),
    ("max", ALL, ALL, ALL),
    ("root", ALL, ALL, ALL),
    ("system", ALL, ALL, ALL),
    ("vera, reading", READS, READS, READS),
    ("ana, reading", READS, READS, READS),
    ("max, reading", READS, READS, READS),
    ("root, reading", READS, READS, READS),
    ("max, elsewhere", NOTHING, NOTHING, ALL),
    ("root, elsewhere", NOTHING, NOTHING, ALL),
    ("gone", NOTHING, READS, READS),
]


@pytest.fixture
def places(work, make):
    """One project of every audience, all with the same members; and one without any."""
    with work():
        for name in ROLES:
            make.user(name)
        make.user("nobody")
        make.user("root", is_admin=True)
        for audience in Audience:
            project = make.project(audience.value)
            project.audience = audience.value
            for name, role in ROLES.items():
                projects.grant(SYSTEM, project, name, role)
        make.project("empty")


def actor(who):
    """Return an actor by what this file calls them."""
    name, _, how = who.partition(", ")
    known = {"stranger": STRANGER, "system": SYSTEM, "gone": Actor(10**6, "gone")}
    if name in known:
        return known[name]
    user = users.get_user(SYSTEM, name)
    only = Audience.WORLD.value if how == "elsewhere" else None
    reading = how == "reading"
    return Actor(user.id, user.name, user.is_admin, read_only=reading, only_project=only)


def project_of(audience):
    return db.session.scalar(select(Project).where(Project.key == audience.value))


@pytest.mark.parametrize(("who", "members", "signed_in", "world"), TABLE, ids=[r[0] for r in TABLE])
def test_everyone_may_exactly_this(work, places, who, members, signed_in, world):
    with work():
        found = [
            {each for each in Can if may(actor(who), each, project_of(audience))}
            for audience in (Audience.MEMBERS, Audience.SIGNED_IN, Audience.WORLD)
        ]

    assert found == [members, signed_in, world]


@pytest.mark.parametrize("who", [row[0] for row in TABLE])
def test_the_list_and_the_rule_agree(work, places, who):
    with work():
        everything = db.session.scalars(select(Project)).all()

        listed = db.session.scalars(visible(actor(who), select(Project))).all()

        assert len(listed) == len(set(listed))
        assert set(listed) == {each for each in everything if may(actor(who), Can.SEE, each)}


@pytest.mark.parametrize("who", [row[0] for row in TABLE])
def test_the_list_of_things_in_projects_agrees_too(work, make, places, who):
    with work():
        for project in db.session.scalars(select(Project)).all():
            make.media_file(project)
        everything = db.session.scalars(select(MediaFile)).all()

        query = select(MediaFile).join(MediaFile.project)
        listed = db.session.scalars(visible(actor(who), query)).all()

        assert set(listed) == {
            each for each in everything if may(actor(who), Can.SEE, each.project)
        }


def test_what_one_does_not_see_is_not_there_and_what_one_may_not_do_is_forbidden(work, places):
    with work():
        members = project_of(Audience.MEMBERS)

        with pytest.raises(NotFound):
            require(actor("nobody"), Can.MANAGE, members)
        with pytest.raises(Forbidden):
            require(actor("vera"), Can.TAG, members)
        with pytest.raises(Forbidden):
            require(actor("max, reading"), Can.TAG, members)
        with pytest.raises(NotFound):
            require(SYSTEM, Can.SEE, None)
        assert require(actor("ana"), Can.TAG, members) is members


def test_asking_changes_nothing(work, places):
    with work():
        for who, *_ in TABLE:
            for audience in Audience:
                may(actor(who), Can.MANAGE, project_of(audience))

        assert (list(db.session.new), list(db.session.dirty)) == ([], [])


def test_an_administrator_is_a_manager_everywhere(work, places):
    with work():
        assert role_in(actor("root"), project_of(Audience.MEMBERS)) is Role.MANAGER
        assert role_in(actor("stranger"), project_of(Audience.WORLD)) is None


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("stranger", Unauthenticated),
        ("nobody", Forbidden),
        ("max", Forbidden),
        ("root, reading", Forbidden),
        ("root, elsewhere", Forbidden),
    ],
)
def test_only_an_administrator_who_may_write_is_one(work, places, who, error):
    with work(), pytest.raises(error):
        require_admin(actor(who))


def test_administrators_and_the_system_are_let_through(work, places):
    with work():
        require_admin(actor("root"))
        require_admin(SYSTEM)


def test_ones_own_things_need_somebody_who_may_write(work, places):
    with work():
        vera = actor("vera")

        assert require_self(vera) == vera.user_id
        with pytest.raises(Unauthenticated):
            require_self(STRANGER)
        for limited in ("vera, reading", "vera, elsewhere"):
            with pytest.raises(Forbidden):
                require_self(actor(limited))
