"""Tags over our own API: bodies to the letter, versions, patches, windows, pages, densities."""

import re
import uuid

import pytest
from sqlalchemy import select

from tagstore.db import db
from tagstore.models import Event, MediaFile, Project, Tag
from tagstore.services import tags, users
from tagstore.values import SYSTEM

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@pytest.fixture
def media_id(api, work, make):
    """A recording of 64 seconds in the project frogs."""
    with work():
        project = db.session.get_one(Project, api.project_id)
        return make.media_file(project, duration_s=64.0, sample_rate=48000, channels=2).id


@pytest.fixture
def class_id(api, media_id):
    return api.post("/tag-classes", {"project": "frogs", "identifier": "wren"}).json["id"]


def draft(media_id, **fields):
    words = {} if fields.keys() & {"class_id", "class"} else {"text": "wren"}
    return {"media_id": media_id, "tag_set": "survey", "start_s": 1, "end_s": 2, **words, **fields}


def add(api, media_id, who="ana", **fields):
    answer = api.post("/tags", draft(media_id, **fields), who)
    assert answer.status_code == 201
    return answer.json


# Made and shown


def test_a_tag_is_made_and_shown_to_the_letter(api, media_id, class_id):
    made = api.post(
        "/tags",
        draft(
            media_id,
            **{"class": "wren"},
            start_s=1.25,
            end_s=70,
            low_hz=2000,
            high_hz=8000.5,
            channel=2,
            score=0.75,
            kind=3,
            source="birdnet",
            machine_tagged=True,
            info={"b": 1, "a": [None, 1.5, "x"]},
            external_id="row 7",
            comment="faint",
            status="proposed",
        ),
        "ana",
    )

    said = made.json
    times = [said.pop("created_at"), said.pop("updated_at")]
    assert [bool(TIME.fullmatch(each)) for each in times] == [True, True]
    assert uuid.UUID(said.pop("track_id")).version == 4
    assert said == {
        "id": 1,
        "media_id": media_id,
        "tag_set_id": 1,
        "batch_id": 1,
        "class_id": class_id,
        "text": None,
        "start_s": 1.25,
        "end_s": 64.0,
        "low_hz": 2000.0,
        "high_hz": 8000.5,
        "channel": 2,
        "frame_info": None,
        "score": 0.75,
        "kind": 3,
        "source": "birdnet",
        "parent_id": None,
        "machine_tagged": True,
        "user_tagged": False,
        "randomly_chosen": False,
        "info": {"b": 1, "a": [None, 1.5, "x"]},
        "external_id": "row 7",
        "comment": "faint",
        "status": "proposed",
        "author": "ana",
        "created_by": "ana",
        "updated_by": "ana",
        "version": 1,
        "url": "/tag/1",
    }
    assert made.status_code == 201
    assert (made.headers["ETag"], made.headers["Location"]) == ('"1"', "/api/v1/tags/1")
    shown = api.get("/tags/1", "vera")
    assert (shown.status_code, shown.data, shown.headers["ETag"]) == (200, made.data, '"1"')


def test_a_document_keeps_the_order_of_its_keys(api, media_id):
    add(api, media_id)
    address = "/api/v1/tags/1"
    headers = {"Authorization": f"Bearer {api.tokens['ana']}", "Content-Type": "application/json"}

    api.client.patch(address, data=b'{"info": {"b": 1, "a": {"z": 1, "y": 2}}}', headers=headers)

    assert b'"info":{"b":1,"a":{"z":1,"y":2}}' in api.get("/tags/1").data


def test_a_tag_may_be_put_on_a_file_by_its_qid_and_in_a_set_by_its_number(api, work, media_id):
    with work():
        qid = db.session.get_one(MediaFile, media_id).qid
    first = add(api, media_id)

    body = {"media_id": qid, "tag_set_id": first["tag_set_id"], "text": "x"}
    second = api.post("/tags", body, "ana")

    assert second.status_code == 201
    assert (second.json["media_id"], second.json["start_s"], second.json["end_s"]) == (
        media_id,
        None,
        None,
    )


