"""Bad requests of every kind to every door that changes something: all refused, none changes it."""

import json
from collections.abc import Iterator

import pytest

from tagstore.db import transaction
from tagstore.services import users
from tagstore.services.backups import checksums
from tagstore.values import SYSTEM
from tests import test_doors
from tests.test_doors import CHANGING, doors, sign_in

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
BEYOND_ALL = {"CONTENT_LENGTH": str(2**40)}
"""More bytes than an upload may have."""

FAULTY = (None, "x", True, [], {})
"""No number, no id, whatever it is for."""

BEYOND = (2**63, 2**64 - 1, -(2**63))
"""Integers that JSON may hold here and no column can."""

BOX = {"x1": 0, "y1": 0, "x2": 1, "y2": 1}

BODILESS = ("/restore", "/cancel", "/<int:import_id>/commit", "/<int:import_id>/undo")
"""Ends of addresses at which nothing has to be said."""

PIECES = "/api/v1/uploads"
"""Takes bytes whatever they say; its own tests send it other types."""

HOSTILE_XML = {
    "bomb": '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><TagAddRequest>&d;</TagAddRequest>',
    "file": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><TagAddRequest>&b;</TagAddRequest>',
    "deep": "<a>" * 10_000,
    "wide": "<TagAddRequest>" + "<a/>" * 100_001 + "</TagAddRequest>",
    "open": "<TagAddRequest><Tag>",
    "other encoding": '<?xml version="1.0" encoding="utf-16"?><TagAddRequest/>',
    "NUL": "<TagAddRequest>\0</TagAddRequest>",
    "character that XML has not": "<TagAddRequest>&#0;</TagAddRequest>",
    "other root": "<TagRemoveRequest/>",
}

house = test_doors.house


@pytest.fixture
def by_token(house, work, make):
    """The headers of an administrator, who may do everything."""
    with work():
        make.user("root", is_admin=True)
        return {"Authorization": f"Bearer {make.token(users.get_user(SYSTEM, 'root'))}"}


@pytest.fixture
def headers_for(app, client, by_token):
    """A function that returns what lets the administrator in at an address."""
    by_cookie = {"X-CSRFToken": sign_in(client, "root")}

    def headers_for(path):
        return by_token if app.dialect_of(path) else by_cookie

    return headers_for


@pytest.fixture
def changed(app, headers_for):
    """A function that returns which tables have changed since the test began."""

    def sums():
        with app.app_context(), transaction(writing=False):
            return set(checksums.of_tables(SYSTEM))

    before = sums()
    return lambda: {each.table for each in sums() - before}


@pytest.fixture
def changing(app, house):
    """Every door that changes something: method, address, and whether it may read a body."""
    return [
        (
            method,
            address.partition("?")[0],
            method != "DELETE" and not rule.endswith(BODILESS) and not rule.startswith(PIECES),
        )
        for method, rule, address in doors(app, house["values"])
        if method in CHANGING
    ]


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"headers": {"Content-Encoding": "gzip"}}, 415),
        ({"environ_overrides": BEYOND_ALL}, 413),
        ({"query_string": "a=%zz"}, 400),
        ({"query_string": "a=%00"}, 400),
        ({"query_string": "%ff"}, 400),
    ],
)
def test_what_no_door_takes_changes_nothing(
    client, changing, headers_for, changed, options, status
):
    answers = {
        (method, path): client.open(
            path,
            method=method,
            **{**options, "headers": {**headers_for(path), **options.get("headers", {})}},
        ).status_code
        for method, path, _ in changing
    }

    assert {door: each for door, each in answers.items() if each != status} == {}
    assert changed() == set()


def test_a_wrong_credential_opens_no_door(app, client, changing, changed):
    headers = {"Authorization": "Bearer ts_nobodys"}

    answers = {
        (method, path): client.open(path, method=method, headers=headers, json={}).status_code
        for method, path, _ in changing
    }

    expected = {400, 401, 429}  # 400: pages look at the cookie, which wants its CSRF token too.
    assert {door: each for door, each in answers.items() if each not in expected} == {}
    assert changed() == {"failed_attempt"}


def test_a_wrong_method_changes_nothing(app, client, changing, headers_for, changed):
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        allowed = {path: adapter.allowed_methods(path) for _, path, _ in changing}

    answers = {
        (method, path): client.open(path, method=method, headers=headers_for(path), json={})
        for path in allowed
        for method in {*METHODS} - {*allowed[path]}
    }

    wrong = {door: each.status_code for door, each in answers.items() if each.status_code != 405}
    assert (len(answers) > 50, wrong, changed()) == (True, {}, set())


