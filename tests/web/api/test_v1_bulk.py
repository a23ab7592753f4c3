"""Many tags at once over our own API: made, sent again, changed and deleted, all or none."""

import json

import pytest
from sqlalchemy import func, select

from tagstore.db import db
from tagstore.models import Event, MediaFile, Project, Tag, TagSet
from tagstore.services import counts, projects, users, windows
from tagstore.services.bulk import choosing, namings
from tagstore.services.tag_words import keeping
from tagstore.values import SYSTEM, Role
from tagstore.web.api.v1 import lists, problems

CLEAN = {"updated": 0, "skipped": 0}


@pytest.fixture
def media_id(api, work, make):
    """A recording of 64 seconds in the project frogs."""
    with work():
        project = db.session.get_one(Project, api.project_id)
        return make.media_file(project, duration_s=64.0).id


@pytest.fixture
def class_id(api, media_id):
    return api.post("/tag-classes", {"project": "frogs", "identifier": "wren"}).json["id"]


@pytest.fixture
def item(media_id):
    """Word a tag of one second, which a field may change and `None` takes out."""

    def draft(number=1, **fields):
        words = {} if fields.keys() & {"class", "class_id"} else {"text": "wren"}
        given = {"media_id": media_id, "tag_set": "survey", **words, "external_id": f"row {number}"}
        span = {"start_s": number, "end_s": number + 1}
        return {k: v for k, v in {**given, **span, **fields}.items() if v is not ...}

    return draft


@pytest.fixture
def bulk(api):
    """Post items as a JSON list."""

    def post(*items, who="ana", **options):
        query = "&".join(f"{name}={value}" for name, value in options.items())
        return api.post(f"/tags/bulk?{query}".rstrip("?"), list(items), who)

    return post


@pytest.fixture
def lines(api):
    """Post text as lines of JSON."""

    def post(data, who="ana", query=""):
        headers = {
            "Authorization": f"Bearer {api.tokens[who]}",
            "Content-Type": "application/x-ndjson",
        }
        data = data.encode() if isinstance(data, str) else data
        return api.client.post(f"/api/v1/tags/bulk{query}", data=data, headers=headers)

    return post


@pytest.fixture
def well(work):
    """Fail a test that leaves wrong counts behind."""
    yield
    with work():
        assert list(counts.miscounted()) == []


pytestmark = pytest.mark.usefixtures("well")


def stored(*fields):
    columns = [getattr(Tag, field) for field in fields]
    query = select(*columns).where(Tag.deleted_at.is_(None)).order_by(Tag.id)
    return [row[0] if len(fields) == 1 else tuple(row) for row in db.session.execute(query)]


def events(kind):
    return db.session.scalars(select(Event).where(Event.kind == kind).order_by(Event.seq)).all()


def faults(answer):
    return [(each["pointer"], each["code"]) for each in answer.json["errors"]]


# Made


def test_tags_are_found_by_the_words_that_they_were_last_given(bulk, item, api, work):
    def found(words):
        answer = api.get(f"/tags?project=frogs&q={words}").json
        return [each["external_id"] for each in answer["items"]]

    bulk(item(1, text="red wren"), item(2, text="red robin"))
    bulk(item(1, text="blue wren"), item(3, text="red owl"), on_duplicate="update")
    bulk(item(2, text="grey robin"), on_duplicate="skip")

    listed = [found(words) for words in ("red", "blue", "wr", "grey", "red+ow")]
    assert listed == [["row 2", "row 3"], ["row 1"], ["row 1"], [], ["row 3"]]
    with work():
        assert list(keeping.misworded()) == []


