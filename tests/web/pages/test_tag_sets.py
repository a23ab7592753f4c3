"""The tag sets of a project."""

import json
import re

import pytest

from tagstore.values import Role
from tests.web.pages.conftest import text_of


@pytest.fixture(autouse=True)
def frogs(work, make, browser):
    with work():
        project = make.project("frogs", ana=Role.MANAGER, vera=Role.VIEWER)
        make.tag_set(project, "survey")
        other = make.project("bats")
        make.tag_set(other, "elsewhere")
    browser.sign_in("ana")


HERE = "/projects/frogs/tag-sets"


def test_a_tag_set_is_added_and_shown(browser):
    answer = browser.send(HERE, name="second opinion", color="#e69f00")

    assert answer.location == HERE
    assert "second opinion" in browser.words(HERE)


def test_a_taken_name_is_refused_and_the_list_still_shows(browser):
    answer = browser.send(HERE, name="survey", part=True)

    assert answer.status_code == 422
    assert "is taken" in answer.text
    assert 'id="tag-sets-row-1"' in answer.text


def test_a_tag_set_is_renamed(browser):
    browser.send(f"{HERE}/1", name="survey 2026", color="#e69f00", description="Ponds", version=1)

    assert "survey 2026 Ponds" in browser.words(HERE)


def test_a_change_made_on_an_old_page_is_refused(browser):
    browser.send(f"{HERE}/1", name="first", color="#e69f00", version=1)

    answer = browser.send(f"{HERE}/1", name="second", color="#e69f00", version=1)

    words = "Somebody changed this meanwhile, so nothing was saved. Now Name is “first”."
    assert (answer.status_code, words in text_of(answer.text)) == (412, True)
    assert "first" in browser.words(HERE)


def test_what_was_seen_to_have_changed_can_be_saved_over(browser):
    browser.send(f"{HERE}/1", name="first", color="#e69f00", version=1)
    answer = browser.send(f"{HERE}/1", name="second", color="#e69f00", version=1)
    version = re.search(r'name="version"[^>]* value="(\d+)"', answer.text)[1]

    browser.send(f"{HERE}/1", name="second", color="#e69f00", version=version)

    assert (version, "second" in browser.words(HERE)) == ("2", True)


def test_a_tag_set_is_hidden_and_shown_again(browser):
    browser.send(f"{HERE}/1/hide")
    while_hidden = "survey hidden" in browser.words(HERE)
    browser.send(f"{HERE}/1/show")

    assert while_hidden
    assert "survey hidden" not in browser.words(HERE)


def test_a_deleted_tag_set_comes_back_by_undo(browser):
    browser.send(f"{HERE}/1/delete")
    told = browser.open(HERE, **{"HX-Request": "true"}).headers["HX-Trigger"]
    undo = json.loads(told)["toast:told"]["messages"][0]["undo"]
    gone = 'id="tag-sets-row-1"' not in browser.open(HERE).text

    browser.send(undo)

    assert gone
    assert 'id="tag-sets-row-1"' in browser.open(HERE).text


def test_a_tag_set_of_another_project_is_not_found_here(browser):
    assert browser.send(f"{HERE}/2/delete").status_code == 404


def test_a_viewer_reads_and_finds_no_tools(browser):
    browser.sign_in("vera")
    browser.send("/logout")
    browser.sign_in("vera")

    page = browser.open(HERE)

    assert (page.status_code, "Add a tag set" in page.text) == (200, False)
    assert browser.send(HERE, name="mine").status_code == 403
