"""ARLO's other addresses: pages, and tags, tag sets and classes one at a time."""

import pytest
from sqlalchemy import event

from tagstore.db import db
from tagstore.services import batches, projects, tags, users
from tagstore.values import SYSTEM, Role


@pytest.fixture
def ask(client, work, make):
    """Ask as somebody; `ask.get("/tag/")` asks as Ana, who manages the project frogs."""
    return Ask(client, work, make)


class Ask:
    def __init__(self, client, work, make):
        self.client, self.work, self.make = client, work, make
        with work():
            project = make.project("frogs", ana=Role.MANAGER, bo=Role.ANNOTATOR)
            self.project = project.id
            self.tokens = {name: make.token(users.get_user(SYSTEM, name)) for name in ("ana", "bo")}
            self.ana = users.get_user(SYSTEM, "ana").id

    def __getattr__(self, method):
        def ask(path, json=None, person="ana", **options):
            headers = {"Authorization": f"Token {self.tokens[person]}"}
            options = {**options, **({} if json is None else {"json": json})}
            return self.client.open(
                f"/api/v0{path}", method=method.upper(), headers=headers, **options
            )

        return ask

    def tag(self, **fields):
        """Make a tag on a recording of ten seconds in frogs, and return its number."""
        with self.work():
            project = projects.get_project(SYSTEM, self.project)
            return self.make.tag(self.make.media_file(project, duration_s=10.0), **fields).id

    def as_stored(self, tag_id):
        with self.work():
            tag = tags.get_tag(SYSTEM, tag_id)
            return {
                field: getattr(tag, field)
                for field in ("start_s", "end_s", "low_hz", "high_hz", "channel", "text", "kind")
            }


def numbers(answer):
    return [each["id"] for each in answer.json["results"]]


def test_a_list_comes_in_pages_that_name_their_neighbours(ask):
    made = [ask.post("/tagSet/", {"project": ask.project, "name": n}).json["id"] for n in "abcde"]

    pages = [ask.get(f"/tagSet/?page_size=2&page={number}&x=1") for number in (1, 2, 3)]

    start = "http://localhost/api/v0/tagSet/?"
    assert [numbers(page) for page in pages] == [made[:2], made[2:4], made[4:]]
    assert [page.json["count"] for page in pages] == [5, 5, 5]
    assert [page.json["next"] for page in pages] == [
        f"{start}page=2&page_size=2&x=1",
        f"{start}page=3&page_size=2&x=1",
        None,
    ]
    assert [page.json["previous"] for page in pages] == [
        None,
        f"{start}page_size=2&x=1",
        f"{start}page=2&page_size=2&x=1",
    ]


@pytest.mark.parametrize("page", ["2", "0", "-1", "x", "", "٣", "999999999999999999999"])
def test_a_page_that_is_not_there_is_said_so(ask, page):
    answer = ask.get("/tagSet/", query_string={"page": page})

    assert (answer.status_code, answer.json) == (404, {"detail": "Invalid page."})


def test_pages_that_are_too_large_are_refused_with_the_limit(ask):
    answers = [ask.get(f"/tagSet/?page_size={size}") for size in ("1000", "1001", "0", "many")]

    assert [answer.status_code for answer in answers] == [200, 400, 400, 400]
    assert answers[1].json == {"page_size": ["Must be from 1 to 1000."]}
    assert answers[3].json == {"page_size": ["A valid integer is required."]}


def test_an_empty_list_is_a_page(ask):
    answer = ask.get("/tag/")

    assert answer.json == {"count": 0, "next": None, "previous": None, "results": []}


def test_lists_hold_what_one_may_see_and_nothing_else(ask):
    tag_id = ask.tag()
    with ask.work():
        hidden = ask.make.tag()
        ask.make.tag_class(hidden.media_file.project)
        mine = tags.get_tag(SYSTEM, tag_id)
        expected = {
            "/project/": [ask.project],
            "/mediaFile/": [mine.media_file_id],
            f"/project/{ask.project}/mediaFiles/": [mine.media_file_id],
            "/tagSet/": [mine.tag_set_id],
            "/tagClass/": [],
            "/tag/": [tag_id],
        }

    found = {path: ask.get(path) for path in expected}

    assert {path: numbers(answer) for path, answer in found.items()} == expected
    assert {path: answer.json["count"] for path, answer in found.items()} == {
        path: len(ids) for path, ids in expected.items()
    }


def test_the_list_of_tags_holds_those_that_show_and_counts_them(ask):
    first = ask.tag()
    with ask.work():
        tag = tags.get_tag(SYSTEM, first)
        media_file = tag.media_file
        deleted = ask.make.tag(media_file)
        tags.delete_tag(SYSTEM, deleted)
        batches.begin_run(SYSTEM, tag.track_id, "system")
        second = ask.make.tag(media_file).id

    listed, old = ask.get("/tag/"), ask.get(f"/tag/{first}/")

    assert (numbers(listed), listed.json["count"]) == ([second], 1)
    assert (old.status_code, old.json["id"]) == (200, first)