def test_many_tags_are_made_and_answered_in_their_order(bulk, item, api, work):
    answer = bulk(item(3), item(1, external_id=...), item(2))

    assert answer.status_code == 200
    assert answer.json == {
        "created": 3,
        **CLEAN,
        "batch_ids": [1],
        "results": [
            {"index": 0, "status": "created", "id": 1, "external_id": "row 3"},
            {"index": 1, "status": "created", "id": 2, "external_id": None},
            {"index": 2, "status": "created", "id": 3, "external_id": "row 2"},
        ],
    }
    with work():
        assert stored("id", "start_s", "version") == [(1, 3.0, 1), (2, 1.0, 1), (3, 2.0, 1)]
        told = [(each.after["ids"], each.actor_name) for each in events("tag.added")]
        assert told == [([1, 2, 3], "ana")]


def test_a_tag_of_a_list_is_what_it_would_be_alone(bulk, item, api, class_id):
    rich = item(
        **{"class": "wren"},
        end_s=70,
        low_hz=2000,
        high_hz=8000.5,
        channel=2,
        score=0.75,
        kind=3,
        source="birdnet",
        machine_tagged=True,
        info={"b": 1, "a": [None, 1.5, "x"]},
        frame_info={"x": 0.5},
        comment="schön 🐦",
        status="proposed",
    )
    alone = api.post("/tags", {**rich, "external_id": "alone"}, "ana").json

    number = bulk(rich).json["results"][0]["id"]

    listed = api.get(f"/tags/{number}").json
    own = {"id", "url", "external_id", "created_at", "updated_at"}
    assert listed.keys() == alone.keys()
    assert {k: v for k, v in listed.items() if k not in own} == {
        k: v for k, v in alone.items() if k not in own
    }
    assert (listed["end_s"], listed["class_id"]) == (64.0, class_id)


def test_a_list_may_name_things_in_every_way(bulk, item, api, work, make, class_id):
    with work():
        project = db.session.get_one(Project, api.project_id)
        other = make.media_file(project)
        tag_set_id, numbers = make.tag_set(project, "other").id, (other.id, other.qid)

    answer = bulk(
        item(1, media_id=numbers[0], **{"class": "wren"}),
        item(2, media_id=numbers[1], class_id=class_id),
        item(3, tag_set=..., tag_set_id=tag_set_id, text="tit"),
        item(4, start_s=None, end_s=None),
        item(5, start_s=..., end_s=...),
    )

    assert answer.json["created"] == 5
    with work():
        made = stored("media_file_id", "tag_class_id", "text", "start_s")
        assert [row[0] == numbers[0] for row in made] == [True, True, False, False, False]
        assert [row[1:] for row in made] == [
            (class_id, None, 1.0),
            (class_id, None, 2.0),
            (None, "tit", 3.0),
            (None, "wren", None),
            (None, "wren", None),
        ]
        names = db.session.scalars(select(TagSet.name).order_by(TagSet.id)).all()
        assert names == ["other", "survey"]
        ids = [each.after["media_file_ids"] for each in events("tag.added")]
        assert ids == [sorted({row[0] for row in made})]


def test_a_list_may_concern_several_projects(bulk, item, api, work, make):
    with work():
        project = make.project("bats")
        for name in ("ana", "bo"):
            projects.grant(SYSTEM, project, name, Role.ANNOTATOR)
        media_id = make.media_file(project).id

    answer = bulk(item(1), item(2, media_id=media_id), item(3))

    assert (answer.status_code, answer.json["batch_ids"]) == (200, [1, 2])
    assert [each["id"] for each in answer.json["results"]] == [1, 3, 2]
    with work():
        assert [each.after["ids"] for each in events("tag.added")] == [[1, 2], [3]]
        assert db.session.scalar(select(func.count()).select_from(TagSet)) == 2


def test_an_empty_list_makes_nothing(bulk, lines, work):
    answers = [bulk(), lines(""), lines("\n \r\n")]

    nothing = {"created": 0, **CLEAN, "batch_ids": [], "results": []}
    assert [(each.status_code, each.json) for each in answers] == [(200, nothing)] * 3
    with work():
        assert db.session.scalars(select(Event).where(Event.kind.startswith("tag."))).all() == []


