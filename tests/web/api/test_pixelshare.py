"""PixelShare's tags: what is taken, what is answered, what is refused and how."""

import json

import orjson
import pytest
from flask import request
from sqlalchemy import select

from tagstore import logs
from tagstore.db import db
from tagstore.models import Tag, TagClassAlias, TagSet
from tagstore.services import credentials, projects, users, vocabularies
from tagstore.values import SYSTEM, Role, fold
from tests.make import PASSWORD

JSON = "application/json"
XML = "application/xml"
FORM = "application/x-www-form-urlencoded"
DENIED = {"Message": "Authorization has been denied for this request."}


class Scene:
    """Two galleries, photos in them, and people who may more or less."""

    def __init__(self, client, work, make):
        self.client, self.work, self.make = client, work, make
        with work():
            project = make.project("race", ana=Role.ANNOTATOR, vera=Role.VIEWER, mo=Role.MANAGER)
            other = make.project("secret", otto=Role.MANAGER)
            self.gallery, self.other_gallery = project.id, other.id
            photo = {"kind": "image", "duration_s": None}
            self.photo = make.media_file(project, name="one.jpg", **photo).id
            self.second = make.media_file(project, name="two.jpg", **photo).id
            self.sound = make.media_file(project, name="start.wav", duration_s=10.0).id
            self.hidden = make.media_file(other, **photo).id
            people = {n: users.get_user(SYSTEM, n) for n in ("ana", "vera", "mo", "otto")}
            self.tokens = {name: make.token(user) for name, user in people.items()}
            self.reader = make.token(people["ana"], read_only=True)

    def post(self, body, person="ana", *, path="", kind=JSON, **headers):
        data = body if isinstance(body, bytes | str) else orjson.dumps(body)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if person:
            sent.setdefault("Authorization", f"Bearer {self.tokens[person]}")
        return self.client.post(f"/api/Tags{path}", data=data, content_type=kind, headers=sent)

    def tag(self, value="wren", person="ana", *, photo=None, **fields):
        body = {"Tag": {"PhotoId": photo or self.photo, "Value": value, **fields}}
        return self.post(body, person)

    def search(self, person="ana", **body):
        answer = self.post({"GalleryId": self.gallery, **body}, person, path="/Search")
        assert answer.status_code == 200, answer.text
        return answer.json

    def found(self, **body):
        return [photo["Id"] for photo in self.search(**body)]

    def state(self, body, **options):
        answer = self.post(body, **options)
        assert answer.status_code == 400, answer.text
        assert answer.json["Message"] == "The request is invalid."
        return answer.json["ModelState"]

    def stored(self):
        with self.work():
            return list(db.session.scalars(select(Tag.text).order_by(Tag.id)))


@pytest.fixture
def scene(client, work, make):
    return Scene(client, work, make)


def test_a_tag_is_answered_as_it_was_stored(scene):
    answer = scene.tag("tower", TagType=7, Source="robot", Confidence=0.123456789012345)

    [number] = [photo["Tags"][0]["Id"] for photo in scene.search(Value="tower")]
    assert answer.json == {
        "Id": number,
        "PhotoId": scene.photo,
        "Value": "tower",
        "TagType": 7,
        "Source": "robot",
        "Confidence": 0.123456789012345,
    }
    assert list(answer.json) == ["Id", "PhotoId", "Value", "TagType", "Source", "Confidence"]


def test_a_tag_covers_the_whole_file_on_the_set_of_photo_tags(scene):
    number = scene.tag("tower").json["Id"]

    with scene.work():
        tag = db.session.get_one(Tag, number)
        tag_set = db.session.get_one(TagSet, tag.tag_set_id)
        assert (tag.start_s, tag.end_s, tag.score, tag.kind) == (None, None, 0.0, 0)
        assert (tag_set.name, tag_set.project_id) == ("photo_tags", scene.gallery)
        assert tag.batch.track_author.author == "ana"


def test_the_photo_of_the_tag_wins_over_the_photo(scene):
    both = {"Photo": {"Id": scene.second}, "Tag": {"PhotoId": scene.photo, "Value": "a"}}
    one = {"Photo": {"Id": scene.second}, "Tag": {"PhotoId": 0, "Value": "b"}}

    photos = [scene.post(body).json["PhotoId"] for body in (both, one)]

    assert photos == [scene.photo, scene.second]


def test_a_sound_is_tagged_like_a_photo(scene):
    assert scene.tag(photo=scene.sound).json["PhotoId"] == scene.sound


