"""Tracks and batches over our own API: looks, versions, refusals, deletion and return."""

import uuid

import pytest

from tagstore.db import db
from tagstore.models import Project


@pytest.fixture
def media_id(api, work, make):
    with work():
        return make.media_file(db.session.get_one(Project, api.project_id)).id


@pytest.fixture
def tag(api, media_id):
    """A tag of Ana's in the tag set survey, with the track and batch that it made."""
    body = {"media_id": media_id, "tag_set": "survey", "text": "wren", "start_s": 0, "end_s": 1}
    return api.post("/tags", body, "ana").json


def test_a_track_is_shown_with_what_its_tag_set_says_for_it(api, media_id, tag):
    place = f"/tracks/{tag['track_id']}"
    api.patch("/tag-sets/1", {"label": "Survey", "color": "#00ff00"})

    plain = api.get(place, "vera")
    changed = api.patch(place, {"color": "#0000ff", "description": "by night"}, "bo")
    cleared = api.patch(place, {"color": None}, "bo")

    assert plain.json == {
        "id": tag["track_id"],
        "media_id": media_id,
        "tag_set_id": 1,
        "name": "survey",
        "label": "Survey",
        "color": "#00ff00",
        "description": "",
        "hidden": False,
        "version": 3,
    }
    assert (changed.json["color"], changed.json["description"]) == ("#0000ff", "by night")
    assert (cleared.json["color"], cleared.headers["ETag"]) == ("#00ff00", '"5"')


def test_a_track_has_changed_when_its_tag_set_has(api, tag):
    place = f"/tracks/{tag['track_id']}"
    seen = api.get(place).headers["ETag"]
    api.patch("/tag-sets/1", {"label": "Survey"})

    stale = [
        api.patch(place, {"label": "x"}, If_Match=seen),
        api.delete(place, If_Match=seen),
    ]

    now = api.get(place)
    assert [(each.status_code, each.json["current"]) for each in stale] == [(412, now.json)] * 2
    assert api.get(place, If_None_Match=seen).status_code == 200
    assert api.delete(place, If_Match=now.headers["ETag"]).status_code == 204


def test_a_deleted_track_takes_its_tags_along_and_brings_them_back(api, tag):
    place = f"/tracks/{tag['track_id']}"
    api.delete(place, "ana")
    gone = [api.get(place).status_code, api.get(f"/tags/{tag['id']}").status_code]

    restored = api.post(f"{place}/restore", who="ana")

    assert (gone, restored.status_code) == ([404, 404], 200)
    assert api.get(f"/tags/{tag['id']}").json["text"] == "wren"


def test_who_may_do_what_to_a_track_and_a_batch(api, tag):
    places = (f"/tracks/{tag['track_id']}", f"/batches/{tag['batch_id']}")

    statuses = {
        who: [
            status
            for place in places
            for status in (
                api.get(place, who).status_code,
                api.patch(place, {}, who).status_code,
                api.delete(place, who).status_code,
                api.post(f"{place}/restore", who=who).status_code,
            )
        ]
        for who in ("", "otto", "vera", "bo")
    }

    assert statuses == {
        "": [401] * 8,
        "otto": [404] * 8,
        "vera": [200, 403, 403, 403] * 2,
        "bo": [200, 200, 403, 200] * 2,
    }


def test_faults_of_tracks_and_batches_are_named(api, tag):
    track, batch = f"/tracks/{tag['track_id']}", f"/batches/{tag['batch_id']}"

    faults = [
        list(api.faults(api.patch(track, body)))
        for body in ({"label": ""}, {"color": "red"}, {"name": "x"}, {"description": 1})
    ]

    assert faults == [["/label"], ["/color"], ["/name"], ["/description"]]
    assert list(api.faults(api.patch(batch, {"info": []}))) == ["/info"]
    assert api.get(f"/tracks/{uuid.uuid4()}").status_code == 404
    assert api.get("/tracks/1").status_code == 404
    assert api.get("/batches/99").status_code == 404


def test_batches_are_listed_by_project_media_file_and_track(api, media_id, tag):
    other = {"media_id": media_id, "tag_set": "other", "text": "robin"}
    second = api.post("/tags", other, "bo").json

    def ids(query):
        return [each["id"] for each in api.get(f"/batches?{query}", "vera").json["items"]]

    both = [second["batch_id"], tag["batch_id"]]
    assert [ids("project=frogs"), ids(f"media={media_id}")] == [both, both]
    assert ids(f"track={tag['track_id']}") == [tag["batch_id"]]
    assert ids("project=frogs&author=bo") == [second["batch_id"]]
    assert list(api.faults(api.get("/batches"))) == ["/project"]
    assert list(api.faults(api.get(f"/batches?project=frogs&media={media_id}"))) == ["/project"]
    assert api.get("/batches?project=frogs", "otto").status_code == 404
    assert api.get(f"/batches?track={tag['track_id']}", "otto").status_code == 404


def test_a_patch_reaches_into_what_came_along_with_a_batch(api, media_id, tag):
    place = f"/batches/{tag['batch_id']}"

    first = api.patch(place, {"info": {"model": "BirdNET", "threshold": 0.5}}, "ana")
    second = api.patch(place, {"info": {"threshold": None}}, "ana", If_Match=first.headers["ETag"])
    stale = api.patch(place, {"info": None}, "ana", If_Match=first.headers["ETag"])

    said = second.json
    assert said.pop("created_at").endswith("Z")
    assert said.pop("version") == int(second.headers["ETag"].strip('"'))
    assert said == {
        "id": tag["batch_id"],
        "media_id": media_id,
        "tag_set_id": tag["tag_set_id"],
        "track_id": tag["track_id"],
        "author": "ana",
        "run": 1,
        "replaces": False,
        "info": {"model": "BirdNET"},
        "created_by": "ana",
    }
    assert (stale.status_code, stale.json["current"]) == (412, second.json)
    assert api.patch(place, {"info": None}, "ana").json["info"] == {}


def test_a_deleted_batch_hides_its_tags_until_it_is_restored(api, media_id, tag):
    place = f"/batches/{tag['batch_id']}"

    def shown():
        return [each["id"] for each in api.get(f"/media/{media_id}/tags").json["items"]]

    before, deleted, during = shown(), api.delete(place, "ana"), shown()
    restored = api.post(f"{place}/restore", who="ana")

    assert (before, deleted.status_code, during) == ([tag["id"]], 204, [])
    assert (restored.status_code, shown()) == (200, [tag["id"]])
