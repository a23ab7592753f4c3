"""DIS resource tags: what the seven calls take, answer and refuse."""

from dataclasses import replace

import orjson
import pytest
from sqlalchemy import select

from tagstore.db import db
from tagstore.models import Event, ResourceTag
from tagstore.services import media_files, users
from tagstore.services.depot import open_depot
from tagstore.values import SYSTEM, Role

KEY_RULE = "must have 1 to 36 characters, each of A-Z, a-z, 0-9, -, _ and U+4E00 to U+9FFF."
VALUE_RULE = "must have at most 43 characters, each of A-Z, a-z, 0-9, ., -, _ and U+4E00 to U+9FFF."


@pytest.fixture
def scene(client, work, make):
    return Scene(client, work, make)


class Scene:
    """A project with two recordings, and Ana who may tag them."""

    def __init__(self, client, work, make):
        self.client, self.work, self.make = client, work, make
        with work():
            project = make.project("frogs", ana=Role.ANNOTATOR, vera=Role.VIEWER)
            make.project("birds", otto=Role.MANAGER)
            self.project = project.id
            self.pond, self.lake = (
                (each.id, each.qid)
                for each in (
                    make.media_file(project, name="pond.wav"),
                    make.media_file(project, name="lake.wav"),
                )
            )
            people = ("ana", "vera", "otto")
            self.tokens = {name: make.token(users.get_user(SYSTEM, name)) for name in people}
            reader = make.token(users.get_user(SYSTEM, "ana"), read_only=True)
            self.tokens["reader"] = reader

    def send(self, method, path, body=None, who="ana", **options):
        if body is not None and not isinstance(body, bytes):
            body = orjson.dumps(body)
        if body is not None:
            options.setdefault("content_type", "application/json")
        headers = {"X-Auth-Token": self.tokens[who]} if who else {}
        return self.client.open(f"/v2{path}", method=method, data=body, headers=headers, **options)

    def batch(self, body, stream="pond.wav", **options):
        return self.send("POST", f"/frogs/stream/{stream}/tags/action", body, **options)

    def create(self, stream="pond.wav", **tags):
        items = [{"key": key, "value": value} for key, value in tags.items()]
        answer = self.batch({"action": "create", "tags": items}, stream)
        assert (answer.status_code, answer.data) == (204, b"")

    def tags(self, stream="pond.wav"):
        listed = self.send("GET", f"/frogs/stream/{stream}/tags").json["tags"]
        return {each["key"]: each["value"] for each in listed}

    def find(self, action="filter", **body):
        answer = self.send(
            "POST", "/frogs/stream/resource_instances/action", {"action": action, **body}
        )
        assert answer.status_code == 200, answer.text
        return answer.json

    def names(self, **body):
        return [each["resource_name"] for each in self.find(**body)["resources"]]


def refusal(answer):
    """Return status, code and message of a refusal after a look at its clothes."""
    assert answer.mimetype == "application/json"
    assert list(answer.json) == ["error_code", "error_msg"]
    assert answer.headers["X-Request-Id"]
    return answer.status_code, answer.json["error_code"]


def tags_of(*keys):
    return [{"key": key, "value": "x"} for key in keys]


def test_a_batch_creates_and_overwrites_and_may_be_sent_again(scene):
    body = {"action": "create", "tags": [{"key": "key1", "value": "v1"}, {"key": "站点"}]}

    first, again = scene.batch(body), scene.batch(body)
    changed = scene.batch({"action": "create", "tags": [{"key": "key1", "value": "池塘.2"}]})

    assert [(a.status_code, a.data) for a in (first, again, changed)] == [(204, b"")] * 3
    assert scene.tags() == {"key1": "池塘.2", "站点": ""}


