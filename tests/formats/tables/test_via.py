import pytest

from tagstore.formats import registry
from tagstore.formats.rows import Fault, Row, Skipped
from tagstore.formats.tables.via import NO_TIMES, VIA
from tests.formats.samples import read

HEADER = (
    "# Exported using VGG Image Annotator\n# CSV_HEADER = metadata_id,file_list,flags,"
    "temporal_coordinates,spatial_coordinates,metadata\n"
)
FILE = (
    HEADER
    + """"1_a","[""a.wav""]",0,"[1.2,3.4]","[]","{""TIMELINE"":""wren"",""song"":""loud""}"
"1_b","[""a.wav""]",0,"[5]","[]","{}"
"1_c","[""a.png""]",0,"[]","[2,1,2,3,4]","{}"
"""
)


def test_every_value_of_a_segment_is_a_tag():
    assert read(VIA, FILE) == [
        Row(3, "a.wav", 1.2, 3.4, label="wren", track="TIMELINE"),
        Row(3, "a.wav", 1.2, 3.4, label="loud", track="song"),
        Row(4, "a.wav", 5.0, 5.0),
        Skipped(5, NO_TIMES),
    ]
    assert registry.detected(FILE.encode()) is VIA


def test_the_form_with_segments_only_is_read():
    content = (
        "# CSV_HEADER = metadata_id,file_list,temporal_segment_start,"
        "temporal_segment_end,metadata\n"
        '"1","[""a.wav""]",1.5,2.5,"{""T"":""wren""}"\n'
    )

    assert read(VIA, content) == [Row(2, "a.wav", 1.5, 2.5, label="wren", track="T")]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ('1,"[""a""]",0,"[3,1]","[]","{}"', None),
        ('1,"[""a""]",0,"[-3,1]","[]","{}"', None),
        ('1,"[""a""]",0,"[NaN,1]","[]","{}"', None),
        ('1,"[""a""]",0,"[""1"",2]","[]","{}"', "temporal_coordinates"),
        ('1,"[""a""]",0,"{}","[]","{}"', "temporal_coordinates"),
        ('1,"[""a""]",0,"[1,2]","[]","[1]"', "metadata"),
        ('1,"[""a""]",0,"[1,2]","[]","{""a"":""\\u0000""}"', "metadata"),
        ('1,"[""a""]",0,"[1,2]"', None),
        ('1,"[""a""]",0,"[1,2]","[]","{}', None),
        ("1,[,0," + "[" * 10_000 + ",[],{}", None),
    ],
)
def test_a_row_that_makes_no_sense_is_a_fault_and_the_next_is_read(row, column):
    found = read(VIA, f'{HEADER}{row}\n1,"[""a""]",0,"[1,2]","[]","{{}}"\n')

    assert isinstance(found[0], Fault)
    assert (found[0].line, found[0].column) == (3, column)
    assert found[1] == Row(4, "a", 1.0, 2.0)
