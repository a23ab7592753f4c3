"""Groups and classes over our own API: bodies, versions, refusals."""

import pytest

from tagstore.db import db
from tagstore.models import Project
from tagstore.services import users, vocabularies
from tagstore.values import SYSTEM


def add(api, identifier="wren", who="mo", **fields):
    return api.post("/tag-classes", {"project": "frogs", "identifier": identifier, **fields}, who)


@pytest.fixture
def songs(api, work):
    """The number of a second vocabulary of the project."""
    with work():
        project = db.session.get_one(Project, api.project_id)
        return vocabularies.add_group(SYSTEM, project, "songs", "Songs").id


def test_a_class_is_made_and_shown_to_the_letter(api):
    made = add(api, label="Wren", color="#00ff00", hot_key="7")

    said = made.json
    assert said.pop("public_id").startswith("tag_")
    assert said == {
        "id": 1,
        "project": "frogs",
        "group_id": 1,
        "identifier": "wren",
        "label": "Wren",
        "color": "#00ff00",
        "hot_key": "7",
        "parent_id": None,
        "low_hz": None,
        "high_hz": None,
        "retired": False,
        "version": 1,
    }
    assert (made.status_code, made.headers["Location"]) == (201, "/api/v1/tag-classes/1")
    shown = api.get("/tag-classes/1", "vera")
    assert (shown.status_code, shown.data, shown.headers["ETag"]) == (200, made.data, '"1"')


def test_groups_are_listed_to_the_letter(api, songs):
    add(api)

    first, second = api.get("/tag-groups?project=frogs", "vera").json["items"]

    assert first.pop("public_id").startswith("tag_group_")
    assert first == {
        "id": songs,
        "project": "frogs",
        "key": "songs",
        "name": "Songs",
        "description": "",
        "closed": False,
        "most_per_target": None,
        "version": 1,
    }
    assert (second["key"], second["name"]) == ("default", "Default")


def test_a_list_holds_all_classes_of_a_project_and_nothing_of_another(api):
    add(api, "wren")
    add(api, "robin")
    api.patch("/tag-classes/1", {"retired": True})
    api.post("/tag-classes", {"project": "birds", "identifier": "secret"}, "otto")

    listed = api.get("/tag-classes?project=frogs", "vera").json

    assert [(each["identifier"], each["retired"]) for each in listed["items"]] == [
        ("wren", True),
        ("robin", False),
    ]
    assert (listed["next"], listed["total"]) == (None, 2)
    for noun in ("tag-classes", "tag-groups"):
        assert api.get(f"/{noun}?project=birds", "vera").status_code == 404
        assert list(api.faults(api.get(f"/{noun}"))) == ["/project"]
        assert list(api.faults(api.get(f"/{noun}?project=frogs&of=1"))) == ["/of"]


FAULTS = [
    ({"identifier": ""}, ["/identifier"]),
    ({"identifier": "x" * 101}, ["/identifier"]),
    ({"identifier": None, "label": ""}, ["/identifier", "/label"]),
    ({"color": None}, ["/color"]),
    ({"color": "red"}, ["/color"]),
    ({"hot_key": "x"}, ["/hot_key"]),
    ({"hot_key": "12"}, ["/hot_key"]),
    ({"class": "wren"}, ["/class"]),
]
ONLY_CHANGED = [
    ({"parent_id": 1}, ["/parent_id"]),
    ({"parent_id": 99}, ["/parent_id"]),
    ({"low_hz": -1}, ["/low_hz"]),
    ({"low_hz": 2, "high_hz": 1}, ["/high_hz"]),
    ({"retired": None}, ["/retired"]),
    ({"group_id": 1}, ["/group_id"]),
]
ONLY_MADE = [({"group_id": "x"}, ["/group_id"]), ({"retired": True}, ["/retired"])]


def test_every_fault_is_named_when_made_and_when_changed(api):
    add(api)

    made = [
        (body, sorted(api.faults(add(api, **{"identifier": "x", **body}))))
        for body, _ in FAULTS + ONLY_MADE
    ]
    changed = [
        (body, sorted(api.faults(api.patch("/tag-classes/1", body))))
        for body, _ in FAULTS + ONLY_CHANGED
    ]

    assert (made, changed) == (FAULTS + ONLY_MADE, FAULTS + ONLY_CHANGED)
    assert api.get("/tag-classes?project=frogs").json["total"] == 1
    assert api.get("/tag-classes/1").json["version"] == 1


def test_a_class_is_made_in_the_group_that_is_named_if_it_is_one_of_the_project(api, songs):
    foreign = api.post("/tag-classes", {"project": "birds", "identifier": "x"}, "otto").json

    named = add(api, group_id=songs)
    unseen = add(api, "robin", group_id=foreign["group_id"])
    elsewhere = api.post(
        "/tag-classes", {"project": "birds", "identifier": "y", "group_id": songs}, "otto"
    )

    assert (named.status_code, named.json["group_id"]) == (201, songs)
    assert [unseen.status_code, elsewhere.status_code] == [404, 404]


def test_what_is_taken_is_a_conflict(api):
    add(api)
    add(api, "robin")

    answers = [
        add(api),
        add(api, "tit", hot_key="1"),
        api.patch("/tag-classes/2", {"identifier": "wren"}),
        api.patch("/tag-classes/2", {"hot_key": "1"}),
    ]

    assert [each.status_code for each in answers] == [409] * 4
    assert [each.json["errors"][0]["pointer"] for each in answers] == [
        "/identifier",
        "/hot_key",
    ] * 2
    assert api.get("/tag-classes?project=frogs").json["total"] == 2


