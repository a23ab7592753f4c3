"""Failed credentials are limited, good ones are not; one person's failures are not another's."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tagstore import clock, create_app
from tagstore.db import db
from tagstore.models import FailedAttempt
from tests.make import PASSWORD
from tests.side_by_side import threads

LIMIT = 10


@pytest.fixture
def token(work, make):
    with work():
        make.user("ana")
        return make.token(make.user("bo"))


def by_token(client, token, address="127.0.0.1"):
    headers = {"Authorization": f"Bearer {token}"}
    return client.get("/api/v1/me", headers=headers, environ_base={"REMOTE_ADDR": address})


def by_password(client, name, password, address="127.0.0.1"):
    place = {"REMOTE_ADDR": address}
    return client.get("/api/v1/me", auth=(name, password), environ_base=place)


def statuses(answers):
    return [answer.status_code for answer in answers]


def test_the_eleventh_wrong_token_of_an_address_is_told_to_wait(client, token):
    answers = [by_token(client, f"ts_wrong{number}") for number in range(LIMIT + 2)]

    assert statuses(answers) == [401] * LIMIT + [429] * 2
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert answers[-1].mimetype == "application/problem+json"
    assert answers[-1].json["title"] == "Too many attempts"


def test_a_good_token_works_where_bad_ones_have_failed(client, token):
    for number in range(LIMIT + 1):
        by_token(client, f"ts_wrong{number}")

    assert by_token(client, token).status_code == 200


def test_the_eleventh_wrong_password_is_not_even_looked_at(client, token):
    wrong = [by_password(client, "ana", "wrong") for _ in range(LIMIT)]
    right = by_password(client, "ana", PASSWORD)

    assert statuses([*wrong, right]) == [401] * LIMIT + [429]


def test_a_name_is_one_name_however_it_is_written(client, token):
    for number in range(LIMIT):
        by_password(client, ("ana", "ANA", "Ana")[number % 3], "wrong")

    assert by_password(client, "aNa", PASSWORD).status_code == 429


def test_others_and_other_addresses_are_not_held_up(client, token):
    for _ in range(LIMIT + 1):
        by_password(client, "ana", "wrong")

    assert by_password(client, "bo", PASSWORD).status_code == 200
    assert by_password(client, "ana", PASSWORD, "10.0.0.7").status_code == 200
    assert by_token(client, token).status_code == 200


def test_right_passwords_are_not_counted(client, token):
    answers = [by_password(client, "ana", PASSWORD) for _ in range(LIMIT * 3)]

    assert set(statuses(answers)) == {200}


def test_a_minute_later_there_is_room_again(client, token, work, monkeypatch):
    for _ in range(LIMIT + 1):
        by_password(client, "ana", "wrong")
    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)

    answers = [by_password(client, "ana", "wrong") for _ in range(LIMIT + 1)]

    assert statuses(answers) == [401] * LIMIT + [429]
    with work():
        assert db.session.scalar(select(func.count()).select_from(FailedAttempt)) == LIMIT


def test_neither_address_nor_name_is_kept(client, token, work):
    by_password(client, "ana", "wrong", "192.0.2.7")

    with work():
        [attempt] = db.session.scalars(select(FailedAttempt))
        assert attempt.who == hashlib.sha256(b"192.0.2.7\0name ana").digest()


def test_guessing_side_by_side_gains_nothing(app, token):
    answers = []

    def guess():
        answers.append(by_password(app.test_client(), "ana", "wrong").status_code)

    with threads(*[guess] * 30):
        pass

    assert sorted(answers) == [401] * LIMIT + [429] * 20


def test_the_sign_in_form_is_limited_too_and_says_so(client, token):
    page = client.get("/login").text
    csrf = page.split('name="csrf-token" content="')[1].split('"')[0]
    form = {"username": "ana", "password": "wrong", "csrf_token": csrf}

    answers = [client.post("/login", data=form) for _ in range(LIMIT + 1)]
    right = client.post("/login", data=form | {"password": PASSWORD})

    assert statuses([*answers, right]) == [401] * LIMIT + [429] * 2
    assert 1 <= int(right.headers["Retry-After"]) <= 60


def test_a_browser_without_cookie_is_a_stranger_not_a_failure(client, token):
    answers = [client.get("/api/v1/me") for _ in range(LIMIT + 2)]

    assert set(statuses(answers)) == {401}
    assert by_password(client, "ana", PASSWORD).status_code == 200


def test_the_limits_can_be_switched_off(app, token):
    free = create_app(replace(app.settings, rate_limits=False)).test_client()

    answers = [by_password(free, "ana", "wrong") for _ in range(LIMIT + 5)]

    assert set(statuses(answers)) == {401}


def test_behind_a_trusted_proxy_the_address_is_the_browsers(app, token):
    behind = create_app(replace(app.settings, proxies=1)).test_client()

    def guess(address):
        headers = {"X-Forwarded-For": f"6.6.6.6, {address}"}
        return behind.get("/api/v1/me", auth=("ana", "wrong"), headers=headers).status_code

    assert [guess("10.0.0.1") for _ in range(LIMIT + 1)][-1] == 429
    assert guess("10.0.0.2") == 401


def test_a_name_of_any_length_or_kind_is_just_wrong(client, token):
    names = ["", "x" * 100_000, "a\0b", "é" * 300, "%_"]

    assert {by_password(client, name, "wrong").status_code for name in names} == {401}