FAULTS = [
    ({"media_id": None}, ["/media_id"]),
    ({"media_id": 1.5}, ["/media_id"]),
    ({"media_id": True}, ["/media_id"]),
    ({"tag_set": ""}, ["/tag_set"]),
    ({"tag_set_id": 1}, ["/tag_set_id"]),
    ({"text": None}, ["/class_id"]),
    ({"class": "wren"}, ["/class_id"]),
    ({"class_id": 99, "text": None}, ["/class_id"]),
    ({"class": "tit", "text": None}, ["/class"]),
    ({"start_s": "1"}, ["/start_s"]),
    ({"start_s": True}, ["/start_s"]),
    ({"start_s": -1, "low_hz": -1}, ["/low_hz", "/start_s"]),
    ({"start_s": 3}, ["/end_s"]),
    ({"start_s": 65, "end_s": 66}, ["/start_s"]),
    ({"end_s": None}, ["/end_s"]),
    ({"low_hz": 2, "high_hz": 1}, ["/high_hz"]),
    ({"channel": 0}, ["/channel"]),
    ({"channel": 1.5}, ["/channel"]),
    ({"kind": 2**63}, ["/kind"]),
    ({"kind": -1}, ["/kind"]),
    ({"score": "high"}, ["/score"]),
    ({"status": "maybe"}, ["/status"]),
    ({"info": []}, ["/info"]),
    ({"frame_info": "x"}, ["/frame_info"]),
    ({"machine_tagged": 1}, ["/machine_tagged"]),
    ({"text": ""}, ["/text"]),
    ({"text": "x" * 10_001}, ["/text"]),
    ({"external_id": ""}, ["/external_id"]),
    ({"source": "x" * 256}, ["/source"]),
    ({"parent_id": 99}, ["/parent_id"]),
    ({"colour": "red", "id": 7}, ["/colour", "/id"]),
]


def test_every_fault_is_named_where_it_stands_and_nothing_is_stored(api, work, media_id):
    found = []
    for change, _ in FAULTS:
        body = {k: v for k, v in (draft(media_id) | change).items() if (k, v) != ("text", None)}
        found.append((change, sorted(api.faults(api.post("/tags", body)))))

    assert found == FAULTS
    with work():
        assert db.session.scalars(select(Tag)).all() == []
        assert db.session.scalars(select(Event).where(Event.kind == "tag_set.added")).all() == []


def test_an_integer_may_be_written_with_a_point(api, media_id):
    body = draft(float(media_id), channel=2.0, kind=3.0)

    made = api.post("/tags", body).json

    assert (made["media_id"], made["channel"], made["kind"]) == (media_id, 2, 3)
    assert {type(made[name]) for name in ("media_id", "channel", "kind")} == {int}


def test_all_rules_between_fields_that_are_broken_are_told_at_once(api, media_id):
    answer = api.post("/tags", {"media_id": media_id, "text": "a", "class": "b", "start_s": 1})

    assert api.faults(answer) == {
        "/tag_set_id": "Give tag_set_id or tag_set, one of them.",
        "/class_id": "Give class_id, class or text, one of them.",
        "/end_s": "A tag has both times, or neither.",
    }


def test_who_may_not_tag_is_told_so_and_who_may_not_see_is_told_nothing(api, media_id):
    answers = [api.post("/tags", draft(media_id), who) for who in ("vera", "otto", "")]
    unknown = api.post("/tags", draft(99))

    assert [each.status_code for each in (*answers, unknown)] == [403, 404, 401, 404]


def test_an_external_id_is_taken_once_in_a_tag_set(api, media_id):
    first = add(api, media_id, external_id="row 7")
    other = add(api, media_id, external_id="row 7", tag_set="other")
    third = add(api, media_id, external_id="row 8")

    made = api.post("/tags", draft(media_id, external_id="row 7"))
    changed = api.patch(f"/tags/{third['id']}", {"external_id": "row 7"})
    moved = api.patch(f"/tags/{other['id']}", {"tag_set_id": first["tag_set_id"]})
    api.delete(f"/tags/{first['id']}")
    freed = api.patch(f"/tags/{third['id']}", {"external_id": "row 7"})
    restored = api.post(f"/tags/{first['id']}/restore")

    answers = (made, changed, moved, freed, restored)
    assert [each.status_code for each in answers] == [409, 409, 409, 200, 409]
    assert made.json["errors"] == [
        {"pointer": "/external_id", "code": "error", "detail": "is taken"}
    ]


