"""The numbers for a monitoring system: their names, their values, and who may read them."""

import re
import tomllib
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tagstore import clock, create_app
from tagstore.config import VERSION, Settings
from tagstore.db import db
from tagstore.models import Job
from tagstore.services import events, jobs, users
from tagstore.services.events import Topic
from tagstore.services.jobs import job, later
from tagstore.values import SYSTEM, Role
from tests.make import PASSWORD

ELSEWHERE = "192.0.2.7"
HERE = "127.0.0.1"
FAMILIES = {
    "tagstore_info": "gauge",
    "tagstore_http_requests": "counter",
    "tagstore_http_request_duration_seconds": "histogram",
    "tagstore_tags_written": "counter",
    "tagstore_write_lock_wait_seconds": "histogram",
    "tagstore_redis_failures": "counter",
    "tagstore_followers": "gauge",
    "tagstore_database_connections": "gauge",
    "tagstore_database_up": "gauge",
    "tagstore_jobs": "gauge",
    "tagstore_jobs_overdue_seconds": "gauge",
}
WITH_REDIS = {"tagstore_redis_up": "gauge"}


@job
def idle_for_the_metrics(progress):
    pass


def families(client):
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return list(text_string_to_metric_families(answer.text))


def read(client, name):
    """Return the samples of one name by the values of their labels."""
    return Counter(
        {
            tuple(sample.labels.values()): sample.value
            for family in families(client)
            for sample in family.samples
            if sample.name == name
        }
    )


def status(client, address, **headers):
    return client.get(
        "/metrics", environ_overrides={"REMOTE_ADDR": address}, headers=headers
    ).status_code


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def root(work, make):
    """The number of an administrator."""
    with work():
        return make.user("root", is_admin=True).id


@pytest.fixture
def token_of_root(work, make, root):
    def token(**options):
        with work():
            return make.token(users.get_user_by_id(SYSTEM, root), **options)

    return token


# What is there


def test_every_family_has_its_name_and_type_and_says_what_it_is(client):
    answer = client.get("/metrics")

    found = list(text_string_to_metric_families(answer.text))

    ours = {each.name: each.type for each in found if each.name.startswith("tagstore_")}
    assert ours == FAMILIES
    assert all(each.documentation for each in found)
    assert {"process_cpu_seconds", "process_resident_memory_bytes", "python_info"} <= {
        each.name for each in found
    }
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_documentation_tells_of_each():
    page = Path("docs/how-to/monitor.md").read_text()

    documented = re.findall(
        r"^\| `(tagstore_[a-z_]+?)(?:_total)?` \| ([a-z]+) \|", page, re.MULTILINE
    )

    assert dict(documented) == FAMILIES | WITH_REDIS


def test_the_version_that_runs_is_the_one_that_is_released(client):
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]

    versions = read(client, "tagstore_info")

    assert versions == {(VERSION,): 1.0}
    assert project["version"] == VERSION


def test_requests_are_counted_by_edge_method_and_class_of_status(client):
    name = "tagstore_http_requests_total"
    static = client.application.static_url_path
    before = read(client, name)

    client.get("/healthz")
    client.get("/api/v1/me")
    client.post("/api/v0/bulkTagCreate/1/")
    client.get("/login")
    client.get("/")
    client.get("/nothing/here")
    client.get(f"{static}/js/main.js")
    client.open("/login", method="BREW")

    assert read(client, name) - before == {
        ("monitoring", "GET", "2xx"): 2.0,
        ("v1", "GET", "4xx"): 1.0,
        ("arlo", "POST", "4xx"): 1.0,
        ("pages", "GET", "2xx"): 1.0,
        ("pages", "GET", "3xx"): 1.0,
        ("pages", "GET", "4xx"): 1.0,
        ("static", "GET", "2xx"): 1.0,
        ("pages", "other", "4xx"): 1.0,
    }


def test_each_request_has_a_duration(client):
    name = "tagstore_http_request_duration_seconds"
    counted, lasted = read(client, f"{name}_count"), read(client, f"{name}_sum")

    client.get("/api/v1/me")
    client.get("/api/v1/me")

    assert (read(client, f"{name}_count") - counted)["v1",] == 2.0
    assert 0.0 < (read(client, f"{name}_sum") - lasted)["v1",] < 10.0


