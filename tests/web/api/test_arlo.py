"""ARLO's bulkTagCreate: what it takes, what it answers, what it refuses and how."""

from urllib.parse import urlencode

import orjson
import pytest
from sqlalchemy import select, text

from tagstore.db import db
from tagstore.models import Event, Tag, TagCount
from tagstore.services import projects, users
from tagstore.values import SYSTEM, Role


@pytest.fixture
def scene(client, work, make):
    return Scene(client, work, make)


class Scene:
    """A project with a recording of ten seconds, and Ana who may tag in it."""

    def __init__(self, client, work, make):
        self.client, self.work, self.make = client, work, make
        with work():
            project = make.project("frogs", ana=Role.ANNOTATOR, vera=Role.VIEWER)
            self.project = project.id
            self.media_file = make.media_file(project, duration_s=10.0).id
            self.tag_set = make.tag_set(project, "calls").id
            self.tag_class = make.tag_class(project, "tree frog").id
            self.root = make.user("root", is_admin=True).id
            people = {name: users.get_user(SYSTEM, name) for name in ("ana", "vera", "root")}
            self.ids = {name: user.id for name, user in people.items()}
            self.tokens = {name: make.token(user) for name, user in people.items()}
        self.address = f"/api/v0/bulkTagCreate/{self.project}/"

    def item(self, **fields):
        """Return a good item; a field that is `...` is left out."""
        item = {
            "tagSet": self.tag_set,
            "mediaFile": self.media_file,
            "startTime": 0.5,
            "endTime": 1.5,
            "minFrequency": 20,
            "maxFrequency": 20000,
            "tagClass": self.tag_class,
            "strength": 1,
            **fields,
        }
        return {name: value for name, value in item.items() if value is not ...}

    def headers(self, person="ana"):
        return {"Authorization": f"Token {self.tokens[person]}"}

    def post(self, body, person="ana", **options):
        if not isinstance(body, bytes):
            body = orjson.dumps(body)
        options.setdefault("content_type", "application/json")
        return self.client.post(
            options.pop("address", self.address),
            data=body,
            headers=self.headers(person),
            **options,
        )

    def stored(self):
        with self.work():
            return list(db.session.scalars(select(Tag.start_s).order_by(Tag.id)))


def test_a_bulk_answers_the_tags_in_input_order(scene):
    items = [
        scene.item(startTime=2, endTime=3, userTagged=True, strength=0.01),
        scene.item(randomlyChosen=True, machineTagged=True, strength=-7),
    ]

    answer = scene.post(items)

    first, second = answer.json[0]["id"], answer.json[1]["id"]
    created = answer.json[0]["creationDate"]
    common = {
        "user": scene.ids["ana"],
        "creationDate": created,
        "tagClass": scene.tag_class,
        "parentTag": None,
        "tagSet": scene.tag_set,
        "mediaFile": scene.media_file,
        "minFrequency": 20.0,
        "maxFrequency": 20000.0,
    }
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.json == [
        {
            **common,
            "id": first,
            "tagExample": first,
            "startTime": 2.0,
            "endTime": 3.0,
            "randomlyChosen": False,
            "machineTagged": False,
            "userTagged": True,
            "strength": 0.01,
        },
        {
            **common,
            "id": second,
            "tagExample": second,
            "startTime": 0.5,
            "endTime": 1.5,
            "randomlyChosen": True,
            "machineTagged": True,
            "userTagged": False,
            "strength": -7.0,
        },
    ]
    assert scene.stored() == [2.0, 0.5]


def test_a_tag_read_back_is_the_one_that_was_answered(scene):
    made = scene.post([scene.item()]).json[0]

    read = scene.client.get(f"/api/v0/tag/{made['id']}/", headers=scene.headers())

    assert read.json == made


@pytest.mark.parametrize("wrap", [orjson.dumps, lambda items: items], ids=["text", "list"])
def test_an_object_may_hold_the_list_as_text_or_as_it_is(scene, wrap):
    held = wrap([scene.item()])
    text = held.decode() if isinstance(held, bytes) else held

    answer = scene.post({"tags": text})

    assert (answer.status_code, len(answer.json)) == (200, 1)