def test_what_changed_is_recorded_and_what_did_not_is_not(scene):
    scene.create(a="1", b="2")
    scene.create(a="1", b="3")
    scene.create(a="1", b="3")

    with scene.work():
        kind = "resource_tags.changed"
        found = db.session.scalars(select(Event).where(Event.kind == kind).order_by(Event.seq))
        assert [(each.before, each.after) for each in found] == [
            ({"tags": {}}, {"tags": {"a": "1", "b": "2"}}),
            ({"tags": {"b": "2"}}, {"tags": {"b": "3"}}),
        ]


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        (tags_of("a", "b", "a"), "The key of tag 3 stands in the request twice."),
        (tags_of("a", ""), f"The key of tag 2 {KEY_RULE}"),
        (tags_of("k" * 37), f"The key of tag 1 {KEY_RULE}"),
        (tags_of("a.b"), f"The key of tag 1 {KEY_RULE}"),
        (tags_of("a\n"), f"The key of tag 1 {KEY_RULE}"),
        (tags_of("a/b"), f"The key of tag 1 {KEY_RULE}"),
        (tags_of("é"), f"The key of tag 1 {KEY_RULE}"),
        (tags_of("\ua000"), f"The key of tag 1 {KEY_RULE}"),
        (tags_of("٣"), f"The key of tag 1 {KEY_RULE}"),
        ([{"key": "a", "value": "v" * 44}], f"The value of tag 1 {VALUE_RULE}"),
        ([{"key": "a", "value": "b c"}], f"The value of tag 1 {VALUE_RULE}"),
        ([{"key": "a", "value": "x\n"}], f"The value of tag 1 {VALUE_RULE}"),
    ],
)
def test_a_tag_that_will_not_do_is_refused_with_all_others(scene, tags, message):
    scene.create(a="before")

    answer = scene.batch({"action": "create", "tags": [{"key": "good", "value": "1"}, *tags][1:]})

    assert refusal(answer) == (400, "DIS.4200")
    assert answer.json["error_msg"] == message
    assert scene.tags() == {"a": "before"}


def test_lengths_count_characters_up_to_the_very_limits(scene):
    key, value = "一" * 35 + "鿿", "v" * 42 + "一"

    scene.create(**{key: value, "-_": "._-"})

    assert scene.tags() == {key: value, "-_": "._-"}


def test_the_limit_counts_after_the_merge(scene):
    scene.create(**{f"k{number}": "1" for number in range(9)})

    merged = scene.batch({"action": "create", "tags": tags_of("k0", "k9")})
    one_more = scene.batch({"action": "create", "tags": tags_of("k1", "k10")})
    single = scene.send("POST", "/frogs/stream/pond.wav/tags", {"tag": {"key": "k11"}})

    assert merged.status_code == 204
    assert [refusal(each) for each in (one_more, single)] == [(400, "DIS.4601")] * 2
    assert one_more.json["error_msg"] == "A resource may have at most 10 tags; it would have 11."
    assert scene.tags()["k1"] == "1"


def test_the_limit_is_a_setting(scene, settings):
    open_depot(replace(settings, dis_max_tags=1))

    assert refusal(scene.batch({"action": "create", "tags": tags_of("a", "b")})) == (
        400,
        "DIS.4601",
    )
    assert scene.batch({"action": "create", "tags": tags_of("a")}).status_code == 204


def test_a_batch_delete_passes_over_what_is_missing_and_looks_at_keys_only(scene):
    scene.create(a="1", b="2", c="3")
    tags = [{"key": "a", "value": 7}, {"key": "no such/key!"}, {"key": "b"}, {"key": "b"}]

    answer = scene.batch({"action": "delete", "tags": tags})

    assert (answer.status_code, answer.data) == (204, b"")
    assert scene.tags() == {"c": "3"}


@pytest.mark.parametrize("action", ["create", "delete"])
def test_an_empty_list_is_fine_and_changes_nothing(scene, action):
    scene.create(a="1")

    answer = scene.batch({"action": action, "tags": []})

    assert answer.status_code == 204
    assert scene.tags() == {"a": "1"}


