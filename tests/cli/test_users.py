"""flask users: numbers on stdout, words on stderr, secrets by stdin only."""

import json

import pytest

from tagstore.services import credentials, users
from tagstore.values import SYSTEM
from tests.make import PASSWORD

CSI = "\x1b[31m"


def add(flask, name, *options):
    return flask("users", "add", name, "--password-stdin", *options, stdin=f"{PASSWORD}\n")


def test_a_user_is_added_and_their_number_printed(flask, app):
    first = add(flask, "ana")
    second = add(flask, "root", "--admin")

    assert [first, second] == [("1\n", "", 0), ("2\n", "", 0)]
    with app.app_context():
        actors = [credentials.actor_by_password(name, PASSWORD) for name in ("ana", "root")]
    assert [(actor.name, actor.is_admin) for actor in actors] == [("ana", False), ("root", True)]


def test_a_machine_account_has_no_password(flask, app):
    assert flask("users", "add", "robot", "--no-password") == ("1\n", "", 0)
    with app.app_context():
        assert credentials.actor_by_password("robot", "") is None


def test_the_password_is_asked_for_twice_and_never_on_stdout(flask):
    asked = flask("users", "add", "ana", stdin=f"{PASSWORD}\n{PASSWORD}\n")

    assert (asked.out, asked.status) == ("1\n", 0)
    assert "Password" in asked.err
    assert PASSWORD not in asked.out + asked.err


def test_what_cannot_be_done_is_one_line_on_stderr_and_status_1(flask):
    add(flask, "ana")

    assert add(flask, "ANA") == ("", "There is a user of that name already. name is taken\n", 1)
    assert flask("users", "add", "bo", "--password-stdin", stdin="short\n") == (
        "",
        "That password will not do. password must have 8 to 1000 characters\n",
        1,
    )
    assert add(flask, "a:b").status == 1
    assert flask("users", "disable", "nobody") == ("", "There is no user named 'nobody'.\n", 1)
    assert len(flask("users", "list").out.splitlines()) == 1


def test_what_is_typed_wrong_is_status_2(flask):
    for words in (["add"], ["add", "a", "b"], ["add", "ana", "--password", "x"], ["fly"]):
        ended = flask("users", *words)

        assert (ended.out, ended.status) == ("", 2)
        assert "Usage: " in ended.err


def test_the_list_is_a_table_or_json_a_line_each(flask):
    add(flask, "bo")
    add(flask, "Ana", "--admin")
    disabled = flask("users", "disable", "bo")

    plain, as_json = flask("users", "list"), flask("users", "list", "--json")

    assert disabled == ("1\n", "", 0)
    assert plain == ("2\tAna\tTrue\tFalse\n1\tbo\tFalse\tTrue\n", "", 0)
    assert [json.loads(line) for line in as_json.out.splitlines()] == [
        {"id": 2, "name": "Ana", "is_admin": True, "disabled": False},
        {"id": 1, "name": "bo", "is_admin": False, "disabled": True},
    ]


def test_a_disabled_user_is_kept_out(flask, app):
    add(flask, "ana")
    flask("users", "disable", "ANA")

    with app.app_context():
        assert credentials.actor_by_password("ana", PASSWORD) is None


def test_every_command_helps_with_an_example(flask):
    groups = {
        "users": ("add", "list", "disable"),
        "tokens": ("add", "list", "revoke"),
        "projects": ("add", "list", "grant"),
        "tag-sets": ("add",),
        "tag-classes": ("add",),
    }

    for group, commands in groups.items():
        for command in commands:
            said = flask(group, command, "--help")
            assert (said.status, said.err) == (0, "")
            assert f"flask {group} {command}" in said.out.split("Usage:")[1].split("\n", 1)[1]


def test_a_process_of_its_own_does_the_same(process, work):
    added = process("users", "add", "ana", "--password-stdin", stdin=f"{PASSWORD}\r\n")
    again = process("users", "add", "ana", "--no-password")

    assert added == ("1\n", "", 0)
    assert again == ("", "There is a user of that name already. name is taken\n", 1)
    with work():
        assert [user.name for user in users.list_users(SYSTEM)] == ["ana"]


@pytest.mark.only("sqlite")  # tests/test_postgres.py has one without tables.
def test_without_a_database_one_is_told_what_to_do(process, tmp_path):
    ended = process("users", "list", TAGSTORE_DATA_DIR=str(tmp_path / "new"))

    said = "There is no database here yet. Run `flask db upgrade` first.\n"
    assert ended == ("", said, 1)