def test_lines_may_end_and_be_blank_as_they_like(lines, item):
    data = "\n" + json.dumps(item(1)) + "\r\n   \n" + json.dumps(item(2))

    assert lines(data).json["created"] == 2


# Refused


FAULTS = [
    ({"media_id": None}, ["/1/media_id"]),
    ({"media_id": 1.5}, ["/1/media_id"]),
    ({"media_id": True}, ["/1/media_id"]),
    ({"media_id": 99}, ["/1/media_id"]),
    ({"media_id": 2**64 - 1}, ["/1/media_id"]),
    ({"media_id": "iq__nobody"}, ["/1/media_id"]),
    ({"media_id": ...}, ["/1/media_id"]),
    ({"tag_set": ""}, ["/1/tag_set"]),
    ({"tag_set": "  "}, ["/1/tag_set"]),
    ({"tag_set": None}, ["/1/tag_set"]),
    ({"tag_set": ...}, ["/1/tag_set_id"]),
    ({"tag_set_id": 1}, ["/1/tag_set_id"]),
    ({"tag_set": ..., "tag_set_id": 99}, ["/1/tag_set_id"]),
    ({"text": None}, ["/1/class_id"]),
    ({"text": "x", "class_id": 1}, ["/1/class_id"]),
    ({"class": "tit"}, ["/1/class"]),
    ({"class_id": 99}, ["/1/class_id"]),
    ({"start_s": "1"}, ["/1/start_s"]),
    ({"start_s": True}, ["/1/start_s"]),
    ({"start_s": -1, "low_hz": -1}, ["/1/start_s", "/1/low_hz"]),
    ({"start_s": 5}, ["/1/end_s"]),
    ({"start_s": 65, "end_s": 66}, ["/1/start_s"]),
    ({"end_s": None}, ["/1/end_s"]),
    ({"low_hz": 2, "high_hz": 1}, ["/1/high_hz"]),
    ({"channel": 0}, ["/1/channel"]),
    ({"channel": 1.5}, ["/1/channel"]),
    ({"kind": 2**63}, ["/1/kind"]),
    ({"score": "high"}, ["/1/score"]),
    ({"status": "maybe"}, ["/1/status"]),
    ({"info": []}, ["/1/info"]),
    ({"info": None}, ["/1/info"]),
    ({"machine_tagged": 1}, ["/1/machine_tagged"]),
    ({"text": "x" * 10_001}, ["/1/text"]),
    ({"external_id": ""}, ["/1/external_id"]),
    ({"source": "x" * 256}, ["/1/source"]),
    ({"parent_id": 99}, ["/1/parent_id"]),
    ({"colour": "red", "id": 7}, ["/1/colour", "/1/id"]),
]


@pytest.mark.parametrize(("change", "pointers"), FAULTS, ids=str)
def test_every_fault_is_named_where_it_stands_and_nothing_is_stored(
    bulk, item, work, change, pointers
):
    answer = bulk(item(1, external_id=...), item(2, **change), item(3))

    assert answer.status_code == 422
    assert sorted(pointer for pointer, _ in faults(answer)) == sorted(pointers)
    with work():
        assert (stored("id"), db.session.scalars(select(TagSet)).all()) == ([], [])


def test_faults_of_all_kinds_are_told_together(bulk, item):
    known = bulk(item(1))

    answer = bulk(item(2, score="high"), 7, item(3, media_id=99, start_s=-1), item(1), item(4))

    assert known.status_code == 200
    assert answer.status_code == 422
    assert answer.json["detail"] == "4 items cannot be stored."
    assert faults(answer) == [
        ("/0/score", "invalid"),
        ("/1", "invalid"),
        ("/2/start_s", "invalid"),
        ("/2/media_id", "unknown"),
        ("/3/external_id", "taken"),
    ]


