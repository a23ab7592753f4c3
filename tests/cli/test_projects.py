"""flask projects: projects and who may do what in them."""

import json

import pytest

from tagstore.services import projects
from tagstore.values import SYSTEM


@pytest.fixture(autouse=True)
def ana(work, make):
    with work():
        make.user("ana")
        make.user("bo")


def members(work, key):
    with work():
        project = projects.get_project(SYSTEM, key)
        return {each.user.name: each.role for each in projects.list_members(SYSTEM, project)}


def test_a_project_is_added_with_its_owner_as_manager(flask, work):
    first = flask("projects", "add", "frogs", "--name", "Frogs of the valley", "--owner", "ANA")
    second = flask("projects", "add", "birds")

    assert [first, second] == [("1\n", "", 0), ("2\n", "", 0)]
    assert (members(work, "frogs"), members(work, "birds")) == ({"ana": "manager"}, {})


def test_projects_are_listed_by_name(flask):
    flask("projects", "add", "frogs", "--name", "Zoo")
    flask("projects", "add", "birds", "--name", "Ants")

    plain, as_json = flask("projects", "list"), flask("projects", "list", "--json")

    assert plain == ("2\tbirds\tAnts\n1\tfrogs\tZoo\n", "", 0)
    assert [json.loads(line) for line in as_json.out.splitlines()] == [
        {"id": 2, "key": "birds", "name": "Ants"},
        {"id": 1, "key": "frogs", "name": "Zoo"},
    ]


def test_a_role_is_granted_and_changed(flask, work):
    flask("projects", "add", "frogs", "--owner", "ana")

    granted = flask("projects", "grant", "frogs", "bo", "annotator")
    changed = flask("projects", "grant", "frogs", "bo", "viewer")

    assert [granted, changed] == [("1\n", "", 0), ("1\n", "", 0)]
    assert members(work, "frogs") == {"ana": "manager", "bo": "viewer"}


def test_what_cannot_be_done_is_one_line_on_stderr_and_status_1(flask):
    flask("projects", "add", "frogs")

    refused = [
        flask("projects", "add", "frogs"),
        flask("projects", "add", "12"),
        flask("projects", "add", "birds", "--owner", "nobody"),
        flask("projects", "add", "birds", "--name", "x" * 201),
        flask("projects", "grant", "nothing", "ana", "viewer"),
        flask("projects", "grant", "frogs", "nobody", "viewer"),
    ]

    assert [(ended.out, ended.status) for ended in refused] == [("", 1)] * 6
    assert [ended.err.count("\n") for ended in refused] == [1] * 6
    assert flask("projects", "list").out == "1\tfrogs\tfrogs\n"


def test_a_role_that_does_not_exist_is_status_2(flask):
    ended = flask("projects", "grant", "frogs", "ana", "owner")

    assert (ended.out, ended.status) == ("", 2)
    assert "'viewer', 'annotator', 'manager'" in ended.err
