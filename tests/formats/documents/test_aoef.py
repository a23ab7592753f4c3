import dataclasses
import json
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundevent import io as soundevent

from tagstore.formats import registry
from tagstore.formats.documents.aoef import NO_TAGS
from tagstore.formats.documents.aoef_writing import AOEF
from tagstore.formats.rows import About, Fault, Media, Row, Skipped
from tests.formats.samples import FULL, WORDS, maybe, read, tags, write

R, E1, E2, A1, A2, U, C = (str(uuid.UUID(int=n, version=4)) for n in range(7))
DATA = {
    "uuid": C,
    "collection_type": "annotation_project",
    "users": [{"uuid": U, "username": "ann"}],
    "tags": [{"id": 0, "key": "species", "value": "Wren"}, {"id": 1, "key": "text", "value": "zi"}],
    "recordings": [
        {"uuid": R, "path": "in/a.wav", "duration": 60, "channels": 1, "samplerate": 48000}
    ],
    "sound_events": [
        {
            "uuid": E1,
            "recording": R,
            "geometry": {"type": "BoundingBox", "coordinates": [1, 2000, 2.5, 4500]},
        },
        {"uuid": E2, "recording": R, "geometry": {"type": "TimeStamp", "coordinates": 3}},
    ],
    "clips": [{"uuid": C, "recording": R, "start_time": 0, "end_time": 60}],
    "sound_event_annotations": [
        {
            "uuid": A1,
            "sound_event": E1,
            "tags": [0, 1],
            "created_by": U,
            "notes": [{"uuid": U, "message": "far"}],
        },
        {"uuid": A2, "sound_event": E2, "tags": []},
    ],
    "sound_event_predictions": [{"uuid": A2, "sound_event": E2, "score": 0.5, "tags": [[0, 0.25]]}],
    "clip_annotations": [
        {"uuid": A1, "clip": C, "tags": [0], "sound_events": [A1, A2]},
        {"uuid": A2, "clip": C, "sound_events": []},
    ],
}
MEDIA = {"media": "in/a.wav"}


def document(**changes):
    return json.dumps({"version": "1.1.0", "created_on": "2026-01-02", "data": {**DATA, **changes}})


def plain(items):
    return [dataclasses.replace(each, line=0) for each in items if isinstance(each, Row)]


def test_sound_events_predictions_and_clips_are_read():
    box = {"start_s": 1.0, "end_s": 2.5, "low_hz": 2000.0, "high_hz": 4500.0}
    ann = {"comment": "far", "source": "ann"}
    point = {"start_s": 3.0, "end_s": 3.0}
    species = {"info": {"key": "species"}}

    assert read(AOEF, document()) == [
        Row(1, **MEDIA, **box, **ann, label="Wren", external_id=A1, **species),
        Row(1, **MEDIA, **box, **ann, text="zi", external_id=f"{A1}:2"),
        Row(2, **MEDIA, **point, external_id=A2),
        Row(
            3,
            **MEDIA,
            **point,
            label="Wren",
            external_id=A2,
            score=0.25,
            status="proposed",
            **species,
        ),
        Row(4, **MEDIA, label="Wren", external_id=A1, **species),
        Skipped(5, NO_TAGS),
    ]
    assert registry.detected(document().encode()) is AOEF


KEPT = {key: FULL[key] for key in ("media", "comment", "score", "source")}
SAID = tags(**KEPT, label=maybe(WORDS)) | tags(**KEPT, text=WORDS)


@given(st.lists(SAID, max_size=5))
def test_what_a_sound_event_can_say_comes_back(rows):
    found = plain(read(AOEF, write(AOEF, rows, About(Media("b.wav")))))

    assert found == [dataclasses.replace(row, media=row.media or "b.wav") for row in rows]