def test_faults_of_lines_name_the_line(lines, item, work):
    good = json.dumps(item(1))

    bad = lines(f"\n{good}\n\n{json.dumps(item(2, score='high'))}\n")
    broken = lines(f"\n{good}\n\n{{\n" + '{"text": "\\u0000"}\n')

    assert (bad.status_code, broken.status_code) == (422, 400)
    places = [[(e["pointer"], e["line"]) for e in each.json["errors"]] for each in (bad, broken)]
    assert places == [[("/1/score", 4)], [("/1", 4), ("/2", 5)]]
    assert "line 1 column 2" in broken.json["errors"][0]["detail"]
    with work():
        assert stored("id") == []


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"[]", 422),
        (b"\xef\xbb\xbf{}", 400),
        (b"\xff", 400),
        (b"{} {}", 400),
        (b'{"a": NaN}', 400),
        (b'{"a": "\\ud800"}', 400),
        (b'{"a": ' + b"[" * 900 + b"]" * 900 + b', "b": "\\u0000"}', 400),
    ],
)
def test_lines_that_are_no_objects_are_refused(lines, data, status):
    assert lines(data).status_code == status


def test_a_body_of_another_kind_is_refused(api, item):
    headers = {"Authorization": f"Bearer {api.tokens['ana']}", "Content-Type": "text/csv"}

    answers = [
        api.client.post("/api/v1/tags/bulk", data=b"a,b", headers=headers),
        api.post("/tags/bulk", {"tags": []}, "ana"),
    ]

    assert [each.status_code for each in answers] == [415, 400]


def test_only_so_many_faults_are_listed_and_that_is_said(bulk, monkeypatch, item):
    monkeypatch.setattr(problems, "MOST_LISTED", 3)

    answer = bulk(*(item(number, score="high") for number in range(5)))

    assert len(answer.json["errors"]) == 3
    assert answer.json["detail"] == (
        "5 items cannot be stored. Of 5 faults only the first 3 are listed."
    )


def test_more_items_than_go_in_one_request_are_refused(bulk, lines, monkeypatch, item):
    monkeypatch.setattr(lists, "MOST_ITEMS", 2)
    items = [item(number) for number in range(3)]

    answers = [bulk(*items), lines("\n".join(map(json.dumps, items))), bulk(*items[:2])]

    assert [each.status_code for each in answers] == [413, 413, 200]
    assert [each.json["detail"] for each in answers[:2]] == [
        "More than 2 tags do not go in one request."
    ] * 2


def test_more_new_tag_sets_than_go_in_one_request_are_refused(bulk, monkeypatch, item, work):
    monkeypatch.setattr(namings, "MOST_NEW_TAG_SETS", 2)

    answer = bulk(*(item(number, tag_set=f"set {number}") for number in range(3)))

    assert (answer.status_code, "more than 2" in answer.json["detail"]) == (422, True)
    with work():
        assert db.session.scalars(select(TagSet)).all() == []


def test_who_may_not_tag_everywhere_tags_nowhere(bulk, item, work, make):
    with work():
        seen = make.project("seen", zoe=Role.MANAGER)
        seen.audience = "signed_in"
        seen_id, hidden_id = make.media_file(seen).id, make.media_file().id

    answers = [
        bulk(item(1), who="vera"),
        bulk(item(1), who="otto"),
        bulk(item(1), who=""),
        bulk(item(1), item(2, media_id=seen_id)),
        bulk(item(1), item(2, media_id=hidden_id)),
    ]

    assert [each.status_code for each in answers] == [403, 422, 401, 403, 422]
    with work():
        assert stored("id") == []


@pytest.mark.parametrize("query", ["on_duplicate=other", "dry_run=1", "x=1"])
def test_a_parameter_that_makes_no_sense_is_refused(bulk, item, query):
    name, value = query.split("=")

    assert faults(bulk(item(1), **{name: value})) == [(f"/{name}", "invalid")]


# Sent again


