"""Members, users and tokens over our own API: bodies, versions, refusals, secrets."""

import pytest

from tagstore.services import users
from tagstore.values import SYSTEM

MEMBERS = "/projects/frogs/members"


@pytest.fixture
def root(api, work, make):
    """Let an administrator named root have a token too."""
    with work():
        api.tokens["root"] = make.token(make.user("root", is_admin=True))
    return api


@pytest.fixture
def ids(work):
    with work():
        return {each.name: each.id for each in users.list_users(SYSTEM)}


def roles(api):
    return {each["name"]: each["role"] for each in api.get(MEMBERS).json["items"]}


def test_members_are_listed_made_changed_and_removed(api, ids):
    made = api.post(MEMBERS, {"user": "Otto", "role": "viewer"})
    changed = api.patch(f"{MEMBERS}/{ids['otto']}", {"role": "annotator"})
    put = api.send("PUT", f"{MEMBERS}/{ids['otto']}", {"role": "manager"})
    shown = api.get(f"{MEMBERS}/{ids['otto']}", "vera")
    removed = api.delete(f"{MEMBERS}/{ids['otto']}")

    assert (made.status_code, made.headers["Location"]) == (201, f"/api/v1{MEMBERS}/{ids['otto']}")
    assert [each.json["role"] for each in (made, changed, put)] == [
        "viewer",
        "annotator",
        "manager",
    ]
    assert [each.headers["ETag"] for each in (made, changed, put)] == ['"1"', '"2"', '"3"']
    said = shown.json
    said.pop("created_at")
    assert said == {"user_id": ids["otto"], "name": "otto", "role": "manager", "version": 3}
    assert (removed.status_code, api.get(f"{MEMBERS}/{ids['otto']}").status_code) == (204, 404)
    assert roles(api) == {"ana": "annotator", "bo": "annotator", "mo": "manager", "vera": "viewer"}


def test_a_stale_change_of_a_role_shows_how_it_is_now(api, ids):
    place = f"{MEMBERS}/{ids['vera']}"
    api.patch(place, {"role": "annotator"})

    answers = [
        api.patch(place, {"role": "manager"}, If_Match='"1"'),
        api.send("PUT", place, {"role": "manager"}, If_Match='"1"'),
        api.delete(place, If_Match='"1"'),
    ]

    now = api.get(place).json
    assert [(each.status_code, each.json["current"]) for each in answers] == [(412, now)] * 3


def test_who_may_change_members(api, ids):
    place = f"{MEMBERS}/{ids['bo']}"

    statuses = {
        who: [
            api.get(MEMBERS, who).status_code,
            api.post(MEMBERS, {"user": "otto", "role": "viewer"}, who).status_code,
            api.patch(place, {"role": "viewer"}, who).status_code,
            api.delete(place, who).status_code,
        ]
        for who in ("", "otto", "vera", "ana")
    }

    assert statuses == {
        "": [401, 401, 401, 401],
        "otto": [404, 404, 404, 404],
        "vera": [200, 403, 403, 403],
        "ana": [200, 403, 403, 403],
    }
    assert api.delete(f"{MEMBERS}/{ids['mo']}").json["detail"] == (
        "A project keeps at least one manager."
    )


def test_faults_of_members_are_named(api, ids):
    place = f"{MEMBERS}/{ids['bo']}"

    assert sorted(api.faults(api.post(MEMBERS, {"role": "king"}))) == ["/role", "/user"]
    assert list(api.faults(api.send("PUT", place, {}))) == ["/role"]
    assert list(api.faults(api.patch(place, {"user": "x"}))) == ["/user"]
    assert api.post(MEMBERS, {"user": "nobody", "role": "viewer"}).status_code == 404
    assert api.patch(f"{MEMBERS}/99", {"role": "viewer"}).status_code == 404
    assert api.patch(place, {}).json["role"] == "annotator"


