"""Sessions, tokens, one-time addresses, passwords: what they prove, and when no longer."""

import re
import subprocess
import sys
from contextlib import ExitStack
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tagstore import clock
from tagstore.db import db
from tagstore.errors import Forbidden, Invalid, NotFound, Unauthenticated
from tagstore.models import ApiToken, Event, Session, SignInLink, User
from tagstore.services import credentials, passwords, users
from tagstore.values import STRANGER, SYSTEM, Actor
from tests.make import PASSWORD
from tests.server import ROOT
from tests.side_by_side import threads

A_DAY = timedelta(days=1)


@pytest.fixture
def ana(work, make):
    with work():
        return make.user("ana").actor


@pytest.fixture
def by(app):
    """Return a function that asks whom a credential names, as a request asks."""

    def ask(kind, *secrets):
        with app.app_context():
            return getattr(credentials, f"actor_by_{kind}")(*secrets)

    return ask


def user(name="ana"):
    return users.get_user(SYSTEM, name)


def all_bytes():
    """Return all that is stored of credentials, to search it for secrets."""
    rows = [
        *db.session.execute(select(ApiToken.secret_hash, ApiToken.hint, ApiToken.label)),
        *db.session.execute(select(Session.secret_hash, Session.browser)),
        *db.session.execute(select(SignInLink.secret_hash)),
        *db.session.execute(select(User.password_hash)),
        *db.session.execute(select(Event.before, Event.after)),
    ]
    return repr([tuple(row) for row in rows])


# Sessions


def test_a_session_names_its_holder_until_it_is_closed(work, by, ana):
    with work():
        secret = credentials.open_session(ana, "Firefox", "10.0.0.1")
    open_ = by("session", secret)
    with work():
        credentials.close_session(secret)

    assert (open_, by("session", secret)) == (ana, None)


def test_a_session_ends_after_thirty_days(work, by, ana):
    with work():
        secret = credentials.open_session(ana, "", "")
        lasts = db.session.scalars(select(Session)).one().expires_at - clock.now()
        db.session.execute(update(Session).values(expires_at=clock.now() - timedelta(seconds=1)))

    assert timedelta(days=29) < lasts <= timedelta(days=30)
    assert by("session", secret) is None


def test_opening_a_session_clears_away_those_that_have_ended(work, ana):
    with work():
        credentials.open_session(ana, "", "")
        db.session.execute(update(Session).values(expires_at=clock.now() - A_DAY))
        credentials.open_session(ana, "", "")

        assert db.session.scalar(select(func.count()).select_from(Session)) == 1


def test_a_disabled_users_session_and_token_are_worth_nothing(work, by, ana, make):
    with work():
        token = make.token(user())
        users.disable_user(SYSTEM, user())
        secret = credentials.open_session(ana, "", "")

    assert (by("session", secret), by("token", token)) == (None, None)
    assert by("password", "ana", PASSWORD) is None


def test_ones_sessions_are_listed_and_revoked_by_oneself_only(work, by, ana, make):
    with work():
        bo = make.user("bo").actor
        first = credentials.open_session(ana, "Firefox" * 100, "10.0.0.1")
        second = credentials.open_session(ana, "Safari", "10.0.0.2")
        mine = credentials.list_sessions(ana)
        assert [credentials.is_session(each, second) for each in mine] == [True, False]
        assert [each.address for each in mine] == ["10.0.0.2", "10.0.0.1"]
        with pytest.raises(NotFound):
            credentials.revoke_session(bo, mine[1].id)
        credentials.revoke_session(ana, mine[1].id)

    assert (by("session", first), by("session", second)) == (None, ana)


# Tokens


def test_a_token_names_its_user_and_is_nowhere_to_be_read(work, by, ana):
    with work():
        token = credentials.add_token(ana, user(), "birdnet")
        stored = all_bytes()

    assert re.fullmatch(r"ts_[A-Za-z0-9_-]{40}", token)
    assert by("token", token) == ana
    assert token not in stored
    assert by("token", token[:-1]) is None
    assert by("token", token.upper()) is None


