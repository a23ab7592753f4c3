"""Eluvio's tags: put in by the thousand, found, changed, and all or none."""

import json

import pytest

from tagstore.db import db
from tagstore.models import Batch, Tag
from tagstore.services import contents, counts, projects, tags, users
from tagstore.values import SYSTEM

BOX = {"x1": 0.1, "y1": 0.2, "x2": 0.3, "y2": 0.75}
FRAME = {"frame_idx": 25, "box": BOX}
DOG = {"start_time": 1000, "end_time": 2000, "tag": "dog"}


def tag(start, end=None, text="x", **fields):
    return {"start_time": start, "end_time": start if end is None else end, "tag": text, **fields}


def count_of(model):
    return db.session.query(model).count()


def test_tags_are_stored_as_they_were_sent(content):
    info = {"z": [1, 2.5], "a": {"b": None}}
    [plain, full] = content.add(
        DOG, {**DOG, "source": "p", "frame_info": FRAME, "additional_info": info}
    )

    batch_id = content.get("/batches")["batches"][0]["id"]
    expected = {
        "id": plain, "batch_id": batch_id, "start_time": 1000, "end_time": 2000, "tag": "dog",
        "track": "shots", "author": "tagger", "source": "", "frame_info": None,
        "additional_info": {}, "additional_properties": {},
    }  # fmt: skip
    more = {"id": full, "source": "p", "frame_info": FRAME}
    shown = {**expected, **more, "additional_info": info, "additional_properties": info}
    assert content.get(f"/tags/{plain}") == expected
    assert list(content.get(f"/tags/{plain}")) == list(expected)
    assert content.get("/tags")["tags"] == [expected, shown]
    assert content.get("/tags")["meta"] == {"total": 2, "count": 2, "start": 0, "limit": 1000}


def test_a_tag_is_the_same_one_on_our_own_api(content):
    [tag_id] = content.add(DOG)

    [ours] = content.api.get(f"/media/{content.media_id}/tags").json["items"]

    shown = (str(ours["id"]), ours["text"], ours["start_s"], ours["author"], ours["created_by"])
    assert shown == (tag_id, "dog", 1.0, "tagger", "ana")


@pytest.mark.parametrize("ms", [0, 1, 333, 1001, 59_999])
def test_milliseconds_come_back_as_they_went(ms, content):
    [tag_id] = content.add(tag(ms))

    assert content.get(f"/tags/{tag_id}")["start_time"] == ms


def test_whole_numbers_may_be_written_with_a_point(content):
    [tag_id] = content.add(tag(5.0, 6.0))

    assert content.get(f"/tags/{tag_id}")["end_time"] == 6


def test_either_name_of_what_comes_along_is_taken_and_the_first_one_wins(content):
    both = {"additional_info": {"a": 1}, "additional_properties": {"b": 2}}
    ids = content.add(
        tag(1, **both),
        tag(2, additional_properties={"b": 2}),
        tag(3, additional_info=None, additional_properties={"b": 2}),
        tag(4, additional_info=None),
    )

    infos = [content.get(f"/tags/{tag_id}")["additional_info"] for tag_id in ids]
    assert infos == [{"a": 1}, {"b": 2}, {"b": 2}, {}]


def test_an_end_past_the_file_is_moved_there_and_a_start_past_it_refused(content):
    [tag_id] = content.add(tag(59_000, 61_000))

    answer = content.refused("POST", "/tags", {"author": "a", "track": "t", "tags": [tag(60_001)]})

    assert content.get(f"/tags/{tag_id}")["end_time"] == 60_000
    assert answer == (400, "tags[0].start_time: The file ends at 60 s.")