@pytest.mark.parametrize(
    ("mimetype", "body", "statuses"),
    [
        (JSON, b'{"a": NaN}', {400}),
        (JSON, b"[" * 100_000, {400}),
        (JSON, b'{"a": 99999999999999999999}', {400}),
        ("text/unheard-of", b"{", {400, 415}),
        ("multipart/form-data; boundary=x", b"--x\r\n", {400, 415}),
        (FORM, b"a=%zz", {400, 415}),
    ],
)
def test_a_broken_body_changes_nothing(
    app, client, changing, headers_for, changed, mimetype, body, statuses
):
    answers = {
        (method, path): client.open(
            path, method=method, headers=headers_for(path), data=body, content_type=mimetype
        ).status_code
        for method, path, reads_body in changing
        if reads_body and app.dialect_of(path)
    }

    assert {door: each for door, each in answers.items() if each not in statuses} == {}
    assert changed() == set()


@pytest.mark.parametrize("body", [b"a=%zz", b"a=%ff", b"\xff", b"a=%00", b"&".join([b"a"] * 1001)])
def test_a_broken_form_changes_nothing(app, client, changing, headers_for, changed, body):
    answers = {
        (method, path): client.open(
            path, method=method, headers=headers_for(path), data=body, content_type=FORM
        ).status_code
        for method, path, _ in changing
        if not app.dialect_of(path)
    }

    expected = 413 if len(body) > 1000 else 400
    assert {door: each for door, each in answers.items() if each != expected} == {}
    assert changed() == set()


def variants(good: dict[str, object], *bad: object) -> Iterator[dict[str, object]]:
    """Yield a good object without each of its fields, and with each of them bad."""
    for name in good:
        yield {key: value for key, value in good.items() if key != name}
        for value in bad:
            yield {**good, name: value}


def arlo(values) -> Iterator[tuple[str, str, object]]:
    """Yield bulks of a good and a bad tag, and single bad ones."""
    good = {
        "mediaFile": values["media_file_id"],
        "tagSet": values["tag_set_id"],
        "tagClass": values["class_id"],
        **{"startTime": 1, "endTime": 2, "minFrequency": 0, "maxFrequency": 9, "strength": 1},
    }
    bulk = f"/api/v0/bulkTagCreate/{values['project_id']}/"
    for bad in (
        *variants(good, *FAULTY),
        {**good, "endTime": 0.5},
        {**good, "startTime": -1},
        {**good, "maxFrequency": -1},
        {**good, "mediaFile": 10**6},
        {**good, "tagSet": 2**63},
        {**good, "parentTag": 10**6},
        {**good, "user": 10**6},
        {**good, "machineTagged": None},
        *({**good, name: each} for name in ("mediaFile", "tagSet", "tagClass") for each in BEYOND),
        *FAULTY[:4],
    ):
        yield "POST", bulk, [good, bad]
        yield "POST", "/api/v0/tag/", bad
    for bad in ({"endTime": 0.5}, {"tagClass": 10**6}, {"startTime": "x"}, [], None):
        yield "PATCH", f"/api/v0/tag/{values['tag_id']}/", bad
    for noun, name in (("tagSet", "name"), ("tagClass", "className")):
        for bad in variants({"project": values["project_id"], name: "x"}, None, [], {}, True, ""):
            yield "POST", f"/api/v0/{noun}/", bad


def bedrock(values) -> Iterator[tuple[str, str, object]]:
    """Yield bulks of a good and a bad thing, and single bad ones."""
    known = values["tag_public_id"]
    things = {
        "/tags": {"scopeId": "frogs", "tagGroupId": "default", "identifier": "a", "label": "A"},
        "/tag-groups": {"scopeId": "frogs", "name": "A", "key": "a"},
        "/tag-assignments": {
            **{"scopeId": "frogs", "tagId": known, "targetType": "resource"},
            "targetId": values["media_id"],
        },
    }
    for path, good in things.items():
        bads = [*variants(good, None, "", True, 5.5, [], {}), {**good, "id": "batch"}]
        for bad in (*bads, {**good, "scopeId": "birds-eye"}):
            yield "POST", path, bad
            yield "POST", f"{path}/batch", [good, bad]
        yield "POST", f"{path}/batch", [good, 1]
        yield "POST", f"{path}/batch", [{**good, "id": "same"}, {**good, "id": "same"}]
        yield "POST", f"{path}/batch", [good] * 10_001
    for each in BEYOND:
        for target in (each, str(each)):
            bad = {**things["/tag-assignments"], "targetId": target}
            yield "POST", "/tag-assignments", bad
        yield "POST", "/tag-groups", {**things["/tag-groups"], "maxAppliedPerTarget": each}
        yield "DELETE", f"/tag-assignments/{abs(each)}", None
    for bad in ({"identifier": ""}, {"label": 5}, {"scopeId": "other"}, {"id": "other"}, [], 1):
        yield "PATCH", f"/tags/{known}", bad
    yield "PATCH", f"/tag-groups/{values['group_public_id']}", {"name": None}
    yield "DELETE", f"/tags/{known}", None


