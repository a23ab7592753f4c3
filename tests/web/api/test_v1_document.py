"""The OpenAPI document of our own API: whole, valid, and for everyone."""

import re

import jsonschema_rs

from tests.web.api.described import DOCUMENT


def operations(app):
    """Yield the rule and view of every address of our own API but the document's own."""
    for rule in app.url_map.iter_rules():
        if str(rule).startswith("/api/v1/") and str(rule) != DOCUMENT:
            yield rule, app.view_functions[rule.endpoint]


def test_every_address_is_described_with_all_its_methods(app, client):
    there = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(rule)), method.lower())
        for rule, _ in operations(app)
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    paths = client.get(DOCUMENT).json["paths"]

    assert {(path, method) for path, each in paths.items() for method in each} == there


def test_every_operation_has_a_name_of_its_own_and_a_sentence(client):
    paths = client.get(DOCUMENT).json["paths"]

    described = [each for methods in paths.values() for each in methods.values()]
    names = [each["operationId"] for each in described]
    assert sorted(set(names)) == sorted(names)
    assert [each for each in described if not each["summary"].endswith(".")] == []


def test_every_schema_is_a_schema(client):
    document = client.get(DOCUMENT).json

    for name, schema in document["components"]["schemas"].items():
        jsonschema_rs.meta.validate({**schema, "components": document["components"]})
        assert name == "Anything" or schema["type"] == "object", name


def test_answers_that_are_no_json_are_refused_to_who_takes_json_only_and_the_other_way(api):
    answers = [
        api.get("/projects", Accept="text/html"),
        api.get("/projects", Accept="application/*;q=0.5, text/html"),
        api.get("/me", Accept="nonsense"),
        api.get("/me", Accept="*/*"),
    ]

    assert [each.status_code for each in answers] == [406, 200, 406, 200]
    assert answers[0].json["detail"] == "This is application/json."


def test_who_has_a_version_already_gets_it_only_when_it_changed(api):
    api.post("/tag-sets", {"project": "frogs", "name": "survey"})

    same = api.get("/tag-sets/1", If_None_Match='"1"')
    api.patch("/tag-sets/1", {"hidden": True})
    changed = api.get("/tag-sets/1", If_None_Match='"1"')

    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", '"1"')
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