def test_tags_are_counted_once_they_are_kept(client, work, make):
    with work():
        media_file = make.media_file(make.project("frogs", ana=Role.ANNOTATOR))
        tag_set = make.tag_set(media_file.project)
        headers = bearer(make.token(users.get_user(SYSTEM, "ana")))
        place = {"media_id": media_file.id, "tag_set_id": tag_set.id}
    tags = [{**place, "text": "wren", "start_s": n, "end_s": n + 1} for n in range(3)]
    before = read(client, "tagstore_tags_written_total")

    made = client.post("/api/v1/tags/bulk", json=tags, headers=headers).json["results"]
    first = f"/api/v1/tags/{made[0]['id']}"
    client.post("/api/v1/tags/bulk?dry_run=true", json=tags, headers=headers)
    client.post("/api/v1/tags/bulk", json=[*tags, {**place, "start_s": 9}], headers=headers)
    client.patch(first, json={"comment": "loud"}, headers=headers)
    client.patch(first, json={"comment": "loud"}, headers=headers)
    client.delete(first, headers=headers)

    assert read(client, "tagstore_tags_written_total") - before == {
        ("added",): 3.0,
        ("edited",): 1.0,
        ("deleted",): 1.0,
    }


def test_jobs_are_counted_by_state_and_the_longest_wait_is_told(client, work):
    with work():
        for _ in range(3):
            later(idle_for_the_metrics)
        jobs.cancel(SYSTEM, later(idle_for_the_metrics))
        now = clock.now()
        promised = db.session.get_one(Job, 1)
        promised.run_after = now - timedelta(seconds=100)
        db.session.get_one(Job, 2).run_after = now + timedelta(seconds=100)

    states = read(client, "tagstore_jobs")
    [overdue_s] = read(client, "tagstore_jobs_overdue_seconds").values()

    assert states == {
        ("waiting",): 3.0,
        ("running",): 0.0,
        ("done",): 0.0,
        ("failed",): 0.0,
        ("cancelled",): 1.0,
    }
    assert 100.0 <= overdue_s < 160.0


def test_no_job_is_overdue_while_none_may_be_begun(client, work):
    with work():
        later(idle_for_the_metrics)
        db.session.get_one(Job, 1).run_after = clock.now() + timedelta(seconds=100)

    assert read(client, "tagstore_jobs_overdue_seconds") == {(): 0.0}


def test_those_who_follow_live_are_counted(app, client, work, make):
    with work():
        topic = Topic(make.project().id)
    with app.app_context():
        room, engine = events.newsroom(), db.engine

    before = read(client, "tagstore_followers")

    with room.follower(engine, topic, 0), room.follower(engine, topic, 0):
        following = read(client, "tagstore_followers")

    assert following - before == {(): 2.0}
    assert read(client, "tagstore_followers") == before


def test_connections_in_use_are_counted(app, client):
    with app.app_context():
        engine = db.engine
    before = read(client, "tagstore_database_connections")

    with engine.connect(), engine.connect():
        meanwhile = read(client, "tagstore_database_connections")

    assert meanwhile - before == {(): 2.0}


@pytest.mark.only("sqlite")
def test_each_wait_for_the_write_lock_is_counted(client, work):
    before = read(client, "tagstore_write_lock_wait_seconds_count")

    for _ in range(2):
        with work():
            db.session.connection()

    assert read(client, "tagstore_write_lock_wait_seconds_count") - before == {(): 2.0}


def test_a_store_that_cannot_be_read_is_said_to_be_down_and_the_rest_is_told(tmp_path):
    client = create_app(Settings(data_dir=tmp_path, log="json")).test_client()

    assert read(client, "tagstore_database_up") == {(): 0.0}
    assert {each.name for each in families(client)} >= {"tagstore_info", "tagstore_http_requests"}
    assert read(client, "tagstore_jobs") == {}


