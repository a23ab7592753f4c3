"""Who is in a project, and as what."""

import pytest

from tagstore.values import Role


@pytest.fixture(autouse=True)
def frogs(work, make, browser):
    with work():
        make.project("frogs", ana=Role.MANAGER)
        make.user("bo")
    browser.sign_in("ana")


def test_a_member_is_added_changed_and_removed(browser):
    address = "/projects/frogs/members"

    browser.send(address, user="bo", role="viewer")
    browser.send(address, user="bo", role="annotator")
    there = "Role of bo" in browser.open(address).text
    browser.send(f"{address}/2/remove")

    assert there
    assert "Role of bo" not in browser.open(address).text


def test_an_unknown_name_is_refused_beside_its_field(browser):
    answer = browser.send("/projects/frogs/members", user="nobody", role="viewer", part=True)

    assert answer.status_code == 422
    assert "is unknown" in answer.text


def test_the_last_manager_stays(browser):
    answer = browser.send("/projects/frogs/members/1/remove")

    assert answer.status_code == 403
    assert "A project keeps at least one manager." in answer.text
