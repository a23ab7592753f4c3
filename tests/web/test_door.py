"""The one door: forms, queries, paths and codings, refused or taken the same on every wire."""

import gzip
import json

import pytest

from tagstore.errors import Malformed
from tagstore.services import users
from tagstore.values import SYSTEM, Role
from tagstore.web.door import parse_json

LARGEST = 2**64 - 1
SMALLEST = -(2**63)
BOUNDARY = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="tags"\r\n\r\n[]\r\n'
FORM = "application/x-www-form-urlencoded"


def long_boundary(length):
    """Return a form whose boundary is longer than RFC 2046 allows."""
    return (PART + b"--x--").replace(b"--x", b"--" + b"x" * length)


BROKEN_FORMS = {
    "a lone %": (FORM, b"tags=[]%"),
    "a % and no hexadecimal": (FORM, b"tags=%zz"),
    "a % and one digit": (FORM, b"a=%1&tags=[]"),
    "a % in a name": (FORM, b"%g0=1&tags=[]"),
    "escaped bytes that are not UTF-8": (FORM, b"tags=%ff"),
    "an escaped surrogate": (FORM, b"tags=%ed%a0%80"),
    "raw bytes that are not UTF-8": (FORM, b"tags=\xe9"),
    "NUL": (FORM, b"tags=%00"),
    "NUL in a name": (FORM, b"a%00=1&tags=[]"),
    "no boundary": ("multipart/form-data", PART + b"--x--\r\n"),
    "an empty boundary": ('multipart/form-data; boundary=""', PART + b"--x--\r\n"),
    "a boundary of 201 characters": (
        "multipart/form-data; boundary=" + "x" * 201,
        long_boundary(201),
    ),
    "a boundary beyond ASCII": ("multipart/form-data; boundary=\xe9", PART + b"--x--\r\n"),
    "a boundary that never comes": ("multipart/form-data; boundary=y", PART + b"--x--\r\n"),
    "nothing but a line break": (BOUNDARY, b"\r\n"),
    "cut within a part": (BOUNDARY, PART[:-4]),
    "cut within a head": (BOUNDARY, PART[:30]),
    "not closed": (BOUNDARY, PART + b"--x\r\n"),
    "closed by half": (BOUNDARY, PART + b"--x-"),
    "a part without head": (BOUNDARY, b"--x\r\n\r\n[]\r\n--x--\r\n"),
    "a part without name": (BOUNDARY, PART.replace(b'; name="tags"', b"") + b"--x--\r\n"),
    "a part without disposition": (BOUNDARY, b"--x\r\nA: b\r\n\r\n[]\r\n--x--\r\n"),
    "a head that is not UTF-8": (BOUNDARY, PART.replace(b"tags", b"\xe9") + b"--x--\r\n"),
    "a part that is not UTF-8": (BOUNDARY, PART.replace(b"[]", b"\xe9") + b"--x--\r\n"),
    "a part with NUL": (BOUNDARY, PART.replace(b"[]", b"\0") + b"--x--\r\n"),
    "a name with NUL": (BOUNDARY, PART.replace(b"tags", b"a\0") + b"--x--\r\n"),
}

QUERIES = ["q=%", "q=%zz", "q=%e9", "q=%ed%a0%80", "q=%00", "%00=1", "q=%c0%80"]
PATHS = {
    "/api/v1/media/{}/tags": "/api/v1/media/%00/tags",
    "/api/v0/tag/": "/api/v0/%00/",
    "/tags": "/tags/%00",
    "/api/Tags": "/api/Tags/%00",
    "/v2/frogs/stream/tags": "/v2/frogs/stream/%00/tags",
    "/projects/frogs": "/projects/%00",
}
"""An address of every edge, and one below it with NUL."""


@pytest.fixture
def ana(work, make):
    """The headers of a manager of the project frogs, which is number 1."""
    with work():
        make.project("frogs", ana=Role.MANAGER)
        return {"Authorization": f"Bearer {make.token(users.get_user(SYSTEM, 'ana'))}"}


