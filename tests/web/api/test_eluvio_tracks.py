"""Eluvio's tracks and batches, uploads of many tracks, and contents that are kept elsewhere."""

from dataclasses import replace

import pytest

from tagstore.db import db
from tagstore.models import Batch, MediaFile, Track
from tagstore.services import checkup, contents, tag_sets, users
from tagstore.services.depot import open_depot
from tagstore.values import SYSTEM

DOG = {"start_time": 1000, "end_time": 2000, "tag": "dog"}
BOX = {"x1": 0, "y1": 0.2, "x2": 1, "y2": 0.75}
UNKNOWN = "iq__Nobody000000000000000000000"


def overlay(frame, *tags):
    return {"overlay_tags": {"frame_level_tags": {frame: {"a": {"tags": tags}}}}}


def test_a_track_is_made_and_looks_as_it_is_told_or_as_its_name_says(content):
    looks = {"label": "Celebs", "color": "#FF5733", "description": "By hand"}
    plain, told = (
        content.send("POST", "/tracks/shot_detection", b""),
        content.send("POST", "/tracks/celebrities%20é", looks),
    )

    shown = content.get("/tracks")["tracks"]
    assert (plain.status_code, told.status_code) == (201, 201)
    assert plain.json == {"message": "Track created successfully", "track_id": shown[0]["id"]}
    assert shown[0] == {
        "id": plain.json["track_id"],
        "qid": content.qid,
        "name": "shot_detection",
        "label": "Shot Detection",
        "color": "#9460dd",
        "description": "",
    }
    assert shown[1] == {
        "id": told.json["track_id"], "qid": content.qid, "name": "celebrities é", **looks
    }  # fmt: skip


def test_a_track_is_made_once(content):
    content.send("POST", "/tracks/t", b"null")

    words = "A track of that name is there already."
    assert content.refused("POST", "/tracks/t") == (409, words)


@pytest.mark.parametrize(
    ("track", "body", "words"),
    [
        ("a%2Fb", None, "track: Must not have a slash in it."),
        ("a//b", None, "track: Must not have a slash in it."),
        ("%0A", None, None),
        ("%20", None, None),
        ("x%7F", None, None),
        ("x" * 101, None, None),
        ("t", {"color": "red"}, "color: Must look like #3fa7d6."),
        ("t", {"label": "x" * 201}, "label: Must have at most 200 characters."),
        ("t", {"label": 1, "color": []}, "label: Not a valid string; color: Not a valid string."),
        ("t", [], "body: Must be an object."),
    ],
)
def test_a_track_that_will_not_do_is_refused(track, body, words, content):
    name = "Must have 1 to 100 characters, no control characters, not only blanks."

    assert content.refused("POST", f"/tracks/{track}", body) == (400, words or f"track: {name}")
    assert content.get("/tracks") == {"tracks": []}


def test_a_change_of_a_track_touches_only_what_is_given(content):
    content.send("POST", "/tracks/t", {"label": "Old", "color": "#ff5733", "description": "d"})

    answer = content.send("PATCH", "/tracks/t", {"label": "New"})
    content.send("PATCH", "/tracks/t", {"color": None})

    [shown] = content.get("/tracks")["tracks"]
    assert (answer.status_code, answer.json) == (200, {"message": "Track updated successfully"})
    assert (shown["label"], shown["description"]) == ("New", "d")
    assert shown["color"] not in {None, "#ff5733"}
    assert content.refused("PATCH", "/tracks/none", {}) == (404, "No such track.")