def test_an_administrator_makes_users_and_disables_them(root):
    made = root.post("/users", {"name": "eva", "password": "long enough"}, "root")
    place = f"/users/{made.json['id']}"
    disabled = root.patch(place, {"disabled": True}, "root", If_Match='"1"')
    stale = root.patch(place, {"disabled": False}, "root", If_Match='"1"')
    enabled = root.patch(place, {"disabled": False}, "root")

    assert (made.status_code, made.headers["Location"]) == (201, f"/api/v1{place}")
    said = made.json
    said.pop("created_at")
    assert said == {
        "id": made.json["id"],
        "name": "eva",
        "is_admin": False,
        "disabled": False,
        "version": 1,
    }
    assert (disabled.json["disabled"], disabled.json["version"]) == (True, 2)
    assert (stale.status_code, stale.json["current"]) == (412, disabled.json)
    assert enabled.json == root.get(place, "root").json == made.json
    assert "eva" in [each["name"] for each in root.get("/users", "root").json["items"]]


def test_users_are_for_administrators(root):
    body = {"name": "eva"}

    statuses = {
        who: [
            root.get("/users", who).status_code,
            root.post("/users", body, who).status_code,
            root.get("/users/1", who).status_code,
            root.patch("/users/1", {"disabled": True}, who).status_code,
        ]
        for who in ("", "mo")
    }

    assert statuses == {"": [401] * 4, "mo": [403] * 4}


def test_faults_of_users_are_named(root):
    made = [
        sorted(root.faults(root.post("/users", body, "root")))
        for body in ({}, {"name": "a:b"}, {"name": "eva", "password": "short"}, {"nam": "eva"})
    ]

    assert made == [["/name"], ["/name"], ["/password"], ["/nam", "/name"]]
    assert root.post("/users", {"name": "MO"}, "root").status_code == 409


def test_a_token_shows_its_secret_once_and_works_until_it_is_revoked(api):
    body = {"label": "script", "read_only": True, "expires_at": "2100-01-01T00:00:00+02:00"}
    made = api.post("/tokens", body, "ana")
    secret, place = made.json["secret"], f"/tokens/{made.json['id']}"
    api.tokens["script"] = secret

    shown, me = api.get(place, "ana"), api.get("/me", "script")
    changed = api.post("/tag-sets", {"project": "frogs", "name": "x"}, "script")
    listed = api.get("/tokens", "ana")
    revoked = api.delete(place, "ana", If_Match=made.headers["ETag"])

    assert (made.status_code, made.headers["Location"]) == (201, f"/api/v1{place}")
    assert {**shown.json, "secret": secret} == made.json
    assert shown.json["expires_at"] == "2099-12-31T22:00:00Z"
    assert (me.json["name"], me.json["read_only"], changed.status_code) == ("ana", True, 403)
    assert listed.json["items"][0] == shown.json
    assert secret not in listed.text + shown.text
    assert revoked.status_code == 204
    assert api.get("/me", "script").status_code == 401
    assert api.get(place, "ana").status_code == 404


def test_tokens_are_ones_own(api):
    made = api.post("/tokens", {"label": "mine"}, "ana").json

    place = f"/tokens/{made['id']}"
    statuses = [api.get(place, "mo").status_code, api.delete(place, "mo").status_code]

    assert statuses == [404, 404]
    assert made["id"] not in [each["id"] for each in api.get("/tokens", "mo").json["items"]]
    assert [api.get("/tokens", "").status_code, api.get(place, "").status_code] == [401, 401]
    assert api.delete(place, "ana", If_Match='"2"').status_code == 412


@pytest.mark.parametrize("moment", ["tomorrow", "2100-01-01T00:00:00", "0001-01-01T00:00:00Z", 5])
def test_a_moment_that_is_none_is_a_fault(api, moment):
    refused = api.post("/tokens", {"label": "x", "expires_at": moment}, "ana")

    assert list(api.faults(refused)) == ["/expires_at"]
