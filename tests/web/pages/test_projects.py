"""Projects: the list, a new one, the overview, the settings."""

import pytest

from tagstore.values import Audience, Role


@pytest.fixture
def frogs(work, make):
    with work():
        project = make.project("frogs", ana=Role.MANAGER, vera=Role.VIEWER)
        make.tag(make.media_file(project, kind="audio", duration_s=7200.0))
        make.media_file(project, kind="audio", duration_s=None, state="failed", reason="Torn.")
        make.project("bats")


def test_one_sees_ones_own_projects_only(browser, frogs):
    browser.sign_in("vera")

    words = browser.words("/")

    assert ("frogs" in words, "bats" in words) == (True, False)


def test_a_stranger_is_sent_to_sign_in(browser, frogs):
    places = [browser.open(address).location for address in ("/", "/projects/frogs")]

    assert places == ["/login", "/login?next=/projects/frogs"]


def test_a_stranger_sees_public_projects(browser, work, make):
    with work():
        make.project("open").audience = Audience.WORLD

    answer = browser.open("/")

    assert (answer.status_code, "open" in answer.text) == (200, True)


def test_a_new_project_belongs_to_whoever_made_it(browser, work, make):
    with work():
        make.user("bo")
    browser.sign_in("bo")

    answer = browser.send("/projects", key="bats", name="Bats at the weir")

    assert answer.location == "/projects/bats"
    assert "bo you" in browser.words("/projects/bats/members")


def test_a_key_that_is_taken_is_refused_beside_its_field(browser, frogs):
    browser.sign_in("ana")

    answer = browser.send("/projects", key="frogs")

    assert answer.status_code == 422
    assert "is taken" in answer.text


def test_the_overview_counts_what_is_there(browser, frogs):
    browser.sign_in("vera")

    words = browser.words("/projects/frogs")

    counted = [part in words for part in ("recordings 2", "hours 2.0", "tags 1", "a fault 1")]
    assert counted == [True, True, True, True]


def test_a_manager_changes_name_and_audience(browser, frogs):
    browser.sign_in("ana")
    fields = {"name": "Frogs!", "description": "Seven ponds.", "audience": "world"}

    browser.send("/projects/frogs/settings", **fields)

    words = browser.words("/projects/frogs")
    assert [part in words for part in ("Frogs!", "Seven ponds.", "public")] == [True, True, True]


def test_a_viewer_has_no_settings(browser, frogs):
    browser.sign_in("vera")

    assert browser.open("/projects/frogs/settings").status_code == 403
    assert "Settings" not in browser.words("/projects/frogs")