def test_a_form_may_hold_the_list(scene):
    text = orjson.dumps([scene.item()]).decode()

    urlencoded = scene.post(
        urlencode({"tags": text}).encode(), content_type="application/x-www-form-urlencoded"
    )
    multipart = scene.client.post(scene.address, data={"tags": text}, headers=scene.headers())
    several_parts = scene.client.post(
        scene.address,
        data={"tags": text},
        headers=scene.headers(),
        content_type="multipart/form-data",
    )

    statuses = [urlencoded.status_code, multipart.status_code, several_parts.status_code]
    assert statuses == [200, 200, 200]
    assert scene.stored() == [0.5, 0.5, 0.5]


def test_a_body_that_does_not_say_what_it_is_is_json(scene):
    answer = scene.post([scene.item()], content_type=None)

    assert (answer.status_code, len(answer.json)) == (200, 1)


def test_an_empty_list_makes_nothing(scene):
    answer = scene.post([])

    assert (answer.status_code, answer.json) == (200, [])


def test_one_bad_item_keeps_all_out_and_the_answer_is_aligned(scene):
    answer = scene.post([scene.item(), scene.item(startTime=...)])

    assert answer.status_code == 400
    assert answer.json == [{}, {"startTime": ["This field is required."]}]
    assert scene.stored() == []


FAULTS = {
    "startTime": {
        ...: "This field is required.",
        None: "This field may not be null.",
        "1": "A valid number is required.",
        True: "A valid number is required.",
        -1: "Ensure this value is greater than or equal to 0.",
    },
    "strength": {None: "This field may not be null.", "high": "A valid number is required."},
    "tagSet": {
        99: 'Invalid pk "99" - object does not exist.',
        -99: 'Invalid pk "-99" - object does not exist.',
        2**63: 'Invalid pk "9223372036854775808" - object does not exist.',
        "1": "Incorrect type. Expected pk value, received str.",
        False: "Incorrect type. Expected pk value, received bool.",
        1.0: "Incorrect type. Expected pk value, received float.",
        None: "This field may not be null.",
        ...: "This field is required.",
    },
    "mediaFile": {99: 'Invalid pk "99" - object does not exist.'},
    "tagClass": {
        99: 'Invalid pk "99" - object does not exist.',
        None: "This field may not be null.",
    },
    "parentTag": {
        99: 'Invalid pk "99" - object does not exist.',
        "7": "Incorrect type. Expected pk value, received str.",
    },
    "userTagged": {
        None: "This field may not be null.",
        1: "Must be a valid boolean.",
        "true": "Must be a valid boolean.",
    },
    "user": {
        1: "Only administrators may name another user.",
        None: "This field may not be null.",
    },
    "endTime": {0.25: "Must not be before startTime."},
    "maxFrequency": {10: "Must not be before minFrequency."},
}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [(field, value, words) for field, each in FAULTS.items() for value, words in each.items()],
)
def test_each_fault_has_its_words(scene, field, value, words):
    answer = scene.post([scene.item(**{field: value})])

    assert (answer.status_code, answer.json) == (400, [{field: [words]}])


def test_every_fault_of_an_item_is_named_at_once(scene):
    bad = scene.item(
        startTime=..., tagClass=99, maxFrequency=10, userTagged=None, mediaFile="9", user=1
    )

    answer = scene.post([scene.item(), bad, 7, None, [], scene.item(endTime=0.25)])

    assert answer.json == [
        {},
        {
            "mediaFile": ["Incorrect type. Expected pk value, received str."],
            "startTime": ["This field is required."],
            "userTagged": ["This field may not be null."],
            "tagClass": ['Invalid pk "99" - object does not exist.'],
            "user": ["Only administrators may name another user."],
            "maxFrequency": ["Must not be before minFrequency."],
        },
        {"non_field_errors": ["Invalid data. Expected a dictionary, but got int."]},
        {"non_field_errors": ["Invalid data. Expected a dictionary, but got NoneType."]},
        {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]},
        {"endTime": ["Must not be before startTime."]},
    ]


def test_things_of_another_project_are_as_unknown_as_what_never_was(scene):
    with scene.work():
        elsewhere = scene.make.tag()
        there = {
            "tagSet": elsewhere.tag_set_id,
            "mediaFile": elsewhere.media_file_id,
            "parentTag": elsewhere.id,
        }

    answer = scene.post([scene.item(**there)])

    assert answer.json == [
        {
            name: [f'Invalid pk "{number}" - object does not exist.']
            for name, number in there.items()
        }
    ]


