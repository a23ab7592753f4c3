"""Every address, as a stranger, a viewer and a member of another project: no door is open."""

from collections.abc import Iterator

import pytest

from tagstore.services import imports, media_files, users
from tagstore.services.jobs import later
from tagstore.services.jobs.purging import purge
from tagstore.services.uploads import Draft, begin
from tagstore.values import SYSTEM, Role
from tests.make import PASSWORD

PUBLIC = {
    "/",
    "/api/docs",
    "/api/v1/openapi.json",
    "/healthz",
    "/readyz",
    "/login",
    "/login/<secret>",
    "/logout",
    "/metrics",
    "/static/<path:filename>",
}
"""What operations.md lets a stranger open; `/` and `/logout` send them to sign in."""

OWN = {"/api/v1/projects", "/api/v1/formats"}
"""Show everyone what they may see; a test below proves that it is nothing more."""

NOUNS = (
    "batches",
    "events",
    "imports",
    "jobs",
    "media",
    "tags",
    "tag-sets",
    "tag-groups",
    "tag-classes",
)
ASKING = {f"/api/v1/{noun}": "project=frogs" for noun in NOUNS}
ASKING["/api/v1/exports"] = "project=frogs&format=csv"
"""Addresses that want to be told which project, and how."""

CHANGING = ("POST", "PUT", "PATCH", "DELETE")
REFUSED = {401, 403, 404}
WHOLE = {"start_s": None, "end_s": None}


def doors(app, values) -> Iterator[tuple[str, str, str]]:
    """Yield method, rule and a real address of every door."""
    with app.test_request_context():
        adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            if str(rule).startswith("/static/"):
                continue
            address = adapter.build(rule.endpoint, {a: values[a] for a in rule.arguments})
            if str(rule) in ASKING:
                address += f"?{ASKING[str(rule)]}"
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield method, str(rule), address


@pytest.fixture
def house(work, make):
    """A project with one of everything, and people who have no business in it."""
    with work():
        project = make.project("frogs", vera=Role.VIEWER, mia=Role.MANAGER)
        make.project("birds", otto=Role.MANAGER)
        media_file = make.media_file(project, kind="audio", sample_rate=48000, channels=1)
        tag = make.tag(media_file, tag_class_id=make.tag_class(project).id)
        mia = users.get_user(SYSTEM, "mia").actor
        tokens = {person: make.token(users.get_user(SYSTEM, person)) for person in ("vera", "otto")}
        return {
            "values": Values(
                project_key="frogs",
                key="frogs",
                project_id=project.id,
                media_id=str(media_file.id),
                media_file_id=media_file.id,
                tag_id=tag.id,
                tag_set_id=tag.tag_set_id,
                class_id=tag.tag_class_id,
                tag_class_id=tag.tag_class_id,
                group_id=tag.tag_class.group_id,
                user_id=users.get_user(SYSTEM, "vera").id,
                tag_public_id=tag.tag_class.public_id,
                group_public_id=tag.tag_class.group.public_id,
                assignment_id=str(make.tag(media_file, tag_class_id=tag.tag_class_id, **WHOLE).id),
                spec="n1024-h512-hann-c1",
                level=0,
                index=0,
                form="png",
                secret="nothing",
                session_id=10**6,
                token_id=10**6,
                key_id=10**6,
                wallet_id=10**6,
                stream_id=str(media_file.id),
                qid=media_file.qid,
                track=tag.batch.track_author.track.tag_set.name,
                number=tag.id,
                event_id=1,
                job_id=later(purge, media_file=media_file),
                track_id=tag.track_id,
                batch_id=tag.batch_id,
                import_id=imports.register(mia, project, ["a.txt"], {}).id,
                upload_id=begin(mia, Draft("frogs", "a.wav", "", 100, "")).public_id,
            ),
            "tokens": tokens,
            "media_file_id": media_file.id,
            "tag_id": tag.id,
        }