def test_an_external_id_of_another_tag_is_refused_unless_told_otherwise(bulk, item, work):
    bulk(item(1), item(2))

    answer = bulk(item(2), item(3), item(3), item(3, tag_set="other"))

    assert (answer.status_code, faults(answer)) == (
        409,
        [("/0/external_id", "taken"), ("/2/external_id", "repeated")],
    )
    with work():
        assert stored("id") == [1, 2]


def test_known_and_repeated_tags_are_skipped(bulk, item, work):
    bulk(item(1), item(2))

    answer = bulk(item(2, text="robin"), item(3), item(3, text="tit"), item(4), on_duplicate="skip")

    assert answer.json == {
        "created": 2,
        "updated": 0,
        "skipped": 2,
        "batch_ids": [1],
        "results": [
            {"index": 0, "status": "skipped", "id": 2, "external_id": "row 2"},
            {"index": 1, "status": "created", "id": 3, "external_id": "row 3"},
            {"index": 2, "status": "skipped", "id": 3, "external_id": "row 3"},
            {"index": 3, "status": "created", "id": 4, "external_id": "row 4"},
        ],
    }
    with work():
        assert stored("text", "version") == [("wren", 1)] * 4


def test_known_and_repeated_tags_are_changed_where_the_later_one_says_something(
    bulk, item, work, class_id
):
    bulk(item(1, comment="faint", score=0.5), item(2, comment="near"), item(5))

    answer = bulk(
        item(1, score=0.75),
        item(3, comment="far"),
        item(3, score=0.25),
        item(2, **{"class": "wren"}),
        item(2, score=1, comment=None),
        item(5),
        on_duplicate="update",
    )

    said = answer.json
    assert [said[name] for name in ("created", "updated", "skipped")] == [1, 5, 0]
    assert [(each["status"], each["id"]) for each in said["results"]] == [
        ("updated", 1),
        ("created", 4),
        ("updated", 4),
        ("updated", 2),
        ("updated", 2),
        ("updated", 3),
    ]
    with work():
        assert stored("text", "tag_class_id", "score", "comment", "version") == [
            ("wren", None, 0.75, "faint", 2),
            ("wren", None, 1.0, None, 2),
            ("wren", None, None, None, 1),
            ("wren", None, 0.25, "far", 1),
        ]
        edited = events("tag.edited")
        assert [each.after["ids"] for each in edited] == [[1, 2]]
        assert edited[0].before == {"score": [0.5, None], "comment": ["faint", "near"]}
        assert edited[0].after["changes"] == {"score": [0.75, 1.0], "comment": ["faint", None]}


def test_an_update_moves_a_tag_to_another_file_and_source(bulk, item, api, work, make):
    with work():
        project = db.session.get_one(Project, api.project_id)
        other = make.media_file(project, duration_s=2.0).id
    bulk(item(1), item(2, source="birdnet"))

    answer = bulk(
        item(1, media_id=other),
        item(2, source="perch"),
        who="bo",
        on_duplicate="update",
    )

    assert answer.json["updated"] == 2
    with work():
        rows = stored("media_file_id", "source", "batch_id", "updated_by_id", "created_by_id")
        bo, ana = (users.get_user(SYSTEM, name).id for name in ("bo", "ana"))
        assert [row[1:] for row in rows] == [("", 2, bo, ana), ("perch", 1, bo, ana)]
        assert rows[0][0] == other
    shown = api.get(f"/media/{other}/tags").json["items"]
    assert [(each["id"], each["author"]) for each in shown] == [(1, "ana")]


def test_an_update_that_makes_no_sense_is_refused_where_it_stands(bulk, item, work):
    first = bulk(item(1, high_hz=10), item(2)).json["results"]
    ids = [each["id"] for each in first]

    band = bulk(item(3), item(1, low_hz=20), on_duplicate="update")
    circle = bulk(item(1, parent_id=ids[1]), item(2, parent_id=ids[0]), on_duplicate="update")

    assert faults(band) == [("/1/high_hz", "order")]
    assert faults(circle) == [("/0/parent_id", "circle"), ("/1/parent_id", "circle")]
    with work():
        assert stored("id", "version") == [(1, 1), (2, 1)]