def test_a_deleted_track_takes_all_with_it_and_can_be_had_back(content, work):
    [tag_id] = content.add(DOG)
    batch_id = content.get("/batches")["batches"][0]["id"]

    assert content.send("DELETE", "/tracks/shots").status_code == 204

    assert content.get("/tracks") == {"tracks": []}
    assert content.ids() == content.ids(f"?batch_id={batch_id}") == []
    assert content.get("/batches")["batches"] == []
    assert content.refused("GET", f"/tags/{tag_id}")[0] == 404
    assert content.refused("DELETE", "/tracks/shots") == (404, "No such track.")
    with work():
        media_file = contents.get_content(SYSTEM, content.qid)
        assert sum(tag_sets.tag_totals(media_file.project).values()) == 0
        gone = contents.get_track(SYSTEM, media_file, "shots", also_deleted=True)
        contents.restore_track(SYSTEM, gone)
    assert content.ids() == [tag_id]


def test_a_track_that_comes_back_beside_another_of_its_name_gets_a_word_behind_it(content, work):
    [old] = content.add(DOG)
    content.send("DELETE", "/tracks/shots")
    [new] = content.add(DOG)

    with work():
        media_file = contents.get_content(SYSTEM, content.qid)
        gone = db.session.query(Track).filter(Track.deleted_at.is_not(None)).one()
        contents.restore_track(SYSTEM, gone)
        assert contents.get_track(SYSTEM, media_file, "shots (restored)") is gone

    assert [content.get(f"/tags/{each}")["track"] for each in (old, new)] == [
        "shots (restored)",
        "shots",
    ]
    assert content.ids("?track=shots") == [new]


def test_only_a_manager_deletes_what_others_have_made(content):
    content.add(DOG)
    batch_id = content.get("/batches")["batches"][0]["id"]

    assert content.refused("DELETE", "/tracks/shots", None, "bo")[0] == 403
    assert content.refused("DELETE", f"/batches/{batch_id}", None, "bo")[0] == 403
    assert content.send("DELETE", f"/batches/{batch_id}", None, "mo").status_code == 204
    assert content.send("DELETE", "/tracks/shots", None, "mo").status_code == 204


def test_batches_are_listed_newest_first_and_by_author_and_track(content):
    made = [
        content.send(
            "POST", "/batches", {"author": a, "track": t, "additional_info": {"n": a}}
        ).json
        for a, t in (("x", "t"), ("y", "t"), ("x", "u"))
    ]
    first, second, third = (each["batch_id"] for each in made)

    def listed(query=""):
        return [batch["id"] for batch in content.get(f"/batches{query}")["batches"]]

    [shown] = content.get("/batches?author=x&track=t")["batches"]
    assert listed() == [third, second, first]
    assert listed("?author=x") == [third, first]
    assert listed("?start=1&limit=1") == [second]
    assert content.get("/batches?start=1&limit=1")["meta"] == {
        "total": 3, "count": 1, "start": 1, "limit": 1
    }  # fmt: skip
    assert list(shown) == [
        "id", "qid", "author", "track", "timestamp", "created_at", "additional_info"
    ]  # fmt: skip
    assert (shown["id"], shown["author"], shown["track"]) == (first, "x", "t")
    assert shown["timestamp"] == shown["created_at"]
    assert shown["additional_info"] == {"n": "x"}
    assert content.get(f"/batches/{first}") == shown


def test_what_comes_along_with_a_batch_is_replaced_whole(content):
    body = {"author": "x", "track": "t", "additional_info": {"a": 1, "b": 2}}
    batch_id = content.send("POST", "/batches", body).json["batch_id"]

    after = content.send("PATCH", f"/batches/{batch_id}", {"additional_info": {"b": 3}}).json
    same = content.send("PATCH", f"/batches/{batch_id}", b"").json

    assert after["additional_info"] == same["additional_info"] == {"b": 3}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (None, "author: Missing data for required field; track: Missing data for required field."),
        ({"author": 1, "track": "t"}, "author: Not a valid string."),
        (
            {"author": "a", "track": "t", "additional_info": 1},
            "additional_info: Not a valid mapping type.",
        ),
        (
            {"author": "a", "track": ""},
            "track: Must have 1 to 100 characters, no control characters, not only blanks.",
        ),
    ],
)
def test_a_batch_that_will_not_do_is_refused(body, words, content):
    assert content.refused("POST", "/batches", body) == (400, words)


