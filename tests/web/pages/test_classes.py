"""The vocabularies of a project."""

import pytest

from tagstore.values import Role

HERE = "/projects/frogs/classes"


@pytest.fixture(autouse=True)
def frogs(work, make, browser):
    with work():
        project = make.project("frogs", ana=Role.MANAGER)
        make.tag(make.media_file(project), tag_class_id=make.tag_class(project, "wren").id)
    browser.sign_in("ana")


def test_a_class_is_added_with_colour_and_hot_key(browser):
    browser.send(HERE, identifier="erithacus_rubecula", label="robin", group=1)

    assert "robin erithacus_rubecula 2" in browser.words(HERE)


def test_a_taken_identifier_is_refused_beside_its_field(browser):
    answer = browser.send(HERE, identifier="wren", group=1, part=True)

    assert answer.status_code == 422
    assert "is taken" in answer.text


def test_renaming_a_class_renames_it_in_its_tags(browser):
    fields = {"label": "jenny", "identifier": "wren", "color": "#e69f00", "hot_key": "5"}

    browser.send(f"{HERE}/1", **fields, version=1)

    assert "jenny wren 5" in browser.words(HERE)
    assert "jenny" in browser.words("/projects/frogs/tags")


def test_a_retired_class_keeps_its_tags_and_can_be_used_again(browser):
    browser.send(f"{HERE}/1/retire")
    retired = "wren retired" in browser.words(HERE)
    browser.send(f"{HERE}/1/restore")

    assert retired
    assert "wren retired" not in browser.words(HERE)


def test_a_vocabulary_is_added_and_closed(browser):
    browser.send("/projects/frogs/groups", key="quality", name="Recording quality")
    browser.send("/projects/frogs/groups/2", name="Quality", closed="y", version=1)

    answer = browser.send(HERE, identifier="clipped", group=2)

    assert "Quality quality closed" in browser.words(HERE)
    assert answer.status_code == 422
