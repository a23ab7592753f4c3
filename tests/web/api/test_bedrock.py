"""Bedrock's tags: our classes, made by the thousand, with every fault told."""

import re

import pytest

from tagstore.db import db
from tagstore.models import Event, TagClass
from tagstore.services import projects, users, vocabularies
from tagstore.values import SYSTEM, Role

UUID7 = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
PEOPLE = {"mo": Role.MANAGER, "ana": Role.ANNOTATOR, "vera": Role.VIEWER}


class Bedrock:
    """Sends requests as whoever is named; Mo manages frogs, which has a group priority."""

    def __init__(self, client, work, make):
        self.client = client
        with work():
            project = make.project("frogs", **PEOPLE)
            self.project_id = project.id
            group = vocabularies.add_group(SYSTEM, project, "priority", "Priority")
            self.group_id = group.public_id
            self.media_file_id = make.media_file(project).id
            birds = make.project("birds", otto=Role.MANAGER)
            vocabularies.add_group(SYSTEM, birds, "songs")
            self.tokens = {
                name: make.token(users.get_user(SYSTEM, name)) for name in (*PEOPLE, "otto")
            }

    def send(self, method, path, body=None, who="mo", **options):
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        if body is not None:
            options["json"] = body
        return self.client.open(path, method=method, headers=headers, **options)

    def post(self, path, body, who="mo"):
        return self.send("POST", path, body, who)


@pytest.fixture
def bedrock(client, work, make):
    return Bedrock(client, work, make)


def item(identifier="high", **fields):
    given = {"identifier": identifier, "label": identifier.title()}
    return {"scopeId": "frogs", "tagGroupId": "priority"} | given | fields


def faults(answer):
    assert answer.mimetype == "application/problem+json"
    assert list(answer.json) == ["type", "title", "status", "detail", "errors"]
    assert answer.json["status"] == answer.status_code
    return {each["pointer"]: each["code"] for each in answer.json["errors"]}


def test_tags_come_back_in_order_as_they_were_sent(bedrock):
    sent = [item("high"), item("low", scopeId=str(bedrock.project_id), tagGroupId=bedrock.group_id)]

    answer = bedrock.post("/tags/batch", sent)

    assert answer.status_code == 201
    assert list(answer.json[0]) == [
        "id", "scopeId", "tagGroupId", "identifier", "label", "createdBy", "createdAt",
    ]  # fmt: skip
    assert [{name: made[name] for name in item()} for made in answer.json] == sent
    assert {made["createdBy"] for made in answer.json} == {"mo"}
    assert all(re.fullmatch(f"tag_{UUID7}", made["id"]) for made in answer.json)
    assert all(re.fullmatch(r"[\d-]{10}T[\d:]{8}Z", made["createdAt"]) for made in answer.json)


def test_an_empty_array_makes_nothing(bedrock):
    answer = bedrock.post("/tags/batch", [])

    assert (answer.status_code, answer.json) == (201, [])


def test_case_matters_and_unknown_keys_do_not(bedrock):
    sent = [item("High"), item("high", colour=1), item("HIGH")]

    assert bedrock.post("/tags/batch", sent).status_code == 201


def test_an_id_that_the_client_chose_is_kept(bedrock):
    longest = "A-z_0.9:" * 8

    made = bedrock.post("/tags/batch", [item(id=longest)])

    assert made.json[0]["id"] == longest
    assert bedrock.send("GET", f"/tags/{longest}").json["identifier"] == "high"


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"id": "batch"}, "/1/id", "format"),
        ({"id": ""}, "/1/id", "format"),
        ({"id": "a" * 65}, "/1/id", "format"),
        ({"id": "a/b"}, "/1/id", "format"),
        ({"id": "tag\n"}, "/1/id", "format"),
        ({"id": 7}, "/1/id", "type"),
        ({"id": None}, "/1/id", "type"),
        ({"identifier": ""}, "/1/identifier", "length"),
        ({"identifier": "a" * 101}, "/1/identifier", "length"),
        ({"identifier": None}, "/1/identifier", "type"),
        ({"label": "a" * 201}, "/1/label", "length"),
        ({"label": ""}, "/1/label", "length"),
        ({"label": ["x"]}, "/1/label", "type"),
        ({"scopeId": 7}, "/1/scopeId", "type"),
        ({"scopeId": ""}, "/1/scopeId", "length"),
        ({"scopeId": "nowhere"}, "/1/scopeId", "unknown"),
        ({"scopeId": "birds"}, "/1/scopeId", "unknown"),
        ({"scopeId": "9" * 19}, "/1/scopeId", "unknown"),
        ({"tagGroupId": True}, "/1/tagGroupId", "type"),
        ({"tagGroupId": "nothing"}, "/1/tagGroupId", "unknown"),
        ({"tagGroupId": "songs"}, "/1/tagGroupId", "unknown"),
        ({"identifier": "first"}, "/1/identifier", "duplicate"),
    ],
)
def test_a_fault_is_told_by_its_place_and_nothing_is_stored(bedrock, fields, pointer, code):
    answer = bedrock.post("/tags/batch", [item("first"), item() | fields])

    assert (answer.status_code, faults(answer)) == (422, {pointer: code})
    assert bedrock.send("GET", "/tags?scopeId=frogs").json == []


