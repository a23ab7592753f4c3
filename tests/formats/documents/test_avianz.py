import json

import pytest

from tagstore.formats import registry
from tagstore.formats.documents.avianz import AVIANZ, NO_LABELS
from tagstore.formats.rows import Fault, Row, Skipped
from tests.formats.samples import read

MORE = {"species": "Morepork", "certainty": 50, "filter": "Morepork1", "calltype": "trill"}
FILE = [
    {"Operator": "Ann", "Reviewer": "Bob", "Duration": 60},
    [1.5, 2.5, 500, 2500, [{"species": "Kiwi (Little Spotted)", "certainty": 100, "filter": "M"}]],
    [3, 4, 0, 0, [MORE, {"species": "Don't Know", "certainty": 0}]],
    [0, 60, 0.01, 0.9, []],
]


def test_each_species_of_a_segment_is_a_tag():
    content = json.dumps(FILE)

    assert read(AVIANZ, content) == [
        Row(
            2,
            None,
            1.5,
            2.5,
            500.0,
            2500.0,
            label="Kiwi (Little Spotted)",
            score=1.0,
            status="accepted",
            source="Ann",
        ),
        Row(
            3,
            None,
            3.0,
            4.0,
            label="Morepork",
            score=0.5,
            source="Morepork1",
            info={"calltype": "trill"},
        ),
        Row(3, None, 3.0, 4.0, label="Don't Know", score=0.0, source="Ann"),
        Skipped(4, NO_LABELS),
    ]
    assert registry.detected(content.encode()) is AVIANZ
    assert AVIANZ.fits(b'[{"Operator": "A", "Reviewer": "B"}]')
    assert not AVIANZ.fits(b'[{"id": 1}]')


def test_the_first_element_and_the_old_fractions_may_be_there_or_not():
    segment = [1, 2, 0.1, 0.9, [{"species": "Kaka", "certainty": 100}]]

    assert read(AVIANZ, json.dumps([segment])) == [
        Row(1, None, 1.0, 2.0, label="Kaka", score=1.0, status="accepted")
    ]


@pytest.mark.parametrize(
    ("segment", "column"),
    [
        ([2, 1, 0, 0, [MORE]], None),
        ([-1, 1, 0, 0, [MORE]], None),
        (["0", 1, 0, 0, [MORE]], "start"),
        ([0, 1, 5, 4, [MORE]], None),
        ([0, 1, 0, 0], None),
        ([0, 1, 0, 0, MORE], None),
        ([0, 1, 0, 0, ["Kaka"]], None),
        ([0, 1, 0, 0, [{"certainty": 5}]], "species"),
        ([0, 1, 0, 0, [{**MORE, "certainty": 101}]], "certainty"),
        ([0, 1, 0, 0, [{**MORE, "calltype": "a\0"}]], "labels"),
        (None, None),
    ],
)
def test_a_segment_that_makes_no_sense_is_a_fault_and_the_next_is_read(segment, column):
    found = read(AVIANZ, json.dumps([FILE[0], segment, FILE[1]]))

    assert isinstance(found[0], Fault)
    assert (found[0].line, found[0].column) == (2, column)
    assert [each.line for each in found] == [2, 3]


@pytest.mark.parametrize("content", [b"[" * 100_000, b"[NaN]", b"{}", b"5"])
def test_what_is_no_list_of_segments_is_one_fault(content):
    assert [type(each) for each in read(AVIANZ, content)] == [Fault]
