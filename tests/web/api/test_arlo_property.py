"""The fast way through a bulk takes exactly what the schema takes, and makes the same of it."""

import math

from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from tagstore.values import TagDraft
from tagstore.web.api.arlo import drafts
from tagstore.web.api.arlo.schemas import tag_schema
from tests.web.api.odd import spoilt

GOOD = {
    "tagSet": 1,
    "mediaFile": 2,
    "startTime": 0.5,
    "endTime": 1,
    "minFrequency": 20,
    "maxFrequency": 20000,
    "tagClass": 3,
    "strength": -0.5,
}
FIELDS = (*GOOD, "parentTag", "randomlyChosen", "machineTagged", "userTagged", "user", "other")

odd_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**64), 2**64),
    st.integers(0, 3),
    st.floats(),
    st.sampled_from([0, -0.0, 2**63 - 1, 2**63, -1, 1.0, math.inf, math.nan, 1e308, 5e-324]),
    st.text(max_size=2),
    st.lists(st.integers(), max_size=1),
    st.dictionaries(st.text(max_size=1), st.integers(), max_size=1),
)
good_items = st.fixed_dictionaries(
    {name: st.just(value) for name, value in GOOD.items()},
    optional={
        "parentTag": st.one_of(st.none(), st.integers(1, 9)),
        "userTagged": st.booleans(),
        "machineTagged": st.booleans(),
        "user": st.integers(1, 9),
    },
)
odd_items = spoilt(good_items, FIELDS, odd_values)
items = st.one_of(good_items, odd_items, odd_items, odd_values)


def by_schema(item):
    """Return what the schema makes of an item, None when it takes it not."""
    if not isinstance(item, dict):
        return None
    try:
        return TagDraft(**tag_schema.load(item))
    except ValidationError:
        return None


@given(st.lists(items, max_size=4))
def test_what_is_taken_and_what_is_made_of_it_are_the_schemas(given_items):
    expected = [by_schema(item) for item in given_items]

    made, faults = drafts.tag_drafts(given_items)

    faulty = {fault.index for fault in faults}
    assert faulty == {index for index, draft in enumerate(expected) if draft is None}
    assert [None if index in faulty else repr(draft) for index, draft in enumerate(made)] == [
        draft and repr(draft) for draft in expected
    ]


@given(st.lists(good_items, min_size=1, max_size=4))
def test_good_items_go_the_fast_way(given_items):
    assert drafts.FORM.at_a_glance(given_items) is not None


@given(st.lists(odd_items, max_size=3))
def test_every_fault_names_a_field_of_arlos(given_items):
    _, faults = drafts.tag_drafts(given_items)

    known = set(drafts.FORM.names.values())
    assert {fault.field for fault in faults} - known == set()
