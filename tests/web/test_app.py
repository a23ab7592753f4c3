"""What holds for every request: headers, cookies, proofs, sizes, transactions and numbers."""

from dataclasses import replace
from http.cookies import SimpleCookie
from io import BytesIO

import pytest
from sqlalchemy import select

from tagstore import create_app
from tagstore.db import db
from tagstore.models import Project
from tagstore.services import credentials, users
from tagstore.values import SYSTEM, Role
from tagstore.write_lock import lock_of
from tests.make import PASSWORD
from tests.side_by_side import threads, until

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def ana(work, make):
    """The headers of a manager of the project frogs."""
    with work():
        make.project("frogs", ana=Role.MANAGER)
        return bearer(make.token(users.get_user(SYSTEM, "ana")))


# Headers


@pytest.mark.parametrize(
    "path", ["/login", "/", "/nothing", "/healthz", "/api/v1/me", "/api/v1/nothing", "/api/v0/x"]
)
def test_every_answer_protects_the_browser(client, path):
    answer = client.get(path)

    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_a_request_keeps_the_id_it_came_with(client):
    given = client.get("/healthz", headers={"X-Request-Id": "abc.DEF_123-4"})
    bad = client.get("/healthz", headers={"X-Request-Id": 'x";drop'})
    own = client.get("/healthz")

    assert given.headers["X-Request-Id"] == "abc.DEF_123-4"
    assert len({answer.headers["X-Request-Id"] for answer in (given, bad, own)}) == 3


def test_the_server_does_not_say_what_it_runs_on_in_an_error(client):
    answer = client.get("/api/v1/nothing")

    assert "Werkzeug" not in answer.text


# Cookies


def csrf_of(client):
    return client.get("/login").text.split('name="csrf-token" content="')[1].split('"')[0]


def signed_in_cookie(client, **environment):
    """Sign in and return the cookie that was set."""
    headers = {"Referer": f"{environment.get('base_url', 'http://localhost')}/login"}
    headers |= environment.pop("headers", {})
    page = client.get("/login", headers=headers, **environment).text
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    form = {"username": "ana", "password": PASSWORD, "csrf_token": token}
    answer = client.post("/login", data=form, headers=headers, **environment)
    assert answer.status_code == 302
    return SimpleCookie(answer.headers["Set-Cookie"])["tagstore"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client, ana):
    cookie = signed_in_cookie(client)

    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert (cookie["secure"], cookie["domain"]) == ("", "")


def test_the_cookie_is_secure_exactly_over_https(app, ana):
    plain = signed_in_cookie(app.test_client(), base_url="http://localhost")
    secure = signed_in_cookie(app.test_client(), base_url="https://localhost")

    assert (plain["secure"], secure["secure"]) == ("", True)


def test_a_proxy_nobody_trusts_changes_nothing(client, ana):
    cookie = signed_in_cookie(client, headers={"X-Forwarded-Proto": "https"})

    assert cookie["secure"] == ""


def test_behind_a_trusted_proxy_the_cookie_is_secure_when_the_browser_uses_https(app, ana):
    behind = create_app(replace(app.settings, proxies=1))
    forwarded = {"X-Forwarded-Proto": "https", "Referer": "https://localhost/login"}

    secure = signed_in_cookie(behind.test_client(), headers=forwarded)
    plain = signed_in_cookie(behind.test_client(), headers={"X-Forwarded-Proto": "http"})

    assert (secure["secure"], plain["secure"]) == (True, "")


def test_the_cookie_does_not_hold_the_password_nor_the_users_number(client, ana):
    signed_in_cookie(client)

    with client.session_transaction() as session:
        assert set(session) - {"_fresh", "_permanent", "_id", "csrf_token"} == {"_user_id"}
        assert not session["_user_id"].isdigit()


# Proofs