def shape(answer):
    """Return which words an answer is made of, so that it can be told whose they are."""
    return answer.mimetype, sorted(answer.json) if answer.is_json else ""


SHAPES = {
    "/api/v1": (
        "application/problem+json",
        ["detail", "errors", "instance", "status", "title", "type"],
    ),
    "/api/v0": ("application/json", ["detail"]),
    "/tags": ("application/problem+json", ["detail", "errors", "status", "title", "type"]),
    "/api/Tags": ("application/json", ["Message", "ModelState"]),
    "/v2": ("application/json", ["error_code", "error_msg"]),
    "/projects": ("text/html", ""),
}


def shape_below(path):
    return next(shape for start, shape in SHAPES.items() if path.startswith(start))


@pytest.mark.parametrize("text", ["[1e400]", "[NaN]", '["\\ud800"]', '{"a\\u0000": 1}', "[01]"])
def test_json_that_could_not_be_given_back_is_refused(text):
    with pytest.raises(Malformed, match="JSON parse error"):
        parse_json(text.encode())


@pytest.mark.parametrize("number", [LARGEST, SMALLEST, 2**63, 0, -1])
def test_an_integer_of_64_bits_is_what_it_was(number):
    assert parse_json(b"[%d]" % number) == [number]


@pytest.mark.parametrize("number", [LARGEST + 1, SMALLEST - 1, 10**30, -(10**30)])
@pytest.mark.parametrize("around", ["%d", "[%d]", '{"a": [1.5, %d]}', '["\\"", %d]', "[1,%d,2]"])
def test_an_integer_beyond_64_bits_is_refused_and_not_rounded(around, number):
    with pytest.raises(Malformed, match="more than 64 bits"):
        parse_json((around % number).encode())


@pytest.mark.parametrize(
    "text",
    [
        '["99999999999999999999"]',
        '["\\"99999999999999999999"]',
        '{"99999999999999999999\\\\": 1}',
        "[99999999999999999999.0]",
        "[99999999999999999999e0]",
        "[0.99999999999999999999]",
        "[1e00000000000000000000]",
    ],
)
def test_many_digits_that_are_no_integer_are_taken(text):
    assert parse_json(text.encode()) == json.loads(text)


def test_of_a_key_that_stands_twice_the_last_counts():
    assert parse_json(b'{"a": 1, "b": 2, "a": 3}') == {"a": 3, "b": 2}


@pytest.mark.parametrize("kind", BROKEN_FORMS)
def test_a_broken_form_is_400_in_the_words_of_its_edge(client, ana, kind):
    mimetype, body = BROKEN_FORMS[kind]

    arlo = client.post("/api/v0/bulkTagCreate/1/", data=body, headers=ana, content_type=mimetype)
    own = client.post("/api/v1/media", data=body, headers=ana, content_type=mimetype)

    assert (arlo.status_code, shape(arlo)) == (400, SHAPES["/api/v0"])
    assert (own.status_code, shape(own)) == (400, SHAPES["/api/v1"])


@pytest.mark.parametrize("kind", [each for each, (kind, _) in BROKEN_FORMS.items() if kind == FORM])
def test_a_broken_form_is_400_for_pixelshare(client, ana, kind):
    answer = client.post("/api/Tags", data=BROKEN_FORMS[kind][1], headers=ana, content_type=FORM)

    assert (answer.status_code, shape(answer)) == (400, SHAPES["/api/Tags"])


@pytest.mark.parametrize("kind", BROKEN_FORMS)
def test_a_broken_form_on_a_page_is_a_page(client, kind):
    mimetype, body = BROKEN_FORMS[kind]

    answer = client.post("/login", data=body, content_type=mimetype)

    assert (answer.status_code, shape(answer)) == (400, SHAPES["/projects"])