def test_every_field_that_is_needed_is_missed(bedrock):
    answer = bedrock.post("/tags/batch", [{}])

    assert answer.status_code == 422
    assert faults(answer) == dict.fromkeys(
        ("/0/scopeId", "/0/tagGroupId", "/0/identifier", "/0/label"), "required"
    )


def test_an_invisible_scope_reads_like_an_unknown_one(bedrock):
    hidden = bedrock.post("/tags/batch", [item(scopeId="birds")])
    unknown = bedrock.post("/tags/batch", [item(scopeId="nobodys")])

    assert hidden.data == unknown.data


def test_what_exists_already_is_a_conflict(bedrock):
    bedrock.post("/tags/batch", [item("high", id="tag_high")])

    answer = bedrock.post("/tags/batch", [item("new", id="tag_high"), item("high")])

    assert answer.status_code == 409
    assert faults(answer) == {"/0/id": "taken", "/1/identifier": "taken"}


def test_of_faults_of_several_kinds_all_are_listed_and_422_wins(bedrock):
    bedrock.post("/tags/batch", [item("high", id="tag_high")])

    answer = bedrock.post(
        "/tags/batch",
        [item("high"), item("x", id="tag_high"), item("y", id="t"), item("x", id="t", label=3)],
    )

    assert answer.status_code == 422
    assert faults(answer) == {
        "/0/identifier": "taken",
        "/1/id": "taken",
        "/3/label": "type",
        "/3/id": "duplicate",
        "/3/identifier": "duplicate",
    }
    assert len(bedrock.send("GET", "/tags").json) == 1


def test_a_group_named_by_id_and_by_key_is_one_group(bedrock):
    answer = bedrock.post("/tags/batch", [item(), item(tagGroupId=bedrock.group_id)])

    assert (answer.status_code, faults(answer)) == (422, {"/1/identifier": "duplicate"})


@pytest.mark.parametrize("who", ["ana", "vera"])
def test_a_scope_that_may_be_seen_but_not_changed_is_403(bedrock, who):
    answer = bedrock.post("/tags/batch", [item()], who)

    assert (answer.status_code, faults(answer)) == (403, {})


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{}", b"null", b"[1]", b"[[]]", b"[null]", b'[{"id": NaN}]', b'[{"a": 1e999}]',
        b'[{"a": "\\u0000"}]', b'[{"a": "\\ud800"}]', b'\xef\xbb\xbf[]', b"[\xff]", b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_array_of_objects_is_malformed(bedrock, data):
    answer = bedrock.send("POST", "/tags/batch", data=data, content_type="application/json")

    assert (answer.status_code, faults(answer)) == (400, {})


def test_a_body_of_another_kind_is_not_taken(bedrock):
    answer = bedrock.send("POST", "/tags/batch", data="a=1", content_type="text/plain")

    assert (answer.status_code, faults(answer)) == (415, {})


def test_ten_thousand_tags_are_few_statements_and_one_event(bedrock, statements, work):
    sent = [item(f"class {number}") for number in range(10_000)]

    counted = statements(lambda: bedrock.post("/tags/batch", sent))

    with work():
        stored = db.session.query(TagClass).count()
        events = db.session.query(Event).filter(Event.kind == "class.added").count()
        last = db.session.query(TagClass).order_by(TagClass.id.desc()).first()
        assert (stored, events, last.identifier) == (10_000, 1, "class 9999")
    assert counted < 30


def test_more_than_ten_thousand_are_too_many(bedrock):
    answer = bedrock.post("/tags/batch", [{}] * 10_001)

    assert (answer.status_code, faults(answer)) == (413, {})
    assert "10000" in answer.json["detail"]


def test_a_locked_group_takes_no_new_tags(bedrock):
    bedrock.send("PATCH", f"/tag-groups/{bedrock.group_id}", {"isLocked": True})

    answer = bedrock.post("/tags/batch", [item()])

    assert (answer.status_code, faults(answer)) == (409, {"/0/tagGroupId": "locked"})


