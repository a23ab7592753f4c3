"""What holds for every format there is."""

import io
import random
import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagstore.formats import text
from tagstore.formats.format import HEAD_BYTES, Feature, features
from tagstore.formats.registry import FORMATS, detected, named
from tagstore.formats.rows import About, Fault, Media, Row, Skipped, band
from tagstore.formats.tables.rttm import RTTM
from tagstore.values import TAG_STATUSES, is_text
from tests.formats.samples import write

READERS = [each for each in FORMATS if each.read]
BOTH_WAYS = [each for each in READERS if each.write]
ABOUT = About(Media("dawn.wav", duration_s=20_000, sample_rate=96_000, channels=4))
FIELDS = {
    Feature.CHANNELS: "channel",
    Feature.TEXTS: "text",
    Feature.COMMENTS: "comment",
    Feature.SCORES: "score",
    Feature.STATUSES: "status",
    Feature.TRACKS: "track",
    Feature.SOURCES: "source",
    Feature.IDS: "external_id",
    Feature.MANY_MEDIA: "media",
}


def key(format):
    return format.key


def random_tags(count, keeps):
    """Return tags one after the other that need no more than a format keeps."""
    chance = random.Random(count)
    labels = ["wren", "Turdus merula", "«ü»", "=1+1"]
    rows = []
    for n in range(count):
        row = Row(start_s=n * 10.0, end_s=n * 10 + round(chance.uniform(1, 9), 3))
        point = {"end_s": row.start_s} if chance.random() < 0.1 else {}
        low_hz = round(chance.uniform(0, 20_000), 1)
        said = {
            "channel": chance.randint(1, 4),
            "comment": chance.choice([None, "far, “behind” trees"]),
            "score": chance.choice([None, 0.5, 0.25]),
            "status": chance.choice([None, *TAG_STATUSES]),
            "track": chance.choice(["birds", "Fledermäuse"]),
            "source": chance.choice(["ada", "BirdNET 2.4"]),
            "external_id": f"id-{n}",
            "media": chance.choice(["dawn.wav", "dusk.wav"]),
        }
        row = replace(row, label=chance.choice(labels))
        row = replace(row, **{held: said[held] for held in said if _keeps(keeps, held)})
        if Feature.POINTS in keeps:
            row = replace(row, **point)
        if Feature.BOXES in keeps and point == {}:
            row = replace(row, low_hz=low_hz, high_hz=low_hz + 1000)
        if Feature.LABELS not in keeps:
            row = replace(row, label=None, text=row.label)
        rows.append(row)
    return rows


def _keeps(keeps, held):
    return any(FIELDS[feature] == held for feature in keeps & FIELDS.keys())


def said(format, row):
    """Return what a row says of that which a format keeps."""
    if format is RTTM:  # Its names have no blanks, its recordings no suffix.
        row = replace(row, label=row.label.replace(" ", "_"), media=row.media.removesuffix(".wav"))
    fields = [row.label or row.text]
    fields += [getattr(row, FIELDS[each]) for each in FIELDS if each in format.keeps]
    if Feature.BOXES in format.keeps:
        fields += band(row, ABOUT)
    return fields


@pytest.mark.parametrize("format", BOTH_WAYS, ids=key)
def test_a_thousand_tags_come_back_with_all_that_a_format_keeps(format):
    rows = random_tags(1000, format.keeps)

    content = write(format, rows, ABOUT)
    assert detected(content[:HEAD_BYTES]) is format
    found = [each for each in format.read(io.BytesIO(content), ABOUT) if isinstance(each, Row)]

    found.sort(key=lambda row: row.start_s)
    assert [said(format, row) for row in found] == [said(format, row) for row in rows]
    limit_s = max(format.resolution_s, 1e-6)
    assert [row.start_s for row in found] == pytest.approx([r.start_s for r in rows], abs=limit_s)
    assert [row.end_s for row in found] == pytest.approx([r.end_s for r in rows], abs=limit_s)


def test_a_format_is_found_by_its_name_and_no_two_share_one():
    assert [named(each.key) for each in FORMATS] == list(FORMATS)


def test_what_is_no_annotation_file_has_no_format():
    for content in (b"", b"\0" * 100, b"RIFF\x24\0\0\0WAVEfmt ", b"Dear all,\nhow are you?\n"):
        assert detected(content) is None