def pixelshare(values) -> Iterator[tuple[str, str, object]]:
    """Yield bad tags of photos."""
    good = {"PhotoId": values["media_file_id"], "Value": "frog"}
    bads = {
        "PhotoId": [0, None, "1", True, 1.5, [], {}, 10**6, *BEYOND],
        "Value": [None, "", 5, True, [], {}, "x" * 256],
        "TagType": [-1, 1.5, "1", True, None, *BEYOND],
        "Source": [5, True, [], "x" * 256],
        "Confidence": ["1", True, None, [], {}],
    }
    for name, values_ in bads.items():
        for value in values_:
            yield "POST", "/api/Tags", {"Tag": {**good, name: value}}
    for bad in ({}, [], None, 1, {"Tag": 1}, {"Tag": good, "Gallery": {"Id": 10**6}}):
        yield "POST", "/api/Tags", bad
    for each in BEYOND:
        yield "POST", "/api/Tags", {"Tag": good, "Gallery": {"Id": each}}
        yield "POST", "/api/Tags", {"Tag": {"Value": "x"}, "Photo": {"Id": each}}
        yield "POST", "/api/Tags/Delete", {"Tag": {"Id": each}}
        yield "POST", "/api/Tags/Search", {"GalleryId": each}
    for bad in ({}, {"Tag": {}}, {"Tag": {"Id": 0}}, {"Tag": {"Id": 10**6}}, {"Tag": {"Id": "1"}}):
        yield "POST", "/api/Tags/Delete", bad


def dis(values) -> Iterator[tuple[str, str, object]]:
    """Yield bad tags of streams, good ones beside them."""
    stream = f"/v2/frogs/stream/{values['stream_id']}/tags"
    good = {"key": "a", "value": "b"}
    for bad in (
        *({"key": each} for each in ("", "x" * 37, "a b", "é", 5, None, [], True)),
        *({"key": "c", "value": each} for each in ("x" * 44, "a b", 5, [], True)),
        {},
        good,
        1,
    ):
        yield "POST", f"{stream}/action", {"action": "create", "tags": [good, bad]}
        if bad is not good:
            yield "POST", stream, {"tag": bad}
    for bad in ({}, [], {"action": "create"}, {"action": "Create", "tags": []}, {"tags": [good]}):
        yield "POST", f"{stream}/action", bad
    for each in BEYOND:
        asked = {"action": "filter", "offset": each}
        yield "POST", "/v2/frogs/stream/resource_instances/action", asked
        yield (
            "POST",
            "/v2/frogs/stream/resource_instances/action",
            {"action": "count", "limit": each},
        )
    eleven = [{"key": f"k{n}"} for n in range(11)]
    yield "POST", f"{stream}/action", {"action": "create", "tags": eleven}
    yield "POST", "/v2/frogs/stream/nothing/tags", {"tag": good}
    yield "POST", f"/v2/nothing/stream/{values['stream_id']}/tags", {"tag": good}
    yield "DELETE", f"{stream}/gone", None


def eluvio(values) -> Iterator[tuple[str, str, object]]:
    """Yield bad tags of a content, a good one before each, and bad tracks and batches."""
    content = f"/{values['qid']}"
    good = {"start_time": 1, "end_time": 2, "tag": "frog"}
    place = {"author": "root", "track": "calls"}
    for bad in (
        *variants(good, None, "", True, 1.5, -1, [], {}),
        {**good, "end_time": 0},
        *({**good, "start_time": each, "end_time": each} for each in BEYOND),
        *({**good, "frame_info": {"frame_idx": each, "box": BOX}} for each in BEYOND),
        {**good, "start_time": 10**9, "end_time": 10**9},
        {**good, "frame_info": {"frame_idx": 1}},
        {**good, "additional_info": []},
        *FAULTY[:4],
    ):
        if not (isinstance(bad, dict) and bad.get("tag") == ""):  # It may be empty there.
            yield "POST", f"{content}/tags", {**place, "tags": [good, bad]}
            yield "POST", f"{content}/tags/upload?author=root", {"calls": [good, bad]}
    for bad in (*variants(place, "", 5, True, [], {}), {"batch_id": "999999"}, {"batch_id": "x"}):
        yield "POST", f"{content}/tags", {**bad, "tags": [good]}
    for bad in variants(place, None, "", 5, True, [], {}):
        yield "POST", f"{content}/batches", bad
    for each in BEYOND:
        yield "POST", f"{content}/tags", {"batch_id": each, "tags": [good]}
        yield "POST", f"{content}/tags", {"batch_id": str(each), "tags": [good]}
        yield "PATCH", f"{content}/tags/{each}", {"tag": "x"}
    for bad in ({"color": "red"}, {"label": 5}, {"description": []}, [], 1):
        yield "POST", f"{content}/tracks/calls", bad
    for bad in ({"start_time": 1.5}, {"end_time": -1}, {"tag": 5}, {"frame_info": 1}, []):
        yield "PATCH", f"{content}/tags/{values['tag_id']}", bad
    for path in ("tags/999999", "batches/999999", "tracks/none"):
        yield "DELETE", f"{content}/{path}", None
    yield "POST", f"/iq__{'9' * 28}/tags", {**place, "tags": [good]}
    yield "POST", f"{content}/write", None