@pytest.mark.parametrize("scheme", ["", "Token {}", "Basic bW86bW8=", "Bearer nonsense", "Bearer"])
def test_only_a_bearer_token_is_trusted(bedrock, client, scheme):
    headers = {"Authorization": scheme.format(bedrock.tokens["mo"])} if scheme else {}

    answer = client.get("/tags", headers=headers)

    assert (answer.status_code, faults(answer)) == (401, {})
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/tags/batch", 405, {"POST", "OPTIONS"}),
        ("PUT", "/tags", 405, {"GET", "HEAD", "POST", "OPTIONS"}),
        ("DELETE", "/tag-groups/batch", 405, {"POST", "OPTIONS"}),
        ("GET", "/tags/nothing", 404, set()),
        ("GET", "/tags/", 404, set()),
        ("GET", "/tags/a/b", 404, set()),
        ("GET", "/tag-assignments/batch/more", 404, set()),
    ],
)
def test_unknown_addresses_and_methods_are_told_in_the_same_words(
    bedrock, method, path, status, allow
):
    answer = bedrock.send(method, path)

    assert (answer.status_code, faults(answer)) == (status, {})
    assert set(answer.allow or ()) == allow


def test_pages_beside_these_paths_stay_pages(client):
    assert client.get("/tag/1").mimetype == "text/html"
    assert client.get("/tagsoup").mimetype == "text/html"


def test_one_tag_is_made_and_its_faults_have_no_number(bedrock):
    made = bedrock.post("/tags", item(id="tag_high"))
    again = bedrock.post("/tags", item(label=7))
    no_object = bedrock.post("/tags", [])

    assert (made.status_code, made.json["id"]) == (201, "tag_high")
    assert (again.status_code, faults(again)) == (422, {"/label": "type", "/identifier": "taken"})
    assert no_object.status_code == 400


def test_tags_are_listed_by_scope_and_group(bedrock, work):
    bedrock.post("/tags/batch", [item("high"), item("low")])
    with work():
        project = projects.get_project(SYSTEM, bedrock.project_id)
        vocabularies.add_class(SYSTEM, project, "elsewhere")

    def identifiers(query):
        return [each["identifier"] for each in bedrock.send("GET", f"/tags{query}").json]

    assert identifiers("") == ["high", "low", "elsewhere"]
    assert identifiers("?scopeId=frogs&tagGroupId=priority") == ["high", "low"]
    assert identifiers(f"?tagGroupId={bedrock.group_id}&scopeId=") == ["high", "low"]
    assert identifiers("?scopeId=frogs&tagGroupId=default") == ["elsewhere"]
    assert bedrock.send("GET", "/tags", who="otto").json == []
    assert bedrock.send("GET", "/tags?scopeId=frogs", who="otto").status_code == 422
    assert bedrock.send("GET", "/tags?tagGroupId=priority").status_code == 422
    assert bedrock.send("GET", "/tags?scopeId=%00").status_code == 400


def test_a_tag_is_renamed_but_stays_in_its_group(bedrock):
    bedrock.post("/tags/batch", [item("high", id="h"), item("low", id="l")])

    renamed = bedrock.send("PATCH", "/tags/h", {"label": "Urgent", "tagGroupId": "priority"})
    taken = bedrock.send("PATCH", "/tags/h", {"identifier": "low"})
    moved = bedrock.send("PATCH", "/tags/h", {"tagGroupId": "default"})
    renumbered = bedrock.send("PATCH", "/tags/h", {"id": "x"})
    wrong = bedrock.send("PATCH", "/tags/h", {"label": 7, "identifier": ""})
    not_allowed = bedrock.send("PATCH", "/tags/h", {"label": "x"}, "ana")
    unseen = bedrock.send("PATCH", "/tags/h", {"label": "x"}, "otto")

    assert (renamed.status_code, renamed.json["label"]) == (200, "Urgent")
    assert (taken.status_code, faults(taken)) == (409, {"/identifier": "taken"})
    assert (moved.status_code, faults(moved)) == (422, {"/tagGroupId": "invalid"})
    assert (renumbered.status_code, faults(renumbered)) == (422, {"/id": "invalid"})
    assert faults(wrong) == {"/label": "type", "/identifier": "length"}
    assert (not_allowed.status_code, unseen.status_code) == (403, 404)


def test_an_unused_tag_is_deleted(bedrock):
    bedrock.post("/tags", item(id="h"))

    deleted = bedrock.send("DELETE", "/tags/h")

    assert (deleted.status_code, deleted.data) == (204, b"")
    assert bedrock.send("GET", "/tags/h").status_code == 404


def test_a_tag_in_use_is_retired_by_force_only(bedrock):
    bedrock.post("/tags", item(id="h"))
    bedrock.post(
        "/tag-assignments",
        {"tagId": "h", "targetType": "resource", "targetId": bedrock.media_file_id}
        | {"scopeId": "frogs"},
    )

    refused = bedrock.send("DELETE", "/tags/h")
    not_yours = bedrock.send("DELETE", "/tags/h?force=true", who="ana")
    forced = bedrock.send("DELETE", "/tags/h?force=true")

    assert (refused.status_code, not_yours.status_code, forced.status_code) == (409, 403, 204)
    assert bedrock.send("GET", "/tags").json == []
    assert bedrock.send("GET", "/tags/h").status_code == 200
    assert [each["tagId"] for each in bedrock.send("GET", "/tag-assignments").json] == ["h"]
