import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagstore.formats import registry, text
from tagstore.formats.documents.labelstudio import CANCELLED, LABEL_STUDIO, NO_TAG
from tagstore.formats.rows import About, Fault, Media, Row, Skipped
from tests.formats.samples import FULL, WORDS, maybe, read, tags, write

REGION = {"start": 1, "end": 2.5, "channel": 0}
TRANSCRIPT = {
    "id": "r1",
    "from_name": "said",
    "to_name": "audio",
    "type": "textarea",
    "value": {**REGION, "text": ["zi zi"]},
}
TASKS = [
    {
        "id": 7,
        "data": {"audio": "/data/upload/a.wav", "site": "x"},
        "annotations": [
            {
                "id": 1,
                "completed_by": 1,
                "was_cancelled": False,
                "result": [
                    {
                        "id": "r1",
                        "from_name": "label",
                        "to_name": "audio",
                        "type": "labels",
                        "original_length": 60,
                        "value": {**REGION, "labels": ["wren", "song"]},
                        "meta": {"text": ["far away", "low_hz=2000 high_hz=4500.5"]},
                    },
                    TRANSCRIPT,
                    {
                        "id": "r2",
                        "from_name": "weather",
                        "to_name": "audio",
                        "type": "choices",
                        "value": {"choices": ["rain"]},
                    },
                    {"id": "r3", "type": "rating", "value": {"rating": 3}},
                ],
            },
            {"was_cancelled": True, "result": []},
        ],
        "predictions": [
            {
                "model_version": "net 1",
                "result": [
                    {
                        "from_name": "label",
                        "to_name": "audio",
                        "type": "labels",
                        "score": 0.5,
                        "value": {"start": 3, "end": 3, "labels": ["robin"]},
                    }
                ],
            }
        ],
    }
]
ROWS = [
    Row(
        media="/data/upload/a.wav",
        start_s=1.0,
        end_s=2.5,
        low_hz=2000.0,
        high_hz=4500.5,
        channel=1,
        label="wren",
        comment="far away",
        external_id="r1",
        info={"results": [TRANSCRIPT]},
    ),
    Row(
        media="/data/upload/a.wav",
        start_s=1.0,
        end_s=2.5,
        low_hz=2000.0,
        high_hz=4500.5,
        channel=1,
        label="song",
        comment="far away",
        external_id="r1:2",
    ),
    Row(
        media="/data/upload/a.wav",
        label="rain",
        external_id="r2",
        info={"from_name": "weather"},
    ),
    Row(
        media="/data/upload/a.wav",
        start_s=3.0,
        end_s=3.0,
        label="robin",
        score=0.5,
        status="proposed",
        source="net 1",
    ),
]


def plain(items):
    return [dataclasses.replace(each, line=0) for each in items if isinstance(each, Row)]


def test_regions_choices_and_predictions_are_read():
    content = json.dumps(TASKS)

    found = read(LABEL_STUDIO, content)

    assert plain(found) == ROWS
    assert [(each.line, each.why) for each in found if isinstance(each, Skipped)] == [
        (3, NO_TAG),
        (4, CANCELLED),
    ]
    assert registry.detected(content.encode()) is LABEL_STUDIO
    assert plain(read(LABEL_STUDIO, json.dumps(TASKS[0]))) == ROWS


def test_the_flat_form_is_read():
    content = json.dumps(
        [
            {
                "audio": "a.wav",
                "id": 1,
                "label": [{**REGION, "labels": ["wren"]}, {"start": 4, "end": 5, "labels": ["x"]}],
                "weather": {"choices": ["rain", "wind"]},
                "annotator": 1,
                "annotation_id": 3,
                "lead_time": 4.5,
            }
        ]
    )

    assert read(LABEL_STUDIO, content) == [
        Row(1, media="a.wav", start_s=1.0, end_s=2.5, channel=1, label="wren"),
        Row(2, media="a.wav", start_s=4.0, end_s=5.0, label="x"),
        Row(3, media="a.wav", label="rain", info={"from_name": "weather"}),
        Row(3, media="a.wav", label="wind"),
    ]
    assert LABEL_STUDIO.fits(content.encode())