def test_a_dry_run_answers_the_same_and_stores_nothing(bulk, item, work):
    bulk(item(1))
    with work():
        before = len(db.session.scalars(select(Event)).all())

    dry = bulk(item(2, tag_set="new"), item(1, score=1), on_duplicate="update", dry_run="true")
    bad = bulk(item(2, score="high"), dry_run="true")

    assert dry.json == {
        "created": 1,
        "updated": 1,
        "skipped": 0,
        "batch_ids": [],
        "results": [
            {"index": 0, "status": "created", "id": None, "external_id": "row 2"},
            {"index": 1, "status": "updated", "id": 1, "external_id": "row 1"},
        ],
    }
    assert (bad.status_code, faults(bad)) == (422, [("/0/score", "invalid")])
    with work():
        assert stored("id", "score", "version") == [(1, None, 1)]
        assert len(db.session.scalars(select(Event)).all()) == before
        assert db.session.scalars(select(TagSet.name)).all() == ["survey"]


def test_the_number_of_statements_does_not_grow_with_the_list(bulk, item, statements):
    def post(first, count, **options):
        items = [item(1, external_id=f"row {first + n}") for n in range(count)]
        return lambda: bulk(*items, **options)

    post(0, 1)()
    few, many = statements(post(10, 2)), statements(post(100, 50))
    few_again = statements(post(10, 2, on_duplicate="update"))
    many_again = statements(post(100, 50, on_duplicate="update"))

    assert (few, few_again) == (many, many_again)


def test_the_number_of_statements_does_not_grow_with_the_files_and_sources(
    bulk, item, api, statements, work, make
):
    with work():
        project = db.session.get_one(Project, api.project_id)
        ids = [make.media_file(project).id for _ in range(40)]

    def post(ids, source, **options):
        items = [item(1, media_id=n, external_id=f"row {n}", source=source) for n in ids]
        return statements(lambda: bulk(*items, **options))

    post(ids[:1], "a")
    made = [post(ids[1:3], "a"), post(ids[3:], "a")]
    found = [post(ids[:2], "b", on_duplicate="update"), post(ids, "b", on_duplicate="update")]
    turned = {number: ids[place - 1] for place, number in enumerate(ids)}
    moved = [
        statements(lambda: bulk(*_moved(item, turned, 2), on_duplicate="update")),
        statements(lambda: bulk(*_moved(item, turned, 40), on_duplicate="update")),
    ]

    assert [made[1] - made[0], found[1] - found[0], moved[1] - moved[0]] == [0, 0, 0]


def _moved(item, turned, count):
    """Word tags that go to another file each."""
    some = list(turned.items())[:count]
    return [item(1, media_id=to, external_id=f"row {n}", source="b") for n, to in some]


# Changed and deleted


@pytest.fixture
def made(bulk, item, api):
    """Five tags of Ana's, one a second, with scores; and one of Bo's."""
    tags = [item(n, score=n / 10, info={"n": n}) for n in range(1, 6)]
    ids = [each["id"] for each in bulk(*tags).json["results"]]
    return [*ids, bulk(item(6), who="bo").json["results"][0]["id"]]


def edit(api, body, who="ana", query=""):
    return api.patch(f"/tags/bulk{query}", body, who)


def delete(api, body, who="ana", query=""):
    return api.send("DELETE", f"/tags/bulk{query}", body, who)


