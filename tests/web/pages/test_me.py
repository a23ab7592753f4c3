"""One's own page."""

import dataclasses
import hashlib
import hmac
import html
import re

import pytest

from tagstore.services import access_keys, wallets
from tagstore.values import SYSTEM
from tests.make import PASSWORD
from tests.wallet import Wallet


@pytest.fixture(autouse=True)
def ana(work, make, browser):
    with work():
        make.user("ana")
    browser.sign_in("ana")


def token_in(page):
    return re.search(r'id="new-token">(ts_[^<]+)<', page)[1]


def text_in(page):
    """Return the text that a wallet is to sign."""
    return html.unescape(re.search(r"<textarea[^>]*>\s*([^<]+)</textarea>", page)[1])


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


@pytest.fixture
def settings(settings):
    return dataclasses.replace(settings, signed_tokens=True)


def test_a_wallet_is_registered_by_signing_a_text_and_stands_for_its_owner(browser, app):
    wallet = Wallet(1)
    asked = browser.send("/me/wallets/challenge", address=wallet.address.upper(), part=True)

    text = text_in(asked.text)
    answer = browser.send("/me/wallets", text=text, signature=wallet.hex(text), part=True)

    assert (asked.status_code, answer.status_code) == (200, 201)
    assert answer.text.startswith('<section class="card" id="me-wallets">')
    assert wallet.address in browser.open("/me").text
    with app.app_context():
        assert wallets.actor_by_signed_token(wallet.token()).name == "ana"


def test_a_wrong_signature_leaves_the_text_there_to_try_again(browser):
    wallet = Wallet(1)
    text = text_in(browser.send("/me/wallets/challenge", address=wallet.address).text)

    answer = browser.send("/me/wallets", text=text, signature=Wallet(2).hex(text), part=True)
    again = browser.send("/me/wallets", text=text_in(answer.text), signature=wallet.hex(text))

    assert (answer.status_code, again.status_code) == (422, 201)
    assert f"is not that of {wallet.address} on this text" in answer.text


def test_what_is_no_address_is_refused_beside_its_field(browser):
    answer = browser.send("/me/wallets/challenge", address="0x12", part=True)

    assert answer.status_code == 422
    assert "must be 0x and 40 hexadecimal digits" in answer.text


def test_the_wallet_of_somebody_else_cannot_be_registered_or_removed(browser, work, make):
    wallet = Wallet(1)
    with work():
        otto = make.user("otto").actor
        theirs = wallets.challenge(otto, wallet.address)
        wallets.add_wallet(otto, theirs, wallet.hex(theirs))
    text = text_in(browser.send("/me/wallets/challenge", address=wallet.address).text)

    answer = browser.send("/me/wallets", text=text, signature=wallet.hex(text), part=True)

    assert answer.status_code == 422
    assert "That address is registered already." in answer.text
    assert "otto" not in answer.text
    assert browser.send("/me/wallets/1/remove").status_code == 404


def test_a_removed_wallet_stands_for_nobody(browser, app):
    wallet = Wallet(1)
    text = text_in(browser.send("/me/wallets/challenge", address=wallet.address).text)
    browser.send("/me/wallets", text=text, signature=wallet.hex(text))

    answer = browser.send("/me/wallets/1/remove")

    assert answer.status_code == 303
    assert wallet.address not in browser.open("/me").text
    with app.app_context():
        assert wallets.actor_by_signed_token(wallet.token()) is None


def test_wallets_are_not_spoken_of_where_signed_tokens_are_off(browser, app):
    app.settings = dataclasses.replace(app.settings, signed_tokens=False)

    assert "Wallets" not in browser.open("/me").text