@pytest.mark.parametrize("words", ["BIB-NUMBER", "Start Number", "startnummer", "STARTNUMMER"])
def test_text_that_names_a_class_becomes_that_class(scene, words):
    with scene.work():
        project = projects.get_project(SYSTEM, scene.gallery)
        first = vocabularies.add_class(SYSTEM, project, "bib-number", label="Start number")
        later = vocabularies.add_class(SYSTEM, project, "startnummer")
        for tag_class in (first, later):
            alias = "Startnummer"
            row = TagClassAlias(tag_class_id=tag_class.id, alias=alias, alias_folded=fold(alias))
            db.session.add(row)
        class_id = first.id

    answer = scene.tag(words)

    assert answer.json["Value"] == "Start number"
    with scene.work():
        tag = db.session.get_one(Tag, answer.json["Id"])
        assert (tag.tag_class_id, tag.text) == (class_id, None)


def test_a_class_of_another_project_and_one_that_is_retired_stay_text(scene):
    with scene.work():
        other = projects.get_project(SYSTEM, scene.other_gallery)
        vocabularies.add_class(SYSTEM, other, "wren")
        project = projects.get_project(SYSTEM, scene.gallery)
        old = vocabularies.add_class(SYSTEM, project, "robin")
        vocabularies.edit_class(SYSTEM, old, retired=True)

    scene.tag("wren")
    scene.tag("robin")

    assert scene.stored() == ["wren", "robin"]


@pytest.mark.parametrize("given", [0, None])
def test_no_gallery_means_the_photos_own(scene, given):
    body = {"Gallery": {"Id": 0} if given == 0 else None, "Tag": {"PhotoId": scene.photo}}
    body["Tag"]["Value"] = "wren"

    assert scene.post(body).status_code == 200