def test_there_is_no_batch_of_a_number_that_is_none(content):
    for method in ("GET", "PATCH", "DELETE"):
        assert content.refused(method, "/batches/x") == (404, "No such batch.")


def test_a_deleted_batch_can_be_had_back_and_all_stays_counted(content, work):
    [tag_id] = content.add(DOG)
    batch_id = content.get("/batches")["batches"][0]["id"]
    content.send("DELETE", f"/batches/{batch_id}")
    gone = (content.ids(), content.refused("GET", f"/tags/{tag_id}")[0])

    with work():
        media_file = contents.get_content(SYSTEM, content.qid)
        batch = contents.get_batch(SYSTEM, media_file, int(batch_id), also_deleted=True)
        contents.restore_batch(SYSTEM, batch)

    assert gone == ([], 404)
    assert content.ids() == [tag_id]


def test_the_store_is_well_after_all_kinds_of_deletions(app, content):
    content.add(DOG, DOG, track="a")
    content.add(DOG, track="b")
    content.send("POST", "/batches", {"author": "tagger", "track": "a"})
    content.send("DELETE", f"/tags/{content.ids()[0]}")
    content.send("DELETE", "/tracks/a")
    content.send("DELETE", f"/batches/{content.get('/batches')['batches'][0]['id']}")

    with app.app_context():
        found = {each.check: each.is_well for each in checkup.examine(SYSTEM)}

    assert found["tag counts"]
    assert found["references"]


def test_many_tracks_are_uploaded_at_once(content):
    body = {"shots": [DOG], "empty": [], "words": [DOG, {**DOG, "start_time": 0, "source": "s"}]}

    answer = content.send("POST", "/tags/upload?author=tagger", body)
    again = content.send("POST", "/tags/upload?author=tagger", {"shots": [DOG]})

    ids = {batch["track"]: int(batch["id"]) for batch in content.get("/batches")["batches"]}
    assert (answer.status_code, list(answer.json)) == (200, ["shots", "empty", "words"])
    assert answer.json == ids
    assert again.json == {"shots": ids["shots"]}
    assert [t["track"] for t in content.get("/tags")["tags"]] == [
        "words",
        "shots",
        "words",
        "shots",
    ]


