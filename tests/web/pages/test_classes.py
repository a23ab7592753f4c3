"""The vocabularies of a project."""

import json

import pytest

from tagstore.values import Role
from tests.web.pages.conftest import text_of

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


def test_a_class_gets_its_usual_range_and_loses_it_again(browser):
    fields = {"label": "wren", "identifier": "wren", "color": "#e69f00"}
    browser.send(f"{HERE}/1", **fields, low_hz="2400", high_hz="8000.5", version=1)
    ranged = "2.4 kHz – 8 kHz" in browser.words(HERE)
    form = browser.open(f"{HERE}?edit=1").text

    browser.send(f"{HERE}/1", **fields, low_hz="", high_hz="", version=2)

    assert (ranged, "2.4 kHz" in browser.words(HERE)) == (True, False)
    assert ['value="2400"' in form, 'value="8000.5"' in form] == [True, True]


@pytest.mark.parametrize("low", ["-1", "nan", "inf", "9000", "low"])
def test_a_range_that_cannot_be_is_refused(browser, low):
    fields = {"label": "wren", "identifier": "wren", "color": "#e69f00", "version": 1}

    answer = browser.send(f"{HERE}/1", **fields, low_hz=low, high_hz="8000")

    assert answer.status_code == 422
    assert "8 kHz" not in browser.words(HERE)


def test_a_class_that_no_tag_uses_is_deleted_and_comes_back_by_undo(browser):
    browser.send(HERE, identifier="robin", label="Robin", hot_key="7", group=1)
    browser.send(f"{HERE}/2/delete")
    told = browser.open(HERE, **{"HX-Request": "true"}).headers["HX-Trigger"]
    gone = "Robin robin 7" not in browser.words(HERE)

    browser.send(json.loads(told)["toast:told"]["messages"][0]["undo"])

    assert gone
    assert "Robin robin 7" in browser.words(HERE)


def test_a_class_in_use_has_no_delete_button_and_stays(browser):
    page = browser.open(HERE).text

    answer = browser.send(f"{HERE}/1/delete")

    assert ("/classes/1/delete" in page, answer.status_code) == (False, 409)
    assert "wren" in browser.words(HERE)


def test_a_change_of_a_class_made_on_an_old_page_says_what_is_there_now(browser):
    fields = {"identifier": "wren", "color": "#e69f00", "hot_key": "1"}
    browser.send(f"{HERE}/1", **fields, label="jenny", low_hz="2000", version=1)

    answer = browser.send(f"{HERE}/1", **fields, label="zaunkönig", version=1)

    words = "Now Name is “jenny”; From, Hz is 2000. Save again to have yours."
    assert (answer.status_code, words in text_of(answer.text)) == (412, True)
    assert "jenny" in browser.words(HERE)


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
