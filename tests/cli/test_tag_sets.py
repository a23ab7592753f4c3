"""flask tag-sets and flask tag-classes."""

import pytest

from tagstore.services import projects, tag_sets, vocabularies
from tagstore.values import SYSTEM


@pytest.fixture(autouse=True)
def frogs(work, make):
    with work():
        project = make.project("frogs")
        vocabularies.add_group(SYSTEM, project, "songs")


def classes(work):
    with work():
        project = projects.get_project(SYSTEM, "frogs")
        found = vocabularies.list_classes(SYSTEM, project)
        return [(each.identifier, each.label, each.group.key) for each in found]


def test_a_tag_set_is_added_and_its_number_printed(flask, work):
    first = flask("tag-sets", "add", "survey 2026", "--project", "frogs")
    second = flask("tag-sets", "add", "-x", "--project", "frogs")
    third = flask("tag-sets", "add", "--project", "frogs", "--", "-x")

    assert (first, second.status, third) == (("1\n", "", 0), 2, ("2\n", "", 0))
    with work():
        project = projects.get_project(SYSTEM, "frogs")
        found = tag_sets.list_tag_sets(SYSTEM, project)
        assert [each.name for each in found] == ["survey 2026", "-x"]


def test_a_class_is_added_to_the_group_that_is_named(flask, work):
    added = [
        flask("tag-classes", "add", "wren", "--project", "frogs", "--label", "Wren"),
        flask("tag-classes", "add", "trill", "--project", "frogs", "--group", "songs"),
        flask("tag-classes", "add", "robin", "--project", "frogs", "--group", "default"),
    ]

    assert added == [("1\n", "", 0), ("2\n", "", 0), ("3\n", "", 0)]
    assert classes(work) == [
        ("wren", "Wren", "default"),
        ("trill", "trill", "songs"),
        ("robin", "robin", "default"),
    ]


def test_the_default_group_may_be_named_before_it_is_there(flask, work):
    added = flask("tag-classes", "add", "wren", "--project", "frogs", "--group", "default")

    assert added == ("1\n", "", 0)
    assert classes(work) == [("wren", "wren", "default")]


def test_what_cannot_be_done_is_one_line_on_stderr_and_status_1(flask, work):
    flask("tag-sets", "add", "survey", "--project", "frogs")
    flask("tag-classes", "add", "wren", "--project", "frogs")

    refused = [
        flask("tag-sets", "add", "survey", "--project", "frogs"),
        flask("tag-sets", "add", " ", "--project", "frogs"),
        flask("tag-sets", "add", "x", "--project", "nothing"),
        flask("tag-classes", "add", "wren", "--project", "frogs"),
        flask("tag-classes", "add", "x", "--project", "frogs", "--group", "nothing"),
    ]

    assert [(ended.out, ended.status) for ended in refused] == [("", 1)] * 5
    assert [ended.err.count("\n") for ended in refused] == [1] * 5
    assert classes(work) == [("wren", "wren", "default")]


def test_a_project_must_be_named(flask):
    for group in ("tag-sets", "tag-classes"):
        ended = flask(group, "add", "x")

        assert (ended.out, ended.status) == ("", 2)
        assert "--project" in ended.err