def test_a_taggers_file_is_uploaded_as_it_is(content):
    entry = {"start_time": 0, "end_time": 40, "text": ["dog", "hot dog"], "source": "s"}
    overlay = {
        "50": {
            "timestamp_sec": 2000,
            "Faces": {"tags": [{"text": "ana", "box": BOX, "confidence": 0.9}]},
            "words": {"tags": [{"text": ["a", "b"], "box": BOX}]},
        }
    }
    file = {
        "version": 1,
        "metadata_tags": {"words": {"label": "Said", "tags": [entry, {**DOG, "text": "not"}]}},
        "overlay_tags": {"frame_level_tags": overlay},
    }

    answer = content.send("POST", "/tags/upload?author=tagger", file)

    shown = [
        (t["tag"], t["track"], t["start_time"], t["end_time"], t["frame_info"])
        for t in content.get("/tags")["tags"]
    ]
    boxed = {"frame_idx": 50, "box": BOX}
    assert list(answer.json) == ["words", "Faces"]
    assert shown == [
        ("dog", "words", 0, 40, None),
        ("hot dog", "words", 0, 40, None),
        ("dog", "words", 1000, 2000, None),
        ("ana", "Faces", 2000, 2040, boxed),
        ("a", "words", 2000, 2040, boxed),
        ("b", "words", 2000, 2040, boxed),
    ]
    assert content.get("/tags?track=Faces")["tags"][0]["additional_info"] == {"score": 0.9}
    assert [track["label"] for track in content.get("/tracks")["tracks"]] == ["Said", "Faces"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"a": [DOG], "b": {}, "c": [7]}, "b: Must be a list of tags; c[0]: Must be an object."),
        ({"a": [DOG], "c": [DOG, {**DOG, "start_time": 70_000, "end_time": 70_000}]},
         "c[1].start_time: The file ends at 60 s."),
        ({"metadata_tags": {"a": {"tags": [DOG, {**DOG, "tag": ["x", 5]}]}}},
         "metadata_tags.a.tags[1].tag: Not a valid string."),
        ({"metadata_tags": {"a": {"label": 1}, "b": 2}},
         "metadata_tags.a.label: Must be text of at most 200 characters; "
         "metadata_tags.a.tags: Must be a list of tags; metadata_tags.b: Must be an object."),
        ({"overlay_tags": {"frame_level_tags": {"x": {}, "1": {"a": {"tags": {}}}}}},
         "overlay_tags.frame_level_tags.x: Must be the number of a frame; "
         "overlay_tags.frame_level_tags.1.a.tags: Must be a list of tags."),
        (overlay("1", {"text": "x", "confidence": "y"}, 3),
         "overlay_tags.frame_level_tags.1.a.tags[0].frame_info.box: Field may not be null; "
         "overlay_tags.frame_level_tags.1.a.tags[0].confidence: Must be a number; "
         "overlay_tags.frame_level_tags.1.a.tags[1]: Must be an object."),
        (overlay("9999", {"text": "x", "box": BOX}),
         "overlay_tags.frame_level_tags.9999.a.tags[0].start_time: The file ends at 60 s."),
    ],
)  # fmt: skip
def test_a_faulty_upload_is_refused_whole(body, words, content):
    assert content.refused("POST", "/tags/upload?author=a", body) == (400, words)
    assert content.get("/tracks") == {"tracks": []}


def test_an_upload_needs_an_author(content):
    assert content.refused("POST", "/tags/upload", {}) == (400, "author: Is needed.")


def test_frames_need_a_frame_rate(content, work):
    with work():
        contents.get_content(SYSTEM, content.qid).frame_rate = None
    body = overlay("1", {"text": "x", "box": BOX})

    answer = content.refused("POST", "/tags/upload?author=a", body)

    assert answer == (400, "overlay_tags: The frame rate of this content is not known.")


@pytest.fixture
def outside(content, settings):
    """The same, about a content that nobody has registered."""
    content.qid = UNKNOWN
    open_depot(replace(settings, external_project="frogs"))
    return content


def test_a_content_kept_elsewhere_is_taken_when_it_is_first_tagged(outside, work):
    assert outside.refused("GET", "/tags")[0] == 401

    [tag_id] = outside.add(DOG)

    assert outside.ids() == [tag_id]
    with work():
        media_file = contents.get_content(SYSTEM, UNKNOWN)
        assert (media_file.kind, media_file.project.key) == ("external", "frogs")


def test_a_content_kept_elsewhere_is_not_taken_for_nothing(outside, work):
    bad = {"author": "a", "track": "t", "tags": [1]}
    body = {"author": "a", "track": "t"}

    refused = [
        outside.refused("POST", "/tags", bad)[0],
        outside.refused("POST", "/tags", body, "vera")[0],
        outside.refused("POST", "/tags", body, "otto")[0],
        outside.refused("PATCH", "/tracks/t", {})[0],
    ]

    assert refused == [400, 403, 401, 401]
    with work():
        assert db.session.query(MediaFile).filter(MediaFile.qid == UNKNOWN).count() == 0


def test_without_the_setting_an_unknown_content_stays_unknown(content):
    content.qid = UNKNOWN

    assert content.refused("POST", "/batches", {"author": "a", "track": "t"})[0] == 401


def test_what_is_made_here_is_recorded(content, work):
    content.add(DOG)

    with work():
        [batch] = db.session.query(Batch).all()
        assert batch.created_by_id == users.get_user(SYSTEM, "ana").id
        assert not batch.replaces
