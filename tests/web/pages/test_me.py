"""One's own page."""

import hashlib
import hmac
import re

import pytest

from tagstore.services import access_keys
from tagstore.values import SYSTEM
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


def test_a_key_pair_is_shown_once_and_signs_at_once(browser, app):
    answer = browser.send("/me/keys", part=True)

    access = re.search(r'id="new-access-key">([A-Z2-7]+)<', answer.text)[1]
    secret = re.search(r'id="new-secret-key">([A-Z2-7]+)<', answer.text)[1]
    signature = hmac.new(secret.encode(), b"words", hashlib.sha256).hexdigest()
    assert answer.status_code == 201
    assert answer.text.startswith('<section class="card" id="me-keys">')
    with app.app_context():
        assert access_keys.actor_by_signature(access, b"words", signature).name == "ana"
    page = browser.open("/me").text
    assert (access in page, secret in page) == (True, False)


def test_a_revoked_key_is_gone_and_one_of_somebody_else_is_nobodys_business(browser, work, make):
    browser.send("/me/keys")
    with work():
        access_keys.add_key(SYSTEM, make.user("otto"))

    answers = [browser.send(f"/me/keys/{number}/revoke").status_code for number in (1, 2)]

    assert answers == [303, 404]
    assert "No access keys yet." in browser.words("/me")
    with work():
        assert [key.id for key in access_keys.list_keys(SYSTEM)] == [2]
