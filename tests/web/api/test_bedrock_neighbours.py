"""What surrounds Bedrock's tags: groups, and assignments to whole media files."""

import re

import pytest

from tagstore.db import db
from tagstore.models import Tag, TagSet
from tagstore.models.tags import WHOLE_FILE
from tagstore.services import tag_sets, tags, users, vocabularies
from tagstore.values import SYSTEM, Role, TagDraft

UUID7 = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
PEOPLE = {"mo": Role.MANAGER, "ana": Role.ANNOTATOR, "bo": Role.ANNOTATOR, "vera": Role.VIEWER}


class Bedrock:
    """Sends requests as whoever is named; frogs has the group priority with two tags."""

    def __init__(self, client, work, make):
        self.client = client
        with work():
            project = make.project("frogs", **PEOPLE)
            self.number = make.media_file(project).id
            self.qid = make.media_file(project).qid
            self.foreign = make.media_file(make.project("birds", otto=Role.MANAGER)).qid
            self.tokens = {
                name: make.token(users.get_user(SYSTEM, name)) for name in (*PEOPLE, "otto")
            }
        self.send("POST", "/tag-groups", group())

    def send(self, method, path, body=None, who="mo"):
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        options = {} if body is None else {"json": body}
        return self.client.open(path, method=method, headers=headers, **options)

    def assign(self, *items, who="ana"):
        return self.send("POST", "/tag-assignments/batch", list(items), who)

    def listed(self, query="", who="mo"):
        return [each["id"] for each in self.send("GET", f"/tag-assignments{query}", who=who).json]


@pytest.fixture
def bedrock(client, work, make):
    return Bedrock(client, work, make)


def group(key="priority", **fields):
    inner = [{"id": f"{key}-{word}", "identifier": word, "label": word} for word in ("high", "low")]
    given = {"id": f"g-{key}", "scopeId": "frogs", "name": key.title(), "key": key, "tags": inner}
    return given | fields


def assignment(target, tag="priority-high", **fields):
    given = {"tagId": tag, "targetType": "resource", "targetId": target, "scopeId": "frogs"}
    return given | fields


def faults(answer):
    assert answer.mimetype == "application/problem+json"
    return {each["pointer"]: each["code"] for each in answer.json["errors"]}


def test_groups_are_made_with_their_tags(bedrock):
    sent = [group("state", maxAppliedPerTarget=1, isLocked=True, description="d"), group("mood")]
    for each in sent:
        del each["id"]

    answer = bedrock.send("POST", "/tag-groups/batch", sent)

    first, second = answer.json
    assert answer.status_code == 201
    assert re.fullmatch(f"tag_group_{UUID7}", first["id"])
    assert first == sent[0] | {
        "id": first["id"],
        "createdBy": "mo",
        "createdAt": first["createdAt"],
    }
    assert second["maxAppliedPerTarget"] is None
    assert (second["isLocked"], second["description"]) == (False, "")
    assert bedrock.send("GET", f"/tag-groups/{first['id']}").json == first
    assert bedrock.send("GET", "/tag-groups?scopeId=frogs").json[1:] == [first, second]
    assert bedrock.send("GET", "/tag-groups", who="otto").json == []


def test_every_fault_of_groups_is_told(bedrock):
    inner = [{"id": "priority-high", "identifier": "a", "label": "a"}, {"identifier": "a"}, 7]
    sent = [
        group("new", tags=inner),
        group("priority"),
        group("x", scopeId="birds", name="", tags={}),
        group("y", maxAppliedPerTarget=0, isLocked=1, description=None, tags=[]),
        group("y", id="g-new", maxAppliedPerTarget="1", tags=None),
    ]

    answer = bedrock.send("POST", "/tag-groups/batch", sent)

    assert answer.status_code == 422
    assert faults(answer) == {
        "/0/tags/0/id": "taken",
        "/0/tags/1/identifier": "duplicate",
        "/0/tags/1/label": "required",
        "/0/tags/2": "type",
        "/1/id": "taken",
        "/1/key": "taken",
        "/1/tags/0/id": "duplicate",
        "/1/tags/1/id": "taken",
        "/2/scopeId": "unknown",
        "/2/name": "length",
        "/2/tags": "type",
        "/3/maxAppliedPerTarget": "range",
        "/3/isLocked": "type",
        "/3/description": "type",
        "/4/id": "duplicate",
        "/4/key": "duplicate",
        "/4/maxAppliedPerTarget": "type",
        "/4/tags": "type",
    }
    assert len(bedrock.send("GET", "/tag-groups").json) == 1