@given(st.lists(SAID, min_size=1, max_size=5))
def test_soundevent_reads_what_we_write(tmp_path_factory, rows):
    rows = [row for row in rows if row.low_hz is None or row.end_s > row.start_s]
    rows = [row for row in rows if row.low_hz is None or row.high_hz > row.low_hz]
    path = tmp_path_factory.mktemp("aoef") / "a.json"
    path.write_bytes(write(AOEF, rows, About(Media("b.wav", 86_400, 48_000))))

    judged = soundevent.load(path)

    found = [
        (
            each.sound_event.geometry.coordinates,
            [tag.value for tag in each.tags],
            [note.message for note in each.notes],
            each.created_by.name if each.created_by else "",
            str(each.sound_event.recording.path),
        )
        for clip in judged.clip_annotations
        for each in clip.sound_events
    ]
    assert sorted(map(repr, found)) == sorted(
        repr(
            (
                _coordinates(row),
                [word for word in (row.label, row.text) if word],
                [row.comment] if row.comment else [],
                row.source,
                str(Path(row.media or "b.wav")),
            )
        )
        for row in rows
    )


def _coordinates(row):
    if row.low_hz is not None:
        return [row.start_s, row.low_hz, row.end_s, row.high_hz]
    return row.start_s if row.start_s == row.end_s else [row.start_s, row.end_s]


def test_ids_and_keys_of_others_and_what_is_known_of_a_recording_are_written():
    rows = [Row(media="a.wav", start_s=1, end_s=2, label="x", external_id=A1, info={"key": "call"})]
    about = About(others={"a.wav": Media("a.wav", 60, 48_000, 2)})

    content = write(AOEF, rows, about)
    said = json.loads(content)["data"]

    assert content == write(AOEF, rows, about)
    assert said["tags"] == [{"id": 0, "key": "call", "value": "x"}]
    assert said["sound_event_annotations"][0]["uuid"] == A1
    (recording,) = said["recordings"]
    assert (recording["duration"], recording["channels"], recording["samplerate"]) == (60, 2, 48000)
    assert plain(read(AOEF, content)) == rows


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        (
            {"type": "TimeInterval", "coordinates": [2, 1]},
            "It ends at 1 s, before it starts at 2 s.",
        ),
        ({"type": "TimeStamp", "coordinates": -1}, "It starts at -1 s, before the recording."),
        ({"type": "TimeStamp", "coordinates": "1"}, "It is not a number."),
        (
            {"type": "BoundingBox", "coordinates": [0, 5, 1, 4]},
            "The high frequency, 4 Hz, is below the low one.",
        ),
        (
            {"type": "BoundingBox", "coordinates": [0, 1]},
            "A geometry is one of TimeStamp, TimeInterval, Point, BoundingBox, with its numbers.",
        ),
        ({"type": "Polygon", "coordinates": [[[0, 1]]]}, "It is not a number."),
        ([], "It is not an object."),
    ],
)
def test_an_event_that_makes_no_sense_is_a_fault_and_the_next_is_read(geometry, reason):
    bad = {**DATA["sound_events"][0], "geometry": geometry}

    found = read(AOEF, document(sound_events=[bad, DATA["sound_events"][1]]))

    assert isinstance(found[0], Fault)
    assert (found[0].line, found[0].reason) == (1, reason)
    assert [each.line for each in found] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"sound_events": []}, "sound_event"),
        ({"tags": []}, "tags"),
        ({"sound_event_annotations": [5]}, None),
        ({"sound_event_annotations": 5}, "sound_event_annotations"),
        ({"tags": [{"id": 0, "value": "a\0"}]}, None),
    ],
)
def test_what_refers_to_nothing_is_a_fault(changes, column):
    first = read(AOEF, document(**changes))[0]

    assert isinstance(first, Fault)
    assert (first.line, first.column) == (1, column)


@pytest.mark.parametrize("content", [b"[" * 100_000, b"NaN", b"", b"[]"])
def test_what_is_no_collection_is_one_fault(content):
    assert [type(each) for each in read(AOEF, content)] == [Fault]
