import math

import pytest

from tagstore.formats import numbers
from tagstore.formats.rows import Row, Wrong


@pytest.mark.parametrize(
    ("said", "value"), [("1.5", 1.5), ("0", 0.0), ("1e3", 1000.0), (" 2 ", 2.0), ("-0.0", 0.0)]
)
def test_a_time_is_any_decimal_number(said, value):
    found = numbers.seconds(said)

    assert found == value
    assert math.copysign(1, found) == 1


@pytest.mark.parametrize("said", ["", "x", "1,5", "nan", "inf", "-inf", "1_000", "1e999", "0x10"])
def test_what_is_no_number_is_refused_with_its_column(said):
    with pytest.raises(Wrong) as caught:
        numbers.number(said, "Begin Time (s)")

    assert caught.value.column == "Begin Time (s)"
    assert caught.value.at(7).line == 7


def test_a_comma_is_a_point_where_people_said_so():
    assert numbers.number("1,5", comma=True) == 1.5


def test_times_and_frequencies_are_not_negative():
    with pytest.raises(Wrong, match=r"“-0\.1” is before the start of the recording\."):
        numbers.seconds("-0.1")
    with pytest.raises(Wrong, match=r"“-1” is a frequency below zero\."):
        numbers.hertz("-1")


def test_channels_are_counted_from_one_in_the_end():
    assert numbers.channel("1") == 1
    assert numbers.channel("0", first=0) == 1
    assert numbers.channel("2.0") == 2
    for said in ("0", "1.5", "left"):
        with pytest.raises(Wrong):
            numbers.channel(said)


def test_a_long_cell_is_not_told_at_length():
    with pytest.raises(Wrong) as caught:
        numbers.number("x" * 1000)

    assert caught.value.reason == "“" + "x" * 40 + "…” is not a number."


@pytest.mark.parametrize(
    "row",
    [
        Row(start_s=2, end_s=1),
        Row(start_s=1),
        Row(end_s=1),
        Row(start_s=-1, end_s=1),
        Row(start_s=math.nan, end_s=1),
        Row(start_s=0, end_s=math.nan),
        Row(start_s=0, end_s=math.inf),
        Row(low_hz=5, high_hz=4),
        Row(low_hz=-5),
        Row(high_hz=-5),
        Row(low_hz=math.nan),
        Row(high_hz=math.inf),
        Row(score=math.nan),
        Row(status="perhaps"),
    ],
    ids=repr,
)
def test_a_row_whose_numbers_contradict_each_other_is_refused(row):
    with pytest.raises(Wrong):
        numbers.check(row)


@pytest.mark.parametrize(
    "row",
    [
        Row(),
        Row(start_s=0, end_s=0),
        Row(start_s=1, end_s=2, low_hz=3),
        Row(high_hz=4),
        Row(score=-1),
    ],
    ids=repr,
)
def test_a_row_may_leave_out_what_it_does_not_know(row):
    assert numbers.check(row) == row


def test_numbers_are_written_with_a_point():
    assert numbers.written(1.5) == "1.500000"
    assert numbers.written(2878.25, 1) == "2878.2"


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (2.0, "2"), (5e-05, "0.00005"), (0.1, "0.1"), (1e22, "10000000000000000000000")],
)
def test_the_shortest_decimal_says_a_number_exactly(value, said):
    assert numbers.shortest(value) == said
    assert float(said) == value


@pytest.mark.parametrize(("value", "whole"), [(0.0004, 0), (1.0005, 1000), (1.0015, 1002)])
def test_milliseconds_are_whole(value, whole):
    assert numbers.milliseconds(value) == whole
    assert numbers.milliseconds(1e300) == 10**303