# Changed


def test_a_patch_changes_what_it_names_and_null_clears(api, media_id):
    tag = add(api, media_id, comment="faint", score=0.5, low_hz=10, high_hz=20)

    changed = api.patch("/tags/1", {"end_s": 3, "comment": None, "high_hz": None}, "bo")

    named = [changed.json[field] for field in ("end_s", "comment", "high_hz")]
    others = [changed.json[field] for field in ("score", "low_hz", "created_by")]
    assert (named, others) == ([3.0, None, None], [0.5, 10.0, "ana"])
    assert (changed.json["version"], changed.json["updated_by"]) == (2, "bo")
    assert changed.headers["ETag"] == '"2"'
    assert changed.json["created_at"] == tag["created_at"]


def test_a_patch_reaches_into_documents(api, media_id):
    add(api, media_id, info={"a": 1, "b": {"c": 2, "d": 3}}, frame_info={"x": 0.1, "y": 0.2})

    patch = {"info": {"a": None, "b": {"c": 4}, "e": []}, "frame_info": {"x": 1}}
    first = api.patch("/tags/1", patch)
    second = api.patch("/tags/1", {"info": None, "frame_info": None})

    assert (first.json["info"], first.json["frame_info"]) == (
        {"b": {"c": 4, "d": 3}, "e": []},
        {"x": 1, "y": 0.2},
    )
    assert (second.json["info"], second.json["frame_info"]) == ({}, None)


def test_a_class_takes_the_texts_place_and_the_other_way_round(api, media_id, class_id):
    add(api, media_id)

    by_class = api.patch("/tags/1", {"class_id": class_id}).json
    by_text = api.patch("/tags/1", {"text": "tit"}).json

    assert (by_class["class_id"], by_class["text"]) == (class_id, None)
    assert (by_text["class_id"], by_text["text"]) == (None, "tit")


def test_a_change_that_changes_nothing_makes_no_version(api, media_id):
    add(api, media_id)

    same = api.patch("/tags/1", {"end_s": 2, "text": "wren"})

    assert (same.status_code, same.json["version"]) == (200, 1)


@pytest.mark.parametrize(
    ("seen", "status"),
    [('"1"', 412), ('"2"', 200), ("2", 200), ("*", 200), ('W/"2"', 412), ('"x"', 412)],
)
def test_only_who_saw_the_newest_version_changes_it(api, media_id, seen, status):
    add(api, media_id)
    api.patch("/tags/1", {"comment": "first"})

    changed = api.patch("/tags/1", {"comment": "second"}, If_Match=seen)

    now = api.get("/tags/1").json
    assert changed.status_code == status
    assert now["comment"] == ("second" if status == 200 else "first")
    assert changed.json.get("current") == (now if status == 412 else None)


@pytest.mark.parametrize("seen", ["", "x", '"1', '"1", "2"', "W/1", '"é"'])
def test_an_etag_that_is_none_is_malformed(api, media_id, seen):
    add(api, media_id)

    changed = api.patch("/tags/1", {"comment": "second"}, If_Match=seen)

    assert (changed.status_code, changed.json["title"]) == (400, "Malformed request")
    assert api.get("/tags/1").json["version"] == 1


def test_a_stale_deletion_is_refused_too(api, media_id):
    add(api, media_id)
    api.patch("/tags/1", {"comment": "first"})

    stale = api.delete("/tags/1", If_Match='"1"')
    fresh = api.delete("/tags/1", If_Match='"2"')

    assert (stale.status_code, fresh.status_code, fresh.data) == (412, 204, b"")


def test_a_tag_cannot_descend_from_itself(api, media_id):
    first, second, third = (add(api, media_id)["id"] for _ in range(3))
    api.patch(f"/tags/{second}", {"parent_id": first})
    api.patch(f"/tags/{third}", {"parent_id": second})

    refused = [api.patch(f"/tags/{first}", {"parent_id": each}) for each in (first, third)]

    assert [list(api.faults(each)) for each in refused] == [["/parent_id"]] * 2