@pytest.mark.parametrize(
    ("mimetype", "body"),
    [
        (FORM, b"tags=%5B%5D&other=a+b%20c%25&empty&=&&tags=[]"),
        (FORM, "tags=[]&ключ=значение".encode()),
        (BOUNDARY, b"preamble\r\n" + PART + b"--x--\r\nepilogue"),
        (BOUNDARY, PART + PART.replace(b"tags", "ключ".encode()) + b"--x--"),
        ("multipart/form-data; boundary=" + "x" * 200, long_boundary(200)),
    ],
)
def test_a_whole_form_is_taken(client, ana, mimetype, body):
    answer = client.post("/api/v0/bulkTagCreate/1/", data=body, headers=ana, content_type=mimetype)

    assert (answer.status_code, answer.json) == (200, [])


@pytest.mark.parametrize(
    ("mimetype", "body"),
    [
        (FORM, b"&".join([b"a=1"] * 1001)),
        (BOUNDARY, PART * 1001 + b"--x--"),
    ],
)
def test_more_fields_than_anyone_needs_are_413_with_the_number(client, ana, mimetype, body):
    answer = client.post("/api/v0/bulkTagCreate/1/", data=body, headers=ana, content_type=mimetype)

    assert answer.status_code == 413
    assert "1000" in answer.json["detail"]


def test_what_is_refused_is_413_when_its_fields_outgrow_a_body(own_app, ana):
    own_app.config["MAX_FORM_MEMORY_SIZE"] = 100
    body = PART.replace(b"[]", b"[" + b" " * 200 + b"]") + b"--x--"

    answer = own_app.test_client().post(
        "/api/v0/bulkTagCreate/1/", data=body, headers=ana, content_type=BOUNDARY
    )

    assert answer.status_code == 413
    assert "100 bytes" in answer.json["detail"]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("path", PATHS)
def test_a_broken_query_is_400_in_the_words_of_its_edge(client, ana, path, query):
    answer = client.get(f"{path}?{query}", headers=ana)

    assert (answer.status_code, shape(answer)) == (400, shape_below(path))


@pytest.mark.parametrize("path", PATHS.values())
def test_nul_in_a_path_is_400_in_the_words_of_its_edge(client, ana, path):
    answer = client.get(path, headers=ana)

    assert (answer.status_code, shape(answer)) == (400, shape_below(path))


@pytest.mark.parametrize("path", PATHS.values())
def test_a_path_that_is_not_utf8_is_400_in_the_words_of_its_edge(client, ana, path):
    raw = path.replace("%00", "\xff\xfe")

    answer = client.get(path, headers=ana, environ_overrides={"PATH_INFO": raw})

    assert (answer.status_code, shape(answer)) == (400, shape_below(path))


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "deflate", "br", "gzip, identity", "x"])
@pytest.mark.parametrize(
    "path",
    ["/api/v0/bulkTagCreate/1/", "/tags/batch", "/api/Tags", "/v2/frogs/stream/1/tags", "/login"],
)
def test_a_compressed_body_is_415_and_told_what_is_taken(client, ana, path, coding):
    answer = client.post(
        path,
        data=gzip.compress(b"[]"),
        headers={**ana, "Content-Encoding": coding},
        content_type="application/json",
    )

    assert answer.status_code == 415
    assert answer.headers["Accept-Encoding"] == "identity"
    assert "compressed" in answer.text


@pytest.mark.parametrize("coding", ["", "identity", " Identity "])
def test_a_body_that_says_that_it_is_not_compressed_is_taken(client, ana, coding):
    answer = client.post(
        "/api/v0/bulkTagCreate/1/",
        data=b"[]",
        headers={**ana, "Content-Encoding": coding},
        content_type="application/json",
    )

    assert (answer.status_code, answer.json) == (200, [])


@pytest.mark.parametrize("value", ["Basic \x80", "Basic é", "Basic ====", "Basic", "Basic /w=="])
def test_a_basic_credential_that_makes_no_sense_is_401(client, value):
    answer = client.post("/api/v0/tag/", environ_overrides={"HTTP_AUTHORIZATION": value})

    assert (answer.status_code, list(answer.json)) == (401, ["detail"])
