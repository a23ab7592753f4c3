"""The log: a line a request, JSON that is JSON, and no credential in it, whatever happens."""

import base64
import json
import logging

import pytest
import structlog
from flask import request
from sqlalchemy import text

from tagstore import create_app, logs
from tagstore.config import Settings
from tagstore.db import db
from tagstore.services import credentials
from tests.make import PASSWORD


@pytest.fixture
def log(capfd, app):
    """Return a function that gives what was logged since, line by line."""
    logs.configure(app.settings, [])

    def read():
        return [json.loads(line) for line in capfd.readouterr().err.splitlines()]

    return read


@pytest.fixture
def client(own_app):
    return own_app.test_client()


@pytest.fixture
def broken(capfd, own_app):
    """An application with addresses that fail in the worst ways, and what it logs."""

    def fail_with_everything():
        raise RuntimeError(f"{request.url} {request.headers} {request.get_data(as_text=True)}")

    def fail_in_the_database():
        db.session.execute(text("SELECT :password FROM nowhere"), request.values.to_dict())

    for prefix in ("", "/api/v1", "/api/v0"):
        own_app.add_url_rule(f"{prefix}/boom", f"boom{prefix}", fail_with_everything)
        own_app.add_url_rule(f"{prefix}/sql", f"sql{prefix}", fail_in_the_database)
    logs.configure(own_app.settings, [])
    return lambda: capfd.readouterr().err


def basic(name, password):
    pair = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def test_a_request_is_one_line_with_its_id(client, log):
    client.get("/healthz", headers={"X-Request-Id": "abcdefgh-1"})

    [line] = log()
    assert isinstance(line.pop("timestamp"), str)
    assert line == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "path": "/healthz",
        "status": 200,
        "actor": "",
        "request_id": "abcdefgh-1",
    }


def test_an_id_that_is_not_fit_for_a_log_is_replaced(client, log):
    answer = client.get("/healthz", headers={"X-Request-Id": "x" * 65})

    [line] = log()
    assert line["request_id"] == answer.headers["X-Request-Id"] != "x" * 65


def test_an_address_forges_no_line(client, log):
    client.get("/%0A%7B%22event%22:%22forged%22%7D%1B[31m")

    assert [line["path"] for line in log()] == ['/\\n{"event":"forged"}\\x1b[31m']


def test_a_500_is_told_with_its_traceback_and_the_same_id(client, broken):
    answer = client.get("/boom")

    lines = [json.loads(line) for line in broken().splitlines()]
    assert [line["event"] for line in lines] == ["unexpected", "request"]
    assert {line["request_id"] for line in lines} == {answer.headers["X-Request-Id"]}
    assert lines[0]["exception"].startswith("Traceback (most recent call last):")


def test_what_libraries_log_has_the_same_shape(log):
    logging.getLogger("waitress").warning("queue depth is %d", 7)
    logging.getLogger("waitress").info("nobody wants to know")

    [line] = log()
    assert (line["event"], line["level"]) == ("queue depth is 7", "warning")


def test_making_a_second_application_does_not_log_everything_twice(tmp_path, capfd):
    for name in "ab":
        create_app(Settings(data_dir=tmp_path / name, log="json"))
    capfd.readouterr()

    logging.getLogger("waitress").warning("once")

    assert len(capfd.readouterr().err.splitlines()) == 1


def test_the_text_form_keeps_credentials_out_as_well(tmp_path, capfd):
    create_app(Settings(data_dir=tmp_path / "a", log="text"))

    structlog.get_logger().info("x", password="horse", path="/login/abcdef", to="a\nb")

    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert "horse" not in said
    assert "abcdef" not in said


@pytest.mark.parametrize("path", ["/boom", "/api/v1/boom", "/sql", "/api/v1/sql", "/api/v1/me"])
def test_no_token_reaches_the_log_however_it_is_sent(client, broken, work, make, path):
    with work():
        token = make.token(make.user("ana"))
    wrong = "ts_" + "wrong" * 8

    for each in (token, wrong):
        for scheme in ("Bearer", "Token"):
            client.get(path, headers={"Authorization": f"{scheme} {each}"})
        client.get(path, query_string={"authorization": each, "token": each, "x": each})
        client.post(path, data={"authorization": each, "password": each})
        client.post(path, json={"token": each})
        client.get(f"{path}/{each}", headers={"X-Auth-Token": each, "Cookie": f"tagstore={each}"})

    said = broken()
    assert said.count("\n") >= 12
    assert token not in said
    assert wrong not in said


def test_no_password_reaches_the_log_however_sign_in_fails(client, broken, work, make):
    with work():
        make.user("ana")
    page = client.get("/login").text
    csrf = page.split('name="csrf-token" content="')[1].split('"')[0]
    wrong = "wrong-staple-battery"

    for password in (PASSWORD, wrong):
        form = {"username": "ana", "password": password}
        client.post("/login", data=form)
        client.post("/login", data=form | {"csrf_token": csrf})
        client.post("/login", data=form | {"csrf_token": csrf}, query_string={"password": password})
        client.post("/login", json=form)
        client.get("/api/v1/me", headers=basic("ana", password))
        client.get("/sql", query_string={"password": password})
        client.get("/boom", headers=basic("ana", password))
        client.post("/api/v1/tags", json=form, headers=basic("ana", password))

    said = broken()
    assert said.count("\n") > 12
    for password in (PASSWORD, wrong):
        assert password not in said
        assert basic("ana", password)["Authorization"].split()[1] not in said


def test_no_one_time_address_reaches_the_log(client, broken, work, make):
    with work():
        secret = credentials.make_sign_in_link(make.user("ana"))

    client.get(f"/login/{secret}")
    client.get(f"/login/{secret}/")
    client.post(f"/login/{secret}")

    said = broken()
    assert said.count("\n") == 3
    assert secret not in said


def test_no_session_reaches_the_log(client, broken, work, make):
    with work():
        secret = credentials.open_session(make.user("ana").actor, "test", "127.0.0.1")
    with client.session_transaction() as session:
        session["_user_id"] = secret
    cookie = client.get_cookie("tagstore").value

    client.get("/api/v1/me")
    client.get("/boom")

    said = broken()
    assert '"actor": "ana"' in said
    assert secret not in said
    assert cookie not in said


def test_fields_named_like_credentials_are_blank():
    line = {"password": "a", "X-Auth-Token": "b", "set_cookie": 1, "path": "/"}

    assert logs.hide_credentials(None, "info", dict(line)) == {
        "password": logs.HIDDEN,
        "X-Auth-Token": logs.HIDDEN,
        "set_cookie": logs.HIDDEN,
        "path": "/",
    }
