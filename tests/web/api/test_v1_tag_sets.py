"""Tag sets and tracks over our own API: bodies, versions, refusals."""

import re

import pytest

from tagstore.db import db
from tagstore.models import MediaFile, Project
from tagstore.services import tag_sets, users
from tagstore.values import SYSTEM

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def add(api, name="survey", who="ana", **fields):
    return api.post("/tag-sets", {"project": "frogs", "name": name, **fields}, who)


def names(api):
    return [each["name"] for each in api.get("/tag-sets?project=frogs").json["items"]]


def test_a_tag_set_is_made_and_shown_to_the_letter(api):
    made = add(api, "BirdNET 2.4", color="#00ff00", hidden=True)

    said = made.json
    assert TIME.fullmatch(said.pop("created_at"))
    assert said == {
        "id": 1,
        "project": "frogs",
        "name": "BirdNET 2.4",
        "label": "BirdNET 2.4",
        "color": "#00ff00",
        "description": "",
        "hidden": True,
        "version": 1,
    }
    assert (made.status_code, made.headers["Location"]) == (201, "/api/v1/tag-sets/1")
    shown = api.get("/tag-sets/1", "vera")
    assert (shown.status_code, shown.data, shown.headers["ETag"]) == (200, made.data, '"1"')


def test_a_list_holds_all_of_a_project_and_nothing_of_another(api):
    add(api, "a")
    add(api, "b", hidden=True)
    api.post("/tag-sets", {"project": "birds", "name": "secret"}, "otto")

    listed = api.get("/tag-sets?project=frogs", "vera").json

    assert [each["name"] for each in listed["items"]] == ["a", "b"]
    assert (listed["next"], listed["total"]) == (None, 2)
    assert api.get("/tag-sets?project=birds", "vera").status_code == 404
    assert list(api.faults(api.get("/tag-sets"))) == ["/project"]
    assert list(api.faults(api.get("/tag-sets?project=frogs&hidden=1"))) == ["/hidden"]


FAULTS = [
    ({"name": ""}, ["/name"]),
    ({"name": "  "}, ["/name"]),
    ({"name": "x" * 201}, ["/name"]),
    ({"name": None}, ["/name"]),
    ({"name": 7}, ["/name"]),
    ({"color": "green"}, ["/color"]),
    ({"color": "#FFF"}, ["/color"]),
    ({"hidden": "yes"}, ["/hidden"]),
    ({"colour": "#00ff00", "id": 3}, ["/colour", "/id"]),
]


def test_every_fault_is_named_when_made_and_when_changed(api):
    add(api)

    made = [(body, sorted(api.faults(add(api, **{"name": "x", **body})))) for body, _ in FAULTS]
    changed = [(body, sorted(api.faults(api.patch("/tag-sets/1", body)))) for body, _ in FAULTS]

    assert (made, changed) == (FAULTS, FAULTS)
    assert api.get("/tag-sets?project=frogs").json["items"] == [api.get("/tag-sets/1").json]
    assert api.get("/tag-sets/1").json["version"] == 1


def test_a_taken_name_is_a_conflict(api):
    add(api)
    add(api, "other")

    answers = [add(api), api.patch("/tag-sets/2", {"name": "survey"})]

    assert [each.status_code for each in answers] == [409, 409]
    assert [each.json["errors"] for each in answers] == [
        [{"pointer": "/name", "code": "error", "detail": "is taken"}]
    ] * 2
    assert names(api) == ["survey", "other"]


def test_a_patch_changes_what_it_names_and_null_clears(api):
    add(api, color="#00ff00")

    first = api.patch("/tag-sets/1", {"label": "Survey", "description": "of 2026"}, "bo")
    second = api.patch("/tag-sets/1", {"label": None, "color": None, "hidden": True}, "bo")

    assert [first.json[f] for f in ("label", "description", "color")] == [
        "Survey",
        "of 2026",
        "#00ff00",
    ]
    assert [second.json[f] for f in ("label", "description", "color", "hidden", "version")] == [
        "survey",
        "of 2026",
        None,
        True,
        3,
    ]
    assert second.headers["ETag"] == '"3"'