@pytest.mark.parametrize("format", READERS, ids=key)
@given(st.binary(max_size=300) | st.text("01.,;\t\r\n\"\\-'{}[]:eslab\0ü", max_size=300))
def test_no_file_breaks_a_reader(format, content):
    raw = content.encode() if isinstance(content, str) else content

    assert format.fits(raw) in {True, False}
    for item in format.read(io.BytesIO(raw), ABOUT):
        assert isinstance(item, Row | Fault | Skipped)
        if isinstance(item, Row):
            assert is_text(f"{item.label}{item.text}{item.media}{item.info}")
            assert features(item) <= set(Feature)


HEADS = {
    "jsonl": '{"start_s":0,"end_s":1}',
    "csv": "class_name,start_s,end_s",
    "tsv": "class_name\tstart_s\tend_s",
    "birdnet": "Start (s),End (s),Scientific name,Common name,Confidence,File",
    "raven": "Selection\tBegin Time (s)\tEnd Time (s)",
    "kaleidoscope": "IN FILE,CHANNEL,OFFSET,DURATION,AUTO ID*,MANUAL ID",
    "kaleidoscope-clusters": "IN FILE,CHANNEL,OFFSET,DURATION,TOP1MATCH,MANUAL ID",
    "aplose": "dataset,start_datetime,end_datetime,annotation,annotator",
    "opensoundscape": "audio_file,annotation,start_time,end_time",
    "hoplite": "recording,start_offset_s,end_offset_s,label,label_type",
    "generic-seq": "label,onset_s,offset_s,notated_path,annot_path,sequence,annotation",
    "simple-seq": "onset_s,offset_s,label",
    "warbler": "sound.files,selec,start,end",
    "cvat": "start\tstop\tlabel",
    "table": "start,end,label",
    "birdnet-labels": "0\t3\tTurdus merula_Blackbird\t0.5",
    "audacity": "0\t1\ta",
    "sonicvisualiser": "0,1,2,a",
    "rttm": "SPEAKER dawn 1 0 1 <NA> <NA> wren <NA> <NA>",
}
CELLS = st.lists(st.sampled_from(["", "0", "1", "1.5", "-1", "nan", "x", '"', "00:00:01", "NA"]))


@pytest.mark.parametrize("key", HEADS)
def test_a_format_is_told_by_its_first_line(key):
    assert detected(HEADS[key].encode() + b"\n") is named(key)


@pytest.mark.parametrize("key", HEADS)
@given(st.lists(CELLS, max_size=5))
def test_no_row_breaks_a_table(key, rows):
    delimiter = "\t" if "\t" in HEADS[key] else ","
    content = "\n".join([HEADS[key], *(delimiter.join(cells) for cells in rows)])

    found = list(named(key).read(io.BytesIO(content.encode()), ABOUT))

    assert {type(item) for item in found} <= {Row, Fault, Skipped}
    assert all(item.start_s <= item.end_s for item in found if getattr(item, "start_s", None))


LONG = ("jsonl", "csv", "tsv", "raven", "audacity", "table")


class Long(io.RawIOBase):
    """A head and then the same over and over, so many bytes of it."""

    def __init__(self, head, filler, size):
        self.head, self.filler, self.left = head, filler, size
        self.asked = 0

    def read(self, size):
        size = min(size, self.left)
        self.left -= size
        self.asked += 1
        head, self.head = self.head, b""
        return (head + self.filler * (size // len(self.filler)))[:size]


@pytest.mark.parametrize("key", LONG)
def test_rows_come_as_a_file_is_read(key):
    rows = b"0\t1\ta\n" if key == "audacity" else b'{"start_s":0}\n1,1,1\n'
    stream = Long(f"{HEADS[key]}\n".encode(), rows, 2 * 10**9)

    found = named(key).read(stream, ABOUT)
    items = [next(found) for _ in range(3)]

    assert len(items) == 3
    assert stream.asked == 1


@pytest.mark.parametrize("key", LONG)
@pytest.mark.parametrize("filler", [b"x", b'"', b"{", b"0\t1\t", b"1,"])
def test_a_line_without_end_fills_no_memory(key, filler):
    size = 40 * 10**6
    stream = Long(f"{HEADS[key]}\n".encode(), filler, size)

    tracemalloc.start()
    items = list(named(key).read(stream, ABOUT))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert Fault(2, None, text.TOO_LONG) in items
    assert stream.left == 0
    assert peak < 10 * text.LONGEST_LINE_BYTES < size
