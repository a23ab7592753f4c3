import dataclasses

import pysubs2
from hypothesis import given
from hypothesis import strategies as st

from tagstore.formats import registry
from tagstore.formats.captions.cues import NO_CUE
from tagstore.formats.captions.srt import SRT
from tagstore.formats.rows import Fault, Row, Skipped
from tests.formats.samples import WORDS, in_milliseconds, read, tags, write

FILE = """1
00:00:01,500 --> 00:00:02,000
<i>wren</i>
& robin

2
01:00:00,000 --> 01:00:01,000
one
3
01:00:01.000 --> 01:00:02.000
two

4
00:00:09,000 --> 00:00:08,000
backwards

5
"""
PLAIN = {"low_hz": st.none(), "high_hz": st.none()}


def test_cues_are_text_as_it_stands():
    assert read(SRT, FILE) == [
        Row(2, start_s=1.5, end_s=2.0, text="<i>wren</i>\n& robin"),
        Row(7, start_s=3600.0, end_s=3601.0, text="one"),
        Row(10, start_s=3601.0, end_s=3602.0, text="two"),
        Fault(13, None, "It ends at 8 s, before it starts at 9 s."),
        Skipped(17, NO_CUE),
    ]
    assert registry.detected(FILE.encode()) is SRT
    assert not SRT.fits(b"1\t2\n")


def test_cues_are_numbered_by_start():
    rows = [Row(start_s=3599.9996, end_s=3601, label="b"), Row(start_s=0, end_s=0, text="a --> b")]

    assert write(SRT, rows) == (
        b"1\n00:00:00,000 --> 00:00:00,001\na -- > b\n\n2\n01:00:00,000 --> 01:00:01,000\nb\n\n"
    )


@given(st.lists(tags(text=WORDS, **PLAIN), max_size=5))
def test_times_and_words_come_back(rows):
    found = [dataclasses.replace(row, line=0) for row in read(SRT, write(SRT, rows))]

    assert sorted(map(repr, found)) == sorted(repr(in_milliseconds(row, 1)) for row in rows)


LETTERS = st.text("abcdeföü", min_size=1)


@given(st.lists(tags(text=LETTERS, **PLAIN), max_size=5))
def test_pysubs2_reads_what_we_write(rows):
    judged = pysubs2.SSAFile.from_string(write(SRT, rows).decode(), format_="srt")

    found = [(each.start / 1000, each.end / 1000, each.plaintext) for each in judged]
    assert sorted(found) == sorted(
        (row.start_s, row.end_s, row.text) for row in (in_milliseconds(row, 1) for row in rows)
    )