def test_a_read_only_token_makes_a_reading_actor(work, by, ana):
    with work():
        token = credentials.add_token(ana, user(), "", read_only=True)

    assert by("token", token) == Actor(ana.user_id, "ana", read_only=True)


def test_a_token_works_until_it_expires_or_is_revoked(work, by, ana):
    with work():
        tomorrow = credentials.add_token(ana, user(), "", expires_at=clock.now() + A_DAY)
        yesterday = credentials.add_token(ana, user(), "", expires_at=clock.now() - A_DAY)
        revoked = credentials.add_token(ana, user(), "")
        credentials.revoke_token(ana, credentials.list_tokens(ana)[0].id)

    assert [by("token", each) for each in (tomorrow, yesterday, revoked)] == [ana, None, None]


def test_tokens_are_ones_own_and_the_system_sees_all(work, by, ana, make):
    with work():
        bo, root = make.user("bo").actor, make.user("root", is_admin=True).actor
        hers = credentials.add_token(ana, user(), "hers")
        for_bo = credentials.add_token(root, user("bo"), "by root")
        [number] = [each.id for each in credentials.list_tokens(ana)]

        with pytest.raises(NotFound):
            credentials.add_token(bo, user(), "not mine to make")
        for other in (bo, root):
            with pytest.raises(NotFound):
                credentials.revoke_token(other, number)

        assert [each.label for each in credentials.list_tokens(root)] == []
        assert [each.label for each in credentials.list_tokens(SYSTEM)] == ["by root", "hers"]
    assert (by("token", hers), by("token", for_bo)) == (ana, bo)


def test_what_only_reads_makes_and_ends_no_tokens(work, ana):
    reading = Actor(ana.user_id, "ana", read_only=True)
    reading_admin = Actor(ana.user_id, "ana", is_admin=True, read_only=True)
    with work():
        credentials.add_token(ana, user(), "")
        [token] = credentials.list_tokens(ana)

        for actor in (reading, reading_admin):
            with pytest.raises(Forbidden):
                credentials.add_token(actor, user(), "more")
            with pytest.raises(Forbidden):
                credentials.revoke_token(actor, token.id)
        with pytest.raises(Unauthenticated):
            credentials.add_token(STRANGER, user(), "mine")

        assert [each.label for each in credentials.list_tokens(ana)] == [""]


@pytest.mark.parametrize("label", ["x" * 201, "a\0b"])
def test_a_label_that_will_not_do_is_refused(work, ana, label):
    with work(), pytest.raises(Invalid):
        credentials.add_token(ana, user(), label)


@pytest.mark.parametrize("secret", ["", "\ud800", "x" * 100_000, "ts_", "\0", "' OR 1=1 --"])
def test_nonsense_names_nobody(by, work, ana, secret):
    with work():
        credentials.add_token(ana, user(), "")
        credentials.open_session(ana, "", "")

    found = [by("token", secret), by("session", secret), by("password", secret, secret)]
    assert found == [None, None, None]


# One-time addresses


def test_a_one_time_address_lets_in_once(work, by, ana):
    with work():
        secret = credentials.make_sign_in_link(user())
        stored = all_bytes()
    with work():
        first = credentials.use_sign_in_link(secret)
    with pytest.raises(NotFound), work():
        credentials.use_sign_in_link(secret)

    assert first == ana
    assert secret not in stored


def test_of_many_who_use_a_one_time_address_at_once_one_gets_in(work, ana):
    with work():
        secret = credentials.make_sign_in_link(user())
    let_in, kept_out = [], []

    def use():
        try:
            with work():
                let_in.append(credentials.use_sign_in_link(secret))
        except NotFound:
            kept_out.append(1)

    with threads(*[use] * 8):
        pass

    assert (let_in, len(kept_out)) == ([ana], 7)


def test_a_one_time_address_expires_and_does_not_outlive_its_user(work, ana, make):
    with work():
        expired = credentials.make_sign_in_link(user())
        db.session.execute(update(SignInLink).values(expires_at=clock.now() - A_DAY))
        bo = make.user("bo")
        orphan = credentials.make_sign_in_link(bo)
        bo.disabled_at = clock.now()

    for secret in (expired, orphan, "nonsense"):
        with pytest.raises(NotFound), work():
            credentials.use_sign_in_link(secret)