def test_a_stale_change_or_deletion_is_refused_with_how_it_is_now(api):
    add(api)
    api.patch("/tag-sets/1", {"hidden": True})

    answers = [
        api.patch("/tag-sets/1", {"hidden": False}, If_Match='"1"'),
        api.delete("/tag-sets/1", If_Match='"1"'),
    ]

    now = api.get("/tag-sets/1").json
    assert [(each.status_code, each.json["current"]) for each in answers] == [(412, now)] * 2
    assert api.delete("/tag-sets/1", If_Match='"2"').status_code == 204


def test_who_may_do_what(api):
    add(api)

    statuses = {
        who: [
            api.get("/tag-sets/1", who).status_code,
            add(api, f"of {who}", who).status_code,
            api.patch("/tag-sets/1", {"hidden": True}, who).status_code,
            api.delete("/tag-sets/1", who).status_code,
        ]
        for who in ("", "otto", "vera", "bo", "ana")
    }

    assert statuses == {
        "": [401, 401, 401, 401],
        "otto": [404, 404, 404, 404],
        "vera": [200, 403, 403, 403],
        "bo": [200, 201, 200, 403],
        "ana": [200, 201, 200, 204],
    }


def test_a_deleted_set_frees_its_name_and_comes_back_beside_the_new_one(api):
    add(api)
    api.delete("/tag-sets/1")
    gone = [api.get("/tag-sets/1"), api.patch("/tag-sets/1", {}), api.delete("/tag-sets/1")]
    add(api)

    restored = api.post("/tag-sets/1/restore", who="ana")

    assert [each.status_code for each in gone] == [404, 404, 404]
    assert (restored.status_code, restored.json["name"]) == (200, "survey (restored)")
    assert names(api) == ["survey (restored)", "survey"]
    assert api.post("/tag-sets/1/restore", who="vera").status_code == 403
    assert api.post("/tag-sets/1/restore", who="otto").status_code == 404


@pytest.fixture
def media_id(api, work, make):
    with work():
        return make.media_file(db.session.get_one(Project, api.project_id)).id


def test_the_tracks_of_a_file_say_what_their_sets_say_and_how_much_they_hold(api, media_id):
    place = {"media_id": media_id, "text": "wren"}
    for name in ("b", "a", "b"):
        api.post("/tags", {**place, "tag_set": name}, "ana")
    api.patch("/tag-sets/1", {"label": "Bee", "color": "#00ff00", "hidden": True})

    listed = api.get(f"/media/{media_id}/tracks", "vera").json

    numbers = [each.pop("id") for each in listed["items"]]
    assert len(set(numbers)) == 2
    assert listed == {
        "items": [
            {
                "media_id": media_id,
                "tag_set_id": 1,
                "name": "b",
                "label": "Bee",
                "color": "#00ff00",
                "description": "",
                "hidden": True,
                "version": 3,
                "tags": 2,
            },
            {
                "media_id": media_id,
                "tag_set_id": 2,
                "name": "a",
                "label": "a",
                "color": None,
                "description": "",
                "hidden": False,
                "version": 2,
                "tags": 1,
            },
        ],
        "next": None,
        "total": 2,
    }
    assert api.get(f"/media/{media_id}/tracks", "otto").status_code == 404
    assert list(api.faults(api.get(f"/media/{media_id}/tracks?x=1"))) == ["/x"]


@pytest.mark.parametrize("path", ["/tag-sets?project=frogs", "/media/{}/tracks"])
def test_more_rows_cost_no_more_statements(api, work, make, media_id, statements, path):
    path = path.format(media_id)
    costs = []
    for count in (1, 2, 47):
        with work():
            media_file = db.session.get_one(MediaFile, media_id)
            ana = users.get_user(SYSTEM, "ana").actor
            for number in range(count):
                name = f"{number} of {count}"
                tag_set = tag_sets.add_tag_set(ana, media_file.project, name)
                make.tag(media_file, ana, tag_set_id=tag_set.id)
        costs.append(statements(lambda: api.get(path)))

    assert len(set(costs)) == 1
    assert api.get(path).json["total"] == 50
