import dataclasses

import crowsetta
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagstore.formats.rows import About, Fault, Media, Row
from tagstore.formats.tables.audacity import AUDACITY, NO_LABEL
from tests.formats.samples import HERTZ, WORDS, maybe, read, shared, tags, write

FILES = {
    "405_marron1.audacity.txt": (61, 0),
    "cold_forest_daylight.audacity-boxes.txt": (160, 160),
    "spinetail.audacity-boxes.txt": (18, 18),
}


def test_lines_of_one_label_and_of_two_are_mixed():
    content = (
        "0.101385\t0.367520\tSP\n"
        "\\\t6441.064453\t12296.577148\n"
        "1\t1\t\n"
        "2,5\t3\n"
        "\n"
        "4\n"
        "5\t6\tTurdus merula_Blackbird\t0.82\tmore\n"
        "7\t8\twren\n"
        "\\\t-1.000000\t6334.588867\n"
    )

    assert read(AUDACITY, content) == [
        Row(
            1, start_s=0.101385, end_s=0.36752, low_hz=6441.064453, high_hz=12296.577148, label="SP"
        ),
        Row(3, start_s=1.0, end_s=1.0),
        Fault(4, "start", "“2,5” is not a number."),
        Row(6, start_s=4.0, end_s=4.0),
        Row(
            7,
            start_s=5.0,
            end_s=6.0,
            label="Turdus merula_Blackbird",
            score=0.82,
            info={"column 5": "more"},
        ),
        Row(8, start_s=7.0, end_s=8.0, high_hz=6334.588867, label="wren"),
    ]
    assert read(AUDACITY, content, About(decimal_comma=True))[2].start_s == 2.5


def test_faults_spoil_their_label_and_no_other():
    content = (
        "\\\t1\t2\n"
        "2\t1\tswapped\n"
        "\\\t1\t2\n"
        "0\t1\tgood\n"
        "0\t1\tbad\n"
        "\\\t2\t1\n"
        "0\t1\tworse\n"
        "\\\t2\n"
        "0\tinf\tendless\n"
    )

    assert read(AUDACITY, content) == [
        Fault(1, None, NO_LABEL),
        Fault(2, None, "It ends at 1 s, before it starts at 2 s."),
        Row(4, start_s=0.0, end_s=1.0, label="good"),
        Fault(6, None, "The high frequency, 1 Hz, is below the low one."),
        Fault(8, "high", "“” is not a number."),
        Fault(9, "end", "“inf” is not a number that a tag can have."),
    ]


def test_labels_are_written_with_six_decimals_and_frequencies_where_there_are_some():
    rows = [
        Row(start_s=0.1, end_s=0.1, label="a\tb\r\nc"),
        Row(start_s=1, end_s=2, high_hz=6334.588867, text="hm"),
        Row(label="all"),
    ]

    assert write(AUDACITY, rows, About(Media("a.wav", duration_s=60.5))).decode() == (
        "0.100000\t0.100000\ta b c\n"
        "1.000000\t2.000000\thm\n"
        "\\\t-1.000000\t6334.588867\n"
        "0.000000\t60.500000\tall\n"
    )


BANDS = tags(label=maybe(WORDS)) | tags(label=maybe(WORDS), low_hz=HERTZ, high_hz=st.none())


@given(st.lists(BANDS, max_size=5))
def test_what_a_track_can_say_comes_back(rows):
    found = read(AUDACITY, write(AUDACITY, rows))

    assert [dataclasses.replace(row, line=0) for row in found] == rows


@pytest.mark.parametrize(("name", "counts"), FILES.items())
def test_a_real_track_comes_back_as_it_was(name, counts):
    rows = read(AUDACITY, shared(name))
    again = read(AUDACITY, write(AUDACITY, rows))

    assert (len(rows), sum(row.low_hz is not None for row in rows)) == counts
    assert AUDACITY.fits(shared(name).read_bytes())
    for row, back in zip(rows, again, strict=True):
        assert back.start_s == pytest.approx(row.start_s, abs=1e-6)
        assert back.end_s == pytest.approx(row.end_s, abs=1e-6)
        assert back == dataclasses.replace(row, start_s=back.start_s, end_s=back.end_s)


@pytest.mark.parametrize(
    "content", ["", "a\tb\n", "\\\t1\t2\n", "1,2,wren\n", "0\t1\ta\nno number\n", "{}"]
)
def test_other_files_are_not_taken_for_a_track(content):
    assert not AUDACITY.fits(content.encode())


def test_crowsetta_reads_what_we_write_as_it_reads_the_original(tmp_path):
    sequence, boxes = shared("405_marron1.audacity.txt"), shared("spinetail.audacity-boxes.txt")
    ours = [tmp_path / "sequence.txt", tmp_path / "boxes.txt"]
    for path, original in zip(ours, (sequence, boxes), strict=True):
        path.write_bytes(write(AUDACITY, read(AUDACITY, original)))

    theirs, again = (crowsetta.formats.seq.AudSeq.from_file(path) for path in (sequence, ours[0]))
    assert list(again.labels) == list(theirs.labels)
    assert list(again.start_times) == pytest.approx(list(theirs.start_times), abs=1e-6)
    assert list(again.end_times) == pytest.approx(list(theirs.end_times), abs=1e-6)

    theirs, again = (crowsetta.formats.bbox.AudBBox.from_file(path) for path in (boxes, ours[1]))
    assert again.df.equals(theirs.df)