def test_an_end_past_the_file_is_moved_to_its_end_and_shown_so(scene):
    answer = scene.post([scene.item(startTime=9, endTime=12)])

    assert [(tag["startTime"], tag["endTime"]) for tag in answer.json] == [(9.0, 10.0)]


def test_a_start_past_the_file_is_a_fault(scene):
    answer = scene.post([scene.item(startTime=10.5, endTime=11)])

    assert answer.json == [{"startTime": ["The file ends at 10 s."]}]


def test_a_file_of_unknown_duration_is_not_checked(scene):
    with scene.work():
        project = projects.get_project(SYSTEM, scene.project)
        unknown = scene.make.media_file(project, duration_s=None).id

    answer = scene.post([scene.item(mediaFile=unknown, startTime=1e6, endTime=2e6)])

    assert [(tag["startTime"], tag["endTime"]) for tag in answer.json] == [(1e6, 2e6)]


def test_unknown_keys_are_ignored(scene):
    answer = scene.post([scene.item(id=7, creationDate="then", project=99)])

    assert answer.status_code == 200


def test_an_admin_may_name_the_user(scene):
    answer = scene.post([scene.item(user=scene.ids["ana"]), scene.item()], "root")
    unknown = scene.post([scene.item(user=99)], "root")

    assert [tag["user"] for tag in answer.json] == [scene.ids["ana"], scene.ids["root"]]
    assert unknown.json == [{"user": ['Invalid pk "99" - object does not exist.']}]


def test_others_may_not_even_name_themselves(scene):
    answer = scene.post([scene.item(user=scene.ids["ana"])])

    assert answer.json == [{"user": ["Only administrators may name another user."]}]


def test_a_parent_is_a_tag_of_the_same_project(scene):
    parent = scene.post([scene.item()]).json[0]["id"]

    answer = scene.post([scene.item(parentTag=parent), scene.item(parentTag=None)])

    assert [tag["parentTag"] for tag in answer.json] == [parent, None]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "JSON parse error - "),
        (b"[", "JSON parse error - "),
        (b'[{"x": NaN}]', "JSON parse error - "),
        (b'[{"x": 1e999}]', "JSON parse error - "),
        (b"\xef\xbb\xbf[]", "JSON parse error - "),
        (b'["\\u0000"]', "JSON parse error - "),
        (b'["\xff"]', "JSON parse error - "),
        (b'["\\ud800"]', "JSON parse error - "),
        (b"[" * 100_000, "JSON parse error - "),
        (b'{"tags": "[NaN]"}', "JSON parse error - "),
        (b'{"tags": ""}', "JSON parse error - "),
    ],
)
def test_what_is_not_json_is_said_so(scene, body, detail):
    answer = scene.post(body)

    assert (answer.status_code, list(answer.json)) == (400, ["detail"])
    assert answer.json["detail"][: len(detail)] == detail


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({}, "dict"),
        ({"tag": []}, "dict"),
        ({"tags": {}}, "dict"),
        ({"tags": "{}"}, "dict"),
        ({"tags": 5}, "int"),
        (7, "int"),
        (None, "NoneType"),
        ("[]", "str"),
    ],
)
def test_what_is_neither_list_nor_holds_one_is_said_so(scene, body, kind):
    answer = scene.post(body)

    words = f'Expected a list of items but got type "{kind}".'
    assert (answer.status_code, answer.json) == (400, {"non_field_errors": [words]})


def test_a_form_without_tags_holds_no_list(scene):
    answer = scene.post(b"[]", content_type="application/x-www-form-urlencoded")

    words = 'Expected a list of items but got type "dict".'
    assert (answer.status_code, answer.json) == (400, {"non_field_errors": [words]})


def test_other_kinds_of_body_are_refused(scene):
    answer = scene.post(b"[]", content_type="text/plain")

    words = 'Unsupported media type "text/plain" in request.'
    assert (answer.status_code, answer.json) == (415, {"detail": words})


