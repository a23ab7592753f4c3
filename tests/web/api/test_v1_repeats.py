"""The Idempotency-Key: sent again, answered again, done once."""

import io
import json
import urllib.request
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tagstore import clock
from tagstore.db import db
from tagstore.models import IdempotencyKey, MediaFile, Project, Tag
from tagstore.services import idempotency, users
from tagstore.services.jobs import later, running
from tagstore.services.jobs.purging import purge
from tagstore.values import SYSTEM
from tests import server, sounds
from tests.side_by_side import threads

A_DAY = timedelta(hours=24)


@pytest.fixture
def media_id(api, work, make):
    """A recording in the project frogs."""
    with work():
        return make.media_file(db.session.get_one(Project, api.project_id)).id


@pytest.fixture
def post(api, media_id):
    """Post a tag under a key."""

    def run(key="k", who="ana", path="/tags", **fields):
        body = {"media_id": media_id, "tag_set": "survey", "text": "wren", **fields}
        return api.post(path, body, who, Idempotency_Key=key)

    return run


def count(table=Tag):
    return db.session.scalar(select(func.count()).select_from(table))


def faults(answer):
    return [each["pointer"] for each in answer.json["errors"]]


def test_what_is_sent_again_is_answered_again_and_done_once(post, work):
    first, again = post(), post()

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    kept = ("Content-Type", "Location", "ETag")
    assert [again.headers[name] for name in kept] == [first.headers[name] for name in kept]
    replayed = [each.headers.get("Idempotent-Replayed") for each in (first, again)]
    assert replayed == [None, "true"]
    with work():
        assert count() == 1


def test_the_answer_stays_what_it_was_whatever_happened_since(post, api):
    first = post()
    api.patch(first.headers["Location"].removeprefix("/api/v1"), {"text": "robin"}, "ana")

    again = post()

    assert (again.status_code, again.json["text"]) == (201, "wren")


def test_another_request_under_the_same_key_is_refused(post, api, work):
    post()

    tag_set = {"project": "frogs", "name": "other"}
    others = [
        post(text="robin"),
        api.post("/tag-sets", tag_set, "ana", Idempotency_Key="k"),
    ]
    misspelt = post(path="/tags?dry_run=true")

    assert [each.status_code for each in others] == [422] * 2
    assert [faults(each) for each in others] == [["/Idempotency-Key"]] * 2
    assert (misspelt.status_code, faults(misspelt)) == (422, ["/dry_run"])
    with work():
        assert count() == 1


def test_two_people_may_take_the_same_key(post, work):
    answers = [post(who="ana"), post(who="bo")]

    assert [each.json["created_by"] for each in answers] == ["ana", "bo"]
    with work():
        assert count() == 2


def test_a_refused_request_leaves_its_key_free(post, work):
    refused, done = post(start_s=-1, end_s=1), post(text="robin")

    assert (refused.status_code, done.status_code) == (422, 201)
    with work():
        assert (count(), count(IdempotencyKey)) == (1, 1)


@pytest.mark.parametrize("key", ["", "x" * 256, "käse", "a\tb"])
def test_a_key_that_will_not_do_is_refused(post, work, key):
    answer = post(key)

    assert (answer.status_code, faults(answer)) == (422, ["/Idempotency-Key"])
    with work():
        assert count() == 0


@pytest.mark.parametrize("key", ["~", "x" * 255, '"8e03978e-40d5-43e8-bc93-6894a57f9324"', " a b"])
def test_any_printable_key_will_do(post, key):
    assert [post(key).status_code, post(key).headers["Idempotent-Replayed"]] == [201, "true"]


def test_after_a_day_the_key_is_free_again(post, work):
    first = post()
    with work():
        moment = clock.now() - A_DAY
        db.session.execute(update(IdempotencyKey).values(created_at=moment))

    other = post(text="robin")

    assert (other.status_code, other.json["id"]) == (201, first.json["id"] + 1)
    assert post(text="robin").data == other.data


def test_answers_that_nobody_is_given_any_more_are_purged(post, work, app):
    post("old")
    with work():
        moment = clock.now() - A_DAY
        db.session.execute(update(IdempotencyKey).values(created_at=moment))
    post("new")

    with work():
        job_id = later(purge)
    with app.app_context():
        running.run(job_id)

    with work():
        assert db.session.scalars(select(IdempotencyKey.key)).all() == ["new"]


def test_reading_needs_no_key_and_takes_none(api, media_id, work):
    answer = api.get(f"/media/{media_id}/tags", Idempotency_Key="käse")

    assert answer.status_code == 200
    with work():
        assert count(IdempotencyKey) == 0


def test_a_credential_that_only_reads_is_not_given_the_answer(api, post, work, make):
    first = post()
    with work():
        ana = users.get_user(SYSTEM, "ana")
        api.tokens["ana"] = make.token(ana, read_only=True)

    again = post()

    assert (first.status_code, again.status_code) == (201, 403)


def test_a_stored_answer_cannot_be_read_without_the_servers_secret(post, work):
    made = post(text="a very secret wren")

    with work():
        row = db.session.scalars(select(IdempotencyKey)).one()
        assert (row.status, row.headers["Location"]) == (201, made.headers["Location"])
        assert b"secret" not in row.body
        spoilt = row.body[:-1] + bytes([row.body[-1] ^ 1])
        db.session.execute(update(IdempotencyKey).values(body=spoilt))
    assert post(text="a very secret wren").status_code == 409


def test_an_answer_too_large_to_be_kept_undoes_what_it_tells_of(post, work, monkeypatch):
    monkeypatch.setattr(idempotency, "LARGEST_ANSWER", 100)

    answer = post()

    assert (answer.status_code, "100 bytes" in answer.json["detail"]) == (413, True)
    with work():
        assert (count(), count(IdempotencyKey)) == (0, 0)


def test_an_upload_sent_again_is_known_by_its_bytes(api, work, tmp_path):
    wav, other = (
        sounds.write_sound(tmp_path / f"{n}.wav", sounds.noise(n)).read_bytes() for n in (1, 2)
    )

    def upload(data):
        return api.client.post(
            "/api/v1/media",
            data={"project": "frogs", "file": (io.BytesIO(data), "a.wav")},
            headers={"Authorization": f"Bearer {api.tokens['mo']}", "Idempotency-Key": "k"},
        )

    first, again, refused = upload(wav), upload(wav), upload(other)

    assert [each.status_code for each in (first, again, refused)] == [201, 201, 422]
    assert again.data == first.data
    with work():
        assert count(MediaFile) == 1


def test_twins_at_the_same_time_are_one(work, api, media_id, settings):
    running_server = server.start_on(settings, "--no-worker")
    address = f"{running_server.address}/api/v1/tags"
    headers = {
        "Authorization": f"Bearer {api.tokens['ana']}",
        "Content-Type": "application/json",
        "Idempotency-Key": "k",
    }
    body = {"media_id": media_id, "tag_set": "survey", "text": "wren", "external_id": "row 7"}
    answers = []

    def ask():
        request = urllib.request.Request(address, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            replayed = answer.headers["Idempotent-Replayed"] == "true"
            answers.append((answer.status, answer.read(), replayed))

    try:
        with threads(*[ask] * 12):
            pass
    finally:
        running_server.kill()

    assert {each[:2] for each in answers} == {(201, answers[0][1])}
    assert sorted(each[2] for each in answers) == [False] + [True] * 11
    with work():
        assert count() == 1
