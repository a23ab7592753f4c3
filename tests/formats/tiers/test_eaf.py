import dataclasses
import warnings
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagstore.formats import markup, registry
from tagstore.formats.rows import About, Fault, Media, Row, Skipped
from tagstore.formats.tiers.eaf import EAF, EMPTY
from tests.formats.samples import WORDS, in_milliseconds, maybe, read, shared, tags, write

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pympi.Elan import Eaf

DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="" DATE="2026-01-02T03:04:05+00:00" FORMAT="3.0" VERSION="3.0">
<HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">
<MEDIA_DESCRIPTOR MEDIA_URL="file:///C:/a%20b.wav" MIME_TYPE="audio/x-wav"/>
</HEADER>
<TIME_ORDER>
<TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="1000"/>
<TIME_SLOT TIME_SLOT_ID="ts2"/>
<TIME_SLOT TIME_SLOT_ID="ts3"/>
<TIME_SLOT TIME_SLOT_ID="ts4" TIME_VALUE="1000"/>
<TIME_SLOT TIME_SLOT_ID="ts5" TIME_VALUE="4000"/>
</TIME_ORDER>
<TIER TIER_ID="words" LINGUISTIC_TYPE_REF="w" ANNOTATOR="Ann" PARTICIPANT="Bob">
<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2">
<ANNOTATION_VALUE>one</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="ts2" TIME_SLOT_REF2="ts3">
<ANNOTATION_VALUE>two &amp; a half</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a3" TIME_SLOT_REF1="ts3" TIME_SLOT_REF2="ts5">
<ANNOTATION_VALUE> </ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
</TIER>
<TIER TIER_ID="default" LINGUISTIC_TYPE_REF="p" PARENT_REF="words">
<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a4" ANNOTATION_REF="a5">
<ANNOTATION_VALUE>number</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>
<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a5" ANNOTATION_REF="a2">
<ANNOTATION_VALUE>noun</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>
</TIER>
</ANNOTATION_DOCUMENT>
"""
WRITTEN = """\
    <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">
        <MEDIA_DESCRIPTOR MEDIA_URL="./a%20b.wav" MIME_TYPE="audio/x-wav" \
RELATIVE_MEDIA_URL="./a%20b.wav"/>
        <PROPERTY NAME="lastUsedAnnotationId">3</PROPERTY>
        <PROPERTY NAME="tagstore.track.birds (2)">birds</PROPERTY>
    </HEADER>
    <TIME_ORDER>
        <TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="1000"/>
        <TIME_SLOT TIME_SLOT_ID="ts2" TIME_VALUE="1500"/>
        <TIME_SLOT TIME_SLOT_ID="ts3" TIME_VALUE="1501"/>
        <TIME_SLOT TIME_SLOT_ID="ts4" TIME_VALUE="2000"/>
        <TIME_SLOT TIME_SLOT_ID="ts5" TIME_VALUE="2000"/>
        <TIME_SLOT TIME_SLOT_ID="ts6" TIME_VALUE="2001"/>
    </TIME_ORDER>
    <TIER ANNOTATOR="Ann" LINGUISTIC_TYPE_REF="default-lt" TIER_ID="birds">
        <ANNOTATION>
            <ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts4">
                <ANNOTATION_VALUE>wren &amp; &lt;robin&gt;</ANNOTATION_VALUE>
            </ALIGNABLE_ANNOTATION>
        </ANNOTATION>
        <ANNOTATION>
