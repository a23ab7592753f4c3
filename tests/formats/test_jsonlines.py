import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from tagstore.formats.jsonlines import JSON_LINES
from tagstore.formats.rows import Fault, Row
from tests.formats.samples import FULL, WORDS, maybe, read, tags, write

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
)
ANYTHING = {
    **FULL,
    "text": maybe(WORDS),
    "frame": maybe(st.just({"frame_idx": 3, "box": {"x1": 0.1, "y1": 0, "x2": 1, "y2": 0.5}})),
    "info": st.dictionaries(WORDS, JSON, max_size=3),
    "stored": st.dictionaries(WORDS, JSON, max_size=3),
}


@given(st.lists(tags(**ANYTHING), max_size=5))
def test_everything_comes_back(rows):
    found = read(JSON_LINES, write(JSON_LINES, rows))

    assert found == [dataclasses.replace(row, line=n) for n, row in enumerate(rows, 1)]
    assert [list(row.info) for row in found] == [list(row.info) for row in rows]


def test_a_line_is_a_tag_with_all_its_keys():
    row = Row(9, start_s=0.1, end_s=0.30000000000000004, label="wren", info={"Selection": "4"})

    assert write(JSON_LINES, [row]).decode() == (
        '{"media":null,"start_s":0.1,"end_s":0.30000000000000004,"low_hz":null,"high_hz":null,'
        '"channel":null,"label":"wren","text":null,"comment":null,"track":null,"score":null,'
        '"status":null,"source":"","external_id":null,"frame":null,"info":{"Selection":"4"},'
        '"stored":{}}\n'
    )
    assert JSON_LINES.fits(write(JSON_LINES, [row] * 1000)[:65_536])
    assert not JSON_LINES.fits(b'{"version": 1}\n')
    assert not JSON_LINES.fits(b"")


def test_what_is_wrong_is_told_by_line_and_key_and_the_rest_is_read():
    content = b"""{"start_s": 1, "end_s": 2, "weather": "rain", "info": {"a": 1}}
{"start_s": "1", "end_s": 2}
{"start_s": 3, "end_s": 2}

{"start_s": 1, "end_s": 2, "label": 5}
{"start_s": 1, "end_s": 2, "channel": 0}
{"start_s": 1, "end_s": 2, "label": "a\\u0000b"}
{"start_s": 1, "end_s": 2, "info": [1]}
[1]
{"start_s": NaN, "end_s": 2}
{"start_s": true, "end_s": 2}
{}
"""
    found = read(JSON_LINES, content)

    assert found[0] == Row(1, start_s=1.0, end_s=2.0, info={"a": 1, "weather": "rain"})
    assert [(each.line, each.column) for each in found if isinstance(each, Fault)] == [
        (2, "start_s"),
        (3, None),
        (5, "label"),
        (6, "channel"),
        (7, None),
        (8, "info"),
        (9, None),
        (10, None),
        (11, "start_s"),
    ]
    assert found[-1] == Row(12)


def test_a_nul_is_found_wherever_it_hides():
    hidden = ['"a": "\\u0000"', '"info": {"a": ["\\u0000"]}', '"info": {"\\u0000": 1}']

    for each in hidden:
        assert read(JSON_LINES, "{" + each + "}") == [Fault(1, None, "It holds a NUL.")]
    assert read(JSON_LINES, '{"label": "\\\\u0000"}') == [Row(1, label="\\u0000")]


def test_nesting_without_end_is_a_fault():
    content = b'{"start_s": 1, "end_s": 2, "info": ' + b"[" * 10_000 + b"]" * 10_000 + b"}"

    assert [type(each) for each in read(JSON_LINES, content)] == [Fault]