def test_a_project_looks_like_arlos(ask):
    answer = ask.get(f"/project/{ask.project}/")

    created = answer.json["creationDate"]
    assert answer.json == {
        "id": ask.project,
        "type": 1,
        "name": "frogs",
        "creationDate": created,
        "user": None,
    }


def test_a_media_file_looks_like_arlos(ask):
    with ask.work():
        project = projects.get_project(SYSTEM, ask.project)
        facts = {"kind": "audio", "sample_rate": 48000, "channels": 2, "name": "dawn.wav"}
        media_file = ask.make.media_file(project, duration_s=12.5, **facts).id

    answer = ask.get(f"/mediaFile/{media_file}/")

    assert answer.json == {
        "id": media_file,
        "project": ask.project,
        "file": f"http://localhost/api/v1/media/{media_file}/file",
        "user": None,
        "type": 1,
        "active": True,
        "alias": "dawn.wav",
        "uploadDate": answer.json["uploadDate"],
        "realStartTime": None,
        "md5": None,
        "mediafilemetadata_set": [
            {"id": 1, "name": "durationInSeconds", "value": "12.5"},
            {"id": 2, "name": "sampleRate", "value": "48000"},
            {"id": 3, "name": "numChannels", "value": "2"},
        ],
    }


def test_a_tag_set_is_made_renamed_hidden_and_deleted(ask):
    made = ask.post("/tagSet/", {"project": ask.project, "name": " calls "})
    address = f"/tagSet/{made.json['id']}/"

    renamed = ask.patch(address, {"name": "songs"})
    replaced = ask.put(address, {**renamed.json, "hidden": True})
    deleted = ask.delete(address)

    assert (made.status_code, made.json["name"], made.json["hidden"]) == (201, "calls", False)
    assert (made.json["user"], made.json["project"]) == (ask.ana, ask.project)
    assert renamed.json == {**made.json, "name": "songs"}
    assert replaced.json == {**renamed.json, "hidden": True}
    assert (deleted.status_code, deleted.data) == (204, b"")
    assert ask.get(address).status_code == 404


def test_a_class_is_made_renamed_and_deleted(ask):
    made = ask.post("/tagClass/", {"project": ask.project, "className": "hyla"})
    address = f"/tagClass/{made.json['id']}/"

    renamed = ask.patch(address, {"displayName": "Tree frog"})
    replaced = ask.put(address, {**renamed.json, "className": "hyla arborea"})
    deleted = ask.delete(address)

    assert made.status_code == 201
    assert made.json == {
        "id": made.json["id"],
        "user": ask.ana,
        "project": ask.project,
        "className": "hyla",
        "displayName": "hyla",
    }
    assert renamed.json == {**made.json, "displayName": "Tree frog"}
    assert replaced.json == {**renamed.json, "className": "hyla arborea"}
    assert deleted.status_code == 204
    assert ask.get(address).status_code == 404


