"""Jobs and events over our own API: who sees them, and in which order."""

import pytest

from tagstore.db import db
from tagstore.models import MediaFile, Project
from tagstore.services import jobs


@jobs.job
def stay(progress: jobs.Progress) -> None:
    """Do nothing."""


@pytest.fixture
def media_id(api, work, make):
    with work():
        return make.media_file(db.session.get_one(Project, api.project_id)).id


@pytest.fixture
def job_id(media_id, work):
    with work():
        return jobs.later(stay, media_file=db.session.get_one(MediaFile, media_id))


@pytest.fixture
def store_job_id(work, api, make):
    """A job of the whole store, and an administrator named root who may see it."""
    with work():
        api.tokens["root"] = make.token(make.user("root", is_admin=True))
        return jobs.later(stay)


def test_members_see_the_jobs_of_their_project(api, job_id, media_id):
    shown = api.get(f"/jobs/{job_id}", "vera").json

    assert shown.pop("created_at").endswith("Z")
    assert shown == {
        "id": job_id,
        "function": "stay",
        "media_id": media_id,
        "state": "waiting",
        "progress": 0.0,
        "message": "",
        "tries": 0,
        "started_at": None,
        "finished_at": None,
    }
    listed = api.get("/jobs?project=frogs&state=waiting", "vera").json
    assert [each["id"] for each in listed["items"]] == [job_id]
    assert api.get("/jobs?project=frogs&state=done", "vera").json["items"] == []
    assert list(api.faults(api.get("/jobs?state=ill"))) == ["/state"]


def test_who_sees_and_cancels_which_job(api, job_id, store_job_id):
    statuses = {
        who: [
            api.get("/jobs", who).status_code,
            api.get("/jobs?project=frogs", who).status_code,
            api.get(f"/jobs/{job_id}", who).status_code,
            api.get(f"/jobs/{store_job_id}", who).status_code,
            api.post(f"/jobs/{store_job_id}/cancel", who=who).status_code,
            api.post(f"/jobs/{job_id}/cancel", who=who).status_code,
        ]
        for who in ("", "otto", "vera", "ana", "mo", "root")
    }

    assert statuses == {
        "": [401] * 6,
        "otto": [403, 404, 404, 404, 404, 404],
        "vera": [403, 200, 200, 404, 404, 403],
        "ana": [403, 200, 200, 404, 404, 403],
        "mo": [403, 200, 200, 404, 404, 200],
        "root": [200, 200, 200, 200, 200, 409],
    }
    assert api.get(f"/jobs/{job_id}").json["state"] == "cancelled"


def test_events_are_listed_newest_first(api, media_id):
    body = {"media_id": media_id, "tag_set": "survey", "text": "wren", "start_s": 1, "end_s": 2}
    tag = api.post("/tags", body, "ana", X_Request_Id="request-1").json
    api.delete(f"/tags/{tag['id']}", "ana")

    listed = api.get("/events?project=frogs", "vera").json["items"]
    added = api.get("/events?project=frogs&kind=tag.added", "vera").json["items"]

    assert [each["kind"] for each in listed[:2]] == ["tag.deleted", "tag.added"]
    assert [each["seq"] for each in listed] == sorted((e["seq"] for e in listed), reverse=True)
    said = added[0]
    assert said.pop("at").endswith("Z")
    assert said == {
        "seq": listed[1]["seq"],
        "kind": "tag.added",
        "media_id": media_id,
        "actor": "ana",
        "ids": [tag["id"]],
        "count": 1,
        "start_s": 1.0,
        "end_s": 2.0,
        "request_id": "request-1",
    }
    assert api.get("/events?project=frogs", "otto").status_code == 404
    assert list(api.faults(api.get("/events"))) == ["/project"]
