"""Signing in and out."""

import pytest

from tagstore.services import credentials
from tests.make import PASSWORD


@pytest.fixture(autouse=True)
def ana(work, make):
    with work():
        make.user("ana")


def test_a_password_lets_in_and_leads_to_where_one_was_going(browser):
    answer = browser.send("/login", username="ana", password=PASSWORD, next="/me")

    assert (answer.status_code, answer.location) == (302, "/me")
    assert browser.open("/me").status_code == 200


def test_a_wrong_password_keeps_the_form_and_says_why(browser):
    answer = browser.sign_in("ana", "wrong")

    assert answer.status_code == 401
    assert "That name and password do not go together." in answer.text
    assert browser.open("/me").location == "/login?next=/me"


def test_nobody_is_led_off_the_site(browser):
    places = [
        browser.send("/login", username="ana", password=PASSWORD, next=goal).location
        for goal in ("//evil.example", "https://evil.example", "/\\evil.example")
    ]

    assert places == ["/", "/", "/"]


def test_signing_out_ends_the_session_itself(browser, app):
    browser.sign_in("ana")
    thief = app.test_client()
    thief.set_cookie("tagstore", browser.client.get_cookie("tagstore").value)

    browser.send("/logout")

    assert browser.open("/me").status_code == 302
    assert thief.get("/me").status_code == 302


def test_a_one_time_address_lets_in_once_and_not_by_being_looked_at(browser, app, work):
    with work():
        secret = credentials.make_sign_in_link(credentials.db.session.get(credentials.User, 1))
    looked = browser.open(f"/login/{secret}")

    first = browser.send(f"/login/{secret}")
    again = app.test_client().post(f"/login/{secret}")

    assert (looked.status_code, first.status_code) == (200, 303)
    assert again.status_code != 303
    assert browser.open("/me").status_code == 200


def test_a_form_without_csrf_token_is_refused(client):
    answer = client.post("/login", data={"username": "ana", "password": PASSWORD})

    assert answer.status_code == 400


def test_a_one_time_address_never_reaches_the_log(browser, work, capsys):
    with work():
        secret = credentials.make_sign_in_link(credentials.db.session.get(credentials.User, 1))

    browser.open(f"/login/{secret}")
    browser.send(f"/login/{secret}")

    written = capsys.readouterr()
    assert "/login/[hidden]" in written.err
    assert secret not in written.out + written.err