def test_tags_are_changed_alike_by_number(api, made, work):
    answer = edit(api, {"ids": [made[1], made[5], made[1]], "changes": {"status": "accepted"}})

    assert (answer.status_code, answer.json) == (200, {"matched": 2, "changed": 2})
    with work():
        assert stored("status", "version") == [
            (None, 1), ("accepted", 2), (None, 1), (None, 1), (None, 1), ("accepted", 2),
        ]  # fmt: skip
        told = [(each.before, each.after["ids"]) for each in events("tag.edited")]
        assert told == [({"status": [None, None]}, [made[1], made[5]])]
    again = edit(api, {"ids": [made[1]], "changes": {"status": "accepted"}})
    assert again.json == {"matched": 1, "changed": 0}


@pytest.mark.parametrize(
    ("choice", "count"),
    [
        ({"project": "frogs"}, 6),
        ({"project": "frogs", "score_gte": 0.3}, 3),
        ({"media": 1, "start_s": 2, "end_s": 4}, 2),
        ({"media": 1, "author": "bo"}, 1),
        ({"media": 1, "tag_set": 1, "status": "rejected"}, 0),
        ({"media": 1, "q": "WREN", "batch": 1}, 5),
    ],
)
def test_tags_are_chosen_as_they_are_listed(api, made, media_id, choice, count):
    body = {"filter": choice, "changes": {"comment": "seen"}}

    answer = edit(api, body)

    assert answer.json == {"matched": count, "changed": count}


def test_a_patch_reaches_into_documents_and_clears(api, made, work):
    changes = {"info": {"m": 1, "n": None}, "score": None, "text": "robin"}

    answer = edit(api, {"ids": made[:2], "changes": changes})
    other = edit(api, {"ids": made[2:4], "changes": {"info": {"m": 1}}})

    assert (answer.json["changed"], other.json["changed"]) == (2, 2)
    with work():
        assert stored("info", "score", "text", "text_folded")[:4] == [
            ({"m": 1}, None, "robin", "robin"),
            ({"m": 1}, None, "robin", "robin"),
            ({"n": 3, "m": 1}, 0.3, "wren", "wren"),
            ({"n": 4, "m": 1}, 0.4, "wren", "wren"),
        ]


def test_a_changed_span_and_class_are_counted_and_found_where_they_are(
    api, made, media_id, class_id, work
):
    changes = {"start_s": 60, "end_s": 63.5, "class_id": class_id}

    answer = edit(api, {"filter": {"project": "frogs"}, "changes": changes})

    assert answer.json["changed"] == 6
    assert api.get(f"/media/{media_id}/tags?start_s=0&end_s=59").json["items"] == []
    assert len(api.get(f"/media/{media_id}/tags?start_s=63&end_s=64").json["items"]) == 6
    with work():
        media_file = db.session.get_one(MediaFile, media_id)
        assert windows.density(media_file, 0.0, 64.0, 2) == {class_id: [0, 6]}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"start_s": 64.5}, "/changes/end_s"),
        ({"low_hz": -1}, "/changes/low_hz"),
        ({"class_id": 99}, "/changes/class_id"),
        ({"tag_set_id": 99}, "/changes/tag_set_id"),
        ({"parent_id": 1}, "/changes/parent_id"),
        ({"colour": "red"}, "/changes/colour"),
        ({"id": 1}, "/changes/id"),
    ],
)
def test_a_change_that_makes_no_sense_for_one_changes_none(api, made, work, changes, pointer):
    answer = edit(api, {"ids": made, "changes": changes})

    assert list(api.faults(answer)) == [pointer]
    with work():
        assert set(stored("version")) == {1}


