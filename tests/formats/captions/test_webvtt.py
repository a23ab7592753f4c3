import dataclasses

import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from tagstore.formats import registry
from tagstore.formats.captions.cues import EMPTY, NO_CUE, TOO_LONG
from tagstore.formats.captions.webvtt import WEBVTT
from tagstore.formats.rows import Fault, Row, Skipped
from tests.formats.samples import SCORES, WORDS, in_milliseconds, maybe, read, tags, write

FILE = """WEBVTT - dawn chorus
Kind: captions

NOTE
00:00.000 is the start

STYLE
::cue { color: red }

first
00:01.500 --> 00:02.000 align:start position:10%
<v Ann>A <i>wren</i> &amp; a &lt;robin&gt;
on two lines

1:00:00.000 --> 1:00:01.000
{"class":"wren","low_hz":2000,"score":0.5,"weather":["rain"]}

00:03.000 --> 00:04.000

words without times

00:05.000 --> 00:06.000
one
00:06.000 --> 00:07.000
two"""
ROWS = [
    Row(
        start_s=1.5,
        end_s=2.0,
        text="A wren & a <robin>\non two lines",
        info={"cue_id": "first", "cue_settings": "align:start position:10%"},
    ),
    Row(
        start_s=3600.0,
        end_s=3601.0,
        label="wren",
        low_hz=2000.0,
        score=0.5,
        info={"weather": ["rain"]},
    ),
    Row(start_s=5.0, end_s=6.0, text="one"),
    Row(start_s=6.0, end_s=7.0, text="two"),
]


def plain(items):
    return [dataclasses.replace(each, line=0) for each in items if isinstance(each, Row)]


def test_cues_are_text_without_markup_or_json():
    found = read(WEBVTT, FILE)

    assert plain(found) == ROWS
    assert [each.line for each in found] == [11, 15, 18, 20, 22, 24]
    assert found[2:4] == [Skipped(18, EMPTY), Skipped(20, NO_CUE)]
    assert registry.detected(FILE.encode()) is WEBVTT
    assert not WEBVTT.fits(b"WEBVTTX\n")


def test_cues_are_written_by_start():
    rows = [*ROWS[1:2], *ROWS[:1], Row(start_s=2, end_s=2, label="a\n\nb --> c"), Row()]

    assert write(WEBVTT, rows).decode() == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:00.001\n{}\n\n"
        "first\n00:00:01.500 --> 00:00:02.000 align:start position:10%\n"
        "A wren &amp; a &lt;robin&gt;\non two lines\n\n"
        "00:00:02.000 --> 00:00:02.001\na\nb --&gt; c\n\n"
        "01:00:00.000 --> 01:00:01.000\n"
        '{"class":"wren","low_hz":2000.0,"score":0.5,"weather":["rain"]}\n'
    )


INFO = st.dictionaries(WORDS, st.integers() | WORDS | st.lists(WORDS), max_size=2).filter(
    lambda info: all(-(2**53) < value < 2**53 for value in info.values() if type(value) is int)
)


@given(st.lists(tags(text=maybe(WORDS), score=maybe(SCORES), info=INFO), max_size=5))
def test_what_a_cue_can_say_comes_back(rows):
    found = plain(read(WEBVTT, write(WEBVTT, rows)))

    assert sorted(map(repr, found)) == sorted(repr(in_milliseconds(row, 1)) for row in rows)


@given(st.lists(tags(label=WORDS, low_hz=st.just(5.0), high_hz=st.none()), max_size=5))
def test_a_class_comes_back_where_there_is_more_than_words(rows):
    found = plain(read(WEBVTT, write(WEBVTT, rows)))

    assert sorted(map(repr, found)) == sorted(repr(in_milliseconds(row, 1)) for row in rows)


@given(st.lists(tags(label=WORDS, low_hz=st.none(), high_hz=st.none()), max_size=5))
def test_webvtt_py_reads_what_we_write(rows):
    judged = webvtt.from_string(write(WEBVTT, rows).decode())

    found = [(each.start_in_seconds, each.end_in_seconds, each.text) for each in judged]
    assert len(found) == len(rows)
    assert sorted(start for start, _, _ in found) == sorted(
        int(in_milliseconds(row).start_s) for row in rows
    )
    ours = [(row.start_s, row.end_s) for row in plain(read(WEBVTT, write(WEBVTT, rows)))]
    assert ours == [(_exact(each.start), _exact(each.end)) for each in judged]


def _exact(clock):
    hours, minutes, seconds = clock.split(":")
    return (int(hours) * 3_600_000 + int(minutes) * 60_000 + round(float(seconds) * 1000)) / 1000


@pytest.mark.parametrize(
    ("cue", "reason"),
    [
        ("00:02.000 --> 00:01.000\nx", "It ends at 1 s, before it starts at 2 s."),
        (
            "-00:02.000 --> 00:01.000\nx",
            "The times cannot be read; they are written 00:01:02.345 --> 00:01:03.000.",
        ),
        (
            "99999999:00:02.000 --> 00:01.000\nx",
            "The times cannot be read; they are written 00:01:02.345 --> 00:01:03.000.",
        ),
        ('00:01.000 --> 00:02.000\n{"low_hz": "high"}', "It is not a number."),
        (
            '00:01.000 --> 00:02.000\n{"low_hz": 5, "high_hz": 4}',
            "The high frequency, 4 Hz, is below the low one.",
        ),
        ('00:01.000 --> 00:02.000\n{"a": ["\\u0000"]}', "It holds a NUL."),
        ("00:01.000 --> 00:02.000\n" + ("x" * 1000 + "\n") * 2000, TOO_LONG),
        ("00:01.000 --> 00:02.000\n" + "x\n" * 200_000, TOO_LONG),
    ],
)
def test_a_cue_that_makes_no_sense_is_a_fault_and_the_next_is_read(cue, reason):
    found = read(WEBVTT, f"WEBVTT\n\n{cue}\n\n00:01.000 --> 00:02.000\nwren\n")

    assert [(type(each), each.line) for each in found[:-1]] == [(Fault, 3)]
    assert found[0].reason == reason
    assert plain(found) == [Row(start_s=1.0, end_s=2.0, text="wren")]


@pytest.mark.parametrize("text", ["<" * 500_000, "&" * 500_000, "{" * 500_000, "<a" * 250_000])
def test_rubbish_is_read_once_as_text(text):
    assert len(plain(read(WEBVTT, f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}"))) == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_any_encoding_is_read(encoding):
    content = "WEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\nKüken\r\n".encode(encoding)

    assert read(WEBVTT, content) == [Row(3, start_s=1.0, end_s=2.0, text="Küken")]
