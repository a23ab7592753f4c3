import io

import pytest

from tagstore.formats import text
from tagstore.formats.rows import Fault
from tagstore.formats.tables import records
from tagstore.formats.tables.records import NEVER_ENDS, header_of


def read(content, **how):
    return list(records.records(io.BytesIO(content.encode()), **how))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_header_tells_the_delimiter(delimiter):
    content = "a,b\n1,\n\n,\n2,3\n".replace(",", delimiter)

    assert read(content) == [(1, ["a", "b"]), (2, ["1", ""]), (5, ["2", "3"])]
    assert header_of(content.encode()) == ["a", "b"]


def test_quoted_cells_hold_anything_and_lines_are_counted_through_them():
    content = 'a,b\r\n"x,""y""\r\nz",1\r\n2,3\r\n'

    assert read(content) == [(1, ["a", "b"]), (2, ['x,"y"\nz', "1"]), (4, ["2", "3"])]


def test_without_quotes_a_quote_is_a_character_unless_the_header_has_some():
    assert read('a\tb\n"x\t1\n', quotes=False)[1] == (2, ['"x', "1"])
    assert read('"a"\t"b"\n"x"\t1\n', quotes=False)[1] == (2, ["x", "1"])


def test_a_quote_that_never_closes_is_a_fault_and_memory_stays_small():
    content = 'a,b\n1,"x\n' + "y\n" * 200_000 + "5,6\n"

    found = read(content)

    assert found[:2] == [(1, ["a", "b"]), Fault(2, None, NEVER_ENDS)]
    assert found[-1] == (200_003, ["5", "6"])


def test_a_record_of_endless_cells_is_a_fault():
    wide = '"' + "x" * 100_000 + '\n",'

    found = read("a,b\n" + wide * 100 + "\n5,6\n")

    assert Fault(2, None, NEVER_ENDS) in found
    cells = [each for each in found if isinstance(each, records.Record)]
    assert max(sum(map(len, each.cells)) for each in cells) <= records.LONGEST_RECORD


def test_faults_of_lines_come_in_their_place():
    assert read("a,b\n1,\0\n2,3\n") == [
        (1, ["a", "b"]),
        Fault(2, None, text.HOLDS_NUL),
        (3, ["2", "3"]),
    ]
    assert read("a\tb\n1\t\0\n2\t3\n", quotes=False)[1:] == [
        Fault(2, None, text.HOLDS_NUL),
        (3, ["2", "3"]),
    ]
