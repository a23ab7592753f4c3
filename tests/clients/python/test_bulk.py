"""Tags by the thousand from rows and data frames, and back."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from tagstore_client import Conflict, Invalid, LotFailed
from tagstore_client.lots import MOST_BYTES, lots
from tagstore_client.rows import COLUMNS, Translation

from tagstore.formats.tables import own

COUNT = 25_000
NAMES = ("rana", "Strix aluco", "猫头鹰")


def detections(recording, count):
    """Return what a detector may have found; every third has no band, some have a remark."""
    number = np.arange(count)
    starts = number * 0.002 + 1 / 3
    boxed = number % 3 > 0
    return pd.DataFrame(
        {
            "external_id": [f"run 7, {each}" for each in number],
            "media_path": recording.path,
            "tag_set": "detector 2.0",
            "class_name": [NAMES[each % 3] for each in number],
            "start_s": starts,
            "end_s": starts + 0.1,
            "low_hz": np.where(boxed, 1000.0 + number / 7, np.nan),
            "high_hz": np.where(boxed, 9000.5 + number / 7, np.nan),
            "channel": pd.array(np.where(boxed, 1, None), dtype="Int64"),
            "score": (number % 1000) / 1000,
            "source": "detector 2.0",
            "note": ["faint" if each % 5 == 0 else None for each in number],
            "info": [{"snr": each / 4, "model": {"epoch": 3}} for each in number],
        }
    )


def back(store, project, sent):
    found = store.tags_frame(project)
    return found.set_index("external_id").loc[sent["external_id"]].reset_index()[list(sent)]


def test_a_frame_is_stored_and_comes_back_equal(store, project, recording, proxy):
    sent, told = detections(recording, COUNT), []

    stored = store.add_tags(project, sent, create_classes=True, progress=told.append)
    found = back(store, project, sent)

    assert (stored.created, stored.updated, stored.skipped) == (COUNT, 0, 0)
    assert len(set(stored.ids)) == len(stored) == COUNT
    assert told == [10_000, 20_000, 25_000]
    assert_frame_equal(found, sent)
    keys = [each.headers["Idempotency-Key"] for each in proxy.asked if "/bulk" in each.target]
    assert len(set(keys)) == 3


def test_a_frame_has_all_columns_of_our_tables_and_tells_when_it_was(store, project, recording):
    store.add_tags(project, detections(recording, 3), create_classes=True)
    store.add_tag(recording, tag_set="whole", text="rain")

    frame = store.tags_frame(project, media=recording)
    nothing = store.tags_frame(project, tag_set="whole", q="snow")

    assert tuple(frame.columns) == tuple(nothing.columns) == COLUMNS == own.COLUMNS
    assert frame["class_name"].dropna().tolist() == list(NAMES)
    assert frame["duration_s"].round(9).dropna().tolist() == [0.1] * 3
    assert (frame["created_by"] == "admin").all()
    assert frame.loc[frame["text"] == "rain", ["start_s", "end_s"]].isna().all(axis=None)
    assert (frame.dtypes == nothing.dtypes).all()


def test_a_fault_names_its_row_and_column_and_what_was_stored_before(store, project, recording):
    sent = detections(recording, 5000).rename(columns={"end_s": "End (s)"})
    sent.loc[4041, "End (s)"] = 0.0
    sent.loc[4978, "high_hz"] = 1.5
    how = {"columns": {"End (s)": "end_s"}, "create_classes": True, "lot": 2000}

    with pytest.raises(LotFailed) as caught:
        store.add_tags(project, sent, **how)

    error = caught.value
    assert [(each.row, each.column, each.code) for each in error.errors] == [
        (4041, "End (s)", "order"),
        (4978, "high_hz", "order"),
    ]
    assert (error.first_row, error.stored.created, error.status) == (4000, 4000, 422)
    assert isinstance(error.__cause__, Invalid)
    assert "row 4041, End (s): Must not be before the start." in str(error)
    assert "The 4000 rows before row 4000 are stored." in str(error)
    assert len(store.tags_frame(project)) == 4000


def test_names_and_columns_that_mean_nothing_are_told_with_their_rows(store, project, recording):
    store.add_class(project, "rana")
    sent = [
        {"media_path": "pond/pond.wav", "class_name": "rana", "tag_set": "seen"},
        {"media_path": "pond.wav", "class_name": "bufo", "tag_set": "seen", "snr": 1},
        {"media_path": "pond/pond.wav", "class_name": "bufo", "tag_set": "seen", "snr": 2},
    ]

    with pytest.raises(LotFailed) as caught:
        store.add_tags(project, sent)

    told = {(each.row, each.column, each.detail.partition(";")[0]) for each in caught.value.errors}
    assert told == {
        (1, "snr", "means nothing here"),
        (1, "media_path", "There is no media file pond.wav in this project."),
        (1, "class_name", "There is no class bufo in this project."),
        (2, "class_name", "There is no class bufo in this project."),
    }
    assert list(store.tags(project)) == []


def test_columns_mean_what_one_says(store, project, recording):
    sent = pd.DataFrame(
        {
            "Begin Time (s)": [1.0, 2.0],
            "End Time (s)": [1.5, 2.5],
            "Species": ["rana", "bufo"],
            "Confidence": np.array([0.5, np.nan], dtype="float32"),
            "SNR": [3, 4],
            "View": ["Spectrogram", "Spectrogram"],
            "Notes": ["loud", pd.NA],
        }
    )
    meanings = {
        "Begin Time (s)": "start_s",
        "End Time (s)": "end_s",
        "Species": "text",
        "Confidence": "score",
        "SNR": "info.snr",
        "View": None,
        "Notes": "note",
    }

    store.add_tags(
        project, sent, columns=meanings, media_id=recording.id, tag_set="raven", source="Raven"
    )

    assert [
        (tag.start_s, tag.text, tag.score, tag.info, tag.comment) for tag in store.tags(project)
    ] == [(1.0, "rana", 0.5, {"snr": 3}, "loud"), (2.0, "bufo", None, {"snr": 4}, None)]
    assert {tag.source for tag in store.tags(project)} == {"Raven"}


def test_columns_that_mean_the_same_or_nothing_that_a_tag_has_are_refused(store, project):
    row = {"start_s": 1.0, "Begin": 2.0, "end_s": 3.0}

    with pytest.raises(LotFailed, match="row 0, Begin: says the same as start_s"):
        store.add_tags(project, [row], columns={"Begin": "start_s"}, text="x", tag_set="x")
    with pytest.raises(ValueError, match="Begin is strat_s, which nobody can say of a tag"):
        store.add_tags(project, [row], columns={"Begin": "strat_s"}, text="x", tag_set="x")


def test_what_all_say_is_said_where_a_row_says_nothing_itself(store, project, recording):
    store.add_class(project, "rana")
    sent = [{}, {"class_name": "rana"}, {"text": "toad", "tag_set": "mine", "score": np.int64(1)}]

    every = {"media_id": recording.qid, "tag_set": "all", "text": "frog", "score": 0.5}
    store.add_tags(project, sent, **every)

    names = {each.id: each.name for each in store.tag_sets(project)}
    assert [
        (tag.text, tag.class_id is None, names[tag.tag_set_id], tag.score)
        for tag in store.tags(project)
    ] == [("frog", True, "all", 0.5), (None, False, "all", 0.5), ("toad", True, "mine", 1.0)]


def test_a_frame_that_came_from_here_may_be_changed_and_sent_back(store, project, recording):
    store.add_tags(project, detections(recording, 10), create_classes=True)
    frame = store.tags_frame(project)

    frame.loc[frame["score"] < 0.005, "status"] = "rejected"
    stored = store.add_tags(project, frame, on_duplicate="update")

    with pytest.raises(LotFailed) as caught:
        store.add_tags(project, frame)
    assert (stored.created, stored.updated) == (0, 10)
    assert stored.ids == frame["tag_id"].tolist()
    assert len(list(store.tags(project, status="rejected"))) == 5
    assert isinstance(caught.value.__cause__, Conflict)
    assert [each.row for each in caught.value.errors] == list(range(10))


def test_a_dry_run_checks_all_and_stores_nothing(store, project, recording):
    sent = detections(recording, 30)

    stored = store.add_tags(project, sent, create_classes=True, dry_run=True, lot=20)

    assert (stored.created, stored.ids) == (30, [None] * 30)
    assert list(store.tags(project)) == list(store.classes(project)) == []


def test_the_same_key_stores_the_same_rows_once(store, project, recording):
    sent = [{"text": f"call {number}"} for number in range(50)]

    def add(rows):
        return store.add_tags(
            project, rows, media_id=recording.id, tag_set="x", lot=20, key=f"{project}, once"
        )

    first = add(sent)

    assert add(sent) == first
    assert len(list(store.tags(project))) == 50
    with pytest.raises(LotFailed, match="another request"):
        add([*sent[:-1], {"text": "other"}])


def test_what_json_cannot_say_is_a_fault_of_its_row(store, project, recording):
    sent = [{"text": "a"}, {"score": float("inf")}, {"info": {"at": object()}}]

    with pytest.raises(LotFailed) as caught:
        store.add_tags(project, sent, media_id=recording.id, tag_set="x", text="fox")

    assert [each.row for each in caught.value.errors] == [1, 2]


def test_lots_have_no_more_bytes_than_a_server_takes():
    rows = [{"text": str(number), "info": {"embedding": "x" * 3_000_000}} for number in range(12)]

    sizes = [
        (lot.first, len(lot.lines), lot.size)
        for lot in lots(Translation(None, {}, {}), rows, 10_000)
    ]

    assert [(first, count) for first, count, _ in sizes] == [(0, 5), (5, 5), (10, 2)]
    assert max(size for *_, size in sizes) <= MOST_BYTES


def test_recordings_come_in_a_frame(store, project, recording, sound):
    store.add_media(project, sound(name="20260531T051400+0200_dawn.wav"))

    frame = store.media_frame(project, sort="-duration")

    assert frame["path"].tolist() == ["pond/pond.wav", "20260531T051400+0200_dawn.wav"]
    assert frame["duration_s"].tolist() == [60.0, 1.0]
    assert frame["sample_rate"].dtype == frame["width"].dtype == "Int64"
    assert str(frame["recorded_at"].iloc[1]) == "2026-05-31 03:14:00+00:00"
    assert frame["recorded_at"].isna().tolist() == [True, False]
    assert store.media_frame(project, q="nothing").empty