def test_a_tag_moves_to_another_set_with_its_track_and_its_count(api, media_id):
    first, second = add(api, media_id), add(api, media_id, tag_set="other")
    elsewhere = api.post("/tag-sets", {"project": "birds", "name": "x"}, "otto").json["id"]

    moved = api.patch("/tags/1", {"tag_set_id": second["tag_set_id"]}).json
    refused = api.patch("/tags/1", {"tag_set_id": elsewhere})

    assert (moved["track_id"], moved["batch_id"]) == (second["track_id"], second["batch_id"])
    assert list(api.faults(refused)) == ["/tag_set_id"]
    tracks = api.get(f"/media/{media_id}/tracks").json["items"]
    assert {each["id"]: each["tags"] for each in tracks} == {
        first["track_id"]: 0,
        second["track_id"]: 2,
    }


def test_a_deleted_tag_is_gone_until_it_is_restored(api, media_id):
    add(api, media_id)

    forbidden = api.delete("/tags/1", "bo")
    deleted = api.delete("/tags/1", "ana")
    gone = [api.get("/tags/1"), api.patch("/tags/1", {"comment": "x"}), api.delete("/tags/1")]
    restored = api.post("/tags/1/restore", who="ana")

    assert (forbidden.status_code, deleted.status_code) == (403, 204)
    assert [each.status_code for each in gone] == [404, 404, 404]
    assert (restored.status_code, restored.json["id"], restored.json["version"]) == (200, 1, 3)
    assert restored.json["updated_by"] == "ana"


def test_a_tag_of_a_deleted_file_or_set_is_not_there(api, work, media_id):
    add(api, media_id)
    add(api, media_id, tag_set="other")

    api.delete("/tag-sets/1")
    statuses = [api.get("/tags/1").status_code, api.get("/tags/2").status_code]
    api.delete(f"/media/{media_id}")
    statuses += [api.get("/tags/2").status_code, api.post("/tags/2/restore").status_code]

    assert statuses == [404, 200, 404, 404]


# Listed


@pytest.fixture
def many(api, work, make, media_id):
    """Tags of one second at 0, 1, 2 … 9 seconds; returns their numbers."""
    with work():
        media_file = db.session.get_one(MediaFile, media_id)
        drafts = [
            make.draft(
                media_file,
                start_s=float(s),
                end_s=float(s + 1),
                low_hz=1000.0 * s,
                high_hz=1000.0 * s + 500,
                score=s / 10,
                status="accepted" if s % 2 else "proposed",
                text=f"Wren {s}",
            )
            for s in range(10)
        ]
        ana = users.get_user(SYSTEM, "ana").actor
        return tags.add_tags(ana, media_file.project, drafts).ids