def test_a_cookie_needs_its_csrf_token_for_changes_and_for_nothing_else(client, ana):
    signed_in_cookie(client)
    body = {"project": "frogs", "name": "survey"}

    read = client.get("/api/v1/tag-sets?project=frogs")
    bare = client.post("/api/v1/tag-sets", json=body)
    wrong = client.post("/api/v1/tag-sets", json=body, headers={"X-CSRFToken": "x"})
    proven = client.post(
        "/api/v1/tag-sets", json=body, headers={"X-CSRFToken": csrf_of_page(client)}
    )

    statuses = [answer.status_code for answer in (read, bare, wrong, proven)]
    assert statuses == [200, 400, 400, 201]
    assert bare.mimetype == "application/problem+json"


def csrf_of_page(client):
    return client.get("/").text.split('name="csrf-token" content="')[1].split('"')[0]


def test_a_csrf_token_of_another_browser_is_worth_nothing(app, client, ana):
    signed_in_cookie(client)
    foreign = csrf_of(app.test_client())

    answer = client.post(
        "/api/v1/tag-sets",
        json={"project": "frogs", "name": "survey"},
        headers={"X-CSRFToken": foreign},
    )

    assert answer.status_code == 400


def test_a_token_needs_no_csrf_token(client, ana):
    answer = client.post("/api/v1/tag-sets", json={"project": "frogs", "name": "s"}, headers=ana)

    assert answer.status_code == 201


def test_a_wrong_token_is_refused_even_beside_a_good_cookie(client, ana):
    signed_in_cookie(client)

    answer = client.get("/api/v1/me", headers=bearer("ts_nonsense"))

    assert answer.status_code == 401


def test_a_broken_authorization_header_is_401(client):
    broken = ["", "Bearer", "Bearer ", "Basic", "Basic !!!", "Basic /w==", "Digest x", "Token \xff"]

    answers = [client.get("/api/v1/me", headers={"Authorization": each}) for each in broken]

    assert {(each.status_code, each.headers["WWW-Authenticate"]) for each in answers} == {
        (401, 'Bearer realm="tagstore"')
    }


def test_basic_is_off_when_the_setting_says_so(app, ana):
    without = create_app(replace(app.settings, basic_auth=False)).test_client()

    refused = without.get("/api/v1/me", auth=("ana", PASSWORD))
    taken = app.test_client().get("/api/v1/me", auth=("ana", PASSWORD))

    assert (refused.status_code, taken.status_code) == (401, 200)


# Sizes


def test_a_body_over_the_limit_is_413_in_the_words_of_its_edge(app):
    small = create_app(replace(app.settings, max_body=1000)).test_client()
    paths = ["/api/v1/tags", "/api/v0/bulkTagCreate/1/", "/login", "/nothing"]
    body = b"[" + b" " * 1000

    answers = [small.post(path, data=body, content_type="application/json") for path in paths]

    assert [(each.status_code, each.mimetype) for each in answers] == [
        (413, "application/problem+json"),
        (413, "application/json"),
        (413, "text/html"),
        (413, "text/html"),
    ]
    assert ["1000 bytes" in each.text for each in answers] == [True] * 4


def test_a_body_of_just_the_limit_is_read(app, ana):
    small = create_app(replace(app.settings, max_body=1000)).test_client()
    body = b'{"project":"frogs","name":"survey"}'.ljust(1000)

    answer = small.post("/api/v1/tag-sets", data=body, headers=ana, content_type="application/json")

    assert answer.status_code == 201


def test_an_upload_may_be_larger_than_a_body_but_not_than_an_upload(app, ana):
    small = create_app(replace(app.settings, max_body=100_000, max_upload=900_000)).test_client()
    signed_in_cookie(small)
    headers = {"X-CSRFToken": csrf_of_page(small)}

    answers = [
        small.post(
            "/api/v1/media",
            data={"project": "frogs", "file": (BytesIO(b"x" * size), "a.wav")},
            headers=headers,
        )
        for size in (600_000, 900_001)
    ]

    assert [each.status_code for each in answers] == [422, 413]


# Transactions


def add_and(status):
    """Return a view that changes something and then answers with this status."""

    def view():
        db.session.add(Project(key=f"made{status}", name="x"))
        db.session.flush()
        if status == 0:
            raise RuntimeError("no")
        return "", status

    return view