def test_no_name_and_no_address_is_told(client, work, make):
    with work():
        make.project("secretpond", secretive=Role.VIEWER)
        headers = bearer(make.token(users.get_user(SYSTEM, "secretive")))
    client.get("/api/v1/projects/secretpond", headers=headers)
    client.get("/secretpath", headers=headers)
    client.open("/login", method="SECRETMETHOD")

    assert "secret" not in client.get("/metrics").text.lower()


# Who may read it


@pytest.mark.parametrize("address", [HERE, "127.8.9.10", "::1", "::ffff:127.0.0.1"])
def test_the_machine_itself_may_read_them(client, address):
    assert status(client, address) == 200


@pytest.mark.parametrize(
    "address", [ELSEWHERE, "10.0.0.1", "::ffff:192.0.2.7", "2001:db8::1", "", "localhost"]
)
def test_whoever_is_elsewhere_may_not(client, address):
    assert status(client, address) == 401


def test_a_stranger_is_refused_in_one_line_and_told_how_to_prove_who_asks(client):
    answer = client.get("/metrics", environ_overrides={"REMOTE_ADDR": ELSEWHERE})

    assert answer.status_code == 401
    assert answer.text == "Sign in first.\n"
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="tagstore"'


def test_an_administrator_may_read_them_from_anywhere(client, token_of_root):
    assert status(client, ELSEWHERE, **bearer(token_of_root())) == 200


def test_a_token_of_an_administrator_that_only_reads_will_do(client, token_of_root):
    assert status(client, ELSEWHERE, **bearer(token_of_root(read_only=True))) == 200


def test_an_administrator_may_read_them_in_the_browser(client, root):
    page = client.get("/login").text
    proof = page.split('name="csrf-token" content="')[1].split('"')[0]
    client.post("/login", data={"username": "root", "password": PASSWORD, "csrf_token": proof})

    assert status(client, ELSEWHERE) == 200


def test_others_who_are_signed_in_may_not(client, work, make):
    with work():
        headers = bearer(make.token(make.user("ana")))

    answer = client.get("/metrics", environ_overrides={"REMOTE_ADDR": ELSEWHERE}, headers=headers)

    assert (answer.status_code, answer.text) == (403, "Only administrators may do that.\n")


def test_a_wrong_token_is_refused(client):
    assert status(client, ELSEWHERE, **bearer("nonsense")) == 401


BEHIND = [
    (0, HERE, {"X-Forwarded-For": ELSEWHERE}, 401),
    (0, HERE, {"X-Forwarded-For": HERE}, 401),
    (0, HERE, {"X-Forwarded-Host": "tags.example"}, 401),
    (0, HERE, {"X-Real-IP": ELSEWHERE}, 401),
    (0, HERE, {"Forwarded": f"for={ELSEWHERE}"}, 401),
    (0, HERE, {"Via": "1.1 proxy"}, 401),
    (1, HERE, {}, 200),
    (1, HERE, {"X-Forwarded-For": ELSEWHERE}, 401),
    (1, HERE, {"X-Forwarded-For": HERE}, 200),
    (1, HERE, {"X-Forwarded-For": f"{HERE}, {ELSEWHERE}"}, 401),
    (1, HERE, {"X-Forwarded-For": f"{ELSEWHERE}, {HERE}"}, 200),
    (1, HERE, {"X-Forwarded-For": ""}, 401),
    (1, HERE, {"X-Forwarded-For": "unknown"}, 401),
    (1, HERE, {"Via": "1.1 proxy"}, 401),
    (2, HERE, {"X-Forwarded-For": ELSEWHERE}, 401),
    (2, HERE, {"X-Forwarded-For": f"{HERE}, {ELSEWHERE}"}, 200),
    (2, HERE, {"X-Forwarded-For": f"{HERE}, {ELSEWHERE}, 10.0.0.1"}, 401),
]


@pytest.mark.parametrize(("proxies", "address", "headers", "expected"), BEHIND)
def test_behind_a_proxy_the_address_that_it_tells_counts(
    tmp_path, proxies, address, headers, expected
):
    settings = Settings(data_dir=tmp_path, log="json")
    client = create_app(replace(settings, proxies=proxies)).test_client()

    assert status(client, address, **headers) == expected
