"""What the client asks and reads is what the OpenAPI document of the running server says."""

import json
import re
from dataclasses import fields
from typing import get_args
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from tagstore_client import Tagstore, parameters, things
from tagstore_client.asking import PAGE
from tagstore_client.line import PREFIX
from tagstore_client.parameters import WIRE

# The document does not know the engine.
pytestmark = pytest.mark.parametrize("lasting_app", ["sqlite"], indirect=True, scope="module")

PAGED = {"limit", "cursor", "count"}
TUS_TYPE = "application/offset+octet-stream"
SCHEMAS = {"TagClass": "Class"}
"""What things are called in the document that have another name here."""

THINGS = [
    each
    for each in vars(things).values()
    if isinstance(each, type) and issubclass(each, things.Thing) and each is not things.Thing
]


@pytest.fixture
def document(store, proxy):
    return httpx.get(f"{proxy.address}{PREFIX}/openapi.json").json()


@pytest.fixture
def schema(document):
    """A function that returns a schema of the document by its name."""
    return document["components"]["schemas"].__getitem__


@pytest.fixture
def queried(document):
    """A function that returns the parameters of a query by name."""

    def queried(path):
        said = document["paths"][PREFIX + path]["get"]["parameters"]
        return {each["name"]: each["schema"] for each in said if each["in"] == "query"}

    return queried


def named(typed):
    return {WIRE.get(name, name) for name in typed.__annotations__}


@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: thing.__name__)
def test_a_thing_has_the_fields_that_the_server_says(thing, schema):
    said = schema(SCHEMAS.get(thing.__name__, thing.__name__))

    assert {each.name for each in fields(thing)} == set(said["properties"])
    moments = {
        name for name, each in said["properties"].items() if each.get("format") == "date-time"
    }
    assert {each.name for each in fields(thing) if each.name.endswith("_at")} == moments
    optional = {each.name for each in fields(thing) if "None" in str(each.type)}
    assert optional == {name for name, each in said["properties"].items() if "null" in each["type"]}


def test_filters_and_bodies_have_the_fields_that_the_server_takes(schema, queried):
    assert named(parameters.TagFilters) | {"project"} | PAGED == set(queried("/tags"))
    assert named(parameters.TagFilters) | {"sort"} | PAGED == set(queried("/media/{media_id}/tags"))
    assert named(parameters.MediaFilters) | {"project"} | PAGED == set(queried("/media"))
    assert named(parameters.TagChanges) == set(schema("TagChanges")["properties"])
    assert named(parameters.NewTag) == set(schema("NewTag")["properties"])


def test_choices_are_those_that_the_server_takes(schema, queried):
    assert set(get_args(parameters.Sort)) == set(queried("/media/{media_id}/tags")["sort"]["enum"])
    assert set(get_args(parameters.MediaSort)) == set(queried("/media")["sort"]["enum"])
    for name in ("kind", "state"):
        mine = parameters.MediaFilters.__annotations__[name]
        assert set(get_args(mine)) == set(queried("/media")[name]["enum"])
    assert set(get_args(parameters.Status)) == set(queried("/tags")["status"]["enum"])
    assert (
        min(
            queried(path)["limit"]["maximum"]
            for path in ("/tags", "/media", "/projects", "/tag-sets")
        )
        >= PAGE
    )


def tour(store, key, sound, folder):
    """Yield the name of every method of the client, once it was called."""
    rows = [{"start_s": number / 9, "end_s": 9.0} for number in range(3)]
    media = store.add_media(key, sound(10.0), folder="pond")
    tag = store.add_tag(media, tag_set="seen", text="fox", start_s=1.0, end_s=2.0)
    changed = store.edit_tag(tag, comment="faint")
    kind = {"kind": "audio", "state": "ready", "tagged": True, "sort": "-size", "q": "pond"}
    calls = {
        "me": (),
        "projects": (),
        "project": (key,),
        "add_project": (f"{key}-2",),
        "add_class": (key, "rana"),
        "classes": (key,),
        "tag_sets": (key,),
        "media": (key,),
        "media_file": (media.qid,),
        "find_media": (key, "pond/pond.wav"),
        "download": (media, folder),
        "media_frame": (key,),
        "tags": (key,),
        "tags_frame": (key,),
        "tag": (tag.id,),
        "delete_tag": (changed,),
        "restore_tag": (tag.id,),
        "formats": (),
    }
    options = {"media": kind, "media_frame": kind, "tags_frame": {"media": media}}
    for name, arguments in calls.items():
        answer = getattr(store, name)(*arguments, **options.get(name, {}))
        list(answer) if name in {"projects", "classes", "tag_sets", "media", "tags"} else None
        yield name
    every = {"media_id": media.qid, "tag_set": "seen", "tag_class": "rana"}
    store.add_tags(key, rows, on_duplicate="skip", dry_run=True, **every)
    narrow = {"start_s": 0.5, "score_gte": 1e-7, "status": "accepted", "tag_class": "rana"}
    list(store.tags(key, media=media, sort="-score", **narrow))
    store.export(key, "raven", folder / "tags.zip", folder="pond", by_recording=True, **narrow)
    yield from ("add_media", "add_tag", "edit_tag", "add_tags", "export")


def operation(document, asked):
    """Return what the document says of the operation that was asked for."""
    method = {"HEAD": "get"}.get(asked.method, asked.method.lower())
    path = urlsplit(asked.target).path
    for template, operations in document["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and method in operations:
            return operations[method]
    raise AssertionError(f"{asked.method} {path} is not in the document")


def test_all_that_is_asked_is_in_the_document(store, project, sound, tmp_path, proxy, document):
    proxy.forget()

    called = set(tour(store, project, sound, tmp_path))

    public = {name for name in dir(Tagstore) if not name.startswith("_")}
    assert called == public - {"close", "url"}
    for asked in proxy.asked:
        said = operation(document, asked)
        known = {(each["in"], each["name"]) for each in said["parameters"]}
        used = {("query", name) for name, _ in parse_qsl(urlsplit(asked.target).query)}
        used |= {
            ("header", name)
            for name in ("If-Match", "Idempotency-Key", "Tus-Resumable", *asked.headers)
            if name in asked.headers and name.startswith(("If-M", "Idem", "Tus", "Upload"))
        }
        assert used - known == set(), asked.target
        assert_documented_body(asked, said, document)


def assert_documented_body(asked, said, document):
    """Assert that a body is of a type that is taken, with fields that are known."""
    if not asked.body:
        return
    content = said["requestBody"]["content"]
    taken = content[asked.headers["Content-Type"]]["schema"]
    if "$ref" in taken:
        taken = document["components"]["schemas"][taken["$ref"].rpartition("/")[2]]
        assert json.loads(asked.body).keys() <= taken["properties"].keys()
    else:
        assert asked.headers["Content-Type"] in {TUS_TYPE, "application/x-ndjson"}