def test_every_faulty_field_is_named_and_nothing_stored(content, work):
    bad = [
        DOG,
        {"start_time": 5.5, "end_time": True, "tag": 7},
        "tag",
        {"start_time": -1, "end_time": "9", "tag": "x", "source": "s" * 256},
        tag(9, 8),
        tag(1, frame_info={"frame_idx": 1.5, "box": {"x1": 1, "y1": "a", "x2": 1}}),
        tag(70_000),
        tag(2**51 + 1),
    ]

    answer = content.refused("POST", "/tags", {"author": "new", "track": "new", "tags": bad})

    assert answer == (
        400,
        "tags[1].start_time: Must be a whole number of milliseconds; "
        "tags[1].end_time: Must be a whole number of milliseconds; "
        "tags[1].tag: Not a valid string; "
        "tags[2]: Must be an object; "
        "tags[3].start_time: Must be 0 to 2251799813685248; "
        "tags[3].end_time: Must be a whole number of milliseconds; "
        "tags[3].source: Longer than maximum length 255; "
        "tags[4].end_time: Must not be before the start; "
        "tags[5].frame_info.frame_idx: Must be a whole number from 0; "
        "tags[5].frame_info.box.y1: Must be a number; "
        "tags[5].frame_info.box.y2: Missing data for required field; "
        "tags[6].start_time: The file ends at 60 s; "
        "tags[7].start_time: Must be 0 to 2251799813685248; "
        "tags[7].end_time: Must be 0 to 2251799813685248.",
    )
    with work():
        assert (count_of(Tag), count_of(Batch)) == (0, 0)
    assert content.get("/tracks") == {"tracks": []}


def test_a_sentence_about_very_many_faults_stays_short(content):
    body = {"author": "a", "track": "t", "tags": [{}] * 2000}

    status, words = content.refused("POST", "/tags", body)

    assert status == 400
    assert words.endswith("; and 5950 more.")
    assert len(words) < 5000


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            {},
            "author: Is needed where there is no batch_id; "
            "track: Is needed where there is no batch_id.",
        ),
        ({"author": "a"}, "track: Is needed where there is no batch_id."),
        ({"batch_id": "77"}, "batch_id: There is no such batch on this content."),
        ({"batch_id": "x" * 30}, "batch_id: There is no such batch on this content."),
        ({"batch_id": 1.5}, "batch_id: Invalid value."),
        ({"batch_id": [1]}, "batch_id: Invalid value."),
        ({"author": "a", "track": "t", "tags": {}}, "tags: Not a valid list."),
        ({"author": "", "track": "t"}, "author: Must have 1 to 200 characters."),
        ({"author": "a" * 201, "track": "t"}, "author: Must have 1 to 200 characters."),
        ({"author": "a", "track": "a/b"}, "track: Must not have a slash in it."),
        ([], "body: Must be an object."),
        (b"{", "JSON parse error - unexpected end of data: line 1 column 2 (char 1)"),
    ],
)
def test_tags_without_a_proper_place_are_refused(body, words, content):
    assert content.refused("POST", "/tags", body) == (400, words)


def test_tags_go_to_the_newest_batch_of_their_author_or_to_the_one_named(content):
    content.add(DOG)
    begun = [content.send("POST", "/batches", {"author": "tagger", "track": "shots"}) for _ in "ab"]
    older, newest = (answer.json["batch_id"] for answer in begun)

    by_author = content.add(DOG)
    content.add(DOG, batch_id=int(older), author="ignored", track="ignored")

    assert [content.get(f"/tags/{tag_id}")["batch_id"] for tag_id in by_author] == [newest]
    assert len(content.ids(f"?batch_id={older}")) == 1
    assert [each["author"] for each in content.get("/batches")["batches"]] == ["tagger"] * 3


@pytest.mark.parametrize("body", [None, b"", b"null", b" \n", {"tags": None}])
def test_no_tags_are_fine(body, content):
    batch_id = content.send("POST", "/batches", {"author": "a", "track": "t"}).json["batch_id"]
    named = {"batch_id": batch_id, **(body if isinstance(body, dict) else {})}

    answer = content.send("POST", "/tags", named)

    assert answer.json == {"batch_id": batch_id, "created_tag_ids": []}
    assert content.refused("POST", "/tags", body if isinstance(body, bytes) else None)[0] == 400


