import dataclasses

import crowsetta
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagstore.formats.registry import detected
from tagstore.formats.rows import Row
from tagstore.formats.tables.crowsetta import GENERIC_SEQ, SIMPLE_SEQ
from tests.formats.samples import WORDS, read, shared, tags, write

NO_BAND = {"low_hz": st.none(), "high_hz": st.none()}
ROWS = [
    Row(media="song.wav", start_s=0.5, end_s=1.25, label="a", info={"annot_path": "song.txt"}),
    Row(media="other.wav", start_s=1, end_s=2, text="b"),
    Row(media="song.wav", start_s=1.25, end_s=2, label="c"),
]
PLAIN = [dataclasses.replace(row, info={}) for row in ROWS]


@given(st.lists(tags(label=WORDS, **NO_BAND), max_size=5))
def test_a_simple_sequence_comes_back(rows):
    found = read(SIMPLE_SEQ, write(SIMPLE_SEQ, rows))

    assert [dataclasses.replace(row, line=0) for row in found] == rows


@given(st.lists(tags(label=WORDS, media=WORDS, **NO_BAND), max_size=5))
def test_generic_sequences_come_back(rows):
    found = read(GENERIC_SEQ, write(GENERIC_SEQ, rows))

    assert [dataclasses.replace(row, line=0, info={}) for row in found] == rows


def test_sequences_are_written_in_crowsettas_columns():
    assert write(SIMPLE_SEQ, PLAIN).decode() == (
        "onset_s,offset_s,label\n0.500000,1.250000,a\n1.000000,2.000000,b\n1.250000,2.000000,c\n"
    )
    assert write(GENERIC_SEQ, ROWS).decode() == (
        "label,onset_s,offset_s,notated_path,annot_path,sequence,annotation\n"
        "a,0.500000,1.250000,song.wav,song.txt,0,0\n"
        "b,1.000000,2.000000,other.wav,other.wav,0,1\n"
        "c,1.250000,2.000000,song.wav,song.txt,0,0\n"
    )


def test_the_real_sequence_comes_back_as_it_was():
    path = shared("simple-seq.csv")
    assert detected(path.read_bytes()) is SIMPLE_SEQ
    rows = read(SIMPLE_SEQ, path)

    again = read(SIMPLE_SEQ, write(SIMPLE_SEQ, rows))

    assert len(rows) == 79
    assert rows[0] == Row(2, start_s=23331.875, end_s=23395.500000000007, label="e", info={"": "0"})
    for row, back in zip(rows, again, strict=True):
        assert back.start_s == pytest.approx(row.start_s, abs=1e-6)
        assert back.end_s == pytest.approx(row.end_s, abs=1e-6)
        assert back == dataclasses.replace(row, start_s=back.start_s, end_s=back.end_s)


def test_crowsetta_reads_what_we_write(tmp_path):
    simple, generic = tmp_path / "simple.csv", tmp_path / "generic.csv"
    simple.write_bytes(write(SIMPLE_SEQ, PLAIN))
    generic.write_bytes(write(GENERIC_SEQ, ROWS))

    sequence = crowsetta.formats.seq.SimpleSeq.from_file(simple)
    annotations = crowsetta.formats.seq.GenericSeq.from_file(generic).to_annot()

    assert list(sequence.labels) == ["a", "b", "c"]
    assert sequence.onsets_s.tolist() == [0.5, 1.0, 1.25]
    assert sequence.offsets_s.tolist() == [1.25, 2.0, 2.0]
    assert [str(each.notated_path) for each in annotations] == ["song.wav", "other.wav"]
    assert annotations[0].seq.onsets_s.tolist() == [0.5, 1.25]
    assert list(annotations[0].seq.labels) == ["a", "c"]
