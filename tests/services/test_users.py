"""People: made, found, kept out, let in again."""

import pytest
from sqlalchemy import select

from tagstore.db import db
from tagstore.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from tagstore.models import Event, Session, SignInLink
from tagstore.services import credentials, users
from tagstore.services.passwords import hash_password
from tagstore.values import STRANGER, SYSTEM, Actor
from tests.make import PASSWORD


def test_a_user_is_found_by_name_in_any_case(work, make):
    with work():
        user = make.user("Straße")

        assert users.get_user(SYSTEM, "STRASSE") is user
        assert users.get_user_by_id(SYSTEM, user.id) is user
        with pytest.raises(NotFound):
            users.get_user(SYSTEM, "Strasze")
        with pytest.raises(NotFound):
            users.get_user_by_id(SYSTEM, user.id + 1)


def test_a_name_is_taken_in_every_case_and_what_came_before_stays(work, make):
    with work():
        make.user("ana")
    with pytest.raises(Conflict) as caught, work():
        users.add_user(SYSTEM, "ANA", None)

    assert caught.value.details == {"name": "is taken"}
    with work():
        assert [user.name for user in users.list_users(SYSTEM)] == ["ana"]


@pytest.mark.parametrize(
    "name", ["", "  ", "x" * 101, "a:b", "a\0b", "a\nb", "a\x1b[31mb", "\ud800"]
)
def test_a_name_that_will_not_do_is_refused(work, name):
    with work(), pytest.raises(Invalid):
        users.add_user(SYSTEM, name, None)


def test_the_spaces_around_a_name_are_not_part_of_it(work):
    with work():
        assert users.add_user(SYSTEM, "  ana maria ", None).name == "ana maria"


def test_users_are_listed_by_name_without_regard_to_case(work, make):
    with work():
        for name in ("bo", "Ana", "Cleo"):
            make.user(name)

        assert [user.name for user in users.list_users(SYSTEM)] == ["Ana", "bo", "Cleo"]


@pytest.mark.parametrize(
    "asking", [STRANGER, Actor(1, "ana"), Actor(1, "root", is_admin=True, read_only=True)]
)
def test_only_administrators_deal_with_users(work, make, asking):
    with work():
        ana = make.user("ana")
        calls = [
            lambda: users.add_user(asking, "new", None),
            lambda: users.list_users(asking),
            lambda: users.get_user(asking, "ana"),
            lambda: users.get_user_by_id(asking, ana.id),
            lambda: users.disable_user(asking, ana),
            lambda: users.enable_user(asking, ana),
        ]

        for call in calls:
            with pytest.raises((Forbidden, Unauthenticated)):
                call()

        assert [user.name for user in users.list_users(SYSTEM)] == ["ana"]


def test_a_disabled_user_is_signed_out_everywhere_and_comes_back_with_nothing_lost(app, work, make):
    with work():
        ana, bo = make.user("ana"), make.user("bo")
        token = make.token(ana)
        for user in (ana, bo):
            credentials.open_session(user.actor, "", "")
            credentials.make_sign_in_link(user)

        users.disable_user(SYSTEM, ana)

        assert [session.user_id for session in db.session.scalars(select(Session))] == [bo.id]
        assert [link.user_id for link in db.session.scalars(select(SignInLink))] == [bo.id]
    with work():
        users.enable_user(SYSTEM, users.get_user(SYSTEM, "ana"))
    with app.app_context():
        assert credentials.actor_by_token(token) == Actor(1, "ana")


def test_nobody_disables_themselves(work, make):
    with work():
        root = make.user("root", is_admin=True)

        with pytest.raises(Forbidden):
            users.disable_user(root.actor, root)

        assert root.disabled_at is None


def test_a_new_password_ends_every_session_of_its_owner_only(work, make):
    with work():
        ana, bo = make.user("ana"), make.user("bo")
        for user in (ana, ana, bo):
            credentials.open_session(user.actor, "", "")

        users.set_password(ana.actor, ana, hash_password("another horse"))

        assert [session.user_id for session in db.session.scalars(select(Session))] == [bo.id]


def test_others_passwords_are_for_administrators(work, make):
    with work():
        ana, bo, root = make.user("ana"), make.user("bo"), make.user("root", is_admin=True)
        before = bo.password_hash

        with pytest.raises(Forbidden):
            users.set_password(ana.actor, bo, "x")
        users.set_password(root.actor, bo, "y")

        assert (before == "y", bo.password_hash) == (False, "y")


def test_one_sees_oneself_and_a_stranger_is_nobody(work, make):
    with work():
        ana = make.user("ana")

        assert users.me(ana.actor) is ana
        with pytest.raises(NotFound):
            users.me(STRANGER)


def test_what_was_done_to_users_is_recorded_without_their_passwords(work, make):
    with work():
        root = make.user("root", is_admin=True)
        ana = users.add_user(root.actor, "ana", hash_password(PASSWORD))
        users.set_password(root.actor, ana, hash_password("another horse"))
        users.disable_user(root.actor, ana)
        users.enable_user(root.actor, ana)

        found = db.session.scalars(select(Event).where(Event.actor_id == root.id)).all()

        assert [event.kind for event in found] == [
            "user.added",
            "user.password_set",
            "user.disabled",
            "user.enabled",
        ]
        assert [event.after for event in found] == [
            {"id": ana.id, "name": "ana", "is_admin": False},
            {"id": ana.id},
            {"id": ana.id, "name": "ana"},
            {"id": ana.id, "name": "ana"},
        ]


def test_a_store_is_empty_until_somebody_is_there(work, make):
    with work():
        before = users.is_empty()
        make.user()

        assert (before, users.is_empty()) == (True, False)