@pytest.mark.parametrize("action", ["create", "delete"])
@pytest.mark.parametrize(
    "tags", [..., None, {}, "a", 1, [1], [None], ["a"], [[]], [{}], [{"key": None}], [{"key": 1}]]
)
def test_tags_that_are_no_list_of_objects_with_keys_are_refused(scene, action, tags):
    body = {"action": action} | ({} if tags is ... else {"tags": tags})

    assert refusal(scene.batch(body)) == (400, "DIS.4200")


@pytest.mark.parametrize("value", [1, True, [], {}])
def test_a_value_is_text(scene, value):
    body = {"action": "create", "tags": [{"key": "a", "value": value}]}

    assert refusal(scene.batch(body)) == (400, "DIS.4200")


@pytest.mark.parametrize("action", [..., None, "", "Create", "DELETE", "filter", 1, [], {}])
def test_an_unknown_action_is_refused(scene, action):
    body = {"tags": tags_of("a")} | ({} if action is ... else {"action": action})

    assert refusal(scene.batch(body)) == (400, "DIS.4605")


BAD = [
    b"{",
    b"[]",
    b"null",
    b"\xef\xbb\xbf{}",
    b'{"action":"create","tags":[],"x":NaN}',
    b'{"action":"create","tags":[],"x":"\\u0000"}',
    b'{"action":"create","tags":[{"key":"\\ud800"}]}',
    b'{"action":"create","tags":' + b"[" * 100_000,
    b'{"action":"create","tags":[]}'.decode().encode("utf-16"),
]


@pytest.mark.parametrize("body", BAD, ids=range(len(BAD)))
@pytest.mark.parametrize(
    "path",
    [
        "/frogs/stream/pond.wav/tags/action",
        "/frogs/stream/pond.wav/tags",
        "/frogs/stream/resource_instances/action",
    ],
)
def test_what_is_no_json_object_is_refused(scene, path, body):
    status, code = refusal(scene.send("POST", path, body))

    assert (status, code) in {(400, "DIS.4200"), (400, "DIS.4605")}


def test_an_empty_body_has_a_code_of_its_own(scene):
    assert refusal(scene.batch(b"")) == (400, "DIS.4202")
    assert refusal(scene.batch(None)) == (400, "DIS.4202")


def test_a_single_tag_is_put_and_overwritten(scene):
    path = "/frogs/stream/pond.wav/tags"

    answers = [
        scene.send("POST", path, {"tag": {"key": "站点", "value": value}}) for value in ("1", "2")
    ]

    assert [(each.status_code, each.data) for each in answers] == [(204, b"")] * 2
    assert scene.tags() == {"站点": "2"}


@pytest.mark.parametrize(
    "body", [{}, {"tag": None}, {"tag": []}, {"tag": {}}, {"tag": {"key": ""}}]
)
def test_a_single_tag_must_be_one(scene, body):
    assert refusal(scene.send("POST", "/frogs/stream/pond.wav/tags", body)) == (400, "DIS.4200")


def test_a_single_delete_wants_the_key_to_be_there(scene):
    scene.create(**{"站点": "1", "b": "2", "action": "3"})
    path = "/frogs/stream/pond.wav/tags"

    gone = [scene.send("DELETE", f"{path}/{key}") for key in ("%E7%AB%99%E7%82%B9", "action")]
    missing = scene.send("DELETE", f"{path}/%E7%AB%99%E7%82%B9")

    assert [(each.status_code, each.data) for each in gone] == [(204, b"")] * 2
    assert refusal(missing) == (400, "DIS.4604")
    assert scene.tags() == {"b": "2"}


@pytest.mark.parametrize("key", ["a/b", "a%2Fb", "%2Fa", "a%2F", "a%2F%2Fb", "%2F", "%FF", "a%0Ab"])
def test_a_key_that_no_tag_can_have_is_missing(scene, key):
    scene.create(a="1")

    answer = scene.send("DELETE", f"/frogs/stream/pond.wav/tags/{key}")

    assert refusal(answer) == (400, "DIS.4604")