@pytest.mark.parametrize(
    ("tag", "state"),
    [
        ({"Value": ""}, {"request.Tag.Value": ["The Value field is required."]}),
        ({"Value": None}, {"request.Tag.Value": ["The Value field is required."]}),
        ({"Value": 5}, {"request.Tag.Value": ["The value is not valid."]}),
        (
            {"Value": "x" * 256},
            {"request.Tag.Value": ["The field must be a string with a maximum length of 255."]},
        ),
        ({"PhotoId": 0}, {"request.Tag.PhotoId": ["The PhotoId field is required."]}),
        ({"PhotoId": "1"}, {"request.Tag.PhotoId": ["The value is not valid."]}),
        ({"PhotoId": True}, {"request.Tag.PhotoId": ["The value is not valid."]}),
        ({"PhotoId": 2**63}, {"request.Tag.PhotoId": ["The value is not valid."]}),
        ({"TagType": 1.5}, {"request.Tag.TagType": ["The value is not valid."]}),
        (
            {"TagType": -1},
            {"request.Tag.TagType": [f"The field TagType must be between 0 and {2**63 - 1}."]},
        ),
        ({"Confidence": "5.1"}, {"request.Tag.Confidence": ["The value is not valid."]}),
        ({"Confidence": None}, {"request.Tag.Confidence": ["The value is not valid."]}),
        (
            {"Source": "x" * 256},
            {"request.Tag.Source": ["The field must be a string with a maximum length of 255."]},
        ),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_named_by_property(scene, tag, state):
    body = {"Tag": {"PhotoId": scene.photo, "Value": "wren", **tag}}

    assert scene.state(body) == state
    assert scene.stored() == []


@pytest.mark.parametrize(
    ("body", "key"),
    [("null", "request"), ("[]", "request"), ("", "request"), ('"x"', "request")],
)
def test_a_body_that_is_no_request_is_refused(scene, body, key):
    assert list(scene.state(body)) == [key]


@pytest.mark.parametrize("part", ["Tag", "Photo", "Gallery"])
def test_a_part_that_is_no_object_is_refused(scene, part):
    body = {"Tag": {"PhotoId": scene.photo, "Value": "wren"}, part: "x"}

    assert f"request.{part}" in scene.state(body)


@pytest.mark.parametrize(
    "text",
    ['{"a": NaN}', '{"a": 1e999}', '{"a": "\\u0000"}', '{"a": "\\ud800"}', "[" * 100_000, "{"],
    ids=["NaN", "1e999", "NUL", "surrogate", "deep", "half"],
)
def test_malformed_json_is_refused(scene, text):
    assert list(scene.state(text)) == ["request"]


def test_strangers_things_are_not_there(scene):
    unknown = scene.tag(photo=10**6)
    hidden = scene.tag(photo=scene.hidden)
    body = {"Gallery": {"Id": scene.other_gallery}, "Tag": {"PhotoId": scene.photo, "Value": "x"}}
    gallery = scene.post(body)
    elsewhere = scene.post({**body, "Gallery": {"Id": scene.gallery}}, person="otto")

    answers = [unknown, hidden, gallery, elsewhere]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert unknown.json == hidden.json == {"Message": "No such media file."}


def test_a_photo_of_another_gallery_than_the_one_named_is_not_there(scene):
    with scene.work():
        project = scene.make.project("birds")
        projects.grant(SYSTEM, project, "ana", Role.ANNOTATOR)
        birds = project.id

    answer = scene.post({"Gallery": {"Id": birds}, "Tag": {"PhotoId": scene.photo, "Value": "x"}})

    assert (answer.status_code, answer.json) == (404, {"Message": "No such photo in this gallery."})


def test_who_only_looks_is_refused(scene):
    viewer = scene.tag(person="vera")
    body = {"Tag": {"PhotoId": scene.photo, "Value": "x"}}
    reader = scene.post(body, Authorization=f"Bearer {scene.reader}")

    message = {"Message": "You may not do that in this project."}
    assert (viewer.status_code, viewer.json) == (403, message)
    assert (reader.status_code, reader.json) == (403, message)


@pytest.mark.parametrize(
    "kind",
    [JSON, XML, FORM],
)
@pytest.mark.parametrize("way", ["key", "pair", "wrong key, then pair"])
def test_the_body_says_who_asks_in_every_format(scene, kind, way):
    given = {
        "key": {"ApiKey": scene.tokens["ana"]},
        "pair": {"UserId": "ana", "Pwd": PASSWORD},
        "wrong key, then pair": {"ApiKey": "nothing", "UserId": "Ana", "Pwd": PASSWORD},
    }[way]
    fields = "".join(f"<{name}>{value}</{name}>" for name, value in given.items())
    pairs = "".join(f"&credentials.{name}={value}" for name, value in given.items())
    photo = scene.photo
    bodies = {
        JSON: json.dumps({"CREDENTIALS": given, "tag": {"photoid": photo, "VALUE": "wren"}}),
        XML: f"<TagAddRequest><Credentials>{fields}</Credentials><Tag><Value>wren</Value>"
        f"<PhotoId>{photo}</PhotoId></Tag></TagAddRequest>",
        FORM: f"Tag.Value=wren&Tag[PhotoId]={photo}{pairs}",
    }

    answer = scene.post(bodies[kind], person="", kind=kind)

    assert (answer.status_code, answer.json.get("Value")) == (200, "wren")


@pytest.mark.parametrize(
    "given",
    [
        None,
        {},
        {"ApiKey": "ts_wrong"},
        {"UserId": "ana", "Pwd": "wrong"},
        {"UserId": "ana"},
        {"UserId": "ana", "Pwd": PASSWORD.upper(), "ApiKey": "ts_wrong"},
        {"UserId": "sample string 2", "Pwd": "sample string 3"},
    ],
    ids=str,
)
def test_who_is_nobody_is_denied(scene, given):
    body = {"Credentials": given, "Tag": {"PhotoId": scene.photo, "Value": "wren"}}

    answer = scene.post(body, person="")

    assert (answer.status_code, answer.json) == (401, DENIED)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert scene.stored() == []


def test_the_header_wins_over_the_body(scene):
    body = {
        "Credentials": {"ApiKey": scene.tokens["ana"]},
        "Tag": {"PhotoId": scene.photo, "Value": "wren"},
    }

    wrong = scene.post(body, person="", Authorization="Bearer nothing")
    viewer = scene.post(body, person="vera")
    basic = scene.post(body, person="", Authorization="Basic YW5hOmNvcnJlY3QgaG9yc2U=")

    assert [a.status_code for a in (wrong, viewer, basic)] == [401, 403, 401]


def test_a_browsers_cookie_is_nothing_here(scene):
    page = scene.client.get("/login").text
    csrf = page.split('name="csrf-token" content="')[1].split('"')[0]
    form = {"username": "ana", "password": PASSWORD, "csrf_token": csrf}
    assert scene.client.post("/login", data=form).status_code == 302

    answer = scene.post({"Tag": {"PhotoId": scene.photo, "Value": "wren"}}, person="")

    assert (answer.status_code, answer.json) == (401, DENIED)


def test_guesses_are_counted_and_limited(scene):
    def guess(password):
        return scene.post({"Credentials": {"UserId": "ana", "Pwd": password}}, person="")

    statuses = [guess("wrong").status_code for _ in range(11)]
    right = guess(PASSWORD)

    assert statuses == [401] * 10 + [429]
    assert right.status_code == 429
    assert int(right.headers["Retry-After"]) >= 1


def test_passwords_are_checked_before_the_write_lock_is_taken(scene, monkeypatch):
    held = []
    real = credentials.actor_by_password

    def look(name, password):
        held.append(db.session().in_transaction())
        return real(name, password)

    monkeypatch.setattr(credentials, "actor_by_password", look)
    body = {"Credentials": {"UserId": "ana", "Pwd": PASSWORD}}

    scene.post({**body, "Tag": {"PhotoId": scene.photo, "Value": "x"}}, person="")

    assert held == [False]


@pytest.mark.parametrize("kind", [JSON, XML, FORM])
def test_the_bodys_credentials_reach_neither_log_nor_answer(app, scene, capfd, monkeypatch, kind):
    def fail():
        raise RuntimeError(request.get_data(as_text=True))

    monkeypatch.setitem(app.view_functions, "pixelshare.search", fail)
    logs.configure(app.settings, [])
    key = scene.tokens["ana"]
    given = {"UserId": "ana", "Pwd": "hush;hush", "ApiKey": key}
    fields = "".join(f"<{name}>{value}</{name}>" for name, value in given.items())
    body = {
        JSON: json.dumps({"Credentials": given}),
        XML: f"<TagSearchRequest><Credentials>{fields}</Credentials></TagSearchRequest>",
        FORM: "&".join(f"Credentials.{n}={v.replace(';', '%3B')}" for n, v in given.items()),
    }[kind]

    broken = scene.post(body, person="", path="/Search", kind=kind)
    wrong = scene.post(body.replace(key, "sesame"), person="", kind=kind)

    log = capfd.readouterr().err
    assert (broken.status_code, broken.json) == (500, {"Message": "An error has occurred."})
    assert (wrong.status_code, wrong.json) == (401, DENIED)
    assert "RuntimeError" in log
    assert [word for word in ("hush", "sesame", key) if word in log] == []


def test_a_deleted_tag_is_shown_once_more(scene):
    tag = scene.tag("tower").json

    answer = scene.post(
        {"Gallery": {"Id": scene.gallery}, "Tag": {"Id": tag["Id"]}}, path="/Delete"
    )
    again = scene.post({"Tag": {"Id": tag["Id"]}}, path="/Delete")

    assert (answer.status_code, answer.json) == (200, tag)
    assert (again.status_code, again.json) == (404, {"Message": "No such tag."})


def test_only_managers_delete_what_others_tagged(scene):
    body = {"Tag": {"Id": scene.tag("tower", person="mo").json["Id"]}}

    people = ("vera", "ana", "otto", "mo")
    statuses = [scene.post(body, who, path="/Delete").status_code for who in people]

    assert statuses == [403, 403, 404, 200]


def test_a_tag_of_another_gallery_or_of_a_stretch_is_not_there_to_delete(scene):
    with scene.work():
        project = scene.make.project("birds")
        projects.grant(SYSTEM, project, "ana", Role.MANAGER)
        birds = project.id
        media_file = scene.make.media_file(project)
        stretch = scene.make.tag(media_file).id
    body = {"Gallery": {"Id": birds}, "Tag": {"Id": scene.tag().json["Id"]}}

    elsewhere = scene.post(body, path="/Delete")
    of_a_stretch = scene.post({"Tag": {"Id": stretch}}, path="/Delete")

    assert (elsewhere.status_code, of_a_stretch.status_code) == (404, 404)


def test_a_search_looks_for_part_of_a_value_in_any_case(scene):
    scene.tag("Eiffel TOWER", photo=scene.photo)
    scene.tag("100%", photo=scene.second)

    assert scene.found(Value="fel tow") == [scene.photo]
    assert scene.found(Value="%") == [scene.second]
    assert scene.found(Value="_") == []
    assert scene.found() == [scene.photo, scene.second, scene.sound]


def test_a_search_answers_photos_with_all_their_tags(scene):
    tags = [scene.tag("tower").json, scene.tag("42").json]

    [photo] = scene.search(Value="tower")

    assert photo == {
        "Id": scene.photo,
        "GalleryId": scene.gallery,
        "FileName": "one.jpg",
        "Tags": tags,
    }


def test_numbers_and_text_are_told_apart(scene):
    scene.tag("1042", photo=scene.photo)
    scene.tag("42b", photo=scene.second)

    assert scene.found(NumericOnly=True) == [scene.photo]
    assert scene.found(TextOnly=True) == [scene.second]
    assert scene.found(NumericOnly=True, Value="04") == [scene.photo]
    assert scene.found(NumericOnly=True, TextOnly=True) == []


def test_untagged_turns_the_search_round(scene):
    scene.tag("1042", photo=scene.photo)
    scene.tag("finish", photo=scene.second)

    assert scene.found(Untagged=True) == [scene.sound]
    assert scene.found(Untagged=True, NumericOnly=True) == [scene.second, scene.sound]
    assert scene.found(Untagged=True, Value="FIN") == [scene.photo, scene.sound]


@pytest.mark.parametrize("exclude", [[3], [{"Id": 1, "tagtype": 3, "SortFilterId": 2}]])
def test_tags_of_excluded_types_are_as_if_they_were_not_there(scene, exclude):
    scene.tag("face", TagType=3)
    kept = scene.tag("tower", TagType=4).json

    assert scene.found(Value="face", ExcludeTypes=exclude) == []
    assert [each["Tags"] for each in scene.search(ExcludeTypes=exclude)] == [[kept], [], []]
    assert scene.found(Untagged=True, ExcludeTypes=[3, 4]) == [
        scene.photo,
        scene.second,
        scene.sound,
    ]


def test_a_search_shows_nothing_of_stretches_deleted_tags_and_others_galleries(scene):
    scene.tag("hidden", person="otto", photo=scene.hidden)
    gone = scene.tag("gone").json["Id"]
    scene.post({"Tag": {"Id": gone}}, path="/Delete")
    with scene.work():
        photo = scene.make.media_file(projects.get_project(SYSTEM, scene.gallery), duration_s=9.0)
        scene.make.tag(photo, text="stretch")
        scene.make.tag(photo, text="whole", start_s=0.0, end_s=9.0)
        whole = photo.id

    shown = scene.search(GalleryId=0)

    assert [photo["Id"] for photo in shown] == [scene.photo, scene.second, scene.sound, whole]
    assert [[tag["Value"] for tag in photo["Tags"]] for photo in shown] == [[], [], [], ["whole"]]
    assert scene.post({"GalleryId": scene.other_gallery}, path="/Search").status_code == 404


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (
            XML,
            "<TagSearchRequest><GalleryId>{}</GalleryId><NumericOnly>true</NumericOnly>"
            "<ExcludeTypes><int>3</int><int>4</int></ExcludeTypes></TagSearchRequest>",
        ),
        (FORM, "GalleryId={}&NumericOnly=True&ExcludeTypes[0]=3&ExcludeTypes[1]=4"),
        (FORM, "GalleryId={}&NumericOnly=1&ExcludeTypes=3&ExcludeTypes=4"),
    ],
)
def test_searches_come_in_every_format(scene, kind, body):
    scene.tag("1", TagType=3)
    scene.tag("2", TagType=5, photo=scene.second)

    answer = scene.post(body.format(scene.gallery), path="/Search", kind=kind)

    assert [photo["Id"] for photo in answer.json] == [scene.second]


