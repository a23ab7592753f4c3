import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyannote.database.util import load_rttm

from tagstore.formats import registry
from tagstore.formats.rows import About, Fault, Media, Row, Skipped
from tagstore.formats.tables.rttm import NO_SPEAKER, RTTM
from tests.formats.samples import SCORES, read, tags, write

FILE = """;; a comment
SPKR-INFO rec 1 <NA> <NA> <NA> unknown Ann <NA> <NA>
SPEAKER rec 1 1.5 0.25 <NA> <NA> Ann 0.75 <NA>
SPEAKER   rec  <NA>\t0.1 0.2 <NA> <NA> <NA> <NA>
"""
PLAIN = {"low_hz": st.none(), "high_hz": st.none()}
NAMES = st.text("abcdefgü_-", min_size=1).filter(lambda text: text.upper() not in {"NA", "NAN"})
MARKS = {**PLAIN, "label": NAMES, "media": NAMES, "channel": st.integers(1, 9)}


def test_speakers_are_read_and_what_else_a_line_may_say_is_skipped():
    assert read(RTTM, FILE) == [
        Skipped(2, NO_SPEAKER),
        Row(3, media="rec", start_s=1.5, end_s=1.75, channel=1, label="Ann", score=0.75),
        Row(4, media="rec", start_s=0.1, end_s=0.3),
    ]
    assert registry.detected(FILE.encode()) is RTTM
    assert not RTTM.fits(b"SPEAKER rec 1\n")
    assert not RTTM.fits(b";;\n")


def test_lines_are_written_by_start():
    rows = [
        Row(start_s=2, end_s=3, label="house  wren", channel=2, score=0.5),
        Row(text="all of it"),
    ]

    assert write(RTTM, rows, About(Media("in/a b.wav", duration_s=4))).decode() == (
        "SPEAKER a_b 1 0.000000 4.000000 <NA> <NA> all_of_it <NA> <NA>\n"
        "SPEAKER a_b 2 2.000000 1.000000 <NA> <NA> house_wren 0.5 <NA>\n"
    )
    assert write(RTTM, [Row(start_s=0, end_s=0)]) == (
        b"SPEAKER <NA> 1 0.000000 0.000000 <NA> <NA> <NA> <NA> <NA>\n"
    )


@given(st.lists(tags(**MARKS, score=st.none() | SCORES), max_size=5))
def test_what_a_line_can_say_comes_back(rows):
    found = [dataclasses.replace(row, line=0) for row in read(RTTM, write(RTTM, rows))]

    assert sorted(map(repr, found)) == sorted(map(repr, rows))


@given(st.lists(tags(**MARKS), min_size=1, max_size=5))
def test_pyannote_reads_what_we_write(tmp_path_factory, rows):
    rows = [row for row in rows if row.end_s - row.start_s > 0.001]
    path = tmp_path_factory.mktemp("rttm") / "a.rttm"
    path.write_bytes(write(RTTM, rows))

    judged = load_rttm(path) if rows else {}

    found = [
        (media, round(segment.start, 6), round(segment.end, 6), label)
        for media, annotation in judged.items()
        for segment, _, label in annotation.itertracks(yield_label=True)
    ]
    assert sorted(found) == sorted((row.media, row.start_s, row.end_s, row.label) for row in rows)


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (
            "SPEAKER rec 1 -1 1 <NA> <NA> A <NA>",
            "tbeg",
            "“-1” is before the start of the recording.",
        ),
        ("SPEAKER rec 1 1 -1 <NA> <NA> A <NA>", "tdur", "The duration is below zero."),
        (
            "SPEAKER rec 1 1 nan <NA> <NA> A <NA>",
            "tdur",
            "“nan” is not a number that a tag can have.",
        ),
        (
            "SPEAKER rec 1 1e308 1.7e308 <NA> <NA> A <NA>",
            None,
            "It ends at inf s, before it starts at 1e+308 s.",
        ),
        ("SPEAKER rec 1 <NA> 1 <NA> <NA> A <NA>", "tbeg", "“<NA>” is not a number."),
        (
            "SPEAKER rec 0 1 1 <NA> <NA> A <NA>",
            "chnl",
            "“0” is not a channel; they are counted from 1.",
        ),
        ("SPEAKER rec 1 1 1 <NA> <NA> A high", "conf", "“high” is not a number."),
        ("SPEAKER rec 1 1 1", None, "The line has 5 fields; RTTM has 10."),
        (
            "speaks rec 1 1 1 <NA> <NA> A <NA>",
            "type",
            "The line does not begin with a type that RTTM knows.",
        ),
    ],
)
def test_a_line_that_makes_no_sense_is_a_fault_and_the_next_is_read(line, column, reason):
    found = read(RTTM, f"{line}\nSPEAKER rec 1 1 1 <NA> <NA> A <NA> <NA>\n")

    assert found[0] == Fault(1, column, reason)
    assert found[1].label == "A"