def test_fifty_thousand_tags_with_boxes_go_in_at_once_and_come_out_in_order(content, work):
    many = [tag(n, n + 40, frame_info={"frame_idx": n, "box": BOX}) for n in range(50_000)]

    ids = content.add(*many)
    read = content.get("/tags?limit=1000000")

    assert [each["id"] for each in read["tags"]] == ids
    assert [each["frame_info"]["frame_idx"] for each in read["tags"]] == list(range(50_000))
    assert read["meta"] == {"total": 50_000, "count": 50_000, "start": 0, "limit": 1_000_000}
    with work():
        assert list(counts.miscounted()) == []


def test_nobody_writes_in_another_users_name_but_a_manager(content):
    body = {"author": "BO", "track": "t", "tags": [DOG]}
    refused = (403, "That author is another user; only a manager may write in their name.")

    assert content.refused("POST", "/tags", body) == refused
    assert content.refused("POST", "/batches", body) == refused
    assert content.refused("POST", "/tags/upload?author=bo", {"t": []}) == refused
    assert content.send("POST", "/tags", {**body, "author": "ana"}).status_code == 200
    assert content.send("POST", "/tags", body, "mo").status_code == 200
    batch_id = content.get("/batches?author=BO")["batches"][0]["id"]
    assert content.refused("POST", "/tags", {"batch_id": batch_id, "tags": [DOG]}) == refused


def test_who_may_only_see_changes_nothing(content):
    [tag_id] = content.add(DOG)
    forbidden = (403, "You may not do that in this project.")

    assert content.refused("POST", "/tags", {"author": "a", "track": "t"}, "vera") == forbidden
    assert content.refused("PATCH", f"/tags/{tag_id}", {}, "vera") == forbidden
    assert content.refused("DELETE", f"/tags/{tag_id}", None, "vera") == forbidden
    assert content.refused("POST", "/tracks/t", None, "vera") == forbidden
    assert content.refused("DELETE", "/tracks/shots", None, "vera") == forbidden


def test_a_change_leaves_alone_what_was_not_sent(content):
    [tag_id] = content.add({**DOG, "source": "s", "frame_info": FRAME, "additional_info": {"a": 1}})
    before = content.get(f"/tags/{tag_id}")

    after = content.send("PATCH", f"/tags/{tag_id}", {"end_time": 1500, "unknown": 1}).json

    assert after == {**before, "end_time": 1500} == content.get(f"/tags/{tag_id}")


def test_a_change_can_take_away_the_box_and_what_came_along(content):
    [tag_id] = content.add({**DOG, "frame_info": FRAME, "additional_info": {"a": 1}})

    changes = {"frame_info": None, "additional_info": None}
    after = content.send("PATCH", f"/tags/{tag_id}", changes).json

    assert (after["frame_info"], after["additional_info"]) == (None, {})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"start_time": 3000}, "end_time: Must not be before the start."),
        ({"start_time": None}, "start_time: Field may not be null."),
        (
            {"tag": None, "end_time": 1.5},
            "end_time: Must be a whole number of milliseconds; tag: Field may not be null.",
        ),
        ({"start_time": 60_001, "end_time": 60_001}, "start_time: The file ends at 60 s."),
        (
            {"frame_info": {}},
            "frame_info.frame_idx: Missing data for required field; "
            "frame_info.box: Missing data for required field.",
        ),
    ],
)
def test_a_bad_change_is_refused_whole(changes, words, content):
    [tag_id] = content.add(DOG)
    before = content.get(f"/tags/{tag_id}")

    assert content.refused("PATCH", f"/tags/{tag_id}", changes) == (400, words)
    assert content.get(f"/tags/{tag_id}") == before


def made_elsewhere(work, make, content, **fields):
    with work():
        media_file = contents.get_content(SYSTEM, content.qid)
        tag_class = make.tag_class(media_file.project, "Robin")
        ana = users.get_user(SYSTEM, "ana").actor
        return make.tag(media_file, ana, tag_class_id=tag_class.id, **fields).id


