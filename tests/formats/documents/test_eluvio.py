import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagstore.formats import registry
from tagstore.formats.documents.eluvio import ELUVIO
from tagstore.formats.rows import Fault, Row
from tests.formats.samples import WORDS, in_milliseconds, maybe, read, tags, write

TRACKS = {
    "shot_type": {
        "label": "Shot Type",
        "tags": [
            {"start_time": 1500, "end_time": 2000, "text": ["close", "dark"], "confidence": 1}
        ],
    },
    "tags": {"tags": [{"start_time": 3000, "end_time": 3000, "tag": "click"}]},
}


def test_tracks_of_tags_are_read():
    content = json.dumps({"version": 1, "metadata_tags": TRACKS})

    info = {"info": {"confidence": 1}}
    assert read(ELUVIO, content) == [
        Row(1, start_s=1.5, end_s=2.0, label="close", track="shot_type", **info),
        Row(1, start_s=1.5, end_s=2.0, label="dark", track="shot_type", **info),
        Row(2, start_s=3.0, end_s=3.0, label="click"),
    ]
    assert registry.detected(content.encode()) is ELUVIO


def test_tracks_are_written_in_milliseconds_by_start():
    rows = [
        Row(start_s=2, end_s=3.0004, label="b", track="shot_type"),
        Row(start_s=1, end_s=1, text="a", track="shot_type", info={"text": "x", "sure": True}),
        Row(),
    ]

    assert json.loads(write(ELUVIO, rows)) == {
        "version": 1,
        "metadata_tags": {
            "shot_type": {
                "label": "Shot Type",
                "tags": [
                    {"start_time": 1000, "end_time": 1000, "text": "a", "sure": True},
                    {"start_time": 2000, "end_time": 3000, "text": "b"},
                ],
            },
            "tags": {"label": "Tags", "tags": [{"start_time": 0, "end_time": 0, "text": ""}]},
        },
    }


INFO = st.dictionaries(WORDS, WORDS | st.booleans(), max_size=2)
BARE = {"low_hz": st.none(), "high_hz": st.none(), "info": INFO}


@given(st.lists(tags(**BARE, label=maybe(WORDS), track=maybe(WORDS)), max_size=5))
def test_what_a_track_can_say_comes_back(rows):
    found = [dataclasses.replace(row, line=0) for row in read(ELUVIO, write(ELUVIO, rows))]

    expected = map(in_milliseconds, rows)
    assert sorted(map(repr, found)) == sorted(map(repr, expected))


@pytest.mark.parametrize(
    ("tag", "column"),
    [
        ({"start_time": 2, "end_time": 1, "text": "x"}, None),
        ({"start_time": -1, "end_time": 1, "text": "x"}, None),
        ({"start_time": 1, "text": "x"}, "start_time"),
        ({"start_time": "1", "end_time": 2, "text": "x"}, "start_time"),
        ({"start_time": 1, "end_time": 2, "text": 5}, "text"),
        ({"start_time": 1, "end_time": 2, "text": "x", "a": ["\0"]}, None),
        ("x", None),
    ],
)
def test_a_tag_that_makes_no_sense_is_a_fault_and_the_next_is_read(tag, column):
    good = {"start_time": 1, "end_time": 2, "text": "good"}
    content = {"version": 1, "metadata_tags": {"t": {"tags": [tag, good]}}}

    found = read(ELUVIO, json.dumps(content))

    assert isinstance(found[0], Fault)
    assert (found[0].line, found[0].column) == (1, column)
    assert found[1].label == "good"


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b"[]", b'{"metadata_tags": 5}', b'{"metadata_tags": {"a": {"tags": 5}}}'],
)
def test_what_holds_no_tracks_is_one_fault(content):
    assert [type(each) for each in read(ELUVIO, content)] == [Fault]