def test_one_external_id_for_two_tags_is_a_conflict(api, made, work):
    answer = edit(api, {"ids": made[:2], "changes": {"external_id": "same"}})

    assert answer.status_code == 409
    with work():
        assert stored("external_id")[:2] == ["row 1", "row 2"]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"changes": {}}, {"/ids"}),
        ({"ids": [], "changes": {}}, {"/ids"}),
        ({"ids": [1], "filter": {"project": "frogs"}, "changes": {}}, {"/ids"}),
        ({"ids": ["1"], "changes": {}}, {"/ids/0"}),
        ({"ids": [1, 99, 2**62], "changes": {}}, {"/ids/1", "/ids/2"}),
        ({"filter": {}, "changes": {}}, {"/filter/project"}),
        ({"filter": {"project": "frogs", "media": 1}, "changes": {}}, {"/filter/project"}),
        ({"filter": {"project": "frogs", "colour": 1}, "changes": {}}, {"/filter/colour"}),
        ({"filter": {"project": "frogs", "tag_set": "1"}, "changes": {}}, {"/filter/tag_set"}),
        ({"filter": {"project": "frogs", "track": "x"}, "changes": {}}, {"/filter/track"}),
        ({"ids": [1]}, {"/changes"}),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused(api, made, body, pointers):
    assert api.faults(edit(api, body)).keys() == pointers


def test_a_choice_elsewhere_is_not_found(api, made):
    body = {"filter": {"project": "birds"}, "changes": {"comment": "x"}}
    answers = [
        edit(api, body),
        edit(api, {"filter": {"media": 99}, "changes": {"comment": "x"}}),
        edit(api, {"ids": made, "changes": {"comment": "x"}}, "otto"),
        edit(api, {"ids": made, "changes": {"comment": "x"}}, "vera"),
        delete(api, {"ids": made}, "vera"),
        delete(api, {"ids": made}, ""),
    ]

    assert [each.status_code for each in answers] == [404, 404, 422, 403, 403, 401]


def test_a_filter_that_means_too_many_is_refused(api, made, monkeypatch, work):
    monkeypatch.setattr(choosing, "MOST_CHOSEN", 5)

    answer = delete(api, {"filter": {"project": "frogs"}}, "mo")

    assert (answer.status_code, "5 tags" in answer.json["detail"]) == (413, True)
    with work():
        assert len(stored("id")) == 6


def test_ones_own_tags_are_deleted_and_can_be_restored(api, made, work):
    answer = delete(api, {"filter": {"project": "frogs", "author": "ana"}})

    assert (answer.status_code, answer.json) == (200, {"matched": 5, "deleted": 5})
    with work():
        assert stored("id") == [made[5]]
        assert [each.after["ids"] for each in events("tag.deleted")] == [made[:5]]
    restored = api.post(f"/tags/{made[0]}/restore", who="ana")
    assert (restored.status_code, restored.json["version"]) == (200, 3)


def test_others_tags_are_deleted_by_managers_only(api, made, work):
    refused = delete(api, {"ids": made})
    with work():
        assert stored("id") == made

    done = delete(api, {"ids": made}, "mo")

    assert (refused.status_code, done.json) == (403, {"matched": 6, "deleted": 6})
    gone = delete(api, {"ids": made}, "mo")
    assert (gone.status_code, len(gone.json["errors"])) == (422, 6)


def test_a_dry_run_changes_and_deletes_nothing(api, made, work):
    edited = edit(api, {"ids": made, "changes": {"score": 0.1}}, query="?dry_run=true")
    deleted = delete(api, {"ids": made[:5]}, query="?dry_run=true")
    refused = delete(api, {"ids": made}, query="?dry_run=true")

    assert edited.json == {"matched": 6, "changed": 5}
    assert deleted.json == {"matched": 5, "deleted": 5}
    assert refused.status_code == 403
    with work():
        assert stored("version") == [1] * 6
        assert (events("tag.edited"), events("tag.deleted")) == ([], [])


def test_the_number_of_statements_does_not_grow_with_the_choice(api, made, statements):
    def run(ids, **changes):
        return lambda: edit(api, {"ids": ids, "changes": changes}, "mo")

    assert statements(run(made[:1], score=2)) == statements(run(made, score=3))
    assert statements(run(made[:2], info={"a": 1})) == statements(run(made, info={"b": 1}))
    assert statements(lambda: delete(api, {"ids": made[:1]}, "mo")) == statements(
        lambda: delete(api, {"ids": made[1:]}, "mo")
    )
