"""The fast way through a list takes exactly what the schema takes, and makes the same of it."""

import math
from collections import ChainMap

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from tagstore.web.api.columns import Reading
from tagstore.web.api.v1.lists import FORM, new_tag_schema
from tests.web.api.described import DOCUMENT
from tests.web.api.odd import spoilt

GOOD = {"media_id": 1, "tag_set": "survey", "text": "wren"}
FIELDS = (*FORM.names, "other")

odd_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.integers(0, 3),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0, -0.0, 2**63 - 1, 2**63, -1, 1.0, 10_000, 10_001, 1e308, 5e-324, math.pi]),
    st.sampled_from(["", "x" * 255, "x" * 256, "a\0", "accepted", "iq__1", "grün"]),
    st.lists(st.integers(), max_size=1),
    st.dictionaries(st.text(max_size=1), st.integers(), max_size=1),
)
good_items = st.fixed_dictionaries(
    {"media_id": st.one_of(st.integers(1, 9), st.just("iq__1"))},
    optional={
        "channel": st.one_of(st.none(), st.integers(1, 10_000)),
        "score": st.floats(-1, 1),
        "kind": st.integers(0, 3),
        "source": st.sampled_from(["", "birdnet"]),
        "status": st.sampled_from([None, "accepted"]),
        "machine_tagged": st.booleans(),
        "info": st.dictionaries(st.text(max_size=1), st.integers(0, 9), max_size=1),
        "external_id": st.one_of(st.none(), st.just("row 7")),
    },
)
placed = st.sampled_from([{"tag_set": "survey"}, {"tag_set_id": 3}])
worded = st.sampled_from([{"text": "wren"}, {"class": "wren"}, {"class_id": 7}])
timed = st.one_of(
    st.sampled_from([{}, {"start_s": None}, {"start_s": None, "end_s": None}]),
    st.fixed_dictionaries(
        {"start_s": st.one_of(st.integers(0, 9), st.floats(0, 9)), "end_s": st.floats(9, 99)}
    ),
)
good_items = st.builds(lambda *parts: dict(ChainMap(*parts)), good_items, placed, worded, timed)
odd_items = spoilt(good_items, FIELDS, odd_values)
items = st.one_of(good_items, odd_items, odd_items, odd_values)


def by_schema(item):
    """Return what the schema makes of an item, None when it takes it not."""
    if not isinstance(item, dict):
        return None
    try:
        return FORM.blank | new_tag_schema.load(item)
    except ValidationError:
        return None


@given(st.lists(items, max_size=4))
def test_what_is_taken_and_what_is_made_of_it_are_the_schemas(given_items):
    expected = [by_schema(item) for item in given_items]

    reading = Reading(FORM)
    reading.take(given_items)

    faulty = {fault.index for fault in reading.faults}
    assert faulty == {index for index, fields in enumerate(expected) if fields is None}
    for index, fields in enumerate(expected):
        made = {name: column[index] for name, column in reading.columns.items()}
        assert fields is None or repr(made) == repr({name: fields[name] for name in made})


@given(st.lists(good_items, min_size=1, max_size=4))
def test_good_items_go_the_fast_way(given_items):
    assert FORM.at_a_glance(given_items) is not None


@pytest.fixture(scope="module")
def described(lasting_app):
    """Whether the document allows a tag to be made."""
    document = lasting_app.test_client().get(DOCUMENT).json
    schema = {**document["components"]["schemas"]["NewTag"], "components": document["components"]}
    return jsonschema_rs.validator_for(schema)


@given(item=items)
def test_the_document_allows_just_what_the_schema_takes(described, item):
    assert described.is_valid(item) == (by_schema(item) is not None)