def test_a_group_that_exists_is_a_conflict(bedrock):
    answer = bedrock.send("POST", "/tag-groups", group("priority", id="other", tags=[]))

    assert (answer.status_code, faults(answer)) == (409, {"/key": "taken"})


def test_only_managers_make_groups(bedrock):
    assert bedrock.send("POST", "/tag-groups", group("x"), "ana").status_code == 403


def test_a_group_is_changed_and_stays_in_its_scope(bedrock):
    bedrock.send("POST", "/tag-groups", group("state"))
    address = "/tag-groups/g-priority"

    changed = bedrock.send("PATCH", address, {"name": "P", "key": "p", "maxAppliedPerTarget": 3})
    cleared = bedrock.send("PATCH", address, {"maxAppliedPerTarget": None, "scopeId": "frogs"})
    taken = bedrock.send("PATCH", address, {"key": "state"})
    moved = bedrock.send("PATCH", address, {"scopeId": "birds"})
    forbidden = bedrock.send("PATCH", address, {"name": "x"}, "ana")
    unseen = bedrock.send("PATCH", address, {"name": "x"}, "otto")

    shown = {name: changed.json[name] for name in ("name", "key", "maxAppliedPerTarget")}
    assert shown == {"name": "P", "key": "p", "maxAppliedPerTarget": 3}
    assert (cleared.status_code, cleared.json["maxAppliedPerTarget"]) == (200, None)
    assert (taken.status_code, faults(taken)) == (409, {"/key": "taken"})
    assert (moved.status_code, faults(moved)) == (422, {"/scopeId": "invalid"})
    assert (forbidden.status_code, unseen.status_code) == (403, 404)


def test_a_group_is_deleted_with_its_tags_unless_they_are_in_use(bedrock):
    bedrock.send("POST", "/tag-groups", group("state"))
    bedrock.assign(assignment(bedrock.qid))

    in_use = bedrock.send("DELETE", "/tag-groups/g-priority")
    not_yours = bedrock.send("DELETE", "/tag-groups/g-state", who="ana")
    unused = bedrock.send("DELETE", "/tag-groups/g-state")

    assert (in_use.status_code, not_yours.status_code, unused.status_code) == (409, 403, 204)
    assert bedrock.send("GET", "/tag-groups/g-state").status_code == 404
    assert bedrock.send("GET", "/tags/state-high").status_code == 404


def test_assignments_are_tags_on_whole_files(bedrock, work):
    answer = bedrock.assign(
        assignment(bedrock.qid, id="mine"), assignment(str(bedrock.number), "priority-low")
    )

    mine, other = answer.json
    assert answer.status_code == 201
    assert mine == assignment(bedrock.qid, id="mine") | {
        "appliedBy": "ana",
        "appliedAt": mine["appliedAt"],
    }
    assert list(mine) == [
        "id", "tagId", "targetType", "targetId", "scopeId", "appliedBy", "appliedAt",
    ]  # fmt: skip
    assert re.fullmatch(f"tag_assignment_{UUID7}", other["id"])
    assert other["targetId"] == str(bedrock.number)
    with work():
        stored = db.session.query(Tag).order_by(Tag.id).all()
        sets = {db.session.get_one(TagSet, tag.tag_set_id).name for tag in stored}
        assert [(tag.words, tag.start_s, tag.span_level) for tag in stored] == [
            ("high", None, WHOLE_FILE),
            ("low", None, WHOLE_FILE),
        ]
        assert sets == {"assignments"}


def test_a_target_may_be_a_json_number(bedrock):
    assert bedrock.assign(assignment(bedrock.number)).json[0]["targetId"] == str(bedrock.number)


def test_every_fault_of_assignments_is_told(bedrock):
    bedrock.assign(assignment(bedrock.qid, id="mine"))

    answer = bedrock.assign(
        assignment(bedrock.qid, id="mine"),
        assignment(bedrock.foreign, "nothing"),
        assignment("999999", scopeId="birds"),
        assignment(True, targetType="page"),
        {},
        assignment(bedrock.qid, id="twice"),
        assignment(bedrock.qid, id="twice"),
    )

    assert answer.status_code == 422
    assert faults(answer) == {
        "/0/id": "taken",
        "/1/tagId": "unknown",
        "/1/targetId": "unknown",
        "/2/scopeId": "unknown",
        "/3/targetType": "choice",
        "/3/targetId": "type",
        "/4/tagId": "required",
        "/4/targetType": "required",
        "/4/targetId": "required",
        "/4/scopeId": "required",
        "/6/id": "duplicate",
    }
    assert bedrock.listed() == ["mine"]


