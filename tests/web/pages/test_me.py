"""One's own page."""

import re

import pytest

from tests.make import PASSWORD


@pytest.fixture(autouse=True)
def ana(work, make, browser):
    with work():
        make.user("ana")
    browser.sign_in("ana")


def token_in(html):
    return re.search(r'id="new-token">(ts_[^<]+)<', html)[1]


def test_a_token_is_shown_once_and_works_at_once(browser, app):
    answer = browser.send("/me/tokens", label="nightly")

    token = token_in(answer.text)
    script = app.test_client()
    headers = {"Authorization": f"Bearer {token}"}
    assert answer.status_code == 201
    assert script.get("/api/v1/me", headers=headers).json["name"] == "ana"
    assert token not in browser.open("/me").text


def test_a_revoked_token_works_no_longer(browser, app):
    token = token_in(browser.send("/me/tokens", label="nightly").text)

    browser.send("/me/tokens/1/revoke")

    answer = app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_a_token_without_label_is_refused_beside_its_field(browser):
    answer = browser.send("/me/tokens", label="", part=True)

    assert answer.status_code == 422
    assert answer.text.startswith('<section class="card" id="me-tokens">')
    assert "is required" in answer.text


def test_a_new_password_signs_other_browsers_out_and_keeps_this_one(browser, app):
    other = type(browser)(app.test_client())
    other.sign_in("ana")

    answer = browser.send("/me/password", current=PASSWORD, password="a longer one")

    assert answer.status_code == 303
    assert browser.open("/me").status_code == 200
    assert other.open("/me").status_code == 302
    assert other.sign_in("ana", "a longer one").status_code == 302


def test_a_new_password_needs_the_present_one(browser):
    answer = browser.send("/me/password", current="wrong", password="a longer one")

    assert answer.status_code == 422
    assert "is not the one" in answer.text
    assert browser.sign_in("ana").status_code == 302


def test_another_browser_can_be_signed_out(browser, app):
    other = type(browser)(app.test_client())
    other.sign_in("ana")

    browser.send("/me/sessions/2/revoke")

    assert other.open("/me").status_code == 302
    assert browser.open("/me").status_code == 200