def test_tags_are_listed_in_the_order_in_which_they_came(scene):
    scene.create(b="1", a="2")
    scene.create(b="3")

    answer = scene.send("GET", "/frogs/stream/pond.wav/tags")

    expected = {"tags": [{"key": "b", "value": "3"}, {"key": "a", "value": "2"}]}
    assert (answer.status_code, answer.json) == (200, expected)


def test_a_project_lists_keys_with_their_values(scene):
    scene.create(site="pond", b="")
    scene.create("lake.wav", site="lake", b="")
    with scene.work():
        make = scene.make
        other = make.media_file(make.project("other"))
        gone = make.media_file(media_files.get_media_file(SYSTEM, scene.pond[0]).project)
        gone.deleted_at = gone.created_at
        for media_file in (other, gone):
            db.session.add(ResourceTag(media_file_id=media_file.id, key="site", value="hidden"))

    answer = scene.send("GET", "/frogs/stream/tags")

    expected = [{"key": "b", "values": [""]}, {"key": "site", "values": ["lake", "pond"]}]
    assert (answer.status_code, answer.json) == (200, {"tags": expected})


def test_a_stream_is_found_by_qid_number_and_name_and_a_project_by_number(scene, work, make):
    scene.create(a="1")
    number, qid = scene.pond

    found = [
        scene.send("GET", f"/{project}/stream/{stream}/tags").json
        for project in ("frogs", scene.project)
        for stream in (qid, number, "pond.wav")
    ]

    assert found == [{"tags": [{"key": "a", "value": "1"}]}] * 6


def test_of_several_streams_with_a_name_the_oldest_that_is_there_is_meant(scene):
    with scene.work():
        project = media_files.get_media_file(SYSTEM, scene.pond[0]).project
        number = scene.make.media_file(project, name="pond.wav").id
    scene.create("pond.wav", a="1")
    assert scene.tags(str(scene.pond[0])) == {"a": "1"}
    with scene.work():
        pond = media_files.get_media_file(SYSTEM, scene.pond[0])
        pond.deleted_at = pond.created_at

    scene.create("pond.wav", a="2")

    assert scene.tags(str(number)) == {"a": "2"}