def test_what_comes_back_as_it_was_shown_changes_nothing(content, work, make):
    exact = {"start_s": 1.00049, "end_s": 2.00051, "score": 0.5, "low_hz": 1.0, "high_hz": 2.0}
    tag_id = made_elsewhere(work, make, content, **exact, info={"a": 1})
    shown = content.get(f"/tags/{tag_id}")

    after = content.send("PATCH", f"/tags/{tag_id}", shown).json

    assert after == shown
    assert shown["additional_info"] == {"a": 1, "score": 0.5}
    with work():
        stored = tags.get_tag(SYSTEM, tag_id)
        assert (stored.version, stored.start_s, stored.end_s) == (1, 1.00049, 2.00051)
        assert stored.tag_class is not None
        assert stored.info == {"a": 1}


def test_another_text_takes_the_class_away_and_what_eluvio_cannot_say_stays(content, work, make):
    tag_id = made_elsewhere(work, make, content, low_hz=1.0, high_hz=2.0, channel=1)

    content.send("PATCH", f"/tags/{tag_id}", {"tag": "robin", "end_time": 1500})

    with work():
        stored = tags.get_tag(SYSTEM, tag_id)
        assert (stored.tag_class, stored.text, stored.end_s) == (None, "robin", 1.5)
        assert (stored.low_hz, stored.high_hz, stored.channel) == (1.0, 2.0, 1)


def test_a_tag_of_the_whole_file_lasts_from_0_to_the_end_and_stays_whole(content, work, make):
    tag_id = made_elsewhere(work, make, content, start_s=None, end_s=None)
    shown = content.get(f"/tags/{tag_id}")

    content.send("PATCH", f"/tags/{tag_id}", {"start_time": 0, "end_time": 60_000, "tag": "all"})

    assert (shown["start_time"], shown["end_time"]) == (0, 60_000)
    assert content.ids("?end_time_gte=60000") == [str(tag_id)]
    assert content.ids("?end_time_lte=59999") == []
    with work():
        assert tags.get_tag(SYSTEM, tag_id).start_s is None


def test_a_tag_is_deleted_by_who_made_it_or_a_manager(content):
    first, second = content.add(DOG, DOG)

    assert content.refused("DELETE", f"/tags/{first}", None, "bo")[0] == 403
    assert content.send("DELETE", f"/tags/{first}").status_code == 204
    assert content.send("DELETE", f"/tags/{second}", None, "mo").data == b""
    assert content.refused("GET", f"/tags/{first}") == (404, "No such tag.")


@pytest.mark.parametrize("number", ["0", "x", "99", "9" * 30, "1.0", "-1"])
def test_there_is_no_tag_of_a_number_that_is_none(number, content, work, make):
    with work():
        make.tag(make.media_file(contents.get_content(SYSTEM, content.qid).project))

    for method in ("GET", "PATCH", "DELETE"):
        assert content.refused(method, f"/tags/{number}") == (404, "No such tag.")


def test_a_tag_of_another_content_is_not_found_here(content, work, make):
    with work():
        elsewhere = make.tag(make.media_file(contents.get_content(SYSTEM, content.qid).project)).id

    assert content.refused("GET", f"/tags/{elsewhere}", None, "mo") == (404, "No such tag.")


def test_the_list_leaves_what_its_filters_say(content):
    a, b, c, d = content.add(
        tag(0, 1000, "Straße 100%"),
        tag(1000, 2000, "a_b", frame_info=FRAME),
        tag(1000, 3000, "AXB"),
        tag(2000, 2000, "dog"),
    )
    [other] = content.add(tag(5000, 5000, "other"), author="x", track="y")

    assert content.ids() == [a, b, c, d, other]
    assert content.ids("?start_time_gte=1000") == [b, c, d, other]
    assert content.ids("?start_time_gte=1001") == [d, other]
    assert content.ids("?start_time_lte=1000") == [a, b, c]
    assert content.ids("?start_time_lte=999") == [a]
    assert content.ids("?end_time_gte=2000&end_time_lte=3000") == [b, c, d]
    assert content.ids("?end_time_gte=2001&start_time_lte=1000") == [c]
    assert content.ids("?start_time_lte=-1") == []
    assert content.ids("?track=y&author=x") == [other]
    assert content.ids("?track=y&author=tagger") == []
    assert content.ids("?text_contains=STRASSE") == [a]
    assert content.ids("?text_contains=%25") == [a]
    assert content.ids("?text_contains=a_b") == [b]
    assert content.ids("?has_frame_info=true") == [b]
    assert content.ids("?has_frame_info=false") == [a, c, d, other]
    assert (
        content.ids("?batch_id=77") == content.ids("?batch_id=x") == content.ids("?batch_id=") == []
    )