def own(values) -> Iterator[tuple[str, str, object]]:
    """Yield bad things for our own API."""
    good = {"media_id": values["media_file_id"], "tag_set": "new", "text": "frog"}
    for bad in (*variants(good, None, "", True, [], {}), [], None, {**good, "surprise": 1}):
        yield "POST", "/api/v1/tags", bad
    fields = {
        "start_s": ["1", True, -1, [], 100],
        "end_s": ["1", True, -1],
        "low_hz": ["1", -1],
        "channel": [0, 1.5, True, *BEYOND],
        "media_id": [10**6, "1.5", str(2**63), *BEYOND],
        "tag_set_id": [10**6, "1", None, *BEYOND],
        "class_id": [10**6, "1", *BEYOND],
        "score": ["1", True],
        "kind": [-1, 1.5, *BEYOND],
        "info": [[], 1, "x"],
        "frame_info": [[], 1],
        "parent_id": [10**6, *BEYOND],
        "status": ["done", 1],
        "text": ["", 5, "x" * 10_001],
        "machine_tagged": [None, 1, "true"],
    }
    for name, bads in fields.items():
        for bad in bads:
            yield "POST", "/api/v1/tags", {**good, name: bad}
            yield "PATCH", f"/api/v1/tags/{values['tag_id']}", {"end_s": 2.0, name: bad}
    for bad in variants({"project": "frogs", "name": "new"}, None, "", 5, [], {}):
        yield "POST", "/api/v1/tag-sets", bad
    for bad in variants({"project": "frogs", "identifier": "new"}, None, "", 5, [], {}):
        yield "POST", "/api/v1/tag-classes", bad
    for bad in ({"name": ""}, {"name": None}, {"kind": "video"}, {"folder": 5}, []):
        yield "PATCH", f"/api/v1/media/{values['media_id']}", bad


@pytest.mark.parametrize("dialect", [arlo, bedrock, pixelshare, dis, eluvio, own])
def test_what_makes_no_sense_is_refused_whole(client, house, by_token, changed, dialect):
    requests = list(dialect(house["values"]))

    answers = [
        client.open(
            path,
            method=method,
            headers={**by_token, "If-Match": '"1"'},
            data=json.dumps(body),
            content_type=JSON,
        )
        for method, path, body in requests
    ]

    let_in = [
        (*request, answer.status_code)
        for request, answer in zip(requests, answers, strict=True)
        if not 400 <= answer.status_code < 500
    ]
    assert let_in == []
    assert changed() == set()


@pytest.mark.parametrize("path", ["/api/Tags", "/api/Tags/Delete", "/api/Tags/Search"])
def test_hostile_xml_is_refused_and_changes_nothing(client, by_token, changed, path):
    answers = {
        name: client.post(path, data=text, headers=by_token, content_type="text/xml").status_code
        for name, text in HOSTILE_XML.items()
    }

    assert answers == {**dict.fromkeys(HOSTILE_XML, 400), "wide": 413}
    assert changed() == set()


def test_a_stale_version_is_refused_and_changes_nothing(client, house, by_token, changed):
    paths = {
        f"/api/v1/tags/{house['values']['tag_id']}": {"comment": "x"},
        f"/api/v1/tag-sets/{house['values']['tag_set_id']}": {"name": "x"},
        f"/api/v1/tag-classes/{house['values']['class_id']}": {"label": "x"},
        f"/api/v1/media/{house['values']['media_id']}": {"name": "x"},
    }

    answers = [
        client.open(path, method=method, headers={**by_token, "If-Match": '"99"'}, json=body)
        for path, body in paths.items()
        for method in ("PATCH", "DELETE")
    ]

    assert [each.status_code for each in answers] == [412] * 8
    assert changed() == set()
