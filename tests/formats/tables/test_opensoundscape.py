import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from tagstore.formats.rows import About, Fault, Media, Row, Skipped
from tagstore.formats.tables.opensoundscape import HOPLITE, LISTENED, OPENSOUNDSCAPE
from tests.formats.samples import HERTZ, WORDS, read, tags, write

HEADER = "audio_file,annotation_file,annotation,start_time,end_time,low_f,high_f"


def test_a_file_without_a_box_was_listened_to():
    content = f"{HEADER},observer\na.wav,a.txt,wren,1,2,300,,ada\nb.wav,,,,,,,ada\nb.wav,,,1,2,,,\n"

    assert OPENSOUNDSCAPE.fits(content.encode())
    assert read(OPENSOUNDSCAPE, content) == [
        Row(
            2,
            media="a.wav",
            start_s=1.0,
            end_s=2.0,
            low_hz=300.0,
            label="wren",
            info={"annotation_file": "a.txt", "observer": "ada"},
        ),
        Skipped(3, LISTENED, "b.wav"),
        Row(
            4,
            media="b.wav",
            start_s=1.0,
            end_s=2.0,
            info={"annotation_file": "", "observer": ""},
        ),
    ]


def test_boxes_are_written_in_opensoundscapes_columns():
    rows = [
        Row(media="b.wav", start_s=1, end_s=2, low_hz=300.5, label="wren, far", info={"x": "y"}),
        Row(text="all", info={"annotation_file": "a.txt"}),
    ]

    assert write(OPENSOUNDSCAPE, rows, About(Media("a.wav", duration_s=60))).decode() == (
        f'{HEADER},x\nb.wav,,"wren, far",1.000000,2.000000,300.5,,y\n'
        "a.wav,a.txt,all,0.000000,60.000000,,,\n"
    )


BOXES = {
    "media": WORDS,
    "label": WORDS,
    "info": st.fixed_dictionaries({"annotation_file": WORDS, "score": st.just("1")}),
}


@given(st.lists(tags(**BOXES) | tags(**BOXES, low_hz=HERTZ, high_hz=st.none()), max_size=5))
def test_what_a_table_can_say_comes_back(rows):
    found = read(OPENSOUNDSCAPE, write(OPENSOUNDSCAPE, rows))

    assert [dataclasses.replace(row, line=0) for row in found] == rows


def test_hoplite_says_whether_a_label_is_true():
    content = (
        "recording,start_offset_s,end_offset_s,label,label_type\n"
        "a.wav,0,5,wren,positive\na.wav,0,5,owl,negative\na.wav,5,10,owl,uncertain\n"
        "a.wav,5,10,owl,perhaps\n"
    )

    found = read(HOPLITE, content)

    assert HOPLITE.fits(content.encode())
    assert [(row.media, row.start_s, row.label, row.status) for row in found[:3]] == [
        ("a.wav", 0.0, "wren", "accepted"),
        ("a.wav", 0.0, "owl", "rejected"),
        ("a.wav", 5.0, "owl", "unsure"),
    ]
    reason = "“perhaps” is not one of positive, negative, uncertain."
    assert found[3:] == [Fault(5, "label_type", reason)]