@pytest.mark.parametrize("name", ["ExcludeTypes", "TextOnly", "GalleryId"])
@pytest.mark.parametrize("value", ["x", {"a": 1}, 1.5, ["x"]], ids=str)
def test_a_search_that_makes_no_sense_is_refused(scene, name, value):
    assert list(scene.state({name: value}, path="/Search")) == [f"request.{name}"]


def test_statements_do_not_grow_with_the_photos_found(scene, statements):
    scene.tag("a", photo=scene.photo)
    one = statements(lambda: scene.search(Value="a"))
    scene.tag("a", photo=scene.second)
    scene.tag("a", photo=scene.sound)

    assert statements(lambda: scene.search(Value="a")) == one


def test_text_that_xml_cannot_write_is_shown_as_a_replacement(scene):
    body = {"Tag": {"PhotoId": scene.photo, "Value": "a\x01<b>&\r"}}

    answer = scene.post(body, Accept=XML)

    assert "<Value>a\ufffd&lt;b&gt;&amp;&#13;</Value>" in answer.text


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["", "/Delete", "/Search"])
def test_other_methods_are_refused_with_what_is_allowed(scene, method, path):
    answer = scene.client.open(f"/api/Tags{path}", method=method)

    message = f"The requested resource does not support http method '{method}'."
    assert (answer.status_code, answer.json) == (405, {"Message": message})
    assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}