def test_an_assignment_that_exists_is_a_conflict(bedrock):
    bedrock.assign(assignment(bedrock.qid, id="mine"))

    answer = bedrock.send("POST", "/tag-assignments", assignment(bedrock.qid, id="mine"))

    assert (answer.status_code, faults(answer)) == (409, {"/id": "taken"})


def test_who_only_reads_assigns_nothing(bedrock):
    assert bedrock.assign(assignment(bedrock.qid), who="vera").status_code == 403


def test_no_more_of_a_group_than_it_allows_are_on_a_target(bedrock):
    bedrock.send("PATCH", "/tag-groups/g-priority", {"maxAppliedPerTarget": 2})
    bedrock.assign(assignment(bedrock.qid))

    beyond = bedrock.assign(
        assignment(bedrock.qid, "priority-low"),
        assignment(bedrock.number),
        assignment(bedrock.qid),
    )
    within = bedrock.assign(assignment(bedrock.qid, "priority-low"), assignment(bedrock.number))

    assert (beyond.status_code, faults(beyond)) == (409, {"/2/tagId": "limit"})
    assert within.status_code == 201


def test_a_deleted_assignment_makes_room(bedrock):
    bedrock.send("PATCH", "/tag-groups/g-priority", {"maxAppliedPerTarget": 1})
    bedrock.assign(assignment(bedrock.qid, id="mine"))

    not_yours = bedrock.send("DELETE", "/tag-assignments/mine", who="bo")
    unseen = bedrock.send("DELETE", "/tag-assignments/mine", who="otto")
    deleted = bedrock.send("DELETE", "/tag-assignments/mine", who="ana")
    again = bedrock.send("DELETE", "/tag-assignments/mine", who="ana")

    assert (not_yours.status_code, unseen.status_code) == (403, 404)
    assert (deleted.status_code, deleted.data, again.status_code) == (204, b"", 404)
    assert bedrock.assign(assignment(bedrock.qid, id="mine")).status_code == 201


def test_assignments_are_listed_by_tag_target_scope_and_group(bedrock):
    bedrock.send("POST", "/tag-groups", group("state"))
    bedrock.assign(
        assignment(bedrock.qid, id="a"),
        assignment(bedrock.number, "state-low", id="b"),
        assignment(bedrock.qid, "state-low", id="c"),
    )

    assert bedrock.listed() == ["a", "b", "c"]
    assert bedrock.listed("?tagId=state-low") == ["b", "c"]
    assert bedrock.listed(f"?targetId={bedrock.qid}&tagId=") == ["a", "c"]
    assert bedrock.listed(f"?targetId={bedrock.number}&scopeId=frogs") == ["b"]
    assert bedrock.listed("?scopeId=frogs&tagGroupId=state") == ["b", "c"]
    assert bedrock.listed("?tagId=nothing") == []
    assert bedrock.listed(who="otto") == []


def test_a_whole_file_tag_made_elsewhere_is_an_assignment_under_its_number(bedrock, work):
    with work():
        media_file = db.session.get_one(tags.MediaFile, bedrock.number)
        project = media_file.project
        wren = vocabularies.add_class(SYSTEM, project, "wren")
        place = (media_file.id, tag_sets.add_tag_set(SYSTEM, project, "survey").id)
        whole = tags.add_tag(SYSTEM, project, TagDraft(*place, wren.id))
        tags.add_tag(SYSTEM, project, TagDraft(*place, wren.id, start_s=1.0, end_s=2.0))
        tags.add_tag(SYSTEM, project, TagDraft(*place, text="free"))
        number = str(whole.id)

    listed = bedrock.send("GET", "/tag-assignments").json
    deleted = bedrock.send("DELETE", f"/tag-assignments/{number}")

    assert [(each["id"], each["appliedBy"]) for each in listed] == [(number, "system")]
    assert deleted.status_code == 204


def test_ten_thousand_assignments_are_few_statements(bedrock, statements):
    sent = [assignment(bedrock.qid, id=f"a{number}") for number in range(10_000)]

    counted = statements(lambda: bedrock.assign(*sent))

    assert len(bedrock.listed()) == 10_000
    assert counted < 60