"""


def plain(items):
    return [dataclasses.replace(each, line=0) for each in items if isinstance(each, Row)]


def test_annotations_have_their_own_times_their_parents_or_share_what_lies_between():
    found = read(EAF, DOCUMENT)

    mine = {"media": "/C:/a b.wav", "track": "words", "source": "Ann"}
    bob = {"info": {"PARTICIPANT": "Bob"}}
    assert found == [
        Row(15, start_s=1.0, end_s=2.0, label="one", **mine, **bob),
        Row(17, start_s=2.0, end_s=3.0, label="two & a half", **mine, **bob),
        Skipped(19, EMPTY),
        Row(23, start_s=2.0, end_s=3.0, label="number", media="/C:/a b.wav"),
        Row(25, start_s=2.0, end_s=3.0, label="noun", media="/C:/a b.wav"),
    ]
    assert registry.detected(DOCUMENT.encode()) is EAF


def test_a_document_is_written_in_whole_milliseconds():
    rows = [
        Row(start_s=1, end_s=2.0004, label="wren & <robin>", track="birds", source="Ann"),
        Row(start_s=1.5, end_s=1.5, label="click", track="birds", source="Ann"),
        Row(start_s=2, end_s=2, label="click", track="birds", source="Ann"),
    ]
    about = About(Media("a b.wav"), written_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))

    content = write(EAF, rows, about).decode()

    assert content.startswith(
        '<?xml version="1.0" encoding="UTF-8"?>\n<ANNOTATION_DOCUMENT AUTHOR="" '
        'DATE="2026-01-02T03:04:05+00:00" FORMAT="3.0" VERSION="3.0" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">\n' + WRITTEN
    )
    assert content.endswith("</ANNOTATION_DOCUMENT>\n")


@given(
    st.lists(tags(label=WORDS, track=maybe(WORDS), source=st.just("") | WORDS), max_size=8).map(
        lambda rows: [row for row in rows if row.track != "default"]
    )
)
def test_times_words_tracks_and_sources_come_back_even_where_tags_overlap(rows):
    found = plain(read(EAF, write(EAF, rows)))

    assert sorted(map(repr, found)) == sorted(repr(kept(in_milliseconds(r, 1))) for r in rows)


def kept(row):
    return dataclasses.replace(row, low_hz=None, high_hz=None)


@given(st.lists(tags(label=WORDS, track=WORDS), min_size=1, max_size=6))
def test_pympi_reads_what_we_write(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("eaf") / "a.eaf"
    path.write_bytes(write(EAF, rows, About(Media("a.wav"))))

    judged = Eaf(str(path))

    found = [
        (start, end, label)
        for tier in judged.get_tier_names()
        for start, end, label in judged.get_annotation_data_for_tier(tier)
    ]
    whole = [in_milliseconds(row, 1) for row in rows]
    assert sorted(found) == sorted(
        (round(row.start_s * 1000), round(row.end_s * 1000), row.label) for row in whole
    )
    assert [each["RELATIVE_MEDIA_URL"] for each in judged.get_linked_files()] == ["./a.wav"]


def test_a_real_document_comes_back():
    items = read(EAF, shared("sample_3.0.eaf"))
    first = plain(items)
    skipped = [each for each in items if isinstance(each, Skipped)]
    media = first[0].media

    again = plain(read(EAF, write(EAF, first, About(Media(media)))))

    assert (len(first), len(skipped), len(items)) == (6786, 1992, 8778)
    assert media == "../../DemoMaterial/yele/r03_v20_s5.wav"
    assert {row.track for row in first} == {
        *("text", "words-timesub", "words-symsub", "gestures", "gest_included", "words-pos")
    }
    assert sorted(map(_whole, again)) == sorted(map(_whole, first))


def _whole(row):
    return (row.track, round(row.start_s * 1000), round(row.end_s * 1000), row.label, row.media)


def test_pympi_finds_the_same_times_in_a_real_document():
    first = plain(read(EAF, shared("sample_3.0.eaf")))
    judged = Eaf(str(shared("sample_3.0.eaf")))

    for tier in ("text", "gestures", "gest_included"):
        theirs = [each for each in judged.get_annotation_data_for_tier(tier) if each[2].strip()]
        ours = [
            (round(row.start_s * 1000), round(row.end_s * 1000), row.label)
            for row in first
            if row.track == tier
        ]
        assert sorted(ours) == sorted(theirs)
        assert len(ours) > 300


@pytest.mark.parametrize(
    ("was", "becomes", "faults"),
    [
        ('"4000"', '"500"', [15, 17, 23, 25]),
        ('"4000"', '"-4000"', [11, 15, 17, 23, 25]),
        ('"4000"', '"NaN"', [11, 15, 17, 23, 25]),
        ('"4000"', '"' + "9" * 5000 + '"', [11, 15, 17, 23, 25]),
        ('ANNOTATION_REF="a2"', 'ANNOTATION_REF="a4"', [23, 25]),
        ('ANNOTATION_REF="a2"', 'ANNOTATION_REF="a9"', [23, 25]),
        ('TIME_SLOT_REF1="ts1"', 'TIME_SLOT_REF1="ts0"', [15]),
    ],
)
def test_annotations_that_make_no_sense_are_faults(was, becomes, faults):
    found = read(EAF, DOCUMENT.replace(was, becomes))

    lines = sorted(each.line for each in found if isinstance(each, Fault))
    assert lines == faults
    assert len(plain(found)) == 4 - len(set(faults) - {11})


def test_entities_are_refused_and_nothing_is_read():
    declared = '<!DOCTYPE x [<!ENTITY wren "robin">]>\n<ANNOTATION_DOCUMENT '
    content = DOCUMENT.replace("<ANNOTATION_DOCUMENT ", declared).replace("one", "&wren;")

    assert read(EAF, content) == [Fault(2, None, markup.HAS_DEFINITIONS)]


def test_a_document_that_breaks_off_says_so_after_what_came_before():
    found = read(EAF, DOCUMENT[: DOCUMENT.index("two")])

    assert plain(found)[0].label == "one"
    assert found[-1].line == 17
    assert found[-1].reason.startswith("It is not good XML: no element found")
