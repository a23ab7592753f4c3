"""flask keys: access and secret key once, on one line, on stdout."""

import hashlib
import hmac
import json
import re

import pytest

from tagstore.db import db
from tagstore.models import AccessKey
from tagstore.services import access_keys

PAIR = re.compile(r"(TS[A-Z2-7]{18}) ([A-Z2-7]{40})\n")


@pytest.fixture(autouse=True)
def ana(work, make):
    with work():
        return make.user("ana").actor


def whose(app, ended):
    access, secret = ended.out.split()
    signature = hmac.new(secret.encode(), b"words", hashlib.sha256).hexdigest()
    with app.app_context():
        return access_keys.actor_by_signature(access, b"words", signature)


def test_a_pair_is_printed_on_one_line_and_works(flask, app, ana):
    made = flask("keys", "add", "ANA")

    assert (bool(PAIR.fullmatch(made.out)), made.err, made.status) == (True, "", 0)
    assert whose(app, made) == ana


def test_the_secret_is_not_stored(flask, work):
    secret = flask("keys", "add", "ana").out.split()[1]

    with work():
        [stored] = db.session.scalars(db.select(AccessKey.secret_encrypted))
    assert secret.encode() not in stored
    assert len(stored) == 32


def test_nobody_gets_a_pair_under_a_name_that_nobody_has(flask):
    assert flask("keys", "add", "nobody") == ("", "There is no user named 'nobody'.\n", 1)


def test_the_list_shows_access_keys_only(flask):
    first, second = flask("keys", "add", "ana").out.split(), flask("keys", "add", "ana").out.split()

    plain, as_json = flask("keys", "list"), flask("keys", "list", "--json")

    rows = [line.split("\t") for line in plain.out.splitlines()]
    assert [row[:3] for row in rows] == [["2", "ana", second[0]], ["1", "ana", first[0]]]
    assert [json.loads(line)["access"] for line in as_json.out.splitlines()] == [
        second[0],
        first[0],
    ]
    assert first[1] not in plain.out + as_json.out


def test_a_revoked_pair_works_no_longer_and_is_not_listed(flask, app):
    made = flask("keys", "add", "ana")

    revoked = flask("keys", "revoke", "1")

    assert revoked == ("", "", 0)
    assert (whose(app, made), flask("keys", "list").out) == (None, "")


def test_a_pair_that_is_not_there_is_not_revoked(flask):
    assert flask("keys", "revoke", "7") == ("", "No such access key.\n", 1)
