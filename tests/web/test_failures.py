"""How we say no: in HTML on pages, as problem details in our own API, never with a traceback."""

import pytest

from tagstore.services import users
from tagstore.values import SYSTEM, Role

DEEP = 100_000

MALFORMED = {
    "nothing": b"",
    "half": b'{"name": ',
    "two values": b"{} {}",
    "a comment": b"{} // x",
    "a trailing comma": b'{"name": "x",}',
    "single quotes": b"{'name': 'x'}",
    "NaN": b'{"name": NaN}',
    "NaN where nobody looks": b'{"nobody": NaN}',
    "Infinity": b'{"name": Infinity}',
    "a number beyond all": b'{"name": 1e999}',
    "an integer of 5,000 digits": b'{"name": ' + b"1" * 5000 + b"}",
    "a byte order mark": b'\xef\xbb\xbf{"name": "x"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "Latin-1": '{"name": "é"}'.encode("latin-1"),
    "a lone surrogate": b'{"name": "\\ud800"}',
    "a surrogate in bytes": b'{"name": "\xed\xa0\x80"}',
    "NUL in text": b'{"name": "a\\u0000b"}',
    "NUL in a key": b'{"a\\u0000b": 1}',
    "a raw control character": b'{"name": "a\nb"}',
    "100,000 brackets": b"[" * DEEP,
    "100,000 brackets, closed": b"[" * DEEP + b"]" * DEEP,
    "1,000 brackets and NUL": b"[" * 1000 + b'"\\u0000"' + b"]" * 1000,
}


@pytest.fixture
def ana(work, make):
    """The headers of a manager of the project frogs."""
    with work():
        make.project("frogs", ana=Role.MANAGER)
        return {"Authorization": f"Bearer {make.token(users.get_user(SYSTEM, 'ana'))}"}


def post(client, headers, body, mimetype="application/json"):
    return client.post("/api/v1/tag-sets", data=body, headers=headers, content_type=mimetype)


def problem(answer):
    """Return what a problem says, having checked that it is one."""
    assert answer.mimetype == "application/problem+json"
    said = answer.json
    assert said["status"] == answer.status_code
    return said["title"], said["detail"], said["errors"]


def test_unknown_addresses_speak_the_language_of_their_edge(client, ana):
    page = client.get("/nothing", headers=ana)
    api = client.get("/api/v1/nothing", headers=ana)
    arlo = client.get("/api/v0/nothing", headers=ana)

    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "There is nothing here" in page.text
    assert (api.status_code, problem(api)[0]) == (404, "Not found")
    assert (arlo.status_code, arlo.json) == (404, {"detail": "Not found."})


def test_a_problem_says_what_where_and_why(client, ana):
    answer = client.get("/api/v1/tags?limit=x&colour=red", headers=ana)

    assert answer.status_code == 422
    assert answer.json == {
        "type": "about:blank",
        "title": "Invalid",
        "status": 422,
        "detail": "Some parameters make no sense.",
        "instance": "/api/v1/tags",
        "errors": [
            {"pointer": "/limit", "code": "invalid", "detail": "must be a whole number"},
            {"pointer": "/project", "code": "invalid", "detail": "is required"},
            {"pointer": "/colour", "code": "invalid", "detail": "is not a parameter here"},
        ],
    }


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/v1/tags/1", {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH"}),
        ("DELETE", "/api/v1/tags", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("POST", "/api/v1/projects/x", {"GET", "HEAD", "OPTIONS", "PATCH"}),
        ("DELETE", "/login", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("GET", "/logout", {"OPTIONS", "POST"}),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(client, ana, method, path, allowed):
    answer = client.open(path, method=method, headers=ana)

    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == allowed
    assert answer.mimetype == ("application/problem+json" if "api" in path else "text/html")


def test_malformed_json_of_every_kind_is_400(client, ana):
    answers = {name: post(client, ana, body) for name, body in MALFORMED.items()}

    assert [name for name, each in answers.items() if each.status_code != 400] == []
    assert {problem(each)[0] for each in answers.values()} == {"Malformed request"}


def test_json_that_is_no_object_is_422_about_the_whole(client, ana):
    answers = [post(client, ana, body) for body in (b"[]", b"1", b"null", b'"x"')]

    assert {each.status_code for each in answers} == {422}
    assert {problem(each)[2][0]["pointer"] for each in answers} == {""}


@pytest.mark.parametrize(
    "mimetype", ["text/plain", "application/x-www-form-urlencoded", "text/xml"]
)
def test_what_is_not_json_is_415(client, ana, mimetype):
    answer = post(client, ana, b'{"project": "frogs", "name": "survey"}', mimetype)

    assert answer.status_code == 415
    assert problem(answer)[1] == f"Send application/json, not {mimetype}."


@pytest.mark.parametrize(
    "mimetype", [None, "application/json; charset=utf-8", "application/merge-patch+json"]
)
def test_what_is_json_is_taken_as_such(client, ana, mimetype):
    answer = post(client, ana, b'{"project": "frogs", "name": "survey"}', mimetype)

    assert answer.status_code == 201


def test_a_stranger_is_asked_who_they_are_whether_or_not_there_is_something(client, work, make):
    with work():
        tag_id = make.tag().id

    for number in (tag_id, 999):
        answer = client.get(f"/api/v1/tags/{number}")
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="tagstore"'
        assert client.get(f"/tag/{number}").location == f"/login?next=/tag/{number}"


@pytest.mark.parametrize("prefix", ["", "/api/v1", "/api/v0"])
def test_the_unexpected_is_500_without_a_traceback(own_app, prefix):
    def fail():
        raise RuntimeError("the inner workings")

    own_app.add_url_rule(f"{prefix}/boom", f"boom{prefix}", fail)

    answer = own_app.test_client().get(f"{prefix}/boom")

    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert "inner workings" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_page_that_fails_shows_the_number_to_ask_about(own_app):
    own_app.add_url_rule("/boom", "boom", lambda: 1 / 0)

    answer = own_app.test_client().get("/boom", headers={"X-Request-Id": "ask-me-about-this"})

    assert answer.mimetype == "text/html"
    assert "ask-me-about-this" in answer.text


def test_a_deeply_nested_document_is_refused_and_a_nested_one_kept(client, ana, work, make):
    with work():
        project = make.project("birds")
        tag_id = make.tag(make.media_file(project)).id
        make.user("root", is_admin=True)
        token = make.token(users.get_user(SYSTEM, "root"))
    root = {"Authorization": f"Bearer {token}"}
    path = f"/api/v1/tags/{tag_id}"

    answers = [
        client.patch(path, data=nest(depth), headers=root, content_type="application/json")
        for depth in (100, *range(240, 260), 500, 1000)
    ]
    listed = client.get("/api/v1/tags?project=birds", headers=root)

    statuses = [each.status_code for each in answers]
    deepest = statuses.index(422) - 1
    assert statuses == [200] * (deepest + 1) + [422] * (len(answers) - deepest - 1)
    assert listed.json["items"][0]["info"] == answers[deepest].json["info"]


def nest(depth):
    return b'{"info": ' + b'{"deeper": ' * depth + b"1" + b"}" * depth + b"}"
