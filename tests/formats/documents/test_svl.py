import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagstore.formats import markup, registry
from tagstore.formats.documents.svl import SVL
from tagstore.formats.rows import About, Fault, Media, Row
from tests.formats.samples import WORDS, maybe, read, tags, write

FILE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE sonic-visualiser>
<sv>
<data>
<model id="1" sampleRate="1000" type="sparse" dimensions="2" dataset="0" subtype="box"/>
<dataset id="0" dimensions="2">
<point frame="1500" value="2000.5" duration="250" extent="500" label="wren &lt;3"/>
<point frame="2000" value="0" duration="0" extent="0" label=""/>
</dataset>
<model id="3" sampleRate="500" type="sparse" dimensions="1" dataset="2"/>
<dataset id="2" dimensions="1">
<point frame="100" label="click"/>
<point frame="200" value="3.5" duration="50" label="region"/>
</dataset>
</data>
</sv>
"""
ABOUT = About(Media("a.wav", duration_s=60, sample_rate=1000))


def plain(items):
    return [dataclasses.replace(each, line=0) for each in items if isinstance(each, Row)]


def test_boxes_regions_and_instants_are_read():
    assert read(SVL, FILE) == [
        Row(7, None, 1.5, 1.75, 2000.5, 2500.5, label="wren <3"),
        Row(8, None, 2.0, 2.0),
        Row(12, None, 0.2, 0.2, label="click"),
        Row(13, None, 0.4, 0.5, label="region", info={"value": 3.5}),
    ]
    assert registry.detected(FILE.encode()) is SVL


def test_entities_are_refused():
    bomb = FILE.replace("sonic-visualiser>", 'sonic-visualiser [<!ENTITY a "b">]>')

    assert read(SVL, bomb) == [Fault(2, None, markup.HAS_DEFINITIONS)]


def test_a_layer_of_boxes_is_written():
    rows = [Row(0, None, 1.5, 1.75, 2000.5, 2500.5, label='a "b"'), Row(start_s=2, end_s=2)]

    content = write(SVL, [*rows, Row(text="all", low_hz=400)], ABOUT).decode()

    assert [line.strip() for line in content.splitlines() if "<point" in line] == [
        """<point frame="1500" value="2000.5" duration="250" extent="500" label='a "b"'/>""",
        '<point frame="2000" value="0" duration="0" extent="0" label=""/>',
        '<point frame="0" value="400" duration="60000" extent="100" label="all"/>',
    ]
    assert '<model id="1" name="Tags" sampleRate="1000" start="0" end="60000" ' in content


@given(st.lists(tags(label=maybe(WORDS)), max_size=5))
def test_boxes_come_back_to_the_frame(rows):
    rows = [row for row in rows if row.high_hz != 0]

    found = plain(read(SVL, write(SVL, rows, ABOUT)))

    assert [(r.label, round(r.start_s, 3), round(r.end_s, 3)) for r in found] == [
        (r.label, round(round(r.start_s * 1000) / 1000, 3), round(round(r.end_s * 1000) / 1000, 3))
        for r in rows
    ]
    for ours, theirs in zip(rows, found, strict=True):
        assert (theirs.low_hz, theirs.high_hz) == pytest.approx((ours.low_hz, ours.high_hz))


@pytest.mark.parametrize(
    ("was", "becomes", "column"),
    [
        ('frame="1500"', 'frame="-1"', "frame"),
        ('frame="1500"', 'frame="nan"', "frame"),
        ('frame="1500"', "", "frame"),
        ('duration="250"', 'duration="-1"', "duration"),
        ('extent="500"', 'extent="-1"', None),
        ('value="2000.5"', 'value="x"', "value"),
        ('dataset id="0"', 'dataset id="9"', "sampleRate"),
        ('sampleRate="1000"', 'sampleRate="0"', "sampleRate"),
    ],
)
def test_a_point_that_makes_no_sense_is_a_fault(was, becomes, column):
    found = read(SVL, FILE.replace(was, becomes, 1))

    assert isinstance(found[0], Fault)
    assert (found[0].line, found[0].column) == (7, column)
    assert found[-1].label == "region"