def test_a_task_is_written_for_each_recording():
    rows = [
        Row(start_s=1, end_s=2, label="wren", channel=2, low_hz=5, comment="far", score=0.5),
        Row(label="rain"),
        Row(media="b.wav", start_s=0, end_s=1, text="zi", status="proposed", source="net"),
    ]

    content = write(LABEL_STUDIO, rows, About(Media("a.wav", duration_s=60)))

    ours = {"to_name": "audio", "original_length": 60}
    assert json.loads(content) == [
        {
            "id": 1,
            "data": {"audio": "a.wav"},
            "annotations": [
                {
                    "result": [
                        {
                            "id": "tagstore_1",
                            "from_name": "label",
                            "type": "labels",
                            "value": {"start": 1, "end": 2, "channel": 1, "labels": ["wren"]},
                            "meta": {"text": ["far", "low_hz=5"]},
                            "score": 0.5,
                            **ours,
                        },
                        {
                            "id": "tagstore_2",
                            "from_name": "choice",
                            "type": "choices",
                            "value": {"choices": ["rain"]},
                            **ours,
                        },
                    ]
                }
            ],
            "predictions": [],
        },
        {
            "id": 2,
            "data": {"audio": "b.wav"},
            "annotations": [],
            "predictions": [
                {
                    "model_version": "net",
                    "result": [
                        {
                            "id": "tagstore_1",
                            "from_name": "text",
                            "to_name": "audio",
                            "type": "textarea",
                            "value": {"start": 0, "end": 1, "text": ["zi"]},
                        }
                    ],
                }
            ],
        },
    ]
    assert json.loads(write(LABEL_STUDIO, [])) == []


def test_what_was_read_is_written_again():
    found = read(LABEL_STUDIO, write(LABEL_STUDIO, ROWS))

    assert plain(found) == ROWS


KEPT = {key: FULL[key] for key in ("media", "channel", "comment", "score")}
SAID = tags(**KEPT, label=maybe(WORDS)) | tags(**KEPT, text=WORDS)


@given(st.lists(SAID | st.builds(Row, label=WORDS), max_size=5))
def test_what_a_region_can_say_comes_back(rows):
    rows = [dataclasses.replace(row, external_id=str(n)) for n, row in enumerate(rows)]

    assert plain(read(LABEL_STUDIO, write(LABEL_STUDIO, rows))) == rows


def result(**changes):
    good = {"type": "labels", "from_name": "label", "value": {**REGION, "labels": ["wren"]}}
    return {**good, **changes}


@pytest.mark.parametrize(
    ("bad", "column", "reason"),
    [
        (result(value={"start": 2, "end": 1}), None, "It ends at 1 s, before it starts at 2 s."),
        (result(value={"start": -1, "end": 1}), None, "It starts at -1 s, before the recording."),
        (result(value={"start": "0", "end": 1}), "start", "It is not a number."),
        (result(value={"start": True, "end": 1}), "start", "It is not a number."),
        (
            result(value={**REGION, "channel": 0.5}),
            "channel",
            "It is not a channel; they are counted from 0.",
        ),
        (result(value=[1]), "value", "It is not an object."),
        (result(type=5), "type", "It is not text."),
        (result(id="a\0"), None, "It holds a NUL."),
        (result(meta={"text": ["low_hz=1.2.3"]}), "meta", "The frequencies cannot be read."),
        (
            result(meta={"text": ["low_hz=5 high_hz=4"]}),
            None,
            "The high frequency, 4 Hz, is below the low one.",
        ),
        ("region", None, "It is not an object."),
    ],
)
def test_a_region_that_makes_no_sense_is_a_fault_and_the_next_is_read(bad, column, reason):
    task = {"data": {"audio": "a.wav"}, "annotations": [{"result": [bad, result()]}]}

    found = read(LABEL_STUDIO, json.dumps([task]))

    assert found[0] == Fault(1, column, reason)
    assert found[1].label == "wren"


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"[" * 100_000, 1, "The file is not JSON: "),
        (b'[\n{"a": NaN}]', 2, "The file is not JSON: "),
        (b"", 1, "The file is not JSON: "),
        (b" " * (text.LARGEST_DOCUMENT_BYTES + 1), 0, text.TOO_LARGE),
        (b"[5]", 1, "It is not an object."),
        (b'[{"data": {"audio": 5}, "annotations": 5}]', 1, "It is not a list."),
    ],
)
def test_what_is_no_export_is_one_fault(content, line, reason):
    (found,) = read(LABEL_STUDIO, content)

    assert found.line == line
    assert found.reason.startswith(reason)
