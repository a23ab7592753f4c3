import dataclasses

import pytest
from hypothesis import given

from tagstore.formats import registry
from tagstore.formats.rows import About, Fault, Media, Row
from tagstore.formats.tables.sonicvisualiser import SONIC_VISUALISER
from tests.formats.samples import WORDS, maybe, read, tags, write


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("1.5", Row(1, None, 1.5, 1.5)),
        ('1.5,"wren, far"', Row(1, None, 1.5, 1.5, label="wren, far")),
        ("1.5,60,0.5,wren", Row(1, None, 1.5, 2.0, label="wren", info={"value": 60.0})),
        ("1.5,60,0.5", Row(1, None, 1.5, 2.0, info={"value": 60.0})),
        ("1.5,2,1000,2000.5,wren", Row(1, None, 1.5, 2.0, 1000.0, 2000.5, label="wren")),
        ("1.5,2,1000,2000.5", Row(1, None, 1.5, 2.0, 1000.0, 2000.5)),
        ("1.5,2,0,0,7", Row(1, None, 1.5, 2.0, label="7")),
        (
            "1.5,60,0.5,0.25,C4",
            Row(1, None, 1.5, 2.0, label="C4", info={"value": 60.0, "level": 0.25}),
        ),
    ],
)
def test_what_a_line_is_is_told_by_its_numbers(line, row):
    assert read(SONIC_VISUALISER, f"{line}\n") == [row]
    assert registry.detected(line.encode()) is SONIC_VISUALISER


def test_boxes_are_written():
    rows = [Row(0, None, 1, 2, 5, 6.5, label="a, b"), Row(text="all"), Row(0, None, 1, 1, 7)]

    assert write(SONIC_VISUALISER, rows, About(Media("a", 60, 1000))).decode() == (
        '1.000000,2.000000,5,6.5,"a, b"\n0.000000,60.000000,0,0,all\n1.000000,1.000000,7,500,\n'
    )


@given(tags(label=maybe(WORDS)))
def test_a_box_comes_back(row):
    (found,) = read(SONIC_VISUALISER, write(SONIC_VISUALISER, [row]))

    if (row.low_hz, row.high_hz) == (0, 0):
        row = dataclasses.replace(row, low_hz=None, high_hz=None)
    said = row.label and " ".join(row.label.split())
    assert dataclasses.replace(found, line=0) == dataclasses.replace(row, label=said)


@pytest.mark.parametrize(
    "line",
    ["-1,wren", "nan", "wren", "1,2", "1,2,3,4,5,6", "1,wren,robin", "5,60,-1", "1e999"],
)
def test_a_line_that_makes_no_sense_is_a_fault_and_the_next_is_read(line):
    assert [type(each) for each in read(SONIC_VISUALISER, f"{line}\n3,wren\n")] == [Fault, Row]
