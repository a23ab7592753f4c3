"""flask write-tokens: the token once, alone, on stdout."""

import json
import re
from datetime import datetime, timedelta

import pytest

from tagstore import clock

TOKEN = re.compile(r"tqw__[A-Za-z0-9_-]{40}\n")


@pytest.fixture(autouse=True)
def frogs(work, make):
    with work():
        make.project("frogs")


def add(flask, *more, name="editors", project="frogs", to="out"):
    return flask("write-tokens", "add", name, "--project", project, "--to", to, *more)


def test_a_write_token_is_printed_alone(flask):
    made = add(flask)

    assert (bool(TOKEN.fullmatch(made.out)), made.err, made.status) == (True, "", 0)


def test_the_list_shows_where_each_leads_but_not_what_it_is(flask):
    made = add(flask, "--expires", "90d", to="frogs/{qid}")

    plain, as_json = flask("write-tokens", "list"), flask("write-tokens", "list", "--json")

    listed = json.loads(as_json.out)
    expires_at = datetime.fromisoformat(listed.pop("expires_at"))
    assert timedelta(days=89.9) < expires_at - clock.now() <= timedelta(days=90)
    assert listed == {
        "id": 1,
        "project": "frogs",
        "hint": made.out[:10],
        "name": "editors",
        "destination": "frogs/{qid}",
    }
    assert plain.out.split("\t")[:2] == ["1", "frogs"]
    assert made.out.strip() not in plain.out + as_json.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"to": "../out"}, "That destination will not do."),
        ({"to": "/etc"}, "That destination will not do."),
        ({"to": "s3://bucket"}, "S3 is not available on this server."),
        ({"project": "newts"}, "No such project."),
        ({"name": " "}, "That name will not do."),
    ],
)
def test_what_makes_no_sense_is_said(flask, options, said):
    ended = add(flask, **options)

    assert (ended.out, ended.status) == ("", 1)
    assert ended.err.startswith(said)


def test_an_expiry_that_makes_no_sense_is_refused(flask):
    ended = add(flask, "--expires", "soon")

    assert ended == ("", "--expires takes a number of days, as in 90d.\n", 1)


def test_a_revoked_write_token_is_not_listed(flask):
    add(flask)

    assert flask("write-tokens", "revoke", "1") == ("", "", 0)
    assert flask("write-tokens", "list").out == ""
    assert flask("write-tokens", "revoke", "7") == ("", "No such write token.\n", 1)