@pytest.mark.parametrize(
    ("fields", "messages"),
    [
        ({}, {"project": ["This field is required."], "name": ["This field is required."]}),
        ({"project": 99, "name": "x"}, {"project": ['Invalid pk "99" - object does not exist.']}),
        ({"name": " "}, {"name": ["This field may not be blank."]}),
        ({"name": None}, {"name": ["This field may not be null."]}),
        ({"name": 5}, {"name": ["Not a valid string."]}),
        ({"name": "x" * 201}, {"name": ["Ensure this field has no more than 200 characters."]}),
        ({"name": "taken"}, {"name": ["That name is taken."]}),
        ([], {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
    ],
)
def test_a_bad_tag_set_is_refused_field_by_field(ask, fields, messages):
    ask.post("/tagSet/", {"project": ask.project, "name": "taken"})
    if fields:
        fields = {"project": ask.project, **fields}

    answer = ask.post("/tagSet/", fields)

    assert (answer.status_code, answer.json) == (400, messages)


def test_things_stay_in_their_project(ask):
    made = ask.post("/tagSet/", {"project": ask.project, "name": "calls"}).json

    answer = ask.patch(f"/tagSet/{made['id']}/", {"project": ask.project + 1})

    assert answer.status_code == 400
    assert answer.json == {"project": ["This field may not be changed."]}


def test_a_class_in_use_is_not_deleted(ask):
    made = ask.post("/tagClass/", {"project": ask.project, "className": "hyla"}).json
    ask.tag(tag_class_id=made["id"])

    answer = ask.delete(f"/tagClass/{made['id']}/")

    assert (answer.status_code, list(answer.json)) == (409, ["detail"])


def test_an_annotator_makes_tag_sets_but_no_classes(ask):
    tag_set = ask.post("/tagSet/", {"project": ask.project, "name": "x"}, person="bo")
    tag_class = ask.post("/tagClass/", {"project": ask.project, "className": "x"}, person="bo")

    assert (tag_set.status_code, tag_class.status_code) == (201, 403)


def test_one_tag_is_made(ask):
    tag = ask.get(f"/tag/{ask.tag()}/").json
    tag_class = ask.post("/tagClass/", {"project": ask.project, "className": "x"}).json["id"]
    item = {
        **{name: tag[name] for name in ("tagSet", "mediaFile")},
        **{"startTime": 1, "endTime": 2, "minFrequency": 0, "maxFrequency": 9, "strength": 1},
        "tagClass": tag_class,
    }

    made = ask.post("/tag/", item)
    bad = ask.post("/tag/", {**item, "mediaFile": 99, "startTime": "x"})
    worse = ask.post("/tag/", {**item, "tagSet": 99, "startTime": None})

    assert made.status_code == 201
    assert {name: made.json[name] for name in item} == item
    assert made.json == ask.get(f"/tag/{made.json['id']}/").json
    assert bad.json == {
        "mediaFile": ['Invalid pk "99" - object does not exist.'],
        "startTime": ["A valid number is required."],
    }
    assert worse.json == {
        "tagSet": ['Invalid pk "99" - object does not exist.'],
        "startTime": ["This field may not be null."],
    }


def test_what_arlo_does_not_show_survives_an_edit(ask):
    tag_id = ask.tag(text="wren", channel=2, kind=7, low_hz=100.0, high_hz=200.0)
    shown = ask.get(f"/tag/{tag_id}/").json
    before = ask.as_stored(tag_id)

    patched = ask.patch(f"/tag/{tag_id}/", {"endTime": 3})
    replaced = ask.put(f"/tag/{tag_id}/", {**patched.json, "startTime": 0.5})

    assert patched.json == {**shown, "endTime": 3.0}
    assert replaced.json == {**shown, "endTime": 3.0, "startTime": 0.5}
    assert ask.as_stored(tag_id) == {**before, "start_s": 0.5, "end_s": 3.0}


def test_what_a_get_shows_may_be_put_back_and_changes_nothing(ask):
    tag_id = ask.tag(start_s=None, end_s=None)
    shown = ask.get(f"/tag/{tag_id}/").json
    before = ask.as_stored(tag_id)

    answer = ask.put(f"/tag/{tag_id}/", shown, person="bo")

    assert (shown["startTime"], shown["endTime"], shown["minFrequency"]) == (0.0, 10.0, None)
    assert (answer.status_code, answer.json) == (200, shown)
    assert ask.as_stored(tag_id) == before


def test_a_tag_of_the_whole_file_gets_times_when_one_of_them_changes(ask):
    tag_id = ask.tag(start_s=None, end_s=None)

    ask.patch(f"/tag/{tag_id}/", {"startTime": 4})

    stored = ask.as_stored(tag_id)
    assert (stored["start_s"], stored["end_s"]) == (4.0, 10.0)


def test_frequencies_strength_and_class_may_be_cleared(ask):
    tag_class = ask.post("/tagClass/", {"project": ask.project, "className": "x"}).json["id"]
    tag_id = ask.tag(tag_class_id=tag_class, low_hz=1.0, high_hz=2.0, score=0.5)
    nothing = dict.fromkeys(("minFrequency", "maxFrequency", "strength", "tagClass"))

    answer = ask.patch(f"/tag/{tag_id}/", nothing)

    assert {name: answer.json[name] for name in nothing} == nothing


@pytest.mark.parametrize(
    ("fields", "messages"),
    [
        ({"endTime": 0.5}, {"endTime": ["Must not be before startTime."]}),
        ({"startTime": None}, {"startTime": ["This field may not be null."]}),
        ({"tagSet": 99}, {"tagSet": ['Invalid pk "99" - object does not exist.']}),
        ({"user": 1}, {"user": ["Only administrators may name another user."]}),
        ({"startTime": 11, "endTime": 12}, {"startTime": ["The file ends at 10 s."]}),
    ],
)
def test_a_bad_change_is_refused_field_by_field(ask, fields, messages):
    tag_id = ask.tag()

    answer = ask.patch(f"/tag/{tag_id}/", fields)

    assert (answer.status_code, answer.json) == (400, messages)


def test_a_put_needs_every_field(ask):
    answer = ask.put(f"/tag/{ask.tag()}/", {})

    required = ["This field is required."]
    names = ("tagSet", "mediaFile", "startTime", "endTime", "minFrequency", "maxFrequency")
    assert answer.status_code == 400
    assert answer.json == dict.fromkeys((*names, "tagClass", "strength"), required)


def test_annotators_delete_their_own_tags_only(ask):
    tag_id = ask.tag()

    by_bo = ask.delete(f"/tag/{tag_id}/", person="bo")
    by_ana = ask.delete(f"/tag/{tag_id}/")

    assert (by_bo.status_code, by_ana.status_code) == (403, 204)
    assert ask.get(f"/tag/{tag_id}/").status_code == 404


def test_a_list_asks_the_store_as_often_for_three_as_for_one(ask):
    paths = ("/project/", "/mediaFile/", "/tagSet/", "/tag/")
    ask.tag()
    asked_for_one = [statements(ask, path) for path in paths]
    ask.tag()
    ask.tag()

    asked_for_three = [statements(ask, path) for path in paths]

    assert asked_for_three == asked_for_one


def statements(ask, path):
    """Return how many statements a GET costs."""
    counted = []

    def count(*_):
        counted.append(1)

    with ask.client.application.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    ask.get(path)
    event.remove(engine, "before_cursor_execute", count)
    return len(counted)