def test_a_text_is_found_by_the_label_of_its_class(content, work, make):
    tag_id = made_elsewhere(work, make, content)

    assert content.ids("?text_contains=OBI") == [str(tag_id)]


def test_a_page_says_how_many_there_are_in_all(content):
    ids = content.add(*[tag(n) for n in range(5)])

    page = content.get("/tags?start=1&limit=2")
    beyond = content.get("/tags?start=9&limit=2&start_time_gte=1")
    none = content.get("/tags?limit=0")

    assert [each["id"] for each in page["tags"]] == ids[1:3]
    assert page["meta"] == {"total": 5, "count": 2, "start": 1, "limit": 2}
    assert beyond == {"tags": [], "meta": {"total": 4, "count": 0, "start": 9, "limit": 2}}
    assert none == {"tags": [], "meta": {"total": 5, "count": 0, "start": 0, "limit": 0}}
    assert content.get("/tags?start=999999999999999999")["meta"]["total"] == 5


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("start=-1&limit=1000001", "start: Must be 0 or more; limit: Must be 0 to 1000000."),
        (
            "limit=ten&start_time_gte=5.5",
            "start_time_gte: Must be a whole number; limit: Must be a whole number.",
        ),
        ("end_time_lte=", "end_time_lte: Must be a whole number."),
        ("has_frame_info=maybe", "has_frame_info: Must be true or false."),
        ("track=%00", "The query must not contain NUL."),
        (f"text_contains={'x' * 1001}", "text_contains: Must have at most 1000 characters."),
    ],
)
def test_a_list_asked_for_wrongly_is_refused(query, words, content):
    assert content.refused("GET", f"/tags?{query}") == (400, words)


def test_a_new_batch_clears_and_sources_written_again_hide_the_old(content):
    old = content.add(tag(1, source="a"), tag(2, source="b"))
    begun = content.send("POST", "/batches", {"author": "tagger", "track": "shots"}).json[
        "batch_id"
    ]

    assert content.ids() == []

    new = content.add(tag(3, source="a"))

    assert content.ids() == [old[1], *new]

    content.send("DELETE", f"/tags/{new[0]}")

    assert content.ids() == [old[1]]

    content.send("DELETE", f"/batches/{begun}")

    assert content.ids() == old
    content.add(tag(4))
    assert len(content.ids()) == 3


def test_the_content_says_when_its_tags_last_changed(content, work, make):
    def touch(*qids):
        """Put a tag on this content if it is named, and on as many more as are missing to two."""
        with work():
            project = projects.get_project(SYSTEM, "frogs")
            files = [contents.get_content(SYSTEM, qid) for qid in qids]
            files += [make.media_file(project) for _ in range(2 - len(files))]
            tags.add_tags(SYSTEM, project, [make.draft(each) for each in files])

    never = content.get("/content")
    content.add(DOG)
    first = content.get("/content")["last_tag_update"]
    touch(content.qid)
    by_bulk = content.get("/content")["last_tag_update"]
    touch()
    elsewhere = content.get("/content")["last_tag_update"]

    assert never == {"qid": content.qid, "last_tag_update": None}
    assert first < by_bulk == elsewhere
    assert first.endswith("Z")


def test_a_body_in_which_numbers_are_none_is_refused(content):
    for number in ("NaN", "1e999", "-Infinity"):
        text = json.dumps({"author": "a", "track": "t", "tags": [DOG]}).replace("1000", number)

        assert content.refused("POST", "/tags", text.encode())[0] == 400