FILTERED = [
    ("", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ("start_s=3&end_s=5", [3, 4]),
    ("start_s=3.5&end_s=3.5", [3]),
    ("start_s=8", [8, 9]),
    ("end_s=2", [0, 1]),
    ("end_s=0", []),
    ("start_s=-5&end_s=1", [0]),
    ("start_s=999999999999", []),
    ("low_hz=7000", [7, 8, 9]),
    ("high_hz=1000", [0]),
    ("score_gte=0.8", [8, 9]),
    ("status=accepted&end_s=4", [1, 3]),
    ("q=WREN%207", [7]),
    ("author=ana&start_s=9", [9]),
    ("author=bo", []),
    ("class=1", []),
    ("tag_set=1&start_s=9", [9]),
    ("batch=1&start_s=9", [9]),
    ("batch=2", []),
    ("track=00000000-0000-4000-8000-000000000000", []),
]


def test_the_filters_of_a_window_leave_exactly_what_they_say(api, media_id, many):
    found = []
    for query, _ in FILTERED:
        answer = api.get(f"/media/{media_id}/tags?{query}").json
        assert answer["total"] == len(answer["items"])
        found.append((query, [many.index(each["id"]) for each in answer["items"]]))

    assert found == FILTERED


def test_a_project_takes_the_same_filters(api, many):
    found = []
    for query, _ in FILTERED:
        answer = api.get(f"/tags?project=frogs&{query}").json
        found.append((query, [many.index(each["id"]) for each in answer["items"]]))

    assert found == FILTERED


def test_a_file_is_searched_for_parts_and_a_project_for_beginnings(api, media_id, many):
    def found(path, words):
        answer = api.get(f"{path}q={words}").json
        return [many.index(each["id"]) for each in answer["items"]], answer["total"]

    every = (list(range(10)), 10)
    paths = (f"/media/{media_id}/tags?", "/tags?project=frogs&")
    assert [found(path, "ren") for path in paths] == [every, ([], 0)]
    assert [found(path, "wr") for path in paths] == [every, every]
    assert [found(path, "7%20wren") for path in paths] == [([], 0), ([7], 1)]


def test_too_many_words_to_search_for_are_a_fault(api, many):
    words = "+".join(map(str, range(51)))

    answer = api.get(f"/tags?project=frogs&q={words}")

    assert (answer.status_code, api.faults(answer)) == (
        422,
        {"/q": "must have at most 50 words"},
    )


def test_a_track_is_named_by_its_uuid(api, media_id, many):
    track = api.get(f"/tags/{many[0]}").json["track_id"]

    by_track = api.get(f"/media/{media_id}/tags?track={track}").json
    in_capitals = api.get(f"/media/{media_id}/tags?track={track.upper()}&limit=1").json

    assert (by_track["total"], in_capitals["total"]) == (10, 10)


SENSELESS = [
    "start_s=x", "start_s=1e3", "start_s= 5", "start_s=1_0", "start_s=٣", "start_s=",
    "start_s=nan", "start_s=%2B5", "end_s=9999999999999", "low_hz=inf", "limit=0", "limit=5001",
    "limit=10.0", "limit=١", "tag_set=99999999999999999999", "tag_set=x", "track=x",
    "track=not-a-uuid", "status=maybe", "cursor=!", "cursor=AAAA", "cursor=WzEsMiwzXQ",
    "cursor=WyJhIiwiYiJd", "cursor=WzEsMTg0NDY3NDQwNzM3MDk1NTE2MDBd", "colour=red",
    "start_s=1&start_s=2",
]  # fmt: skip


def test_a_parameter_that_makes_no_sense_is_named(api, media_id, many):
    for path in (f"/media/{media_id}/tags?", "/tags?project=frogs&"):
        blamed = [list(api.faults(api.get(path + query))) for query in SENSELESS]

        assert blamed == [[f"/{query.split('=')[0]}"] for query in SENSELESS]


def test_pages_follow_each_other_by_cursor_and_by_link(api, media_id, many):
    for path in (f"/media/{media_id}/tags", "/tags?project=frogs"):
        seen, totals = [], []
        address = f"{path}{'&' if '?' in path else '?'}limit=4&q=wren%20"
        while address:
            page = api.get(address)
            seen += [each["id"] for each in page.json["items"]]
            totals.append(page.json["total"])
            link = page.headers.get("Link", "")
            assert (page.json["next"] is None) == (link == "")
            address = link and link.split(">")[0].removeprefix("</api/v1")

        assert (seen, totals) == (many, [10, 10, 10])


def test_a_link_holds_whatever_was_asked(api, media_id, many):
    odd = "%0A%22%3E%26wren%25%C3%A9"
    page = api.get(f"/media/{media_id}/tags?limit=1&q=wren%20&author=ana")
    none = api.get(f"/media/{media_id}/tags?limit=1&q={odd}")

    assert page.headers["Link"] == (
        f"</api/v1/media/{media_id}/tags?limit=1&q=wren+&author=ana&cursor={page.json['next']}>; "
        'rel="next"'
    )
    assert (none.status_code, none.json["items"]) == (200, [])


@pytest.mark.parametrize("path", ["/media/{}/tags", "/tags?project=frogs"])
def test_more_rows_cost_no_more_statements(api, work, make, media_id, statements, path):
    path = path.format(media_id)
    costs = []
    for count in (1, 2, 47):
        with work():
            media_file = db.session.get_one(MediaFile, media_id)
            for _ in range(count):
                make.tag(media_file, users.get_user(SYSTEM, "ana").actor)
        costs.append(statements(lambda: api.get(path)))

    assert len(set(costs)) == 1
    assert api.get(path).json["total"] == 50


def test_a_list_of_a_project_needs_a_project_that_one_sees(api, many):
    assert list(api.faults(api.get("/tags"))) == ["/project"]
    assert api.get("/tags?project=frogs", "otto").status_code == 404
    assert api.get("/tags?project=nothing").status_code == 404


# Densities


def density(api, media_id, query=""):
    return api.get(f"/media/{media_id}/tags/density?{query}")


def test_a_density_counts_by_class_and_stretch(api, media_id, many, class_id):
    add(api, media_id, class_id=class_id, start_s=33, end_s=34)

    assert density(api, media_id, "bins=4").json == {
        "start_s": 0.0,
        "end_s": 64.0,
        "bins": 4,
        "total": 11,
        "counts": [
            {"class_id": None, "counts": [10, 0, 0, 0]},
            {"class_id": class_id, "counts": [0, 0, 1, 0]},
        ],
    }


@pytest.mark.parametrize(
    ("query", "counts"),
    [
        ("start_s=0&end_s=10&bins=10", [1] * 10),
        ("start_s=2&end_s=4&bins=2", [1, 1]),
        ("start_s=2.5&end_s=4.5&bins=1", [2]),
        ("start_s=0&end_s=1&bins=4", [1, 0, 0, 0]),
        ("start_s=-10&end_s=10&bins=2", [0, 10]),
        ("start_s=0&end_s=999999999999&bins=1", [10]),
        ("start_s=9&end_s=9.000001&bins=1", [1]),
    ],
)
def test_a_density_is_right_at_its_edges(api, media_id, many, query, counts):
    assert density(api, media_id, query).json["counts"] == [{"class_id": None, "counts": counts}]


@pytest.mark.parametrize(
    ("query", "blamed"),
    [
        ("bins=0", "/bins"),
        ("bins=4097", "/bins"),
        ("start_s=5&end_s=5", "/end_s"),
        ("start_s=65", "/end_s"),
        ("end_s=9999999999999", "/end_s"),
        ("class=1", "/class"),
    ],
)
def test_a_density_that_makes_no_sense_is_refused(api, media_id, query, blamed):
    assert list(api.faults(density(api, media_id, query))) == [blamed]


def test_densities_cost_the_same_whatever_there_is(api, work, make, media_id, statements):
    costs = []
    for count in (1, 2, 47):
        with work():
            media_file = db.session.get_one(MediaFile, media_id)
            for number in range(count):
                make.tag(media_file, start_s=float(number), end_s=float(number + 1))
        costs.append(statements(lambda: density(api, media_id)))

    assert len(set(costs)) == 1


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("start_s", [3, 1, 2, 4]),
        ("-start_s", [4, 2, 1, 3]),
        ("created_at", [1, 2, 3, 4]),
        ("-created_at", [4, 3, 2, 1]),
        ("score", [2, 4, 3, 1]),
        ("-score", [1, 3, 4, 2]),
    ],
)
def test_the_tags_of_a_file_come_in_the_order_that_is_asked_for(api, media_id, sort, order):
    for start_s, score in ((2, 0.9), (3, None), (1, 0.5), (4, -2.0)):
        add(api, media_id, start_s=start_s, end_s=start_s + 1, score=score)
    address = f"/media/{media_id}/tags?sort={sort}"

    whole = api.get(address).json
    pages, cursor = [], ""
    while cursor is not None:
        pages.append(api.get(f"{address}&limit=1{cursor}").json)
        cursor = pages[-1]["next"] and f"&cursor={pages[-1]['next']}"

    assert [each["id"] for each in whole["items"]] == order
    assert [each["id"] for page in pages for each in page["items"]] == order
    assert {page["total"] for page in pages} == {whole["total"]} == {4}
    assert list(api.faults(api.get(f"/media/{media_id}/tags?sort=name"))) == ["/sort"]
    assert list(api.faults(api.get(f"{address}&cursor=W10"))) == ["/cursor"]


def test_a_window_is_sorted_too(api, media_id):
    for start_s in (1, 2, 3, 4):
        add(api, media_id, start_s=start_s, end_s=start_s + 1)

    found = api.get(f"/media/{media_id}/tags?start_s=2.5&end_s=4&sort=-start_s&author=ana").json

    assert [each["start_s"] for each in found["items"]] == [3, 2]
