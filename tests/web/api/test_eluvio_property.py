"""Whatever Eluvio's clients send: nothing breaks, and nothing happens by halves."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from tagstore.db import transaction
from tagstore.services import users
from tagstore.services.backups import checksums
from tagstore.services.contents.moments import MOST_MS, least_s, milliseconds
from tagstore.values import SYSTEM, Role
from tagstore.web.api.eluvio.schemas import tag_schema
from tagstore.web.api.eluvio.written import quick_columns, read_tags
from tests.make import Make
from tests.web.api.odd import spoilt

QID = "iq__3Zi4NjhZfjUEdiMGfHduW5kLr3HY"
BOX = {"x1": 0.1, "y1": 0, "x2": 1, "y2": 0.5}
FIELDS = (
    "start_time", "end_time", "tag", "source", "frame_info", "additional_info",
    "additional_properties", "other",
)  # fmt: skip
BODY_FIELDS = (
    "batch_id", "author", "track", "tags", "metadata_tags", "overlay_tags", "frame_level_tags",
    "label", "color", "text", *FIELDS,
)  # fmt: skip

odd_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.integers(0, 3),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "x", "1", 5.0, 5.5, -0.0, MOST_MS, MOST_MS + 1, 1e300]),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=3),
    st.lists(st.integers(0, 3), max_size=2),
    st.just({"frame_idx": 1, "box": BOX}),
    st.just({"frame_idx": 1.0, "box": {**BOX, "more": 1}}),
    st.just({"frame_idx": -1, "box": {}}),
    st.dictionaries(st.text("ab", max_size=1), st.integers(), max_size=1),
)
good_items = st.fixed_dictionaries(
    {"start_time": st.integers(0, 5), "end_time": st.integers(5, 9), "tag": st.text("ab")},
    optional={
        "source": st.one_of(st.none(), st.just("part")),
        "frame_info": st.one_of(st.none(), st.just({"box": BOX, "frame_idx": 3})),
        "additional_info": st.one_of(st.none(), st.just({"a": [1]})),
    },
)
odd_items = spoilt(good_items, FIELDS, odd_values)
items = st.one_of(good_items, odd_items, odd_items, odd_values)


def by_schema(item):
    """Return the row that the schema makes of an item, None when it takes it not."""
    if not isinstance(item, dict):
        return None
    try:
        said = tag_schema.load(item)
    except ValidationError:
        return None
    times = (said["start_time"] / 1000.0, said["end_time"] / 1000.0)
    source, info = said.get("source") or "", said.get("info", {})
    return (*times, said["tag"], said.get("frame_info"), source, info)


@given(st.lists(items, max_size=4))
def test_what_is_taken_and_what_is_made_of_it_are_the_schemas(given_items):
    expected = [by_schema(item) for item in given_items]

    written = read_tags(given_items)

    faulty = {fault.index for fault in written.faults}
    rows = zip(
        written.starts_s, written.ends_s, written.texts, written.frames, written.sources,
        written.infos, strict=True,
    )  # fmt: skip
    made = [None if index in faulty else repr(row) for index, row in enumerate(rows)]
    assert made == [row and repr(row) for row in expected]


@given(st.lists(good_items, min_size=1, max_size=4))
def test_the_fast_way_is_taken_for_what_taggers_send(given_items):
    assert quick_columns(given_items) is not None


@given(st.integers(0, MOST_MS))
def test_every_millisecond_comes_back_as_it_went(at_ms):
    assert milliseconds(at_ms / 1000.0) == at_ms


near = st.builds(
    lambda at_ms, steps: (at_ms + 0.5) / 1000 * (1 + steps * 2**-52),
    st.integers(0, 10**9),
    st.integers(-3, 3),
)
"""Seconds where rounding turns: half a millisecond, and what lies next to it."""


@given(st.one_of(near, st.floats(0, 1e7)), st.integers(-2, 2))
def test_a_bound_in_seconds_parts_what_rounds_to_a_millisecond_from_what_does_not(at_s, beside):
    bound_ms = milliseconds(at_s) + beside

    assert (at_s >= least_s(bound_ms)) == (milliseconds(at_s) >= bound_ms)


@pytest.fixture(scope="module")
def store(lasting_app):
    """One application for all examples, a script of its manager's, and what its tables hold."""
    app, make = lasting_app, Make()
    with app.app_context(), transaction(writing=True):
        project = make.project("frogs", ana=Role.MANAGER)
        make.media_file(project, 60.0, qid=QID, frame_rate=25.0)
        token = make.token(users.get_user(SYSTEM, "ana"))
    client = app.test_client()

    def send(method, path, body):
        headers = {"Authorization": f"Bearer {token}"}
        return client.open(f"/{QID}{path}", method=method, headers=headers, data=json.dumps(body))

    def sums():
        with app.app_context(), transaction(writing=False):
            return list(checksums.of_tables(SYSTEM))

    place = {"author": "a", "track": "t", "tags": [{"start_time": 1, "end_time": 2, "tag": "x"}]}
    assert send("POST", "/tags", place).status_code == 200
    return send, sums


names = st.one_of(st.sampled_from(BODY_FIELDS), st.text("ab/", max_size=2))
nested = st.recursive(
    st.one_of(odd_values, items),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(names, inner, max_size=3)),
    max_leaves=6,
)
bodies = st.one_of(nested, st.dictionaries(st.sampled_from(BODY_FIELDS), nested, max_size=4))
CALLS = (
    ("POST", "/tags"), ("POST", "/tags/upload?author=a"), ("POST", "/batches"),
    ("PATCH", "/batches/1"), ("POST", "/tracks/new"), ("PATCH", "/tracks/t"), ("PATCH", "/tags/1"),
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(CALLS), bodies)
def test_no_body_breaks_anything_and_a_bad_one_leaves_the_store_untouched(store, call, body):
    send, sums = store
    before = sums()

    answer = send(*call, body)

    assert answer.status_code in {200, 201, 400, 409}, answer.text
    if answer.status_code >= 400:
        assert list(answer.json) == ["error", "code"]
        assert sums() == before
