import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagstore.formats.rows import About, Fault, Media, Row, Skipped
from tagstore.formats.tables.raven import RAVEN, TWIN, TWINS_APART
from tests.formats.samples import SCORES, WORDS, maybe, read, tags, write

ABOUT = About(Media("dawn.wav", duration_s=60, sample_rate=48_000))
HEADER = "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)"


def test_a_table_is_read_with_its_further_columns():
    content = (
        f"{HEADER}\tSpecies\tNote\tNote\t\t\n"
        "1\tSpectrogram 1\t2\t0.5\t1.25\t1000\t2000.5\tEATO\tfar\tC:\\a b\t\t\n"
        "2\tSpectrogram 1\t1\t2\t2\t0\t0\t\n"
    )

    assert read(RAVEN, content) == [
        Row(
            2,
            start_s=0.5,
            end_s=1.25,
            low_hz=1000.0,
            high_hz=2000.5,
            channel=2,
            label="EATO",
            info={"Selection": "1", "View": "Spectrogram 1", "Note": "far", "Note (2)": "C:\\a b"},
        ),
        Row(
            3,
            start_s=2.0,
            end_s=2.0,
            low_hz=0.0,
            high_hz=0.0,
            channel=1,
            info={"Selection": "2", "View": "Spectrogram 1", "Note": "", "Note (2)": ""},
        ),
    ]


def view(number, view, label="x"):
    return f"{number}\t{view} 1\t1\t0\t1\t0\t9\t{label}\n"


@pytest.mark.parametrize("order", ["WS", "SW"])
def test_a_selection_is_read_once_whichever_view_comes_first(order):
    names = {"W": "Waveform", "S": "Spectrogram"}
    twins = "".join(view(1, names[each]) for each in order)
    found = read(RAVEN, f"{HEADER}\tTags\n{twins}" + view(2, "Waveform"))

    rows = [(each.line, each.info["View"]) for each in found if isinstance(each, Row)]
    assert rows == [(2 + order.index("S"), "Spectrogram 1"), (4, "Waveform 1")]
    assert [each for each in found if isinstance(each, Skipped)] == [
        Skipped(2 + order.index("W"), TWIN)
    ]


def test_twins_are_found_far_apart_and_waveforms_do_not_fill_the_memory():
    count = TWINS_APART + 5
    waves = "".join(view(n, "Waveform") for n in range(1, count + 1))
    found = read(
        RAVEN, f"{HEADER}\tTags\n{waves}{view(1, 'Spectrogram')}{view(count, 'Spectrogram')}"
    )

    kept = [int(each.info["Selection"]) for each in found if isinstance(each, Row)]
    assert sorted(kept) == [1, *range(1, count + 1)]
    assert len(found) - len(kept) == 1


def test_columns_of_one_name_come_back_under_one_name():
    content = f"{HEADER}\tAnnotation\tNote\tNote\tNote (5)\n" + view(1, "Spectrogram")[:-1]
    rows = read(RAVEN, content + "\ta\tb\tc\n")

    header, line, _ = write(RAVEN, rows, ABOUT).decode().split("\n")

    assert list(rows[0].info)[2:] == ["Note", "Note (2)", "Note (5)"]
    assert header.split("\t")[-3:] == ["Note", "Note", "Note (5)"]
    assert line.split("\t")[-3:] == ["a", "b", "c"]


def test_memory_of_spectrograms_is_short():
    views = "".join(view(n, "Spectrogram") for n in range(TWINS_APART + 1))
    found = read(RAVEN, f"{HEADER}\tTags\n{views}{view(0, 'Waveform')}{view(1, 'Waveform')}")

    assert [each.line for each in found if isinstance(each, Skipped)] == [len(found) + 1]


