"""Raven's own test tables, and what independent readers make of what we write."""

import csv
import dataclasses

import crowsetta
import pandas
import pytest

from tagstore.formats.rows import About
from tagstore.formats.tables.raven import RAVEN
from tests.formats.samples import read, shared, write

FILES = {
    "Recording_1_Segment_02.Table.1.selections.txt": 6,
    "Recording_1_Segment_07.Table.1.selections.txt": 279,
}
SPECIES = About(label_column="Species")


@pytest.mark.parametrize(("name", "count"), FILES.items())
def test_a_real_table_comes_back_as_it_was(name, count):
    rows = read(RAVEN, shared(name))

    again = read(RAVEN, write(RAVEN, rows, SPECIES))

    assert len(rows) == count
    assert all(
        abs(back.start_s - row.start_s) <= 1e-6 and abs(back.end_s - row.end_s) <= 1e-6
        for row, back in zip(rows, again, strict=True)
    )
    same = {"start_s": 0, "end_s": 0}
    assert [dataclasses.replace(row, **same) for row in again] == [
        dataclasses.replace(row, **same) for row in rows
    ]


@pytest.mark.parametrize("name", FILES)
def test_others_read_what_we_write_as_they_read_the_original(name, tmp_path):
    original = shared(name)
    ours = tmp_path / "ours.Table.1.selections.txt"
    ours.write_bytes(write(RAVEN, read(RAVEN, original), SPECIES))

    theirs = [
        crowsetta.formats.bbox.Raven.from_file(path, annot_col="Species").to_bbox()
        for path in (original, ours)
    ]

    assert [(box.label, box.low_freq, box.high_freq) for box in theirs[1]] == [
        (box.label, box.low_freq, box.high_freq) for box in theirs[0]
    ]
    assert [box.onset for box in theirs[1]] == pytest.approx(
        [box.onset for box in theirs[0]], abs=1e-6
    )
    frames = [pandas.read_csv(path, sep="\t") for path in (original, ours)]
    same = frames[1][list(frames[0].columns)]
    pandas.testing.assert_frame_equal(same, frames[0], check_exact=False, atol=1e-6, rtol=0)
    with ours.open(newline="") as file:
        assert {len(cells) for cells in csv.reader(file, delimiter="\t")} == {11}
