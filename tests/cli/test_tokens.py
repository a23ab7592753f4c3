"""flask tokens: the token once, alone, on stdout."""

import json
import re
from datetime import datetime, timedelta

import pytest

from tagstore import clock
from tagstore.services import credentials
from tagstore.values import Actor

TOKEN = re.compile(r"ts_[A-Za-z0-9_-]{40}\n")


@pytest.fixture(autouse=True)
def ana(work, make):
    with work():
        return make.user("ana").actor


def whose(app, ended):
    with app.app_context():
        return credentials.actor_by_token(ended.out.strip())


def test_a_token_is_printed_alone_and_works(flask, app, ana):
    made = flask("tokens", "add", "ANA", "--label", "birdnet")

    assert (bool(TOKEN.fullmatch(made.out)), made.err, made.status) == (True, "", 0)
    assert whose(app, made) == ana


def test_a_token_may_only_read_and_may_expire(flask, app, ana):
    made = flask("tokens", "add", "ana", "--read-only", "--expires", "90d")

    [listed] = flask("tokens", "list", "--json").out.splitlines()

    expires_at = datetime.fromisoformat(json.loads(listed)["expires_at"])
    assert timedelta(days=89.9) < expires_at - clock.now() <= timedelta(days=90)
    assert whose(app, made) == Actor(ana.user_id, "ana", read_only=True)


@pytest.mark.parametrize("expires", ["0d", "90", "-1d", "1h", "100000d", "٣d"])
def test_an_expiry_that_makes_no_sense_is_refused(flask, expires):
    ended = flask("tokens", "add", "ana", "--expires", expires)

    assert ended == ("", "--expires takes a number of days, as in 90d.\n", 1)


def test_nobody_gets_a_token_under_a_name_that_nobody_has(flask):
    ended = flask("tokens", "add", "nobody")

    assert ended == ("", "There is no user named 'nobody'.\n", 1)


def test_the_list_shows_all_tokens_but_not_what_they_are(flask):
    first = flask("tokens", "add", "ana", "--label", "a\tb\nc")
    flask("tokens", "add", "ana")

    plain, as_json = flask("tokens", "list"), flask("tokens", "list", "--json")

    rows = [line.split("\t") for line in plain.out.splitlines()]
    assert [[row[0], row[1], *row[3:]] for row in rows] == [
        ["2", "ana", "", "False", ""],
        ["1", "ana", "a b c", "False", ""],
    ]
    assert [json.loads(line)["label"] for line in as_json.out.splitlines()] == ["", "a\tb\nc"]
    assert first.out.strip() not in plain.out + as_json.out


def test_a_revoked_token_works_no_longer_and_is_not_listed(flask, app):
    made = flask("tokens", "add", "ana")

    revoked = flask("tokens", "revoke", "1")

    assert revoked == ("", "", 0)
    assert (whose(app, made), flask("tokens", "list").out) == (None, "")


def test_a_token_that_is_not_there_is_not_revoked(flask):
    assert flask("tokens", "revoke", "7") == ("", "No such token.\n", 1)
    for number in ("0", "-1", "x", str(2**63), "9" * 30):
        assert flask("tokens", "revoke", "--", number).status == 2


def test_a_script_may_take_the_token_from_a_process(process, app, ana):
    made = process("tokens", "add", "ana")

    assert (bool(TOKEN.fullmatch(made.out)), made.err) == (True, "")
    assert whose(app, made) == ana
