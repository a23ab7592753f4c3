"""Any bytes to any address: a success or a refusal, never a fault of ours."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tagstore.db import transaction
from tagstore.services import users
from tagstore.values import SYSTEM, Role
from tests.make import Make

TYPES = [
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    "text/plain",
    "",
]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
FRAGMENTS = [
    *(b"{", b"}", b"[", b"]", b'"', b":", b",", b"\\u0000", b"\\ud800", b"\xff", b"\0", b"NaN"),
    *(b"1e999", b"-", b"0", b"9" * 25, b"null", b"true", b'"tags"', b'"Tag"', b'"key"', b"%"),
    *(b"%zz", b"&", b"=", b"tags=", b"<", b">", b"<!DOCTYPE", b"&#0;", b"]]>", b"--x", b"--x--"),
    *(b"\r\n", b"\r\n\r\n", b'Content-Disposition: form-data; name="tags"', b"; filename="),
    b"\xef\xbb\xbf",
]

PARTS = {"<qid:qid>": "iq__" + "0" * 28, "<project_key>": "frogs", "<key>": "frogs"}

bodies = st.one_of(
    st.binary(max_size=200),
    st.lists(st.sampled_from(FRAGMENTS), max_size=30).map(b"".join),
)
texts = st.text(st.characters(max_codepoint=255), max_size=40)
quick = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def app(lasting_app):
    return lasting_app


@pytest.fixture(scope="module")
def ana(app):
    """The headers of a manager."""
    make = Make()
    with app.app_context(), transaction(writing=True):
        project = make.project("frogs", ana=Role.MANAGER)
        make.tag(make.media_file(project, qid=PARTS["<qid:qid>"]))
        return {"Authorization": f"Bearer {make.token(users.get_user(SYSTEM, 'ana'))}"}


@pytest.fixture(scope="module")
def addresses(app):
    """An address below every rule: a qid for contents, and 1 for all other parts."""
    found = set()
    for rule in app.url_map.iter_rules():
        if not str(rule).startswith("/static/"):
            parts = [PARTS.get(part, part) for part in str(rule).split("/")]
            found.add("/".join("1" if part.startswith("<") else part for part in parts))
    return sorted(found - {each for each in found if each.endswith(("/events", "/stream"))})


@quick
@given(st.data())
def test_any_body_to_any_address(app, ana, addresses, data):
    path = data.draw(st.sampled_from(addresses))
    answer = app.test_client().open(
        path,
        method=data.draw(st.sampled_from(METHODS)),
        data=data.draw(bodies),
        content_type=data.draw(st.sampled_from(TYPES)),
        headers=data.draw(st.sampled_from([ana, {}])),
    )

    assert answer.status_code < 500, answer.text


@quick
@given(st.data())
def test_any_bytes_in_any_address(app, ana, addresses, data):
    path = data.draw(st.sampled_from(addresses)) + data.draw(st.sampled_from(["", "/"]))
    answer = app.test_client().get(
        "/",
        headers=ana,
        environ_overrides={
            "PATH_INFO": path + data.draw(texts),
            "QUERY_STRING": data.draw(texts),
        },
    )

    assert answer.status_code < 500, answer.text


@quick
@given(st.data())
def test_any_header(app, addresses, data):
    names = ["Authorization", "Cookie", "X-Auth-Token", "Range", "If-Match", "If-None-Match"]
    names += ["Accept", "Accept-Encoding", "Content-Type", "Last-Event-ID", "X-Request-Id", "Host"]
    names += ["Content-Encoding", "HX-Request", "X-Sdk-Date", "Idempotency-Key", "Referer"]
    name = data.draw(st.sampled_from(names))
    key = f"HTTP_{name.upper().replace('-', '_')}".replace("HTTP_CONTENT_TYPE", "CONTENT_TYPE")
    start = data.draw(st.sampled_from(["", "Basic ", "Bearer ", "Token ", "bytes=", '"']))

    answer = app.test_client().open(
        data.draw(st.sampled_from(addresses)),
        method=data.draw(st.sampled_from(["GET", "POST"])),
        environ_overrides={key: start + data.draw(texts)},
    )

    assert answer.status_code < 500, answer.text