class Values(dict):
    """Real numbers for the parts of an address; a new part must be given one here."""

    def __missing__(self, key):
        raise KeyError(f"tests/test_doors.py does not know the address part <{key}>")


def sign_in(client, name):
    page = client.get("/login").text
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    answer = client.post(
        "/login", data={"username": name, "password": PASSWORD, "csrf_token": token}
    )
    assert answer.status_code == 302
    page = client.get("/").text
    return page.split('name="csrf-token" content="')[1].split('"')[0]


def is_refused(answer) -> bool:
    to_sign_in = answer.status_code == 302 and answer.location.startswith("/login")
    return answer.status_code in REFUSED or to_sign_in


def test_a_stranger_finds_no_open_door(app, client, house):
    page = client.get("/login").text
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    headers = {"X-CSRFToken": token}

    let_in = [
        (method, rule, answer.status_code)
        for method, rule, address in doors(app, house["values"])
        if rule not in PUBLIC | OWN
        for answer in [client.open(address, method=method, json={}, headers=headers)]
        if not is_refused(answer)
    ]

    assert let_in == []


def test_a_member_of_another_project_finds_no_open_door(app, client, house):
    token = sign_in(client, "otto")
    by_cookie = {"X-CSRFToken": token}
    by_token = {"Authorization": f"Bearer {house['tokens']['otto']}"}

    let_in = [
        (method, rule, answer.status_code)
        for method, rule, address in doors(app, house["values"])
        if ("<" in rule or rule in ASKING) and rule not in PUBLIC
        for headers in (by_cookie, by_token)
        for answer in [client.open(address, method=method, json={}, headers=headers)]
        if answer.status_code not in REFUSED | {422, 400} and not is_refused(answer)
    ]

    assert let_in == []


def test_a_viewer_changes_nothing(app, client, house, work):
    token = sign_in(client, "vera")
    by_cookie = {"X-CSRFToken": token}
    by_token = {"Authorization": f"Bearer {house['tokens']['vera']}"}

    changed = [
        (method, rule, answer.status_code)
        for method, rule, address in doors(app, house["values"])
        if method in CHANGING and "<" in rule and rule not in PUBLIC
        for headers in (by_cookie, by_token)
        for answer in [client.open(address, method=method, json={}, headers=headers)]
        if answer.status_code < 400 and not is_refused(answer)
    ]

    assert changed == []
    with work():
        media_file = media_files.get_media_file(SYSTEM, house["media_file_id"])
        assert media_file.deleted_at is None


def test_what_everyone_may_open_shows_them_nothing_of_others(client, house):
    headers = {"Authorization": f"Bearer {house['tokens']['otto']}"}

    listed = client.get("/api/v1/projects", headers=headers).json["items"]
    to_a_stranger = client.get("/api/v1/projects").json["items"]

    assert [project["key"] for project in listed] == ["birds"]
    assert to_a_stranger == []


def test_a_cookie_without_csrf_token_changes_nothing(client, house):
    sign_in(client, "vera")

    answer = client.post("/api/v1/tags", json={})

    assert answer.status_code == 400


def test_a_read_only_token_reads_and_changes_nothing(client, work, make):
    with work():
        project = make.project("frogs", ana=Role.MANAGER)
        tag_id = make.tag(make.media_file(project)).id
        token = make.token(users.get_user(SYSTEM, "ana"), read_only=True)
    headers = {"Authorization": f"Bearer {token}"}

    read = client.get(f"/api/v1/tags/{tag_id}", headers=headers)
    changed = client.patch(f"/api/v1/tags/{tag_id}", json={"comment": "x"}, headers=headers)

    assert (read.status_code, changed.status_code) == (200, 403)


def test_one_login_does_not_leak_into_another_client(app, house):
    vera, stranger = app.test_client(), app.test_client()
    sign_in(vera, "vera")

    assert vera.get("/api/v1/me").json["name"] == "vera"
    assert stranger.get("/api/v1/me").status_code == 401
