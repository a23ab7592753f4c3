"""Projects and oneself over our own API; what the world may read, the world reads here."""

import re

import pytest

from tagstore.db import db
from tagstore.models import Project
from tagstore.services import projects, users
from tagstore.values import SYSTEM, Role

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def open_to(work, project_id, audience):
    with work():
        project = db.session.get_one(Project, project_id)
        projects.edit_project(SYSTEM, project, name="Frogs", description="", audience=audience)


def keys(answer):
    return [each["key"] for each in answer.json["items"]]


def test_a_project_is_shown_to_the_letter(api):
    shown = api.get("/projects/frogs", "vera")

    said = shown.json
    assert TIME.fullmatch(said.pop("created_at"))
    assert said == {
        "id": 1,
        "key": "frogs",
        "name": "frogs",
        "description": "",
        "audience": "members",
        "version": 1,
        "url": "/projects/frogs",
    }
    assert (shown.status_code, shown.headers["ETag"]) == (200, '"1"')


def test_everyone_lists_what_they_may_see_and_nothing_else(api, work, make):
    listed = {who: keys(api.get("/projects", who)) for who in ("", "vera", "otto")}
    open_to(work, api.project_id, "signed_in")
    to_all = {who: keys(api.get("/projects", who)) for who in ("", "vera", "otto")}
    open_to(work, api.project_id, "world")
    to_world = {who: keys(api.get("/projects", who)) for who in ("", "vera", "otto")}

    assert listed == {"": [], "vera": ["frogs"], "otto": ["birds"]}
    assert to_all == {"": [], "vera": ["frogs"], "otto": ["birds", "frogs"]}
    assert to_world == {"": ["frogs"], "vera": ["frogs"], "otto": ["birds", "frogs"]}


def test_what_the_world_may_read_it_reads_and_does_not_change(api, work, make):
    with work():
        media_file = make.media_file(db.session.get_one(Project, api.project_id))
        tag, media_id = make.tag(media_file), media_file.id
        body = {"media_id": media_id, "tag_set_id": tag.tag_set_id, "text": "x"}
    open_to(work, api.project_id, "world")

    reads = [
        api.get(path, "").status_code
        for path in ("/projects/frogs", "/tags/1", f"/media/{media_id}/tags", "/tags?project=frogs")
    ]
    changes = [
        api.post("/tags", body, "").status_code,
        api.patch("/tags/1", {"text": "x"}, "").status_code,
        api.delete("/tags/1", "").status_code,
        api.post("/tags/1/restore", who="").status_code,
        api.post("/tag-sets", {"project": "frogs", "name": "x"}, "").status_code,
    ]

    assert reads == [200] * 4
    assert set(changes) <= {400, 401}
    assert api.get("/tags?project=frogs").json["total"] == 1


def test_a_parameter_that_nobody_reads_is_refused(api):
    assert list(api.faults(api.get("/projects?most=3"))) == ["/most"]


def test_more_projects_cost_no_more_statements(api, work, make, statements):
    costs = []
    for count in (1, 2, 47):
        with work():
            for _ in range(count):
                projects.grant(SYSTEM, make.project(), "vera", Role.VIEWER)
        costs.append(statements(lambda: api.get("/projects", "vera")))

    assert len(set(costs)) == 1
    assert api.get("/projects", "vera").json["total"] == 51


@pytest.mark.parametrize(("read_only", "is_admin"), [(False, False), (True, False), (False, True)])
def test_one_is_told_who_one_is(api, work, make, read_only, is_admin):
    with work():
        user = make.user("cleo", is_admin=is_admin)
        api.tokens["cleo"] = make.token(users.get_user(SYSTEM, "cleo"), read_only=read_only)
        number = user.id

    assert api.get("/me", "cleo").json == {
        "id": number,
        "name": "cleo",
        "is_admin": is_admin,
        "read_only": read_only,
    }
    assert api.get("/me", "").status_code == 401


def test_a_project_is_made_by_whoever_is_signed_in_and_theirs(api):
    made = api.post("/projects", {"key": "newts", "name": "Newts"}, "vera")

    assert (made.status_code, made.headers["Location"]) == (201, "/api/v1/projects/newts")
    assert api.get("/projects/newts", "vera").data == made.data
    assert (made.json["name"], made.json["audience"]) == ("Newts", "members")
    assert [each["role"] for each in api.get("/projects/newts/members", "vera").json["items"]] == [
        "manager"
    ]
    assert api.post("/projects", {"key": "newts"}, "mo").status_code == 409
    assert api.post("/projects", {"key": "toads"}, "").status_code == 401
    assert api.get("/projects/newts", "mo").status_code == 404


def test_a_patch_of_a_project_changes_what_it_names(api):
    first = api.patch("/projects/frogs", {"name": "Frogs", "description": "of 2026"})
    second = api.patch("/projects/frogs", {"audience": "world"}, If_Match=first.headers["ETag"])
    stale = api.patch("/projects/frogs", {"name": "x"}, If_Match=first.headers["ETag"])

    said = second.json
    assert [said[f] for f in ("name", "description", "audience", "version")] == [
        "Frogs",
        "of 2026",
        "world",
        3,
    ]
    assert (stale.status_code, stale.json["current"]) == (412, said)
    statuses = [
        api.patch("/projects/frogs", {"name": "x"}, who).status_code for who in ("", "otto", "vera")
    ]
    assert statuses == [401, 403, 403]


def test_faults_of_projects_are_named(api):
    made = [
        list(api.faults(api.post("/projects", body)))
        for body in ({}, {"key": "1"}, {"key": "a b"}, {"key": "a", "name": ""})
    ]
    changed = [
        list(api.faults(api.patch("/projects/frogs", body)))
        for body in ({"name": " "}, {"audience": "all"}, {"key": "x"}, {"description": None})
    ]

    assert made == [["/key"], ["/key"], ["/key"], ["/name"]]
    assert changed == [["/name"], ["/audience"], ["/key"], ["/description"]]
    assert api.get("/projects/frogs").json["version"] == 1