def test_in_a_row_of_files_a_selection_is_put_into_its_own():
    content = (
        f"{HEADER}\tBegin File\tFile Offset (s)\tAnnotation\n"
        "1\tSpectrogram 1\t1\t59.5\t61\t0\t9\ta.wav\t59.5\ttick\n"
        "2\tSpectrogram 1\t1\t70.1\t70.3\t0\t9\tb.wav\t10.1\ttock\n"
        "3\tSpectrogram 1\t1\t70\t69\t0\t9\tb.wav\t10\ttock\n"
    )

    first, second, third = read(RAVEN, content)

    assert (first.media, first.start_s, first.end_s) == ("a.wav", 59.5, 61.0)
    assert (second.media, second.start_s, second.end_s) == ("b.wav", 10.1, 10.3)
    assert third == Fault(4, "End Time (s)", "It ends before it begins.")


def test_faults_are_told_with_line_and_column_and_the_rest_is_read():
    rows = [
        "x\t1\t0\t9",
        "-1\t1\t0\t9",
        "nan\t1\t0\t9",
        "2\t1\t0\t9",
        "0\t1\t9\t0",
        "\t\t0\t9",
        "0\t1\t0\t9",
    ]
    content = "".join(f"1\tSpectrogram 1\t1\t{row}\twren\n" for row in rows)

    found = read(RAVEN, f"{HEADER}\tTags\n{content}")

    assert found[:6] == [
        Fault(2, "Begin Time (s)", "“x” is not a number."),
        Fault(3, "Begin Time (s)", "“-1” is before the start of the recording."),
        Fault(4, "Begin Time (s)", "“nan” is not a number that a tag can have."),
        Fault(5, None, "It ends at 1 s, before it starts at 2 s."),
        Fault(6, None, "The high frequency, 0 Hz, is below the low one."),
        Fault(7, "Begin Time (s)", "It has no start."),
    ]
    assert found[6].line == 8


def test_a_table_is_written_in_ravens_columns():
    rows = [
        Row(
            start_s=0.25,
            end_s=1,
            low_hz=1000,
            high_hz=2000.5,
            channel=2,
            label="a\tb\nc",
            score=0.5,
        ),
        Row(
            start_s=2, end_s=2, low_hz=100, text="hm", info={"Selection": "7", "View": "Waveform 1"}
        ),
        Row(label="all", info={"Selection": "3", "Wind": "no", "Calls": 3, "Note": None}),
    ]

    assert write(RAVEN, rows, ABOUT).decode() == (
        f"{HEADER}\tBegin File\tFile Offset (s)\tAnnotation\tScore\tWind\tCalls\tNote\n"
        "1\tSpectrogram 1\t2\t0.250000\t1.000000\t1000.000\t2000.500\tdawn.wav\t0.250000"
        "\ta b c\t0.5\t\t\t\n"
        "7\tWaveform 1\t1\t2.000000\t2.000000\t100.000\t24000.000\tdawn.wav\t2.000000\thm\t\t\t\t\n"
        "8\tSpectrogram 1\t1\t0.000000\t60.000000\t0.000\t24000.000\tdawn.wav\t0.000000"
        "\tall\t\tno\t3\t\n"
    )


SAID = {
    "channel": st.integers(1, 16),
    "label": maybe(WORDS),
    "score": maybe(SCORES),
    "info": st.fixed_dictionaries({"Wind": maybe(WORDS).map(lambda word: word or "")}),
}


@given(st.lists(tags(**SAID), min_size=1, max_size=5))
def test_what_a_table_can_say_comes_back(rows):
    found = read(RAVEN, write(RAVEN, rows, ABOUT))

    for row, back in zip(rows, found, strict=True):
        low_hz = row.low_hz or 0
        high_hz = 24_000 if row.high_hz is None else row.high_hz
        info = {"Selection": str(back.line - 1), "View": "Spectrogram 1", **row.info}
        assert back == dataclasses.replace(
            row, line=back.line, media="dawn.wav", low_hz=low_hz, high_hz=high_hz, info=info
        )