CALLS = [
    ("POST", "stream/{}/tags/action", {"action": "create", "tags": tags_of("a")}),
    ("POST", "stream/{}/tags/action", {"action": "delete", "tags": tags_of("a")}),
    ("POST", "stream/{}/tags", {"tag": {"key": "a"}}),
    ("GET", "stream/{}/tags", None),
    ("DELETE", "stream/{}/tags/a", None),
]
WITHOUT_STREAM = [
    ("GET", "stream/tags", None),
    ("POST", "stream/resource_instances/action", {"action": "count"}),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_an_unknown_or_foreign_stream_is_refused(scene, method, path, body):
    with scene.work():
        foreign = scene.make.media_file(scene.make.project("toads", ann=Role.MANAGER)).id
    streams = ["nothing", "tags", "resource_instances", "9" * 30, "0", "POND.WAV", foreign]

    codes = {
        refusal(scene.send(method, f"/frogs/{path.format(stream)}", body)) for stream in streams
    }

    assert codes == {(400, "DIS.4301")}


@pytest.mark.parametrize(("method", "path", "body"), CALLS + WITHOUT_STREAM)
def test_an_unknown_or_invisible_project_is_refused(scene, method, path, body):
    path = path.format("pond.wav")
    projects = ["nothing", "0", "99", "9" * 19, "9" * 30, "birds"]

    codes = {refusal(scene.send(method, f"/{project}/{path}", body)) for project in projects}
    to_another = refusal(scene.send(method, f"/frogs/{path}", body, who="otto"))

    assert codes == {(400, "DIS.4117")}
    assert to_another == (400, "DIS.4117")


@pytest.mark.parametrize(("method", "path", "body"), [call for call in CALLS if call[0] != "GET"])
@pytest.mark.parametrize("who", ["vera", "reader"])
def test_who_may_only_see_may_not_tag(scene, who, method, path, body):
    scene.create(a="1")

    answer = scene.send(method, f"/frogs/{path.format('pond.wav')}", body, who=who)

    assert refusal(answer) == (403, "DIS.4116")
    assert scene.tags() == {"a": "1"}


@pytest.mark.parametrize(("method", "path", "body"), CALLS + WITHOUT_STREAM)
def test_nobody_comes_in_without_a_credential(scene, method, path, body):
    path = f"/v2/frogs/{path.format('pond.wav')}"
    headers = [
        {},
        {"X-Auth-Token": "ts_wrong"},
        {"X-Auth-Token": ""},
        {"Authorization": "Bearer ts_wrong"},
        {"Authorization": "Basic YW5hOmNvcnJlY3QgaG9yc2U="},
        {"Authorization": f"Token {scene.tokens['ana']}"},
    ]

    codes = [
        refusal(scene.client.open(path, method=method, json=body, headers=each)) for each in headers
    ]

    assert codes == [(401, "APIGW.0301")] * 6


def test_a_bearer_token_does_as_well(scene):
    headers = {"Authorization": f"Bearer {scene.tokens['ana']}"}

    answer = scene.client.get("/v2/frogs/stream/pond.wav/tags", headers=headers)

    assert (answer.status_code, answer.json) == (200, {"tags": []})


def test_a_project_that_the_world_may_read_still_wants_a_credential(scene):
    with scene.work():
        media_files.get_media_file(SYSTEM, scene.pond[0]).project.audience = "world"

    assert refusal(scene.send("GET", "/frogs/stream/tags", who="")) == (401, "APIGW.0301")
    assert scene.send("GET", "/frogs/stream/tags", who="otto").status_code == 200


def test_other_faults_wear_the_same_clothes(scene, app):
    unknown = scene.send("GET", "/frogs/stream")
    method = scene.send("PUT", "/frogs/stream/pond.wav/tags")
    kind = scene.batch(b"<a/>", content_type="text/xml")
    app.settings = replace(app.settings, max_body=10)
    large = scene.batch({"action": "create", "tags": []})

    assert refusal(unknown) == (404, "DIS.4300")
    assert refusal(method) == (405, "DIS.4300")
    assert set(method.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
    assert refusal(kind) == (415, "DIS.4300")
    assert refusal(large) == (413, "DIS.4300")


def test_the_unexpected_is_told_without_a_trace(scene, monkeypatch):
    with scene.work():
        db.session.execute(ResourceTag.__table__.delete())
        db.session.execute(db.text("ALTER TABLE resource_tag RENAME TO elsewhere"))

    answer = scene.send("GET", "/frogs/stream/pond.wav/tags")

    assert refusal(answer) == (500, "DIS.5000")
    assert answer.json["error_msg"] == "Something went wrong here. Nothing was changed."


@pytest.fixture
def tagged(scene):
    """Four recordings, newest last."""
    with scene.work():
        project = media_files.get_media_file(SYSTEM, scene.pond[0]).project
        for name in ("Marsh_1.wav", "bare.wav"):
            scene.make.media_file(project, name=name)
    scene.create("pond.wav", site="north", year="2024")
    scene.create("lake.wav", site="south", year="2024")
    scene.create("Marsh_1.wav", site="northeast")
    return scene


def test_filters_narrow_what_is_found_newest_first(tagged):
    north, south = {"key": "site", "values": ["north"]}, {"key": "site", "values": ["south"]}
    any_site, year = {"key": "site", "values": []}, {"key": "year", "values": ["2024"]}
    every = ["bare.wav", "Marsh_1.wav", "lake.wav", "pond.wav"]

    assert tagged.names() == every
    assert tagged.names(tags=[north]) == ["pond.wav"]
    assert tagged.names(tags=[any_site, year]) == ["lake.wav", "pond.wav"]
    assert tagged.names(tags=[{"key": "site"}]) == ["Marsh_1.wav", "lake.wav", "pond.wav"]
    assert tagged.names(tags=[{"key": "site", "values": ["north", "south"]}]) == every[2:]
    assert tagged.names(tags=[{"key": "site", "values": ["*north"]}]) == [every[1], every[3]]
    assert tagged.names(tags=[{"key": "site", "values": ["*ORTH"]}]) == []
    assert tagged.names(tags=[{"key": "site", "values": ["*"]}]) == every[1:]
    assert tagged.names(tags=[{"key": "site", "values": ["*%"]}]) == []
    assert tagged.names(tags_any=[north, south]) == every[2:]
    assert tagged.names(not_tags=[any_site, year]) == every[:2]
    assert tagged.names(not_tags_any=[north, year]) == every[:2]
    assert tagged.names(tags=[year], not_tags_any=[south]) == ["pond.wav"]
    assert tagged.names(tags=[], tags_any=[], not_tags=[], not_tags_any=[], matches=[]) == every


def test_a_name_is_matched_by_a_part_of_it(tagged):
    match = {"key": "resource_name", "value": "_"}

    assert tagged.names(matches=[match]) == ["Marsh_1.wav"]
    assert tagged.names(matches=match) == ["Marsh_1.wav"]
    assert tagged.names(matches=orjson.dumps([match]).decode()) == ["Marsh_1.wav"]
    assert tagged.names(matches=[{"key": "resource_name", "value": "marsh"}]) == []


def test_a_page_is_cut_out_and_the_total_is_not(tagged):
    for limit, offset in (("2", "1"), (2, 1)):
        found = tagged.find(limit=limit, offset=offset)

        assert found["total_count"] == 4
        assert found["resources"] == [
            {
                "resource_id": found["resources"][0]["resource_id"],
                "resource_name": "Marsh_1.wav",
                "resource_detail": None,
                "tags": [{"key": "site", "value": "northeast"}],
            },
            {
                "resource_id": tagged.lake[1],
                "resource_name": "lake.wav",
                "resource_detail": None,
                "tags": [{"key": "site", "value": "south"}, {"key": "year", "value": "2024"}],
            },
        ]


def test_a_count_answers_only_that(tagged):
    assert tagged.find("count", tags=[{"key": "year"}], limit="1") == {"total_count": 2}


@pytest.mark.parametrize(
    "body",
    [
        *({"limit": limit} for limit in (0, "0", 1001, "1001", -1, "-1", "x", "", 1.0, True, [])),
        *({"offset": offset} for offset in (-1, "-1", "x", "", "1.0", 0.0, False, 2**63, "٣")),
        *({"tags": tags} for tags in ({}, [1], [{}], [{"key": 1}], [{"key": "a", "values": "b"}])),
        {"tags_any": [{"key": "a"}] * 51},
        {"not_tags": [{"key": "a", "values": ["b"] * 51}]},
        *({"matches": value} for value in (1, "x", [1], [{"key": "name", "value": "x"}])),
        {"matches": [{"key": "resource_name"}]},
    ],
)
def test_a_search_that_makes_no_sense_is_refused(scene, body):
    answer = scene.send(
        "POST", "/frogs/stream/resource_instances/action", {"action": "filter", **body}
    )

    assert refusal(answer) == (400, "DIS.4200")


@pytest.mark.parametrize("action", [None, "Filter", "create", 1])
def test_a_search_has_two_actions(scene, action):
    answer = scene.send("POST", "/frogs/stream/resource_instances/action", {"action": action})

    assert refusal(answer) == (400, "DIS.4605")


def test_the_largest_search_that_is_taken_is_answered(scene):
    many = [{"key": f"k{n}", "values": ["*x"] * 50} for n in range(50)]

    lists = dict.fromkeys(("tags", "tags_any", "not_tags", "not_tags_any"), many)

    assert scene.find(**lists) == {"resources": [], "total_count": 0}
