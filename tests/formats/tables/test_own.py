import csv
import dataclasses
import io
from datetime import UTC, datetime

import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagstore.formats.rows import About, Fault, Media, Row
from tagstore.formats.tables.own import COLUMNS, CSV, TSV
from tests.formats.samples import FULL, WORDS, maybe, read, tags, write

START = datetime(2026, 5, 1, 4, 30, tzinfo=UTC)
DAWN = About(Media("dawn.wav", duration_s=60, recorded_at=START))
FORMATS = [CSV, TSV]

ROW = Row(
    start_s=0.1,
    end_s=1.5,
    low_hz=1000.0,
    high_hz=2000.5,
    channel=2,
    label="wren",
    comment='far, "very"\nfar',
    score=0.25,
    source="BirdNET 2.4",
    info={"Wind": "no", "n": [1]},
    stored={"tag_id": 7, "created_by": "ada", "url": "http://x/tags/7"},
)


def cells(content, delimiter=","):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter))


def test_all_columns_are_written_and_only_what_is_known_is_filled():
    (written,) = cells(write(CSV, [ROW], DAWN))

    assert list(written) == list(COLUMNS)
    assert {name: cell for name, cell in written.items() if cell} == {
        "tag_id": "7",
        "media_path": "dawn.wav",
        "class_name": "wren",
        "start_s": "0.100000",
        "end_s": "1.500000",
        "duration_s": "1.400000",
        "low_hz": "1000.0",
        "high_hz": "2000.5",
        "channel": "2",
        "score": "0.25",
        "source": "BirdNET 2.4",
        "created_by": "ada",
        "recorded_start": "2026-05-01T04:30:00+00:00",
        "event_start_datetime": "2026-05-01T04:30:00.100000+00:00",
        "note": 'far, "very"\nfar',
        "info": '{"Wind":"no","n":[1]}',
        "url": "http://x/tags/7",
    }


NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.floats(-0.001, 0.001)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_numbers_are_written_as_python_says_them(low_hz, high_hz, score):
    row = Row(low_hz=low_hz, high_hz=high_hz, score=score)

    (written,) = cells(write(CSV, [row], DAWN))

    said = [written[name] for name in ("low_hz", "high_hz", "score")]
    assert said == [repr(low_hz), repr(high_hz), repr(score)]


SAID = {
    **FULL,
    "text": maybe(WORDS),
    "frame": maybe(st.just({"frame_idx": 3, "box": {"x1": 0.1}})),
    "info": st.dictionaries(WORDS, WORDS | st.integers(-9, 9), max_size=3),
    "stored": st.fixed_dictionaries({}, optional={"tag_id": WORDS, "reviewers": WORDS}),
}


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.key)
@given(st.lists(tags(**SAID) | st.builds(Row, label=WORDS), max_size=5))
def test_everything_comes_back(format, rows):
    found = read(format, write(format, rows))

    for row, back in zip(rows, found, strict=True):
        assert dataclasses.replace(back, line=0) == row
        assert list(back.info) == list(row.info)


def test_short_tables_made_by_hand_are_read_too():
    content = "class_name;start_s;end_s;weather\nwren;0,5;1;rain\n;x;1;\n"
    about = About(decimal_comma=True)

    assert CSV.fits(content.encode())
    assert not TSV.fits(content.encode())
    assert TSV.fits(content.replace(";", "\t").encode())
    assert read(CSV, content, about) == [
        Row(2, start_s=0.5, end_s=1.0, label="wren", info={"weather": "rain"}),
        Fault(3, "start_s", "“x” is not a number."),
    ]
    assert read(CSV, content)[0] == Fault(2, "start_s", "“0,5” is not a number.")


def test_what_is_computed_is_not_read():
    (found,) = read(CSV, write(CSV, [ROW], DAWN), DAWN)

    stored = {"tag_id": "7", "created_by": "ada", "url": "http://x/tags/7"}
    assert found == dataclasses.replace(ROW, line=2, media="dawn.wav", stored=stored)


def test_what_no_column_is_for_comes_after_what_info_says():
    content = (
        'class_name,start_s,end_s,info,a,b\nwren,1,1_0,,,\nwren,1,2,"{""z"":1,""a"":2}",3,4,5,,6\n'
    )

    fault, row = read(CSV, content)

    assert fault == Fault(2, "end_s", "“1_0” is not a number that a tag can have.")
    info = [("z", 1), ("a", "3"), ("b", "4"), ("column 7", "5"), ("column 9", "6")]
    assert list(row.info.items()) == info


@pytest.mark.parametrize(("cell", "reason"), [("[]", "not an object"), ("{", "not JSON")])
def test_info_that_is_no_object_is_a_fault(cell, reason):
    (found,) = read(CSV, f"class_name,start_s,end_s,info\nwren,1,2,{cell}\n")

    assert (found.line, found.column) == (2, "info")
    assert reason in found.reason


def test_no_spreadsheet_computes_what_is_written_for_one():
    formulas = ["=1+1", "+49 30", "-", "@SUM(A1)", "-5", "'=x", "wren"]
    rows = [Row(start_s=0, end_s=1, label=each, score=-0.5) for each in formulas]
    safe = About(for_spreadsheets=True)

    content = write(CSV, rows, safe)

    assert content.startswith(b"\xef\xbb\xbf")
    assert [row["class_name"] for row in cells(content)] == [
        *("'=1+1", "'+49 30", "'-", "'@SUM(A1)", "-5", "'=x", "wren"),
    ]
    assert {row["score"] for row in cells(content)} == {"-0.5"}
    assert [row.label for row in read(CSV, content, safe)] == [*formulas[:5], "=x", "wren"]
    assert [row["class_name"] for row in cells(write(CSV, rows))] == formulas


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.key)
def test_pandas_reads_what_we_write(format, tmp_path):
    path = tmp_path / f"tags{format.suffix}"
    path.write_bytes(write(format, [ROW] * 1500, DAWN))

    frame = pandas.read_csv(path, sep={".csv": ",", ".tsv": "\t"}[format.suffix])

    assert list(frame.columns) == list(COLUMNS)
    assert len(frame) == 1500
    assert frame["start_s"].unique().tolist() == [0.1]
    assert frame["note"].unique().tolist() == [ROW.comment]


def test_rows_are_asked_for_as_the_file_is_sent():
    asked = []
    rows = (asked.append(n) or ROW for n in range(10_000))

    pieces = CSV.write(rows, DAWN)

    assert next(pieces) == ",".join(COLUMNS).encode() + b"\n"
    assert asked == []
    next(pieces)
    assert len(asked) == 500


def test_a_cell_with_any_line_end_or_delimiter_is_quoted_and_others_are_not():
    texts = ["a\rb", "a\r\nb", "a\nb", "a,b", 'a"b', "a\tb", " a;b "]

    content = write(CSV, [Row(text=text) for text in texts], DAWN)

    assert [row["text"] for row in cells(content)] == texts
    assert b'"a\rb"' in content
    assert b", a;b ," in content
    assert b",a\tb," in content