def test_other_methods_are_refused_with_those_that_are_taken(scene):
    answer = scene.client.get(scene.address, headers=scene.headers())

    assert (answer.status_code, answer.json) == (405, {"detail": 'Method "GET" not allowed.'})
    assert set(answer.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        (None, "Authentication credentials were not provided."),
        ("Token nonsense", "That token is not valid here."),
        ("Digest nonsense", "That kind of credential is not taken here."),
    ],
)
def test_without_credential_nothing_is_told(scene, header, detail):
    headers = {"Authorization": header} if header else {}

    answer = scene.client.post(scene.address, json=[], headers=headers)

    assert (answer.status_code, answer.json) == (401, {"detail": detail})
    assert answer.headers["WWW-Authenticate"] == "Token"


def test_a_cookie_is_no_credential_here(scene):
    page = scene.client.get("/login").text
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    form = {"username": "ana", "password": "correct horse", "csrf_token": token}

    signed_in = scene.client.post("/login", data=form)
    answer = scene.client.post(scene.address, json=[])

    assert (signed_in.status_code, answer.status_code) == (302, 401)


def test_a_viewer_may_not_tag(scene):
    answer = scene.post([scene.item(startTime="x")], "vera")

    detail = "You may not do that in this project."
    assert (answer.status_code, answer.json) == (403, {"detail": detail})


def test_a_read_only_token_may_not_tag(scene):
    with scene.work():
        scene.tokens["reader"] = scene.make.token(users.get_user(SYSTEM, "ana"), read_only=True)

    answer = scene.post([], "reader")

    assert (answer.status_code, list(answer.json)) == (403, ["detail"])


def test_a_project_one_cannot_see_is_not_there(scene):
    with scene.work():
        hidden = scene.make.project("hidden").id

    answers = [
        scene.post([], address=f"/api/v0/bulkTagCreate/{number}/")
        for number in (hidden, 10**6, 10**30)
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert [answer.json for answer in answers] == [{"detail": "Not found."}] * 3


def test_unknown_addresses_wear_the_same_clothes(scene):
    answer = scene.client.get("/api/v0/nothing/")

    assert (answer.status_code, answer.json) == (404, {"detail": "Not found."})


def test_a_body_beyond_the_limit_is_refused_with_its_number(scene):
    answer = scene.client.post(
        scene.address,
        headers=scene.headers(),
        environ_overrides={"CONTENT_LENGTH": str(64 * 2**20 + 1)},
        content_type="application/json",
    )

    detail = "The body is larger than 67108864 bytes."
    assert (answer.status_code, answer.json) == (413, {"detail": detail})


def test_tags_of_one_user_land_in_one_batch(scene):
    scene.post([scene.item()])
    scene.post([scene.item(), scene.item()])

    with scene.work():
        batches = set(db.session.scalars(select(Tag.batch_id)))
    assert len(batches) == 1


def test_the_slash_at_the_end_may_be_forgotten(scene):
    answer = scene.post([scene.item()], address=scene.address.rstrip("/"))

    assert answer.status_code == 200


def test_a_fault_of_ours_wears_the_same_clothes_and_stores_nothing(scene):
    with scene.work():
        db.session.execute(text("DROP TABLE tag_count"))

    answer = scene.post([scene.item()])

    detail = "Something went wrong here. Nothing was changed."
    assert (answer.status_code, answer.json) == (500, {"detail": detail})
    assert scene.stored() == []


def test_more_faults_than_anybody_reads_are_refused_with_their_number(scene):
    answer = scene.post([7] * 100_001)

    detail = (
        "More than 100000 items are no tags. The first is item 0: non_field_errors: "
        "Invalid data. Expected a dictionary, but got int. Nothing was saved."
    )
    assert (answer.status_code, answer.json) == (400, {"detail": detail})


def test_thousands_of_tags_are_one_event_and_counted(scene):
    items = [scene.item(startTime=n / 500, endTime=n / 500 + 0.1) for n in range(2500)]

    answer = scene.post(items)

    with scene.work():
        kinds = db.session.scalars(select(Event.after).where(Event.kind == "tag.added")).all()
        counted = sum(db.session.scalars(select(TagCount.tags)))
    assert [event["ids"] for event in kinds] == [[tag["id"] for tag in answer.json]]
    assert counted == 2500