def test_a_patch_changes_what_it_names_and_null_clears(api):
    add(api, label="Wren")

    first = api.patch("/tag-classes/1", {"low_hz": 2000, "high_hz": 8000, "retired": True})
    second = api.patch("/tag-classes/1", {"low_hz": None, "hot_key": None, "retired": False})

    fields = ("label", "low_hz", "high_hz", "hot_key", "retired", "version")
    assert [first.json[field] for field in fields] == ["Wren", 2000.0, 8000.0, "1", True, 2]
    assert [second.json[field] for field in fields] == ["Wren", None, 8000.0, None, False, 3]


def test_a_stale_change_or_deletion_is_refused_with_how_it_is_now(api):
    add(api)
    api.patch("/tag-classes/1", {"label": "Wren"})

    answers = [
        api.patch("/tag-classes/1", {"label": "Robin"}, If_Match='"1"'),
        api.delete("/tag-classes/1", If_Match='"1"'),
    ]

    now = api.get("/tag-classes/1").json
    assert [(each.status_code, each.json["current"]) for each in answers] == [(412, now)] * 2


def test_a_class_goes_unless_tags_use_it(api, work, make):
    add(api)
    add(api, "robin")
    with work():
        media_id = make.media_file(db.session.get_one(Project, api.project_id)).id
    api.post("/tags", {"media_id": media_id, "tag_set": "s", "class_id": 1}, "ana")

    used, unused = api.delete("/tag-classes/1"), api.delete("/tag-classes/2")

    assert (used.status_code, unused.status_code) == (409, 204)
    assert api.get("/tag-classes/2").status_code == 404


def test_who_may_do_what(api):
    add(api)

    statuses = {
        who: [
            api.get("/tag-classes/1", who).status_code,
            add(api, f"of {who}", who).status_code,
            api.patch("/tag-classes/1", {"label": "x"}, who).status_code,
            api.delete("/tag-classes/1", who).status_code,
        ]
        for who in ("", "otto", "vera", "ana", "mo")
    }

    assert statuses == {
        "": [401, 401, 401, 401],
        "otto": [404, 404, 404, 404],
        "vera": [200, 403, 403, 403],
        "ana": [200, 403, 403, 403],
        "mo": [200, 201, 200, 204],
    }


@pytest.mark.parametrize("noun", ["tag-classes", "tag-groups"])
def test_more_rows_cost_no_more_statements(api, work, statements, noun):
    costs = []
    for count in (1, 2, 47):
        with work():
            project = db.session.get_one(Project, api.project_id)
            mo = users.get_user(SYSTEM, "mo").actor
            for number in range(count):
                name = f"{number} of {count}"
                group = vocabularies.add_group(mo, project, name)
                vocabularies.add_class(mo, project, name, group=group)
        costs.append(statements(lambda: api.get(f"/{noun}?project=frogs")))

    assert len(set(costs)) == 1
    assert api.get(f"/{noun}?project=frogs").json["total"] == 50


def test_a_group_is_made_changed_and_deleted(api):
    made = api.post("/tag-groups", {"project": "frogs", "key": "calls", "closed": True})
    place = f"/tag-groups/{made.json['id']}"
    changed = api.patch(place, {"name": "Calls", "most_per_target": 2, "closed": False})
    stale = api.patch(place, {"name": "x"}, If_Match='"1"')
    shown = api.get(place, "vera")
    deleted = api.delete(place, If_Match='"2"')

    assert (made.status_code, made.headers["Location"]) == (201, f"/api/v1{place}")
    assert [made.json[f] for f in ("key", "name", "closed")] == ["calls", "calls", True]
    assert [changed.json[f] for f in ("name", "most_per_target", "closed")] == ["Calls", 2, False]
    assert (stale.status_code, stale.json["current"]) == (412, shown.json)
    assert (deleted.status_code, api.get(place).status_code) == (204, 404)


def test_a_group_with_classes_stays(api):
    add(api)

    refused = api.delete("/tag-groups/1")

    assert (refused.status_code, refused.json["detail"]) == (
        409,
        "Classes are in this group. Delete them first.",
    )
    assert api.post("/tag-groups", {"project": "frogs", "key": "default"}).status_code == 409


def test_faults_of_groups_are_named(api, songs):
    place = f"/tag-groups/{songs}"

    faults = [
        list(api.faults(api.patch(place, body)))
        for body in ({"key": ""}, {"name": "x" * 201}, {"most_per_target": 0}, {"closed": 1})
    ]

    assert faults == [["/key"], ["/name"], ["/most_per_target"], ["/closed"]]
    assert sorted(api.faults(api.post("/tag-groups", {}))) == ["/key", "/project"]


def test_who_may_change_groups(api, songs):
    place, body = f"/tag-groups/{songs}", {"project": "frogs", "key": "x"}

    statuses = {
        who: [
            api.get(place, who).status_code,
            api.post("/tag-groups", body, who).status_code,
            api.patch(place, {"name": "x"}, who).status_code,
            api.delete(place, who).status_code,
        ]
        for who in ("", "otto", "vera", "ana")
    }

    assert statuses == {
        "": [401] * 4,
        "otto": [404] * 4,
        "vera": [200, 403, 403, 403],
        "ana": [200, 403, 403, 403],
    }
