"""Every text of the corpus on every wire: what is no JSON is 400 there, and changes nothing."""

import json
from collections import Counter
from urllib.parse import urlencode

import pytest

from tagstore.db import transaction
from tagstore.services import tag_sets, users, vocabularies
from tagstore.services.backups import checksums
from tagstore.values import SYSTEM, Role
from tests.corpus import wires
from tests.corpus.json_texts import REFUSED, TAKEN, TEXTS
from tests.make import Make

NAMES = ["arlo", "bedrock", "pixelshare", "dis", "eluvio", "v1"]
TOO_DEEP_TO_KEEP = {"i_depth_900_arrays"}


@pytest.fixture(scope="module")
def app(lasting_app):
    """One application for all texts: what is refused leaves nothing that could disturb the next."""
    return lasting_app


@pytest.fixture(scope="module")
def scene(app):
    """What the wires speak of, and the headers of somebody who may do all of it."""
    make = Make()
    with app.app_context(), transaction(writing=True):
        project = make.project("frogs", ana=Role.MANAGER)
        media_file = make.media_file(project)
        found = wires.Scene(
            project.id,
            media_file.id,
            media_file.qid,
            tag_sets.add_tag_set(SYSTEM, project, "survey").id,
            vocabularies.add_class(SYSTEM, project, "hyla").id,
        )
        token = make.token(users.get_user(SYSTEM, "ana"))
    return wires.wires(found), {"Authorization": f"Bearer {token}"}


@pytest.fixture
def wire(scene, request):
    return scene[0][request.param]


@pytest.fixture
def post(app, scene, wire):
    client = app.test_client()

    def post(data, mimetype="application/json"):
        return client.post(wire.path, data=data, headers=scene[1], content_type=mimetype)

    return post


@pytest.fixture
def sums(app):
    def sums():
        with app.app_context(), transaction(writing=False):
            return list(checksums.of_tables(SYSTEM))

    return sums


on_every_wire = pytest.mark.parametrize("wire", NAMES, indirect=True)


def said(answer):
    """Return the status of an answer, its type and its keys."""
    keys = tuple(sorted(answer.json)) if answer.is_json and isinstance(answer.json, dict) else ()
    return answer.status_code, (answer.mimetype, keys)


def test_the_corpus_has_texts_of_every_kind():
    kinds = Counter("_".join(name.split("_")[:2]) for name in TEXTS)

    assert len(TEXTS) > 318
    assert set(kinds) == {
        *("y_number", "n_number", "i_number", "y_string", "n_string", "i_string"),
        *("y_array", "n_array", "y_object", "n_object", "y_structure", "n_structure"),
        *("i_encoding", "i_depth"),
    }
    assert len(set(TEXTS.values())) == len(TEXTS)


@on_every_wire
def test_a_whole_body_that_is_no_json_is_400_and_changes_nothing(wire, post, sums):
    before = sums()

    answers = {name: said(post(text)) for name, text in REFUSED.items()}

    assert {n: each for n, each in answers.items() if each != (400, wire.refusal)} == {}
    assert sums() == before


@on_every_wire
def test_a_value_that_is_no_json_is_400_wherever_it_stands_and_changes_nothing(wire, post, sums):
    before = sums()

    answers = {
        name: said(post(wire.body(number, text)))
        for number, (name, text) in enumerate(REFUSED.items())
    }

    assert {n: each for n, each in answers.items() if each != (400, wire.refusal)} == {}
    assert sums() == before


@on_every_wire
def test_a_whole_body_that_is_json_is_understood(post):
    answers = {name: post(text) for name, text in TAKEN.items()}

    assert {n: a.status_code for n, a in answers.items() if a.status_code >= 500} == {}
    assert [n for n, a in answers.items() if "parse error" in a.text] == []


@on_every_wire
def test_a_value_that_is_json_is_taken_where_nobody_looks(wire, post):
    too_deep = TOO_DEEP_TO_KEEP if wire.keeps_it else set()

    answers = {
        name: post(wire.body(number, text))
        for number, (name, text) in enumerate(TAKEN.items())
        if name not in too_deep
    }

    assert {n: a.text for n, a in answers.items() if a.status_code != wire.made} == {}


@pytest.mark.parametrize("wire", ["v1"], indirect=True)
def test_a_value_that_is_kept_comes_back_as_it_was(wire, post):
    texts = {name: text for name, text in TAKEN.items() if name not in TOO_DEEP_TO_KEEP}

    kept = {name: post(wire.body(0, text)).json["info"]["value"] for name, text in texts.items()}

    assert kept == {name: json.loads(text) for name, text in texts.items()}


@pytest.mark.parametrize("wire", ["arlo"], indirect=True)
def test_json_inside_a_form_or_inside_json_is_read_as_strictly(wire, post, sums):
    texts = {name: text.decode() for name, text in REFUSED.items() if is_utf8(text)}
    before = sums()

    answers = {
        (name, kind): said(post(data, kind))
        for name, text in texts.items()
        for kind, data in (
            ("application/x-www-form-urlencoded", urlencode({"tags": text})),
            ("application/json", json.dumps({"tags": text})),
        )
    }

    assert len(texts) > 300
    assert {n: each for n, each in answers.items() if each != (400, wire.refusal)} == {}
    assert sums() == before


def is_utf8(text):
    return text == text.decode(errors="replace").encode()