def test_a_success_is_kept_and_anything_else_undone(own_app, work):
    client = own_app.test_client()
    statuses = [200, 201, 204, 302, 400, 404, 409, 422, 500, 0]
    for status in statuses:
        own_app.add_url_rule(
            f"/api/v0/add/{status}", f"add{status}", add_and(status), methods=["POST"]
        )
    headers = {"X-CSRFToken": csrf_of(client)}

    held = []
    for status in statuses:
        client.post(f"/api/v0/add/{status}", headers=headers)
        held += lock_of(own_app.settings.data_dir / "tagstore.db")._queue

    assert held == []
    with work():
        kept = list(db.session.scalars(select(Project.key).order_by(Project.id)))
    assert kept == ["made200", "made201", "made204", "made302"]


def test_an_error_page_that_reads_the_database_again_leaves_the_lock_free(app, client, work, ana):
    signed_in_cookie(client)
    headers = {"X-CSRFToken": csrf_of_page(client)}

    answer = client.post("/projects", data={"key": "frogs", "name": "x"}, headers=headers)

    assert answer.status_code == 422
    assert not lock_of(app.settings.data_dir / "tagstore.db")._queue
    with work():
        assert db.session.query(Project).count() == 1


def test_a_request_that_only_reads_never_waits_for_a_writer(client, work, ana):
    with work():
        db.session.add(Project(key="held", name="x"))
        db.session.flush()
        seen = []

        def read():
            seen.append(client.get("/api/v1/projects", headers=ana).json["total"])

        with threads(read):
            until(lambda: seen)

    assert seen == [1]


# Numbers and words in addresses

NUMBERS = ["99999999999999999999", str(2**63), "-1", "0", "1.0", "٣", "1e3", "9" * 5000]
WORDS = ["%ff", "%ed%a0%80", "a%0ab", "x" * 5000]
BY_TOKEN = [
    "/api/v1/tags/{}",
    "/api/v1/tag-sets/{}",
    "/api/v1/tag-classes/{}",
    "/api/v1/media/{}",
    "/api/v1/media/{}/tags",
    "/api/v1/projects/{}",
    "/api/v0/project/{}/",
    "/api/v0/tag/{}/",
]
BY_COOKIE = ["/media/{}", "/tag/{}", "/projects/{}"]


def test_numbers_and_words_that_name_nothing_lead_nowhere(client, ana):
    signed_in_cookie(client)

    answers = {
        (path, text): client.get(path.format(text), headers=headers).status_code
        for paths, headers in ((BY_TOKEN, ana), (BY_COOKIE, {}))
        for path in paths
        for text in NUMBERS + WORDS
    }

    assert {each: status for each, status in answers.items() if status != 404} == {}


def test_a_strange_host_is_no_fault_of_ours(client):
    answer = client.get("/healthz", headers={"Host": "bad host<>"})

    assert answer.status_code in {200, 400}


# Signing out


def test_a_revoked_session_is_a_stranger_at_once(client, work, ana):
    signed_in_cookie(client)
    with work():
        actor = users.get_user(SYSTEM, "ana").actor
        [session] = credentials.list_sessions(actor)
        credentials.revoke_session(actor, session.id)

    assert client.get("/api/v1/me").status_code == 401
    assert client.get("/me").location == "/login?next=/me"


def test_answers_set_no_cookie_unless_something_changes(client, ana):
    signed_in_cookie(client)
    client.get("/")  # It makes the CSRF token, which the cookie then holds.
    static = client.get("/").text.split('href="/static/')[1].split('"')[0]

    answers = [client.get(path) for path in ("/", f"/static/{static}", "/api/v1/me", "/nothing")]

    assert [each.status_code for each in answers] == [200, 200, 200, 404]
    assert [each.headers.getlist("Set-Cookie") for each in answers] == [[]] * 4


def test_files_of_the_application_may_be_kept_by_anyone_and_ask_nobody_who_they_are(client, ana):
    signed_in_cookie(client)
    static = client.get("/").text.split('href="/static/')[1].split('"')[0]

    answer = client.get(f"/static/{static}")

    assert "Cookie" not in answer.headers.get("Vary", "")
    assert "max-age=31536000" in answer.headers["Cache-Control"]