# Passwords


def test_a_password_is_kept_as_argon2id(work, ana):
    with work():
        assert user().password_hash.startswith("$argon2id$v=19$")
        assert PASSWORD not in all_bytes()


def test_a_password_proves_its_user_and_nobody_else(work, by, ana, make):
    with work():
        make.user("bo")
        users.add_user(SYSTEM, "robot", None)
        users.set_password(SYSTEM, user("bo"), passwords.hash_password("another horse"))

    assert by("password", "ANA", PASSWORD) == ana
    assert by("password", "ana", "another horse") is None
    assert by("password", "bo", PASSWORD) is None
    assert by("password", "robot", "") is None
    assert by("password", "nobody", PASSWORD) is None


def test_a_password_that_was_right_a_moment_ago_is_wrong_once_it_is_changed(work, by, ana):
    before = by("password", "ana", PASSWORD)
    with work():
        users.set_password(ana, user(), passwords.hash_password("another horse"))

    assert (before, by("password", "ana", PASSWORD)) == (ana, None)


@pytest.mark.parametrize("password", ["", "short12", "x" * 1001, "with\0nul characters"])
def test_a_password_that_will_not_do_is_refused(password):
    with pytest.raises(Invalid):
        passwords.hash_password(password)


def test_a_password_longer_than_any_is_wrong_without_being_hashed():
    assert passwords.verify(passwords.hash_password("x" * 1000), "x" * 1000)
    assert not passwords.verify(passwords.hash_password("x" * 1000), "x" * 10**6)


AT_IT = """
import multiprocessing, threading, time
from tagstore.services import passwords

fork = multiprocessing.get_context("fork")
now, most = fork.Value("i"), fork.Value("i")

class Slow:
    def verify(self, password_hash, password):
        with now.get_lock():
            now.value += 1
            most.value = max(most.value, now.value)
        time.sleep(0.05)
        with now.get_lock():
            now.value -= 1
        return True

def check():
    assert passwords.verify("hash", "password")

def work():
    threads = [threading.Thread(target=check) for _ in range(4)]
    [each.start() for each in threads]
    [each.join() for each in threads]

passwords._hasher = Slow()
processes = [fork.Process(target=work) for _ in range(3)]
[each.start() for each in processes]
[each.join() for each in processes]
print(most.value, [each.exitcode for each in processes])
"""


def test_at_most_two_passwords_are_looked_at_at_once_by_processes_side_by_side():
    done = subprocess.run(
        [sys.executable, "-c", AT_IT], capture_output=True, text=True, cwd=ROOT, check=False
    )

    assert done.stdout == "2 [0, 0, 0]\n", done.stderr


def test_a_verified_password_is_remembered_without_being_hashed_again():
    password_hash = passwords.hash_password(PASSWORD)
    first = passwords.verify_remembered(password_hash, PASSWORD)

    with passwords._place(), passwords._place():
        again = passwords.verify_remembered(password_hash, PASSWORD)

    assert (first, again) == (True, True)
    assert passwords.verify_remembered(password_hash, "wrong") is False
    assert PASSWORD.encode() not in b"".join(passwords._remembered)


def test_what_is_remembered_is_forgotten_in_time(monkeypatch):
    password_hash = passwords.hash_password(PASSWORD)
    monkeypatch.setattr(passwords, "REMEMBERED_S", 0)
    passwords.verify_remembered(password_hash, PASSWORD)
    answered = []

    with ExitStack() as places:
        places.enter_context(passwords._place())
        places.enter_context(passwords._place())
        with threads(lambda: answered.append(passwords.verify_remembered(password_hash, PASSWORD))):
            before = list(answered)
            places.close()

    assert (before, answered) == ([], [True])


def test_what_is_remembered_never_piles_up(monkeypatch):
    monkeypatch.setattr(passwords, "MOST_REMEMBERED", 3)

    for number in range(10):
        password = f"{PASSWORD} {number}"
        passwords.verify_remembered(passwords.hash_password(password), password)

    assert len(passwords._remembered) <= 3
