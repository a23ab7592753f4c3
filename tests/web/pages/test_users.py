"""The users of the store, for administrators."""

import re

import pytest


@pytest.fixture(autouse=True)
def people(work, make, browser):
    with work():
        make.user("root", is_admin=True)
        make.user("ana")
    browser.sign_in("root")


def test_an_administrator_adds_a_user_who_can_sign_in(browser, app):
    browser.send("/admin/users", name="bo", password="a good one")

    other = type(browser)(app.test_client())
    assert other.sign_in("bo", "a good one").status_code == 302


def test_a_name_that_is_taken_is_refused_beside_its_field(browser):
    answer = browser.send("/admin/users", name="ANA", part=True)

    assert answer.status_code == 422
    assert "is taken" in answer.text


def test_a_disabled_user_is_out_at_once_and_comes_back_when_enabled(browser, app):
    ana = type(browser)(app.test_client())
    ana.sign_in("ana")

    browser.send("/admin/users/2/disable")
    while_disabled = (ana.open("/me").status_code, ana.sign_in("ana").status_code)
    browser.send("/admin/users/2/enable")

    assert while_disabled == (302, 401)
    assert ana.sign_in("ana").status_code == 302


def test_a_sign_in_address_lets_its_user_in(browser, app):
    answer = browser.send("/admin/users/2/link")

    path = re.search(r"id=.new-link.>https?://[^/]+(/login/[^<]+)</code>", answer.text)[1]
    ana = type(browser)(app.test_client())
    ana.send(path)
    assert "Signed in as ana" in ana.words("/me")


def test_others_are_told_that_only_administrators_may(browser, app):
    ana = type(browser)(app.test_client())
    ana.sign_in("ana")

    answer = ana.open("/admin/users")

    assert answer.status_code == 403
    assert "Only administrators may do that." in answer.text
