import dataclasses

import parselmouth
import pytest
from hypothesis import given
from hypothesis import strategies as st
from parselmouth.praat import call

from tagstore.formats import registry, text
from tagstore.formats.rows import About, Fault, Media, Row, Skipped
from tagstore.formats.tiers.textgrid import EMPTY, TEXTGRID
from tests.formats.samples import WORDS, maybe, read, shared, tags, write

SHORT = '''File type = "ooTextFile"
Object class = "TextGrid"

0
3.5
<exists>
2
"IntervalTier"
"birds"
0
3.5
3
0
1
""
1
2.5
"a ""wren"""
2.5
3.5
"two
lines"
"TextTier"
""
0
3.5
1
0.25
"click!"
'''
LONG = '''File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0 ! the start
xmax = 3.5
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "birds"
        xmin = 0
        xmax = 3.5
        intervals: size = 3
        intervals [1]:
            xmin = 0
            xmax = 1
            text = ""
        intervals [2]:
            xmin = 1
            xmax = 2.5
            text = "a ""wren"""
        intervals [3]:
            xmin = 2.5
            xmax = 3.5
            text = "two
lines"
    item [2]:
        class = "TextTier"
        name = ""
        xmin = 0
        xmax = 3.5
        points: size = 1
        points [1]:
            number = 0.25
            mark = "click!"
'''
ROWS = [
    Row(start_s=1.0, end_s=2.5, label='a "wren"', track="birds"),
    Row(start_s=2.5, end_s=3.5, label="two\nlines", track="birds"),
    Row(start_s=0.25, end_s=0.25, label="click!"),
]


def plain(items):
    return [dataclasses.replace(each, line=0) for each in items if isinstance(each, Row)]


def by_time(rows):
    return sorted(rows, key=repr)


@pytest.mark.parametrize(
    ("content", "at"), [(SHORT, (15, 18, 21, 29)), (LONG, (18, 22, 26, 36))], ids=["short", "long"]
)
def test_both_forms_read_alike(content, at):
    found = read(TEXTGRID, content)

    assert found == [
        Skipped(at[0], EMPTY),
        *(dataclasses.replace(row, line=line) for row, line in zip(ROWS, at[1:], strict=True)),
    ]
    assert registry.detected(content.encode()) is TEXTGRID


def test_the_long_form_is_written_with_gaps_filled():
    content = write(TEXTGRID, ROWS, About(Media("a.wav", duration_s=3.5)))

    assert content.decode() == LONG.replace(" ! the start", "")


def test_tags_that_overlap_go_to_further_tiers():
    rows = [
        Row(start_s=0, end_s=2, label="a", track="birds"),
        Row(start_s=1, end_s=3, label="b", track="birds"),
        Row(start_s=2, end_s=4, label="c", track="birds"),
        Row(start_s=1, end_s=1, label="p", track="birds"),
        Row(start_s=1, end_s=1, label="q", track="birds"),
        Row(start_s=5, end_s=6, label="z", track="birds (2)"),
    ]

    found = plain(read(TEXTGRID, write(TEXTGRID, rows)))

    assert [(row.track, row.label, row.start_s, row.end_s) for row in found] == [
        ("birds", "a", 0, 2),
        ("birds", "c", 2, 4),
        ("birds (3)", "b", 1, 3),
        ("birds", "p", 1, 1),
        ("birds (3)", "q", 1, 1),
        ("birds (2)", "z", 5, 6),
    ]


def test_what_a_grid_cannot_hold_is_cut_or_spread():
    rows = [Row(label="all"), Row(start_s=1, end_s=9, label="long"), Row(start_s=1, end_s=2)]

    found = read(TEXTGRID, write(TEXTGRID, rows, About(Media("a.wav", duration_s=4))))

    assert [(row.label, row.start_s, row.end_s) for row in plain(found)] == [
        ("all", 0, 4),
        ("long", 1, 4),
    ]


@given(st.lists(tags(label=WORDS, track=maybe(WORDS), low_hz=st.none(), high_hz=st.none())))
def test_times_words_and_tracks_come_back(rows):
    apart = []
    for row in rows:
        kept = [each for each in apart if each.track == row.track]
        if all(row.end_s < each.start_s or each.end_s < row.start_s for each in kept):
            apart.append(row)

    found = plain(read(TEXTGRID, write(TEXTGRID, apart)))

    assert by_time(found) == by_time(apart)


@given(st.lists(tags(label=WORDS), max_size=8))
def test_tags_that_overlap_come_back_with_their_times_and_words(rows):
    found = plain(read(TEXTGRID, write(TEXTGRID, rows)))

    assert sorted((r.start_s, r.end_s, r.label) for r in found) == sorted(
        (r.start_s, r.end_s, r.label) for r in rows
    )


@given(st.lists(tags(label=WORDS, track=maybe(WORDS)), min_size=1, max_size=8))
def test_praat_reads_what_we_write(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("grids") / "a.TextGrid"
    path.write_bytes(write(TEXTGRID, rows))

    judged = parselmouth.TextGrid.read(str(path))

    found = []
    for tier in range(1, call(judged, "Get number of tiers") + 1):
        if call(judged, "Is interval tier", tier):
            for n in range(1, call(judged, "Get number of intervals", tier) + 1):
                label = call(judged, "Get label of interval", tier, n)
                start = call(judged, "Get start time of interval", tier, n)
                found.append((start, call(judged, "Get end time of interval", tier, n), label))
        else:
            for n in range(1, call(judged, "Get number of points", tier) + 1):
                when = call(judged, "Get time of point", tier, n)
                found.append((when, when, call(judged, "Get label of point", tier, n)))
    assert sorted(each for each in found if each[2]) == sorted(
        (row.start_s, row.end_s, row.label) for row in rows
    )


@pytest.mark.parametrize("name", ["AVO-maea-basic.TextGrid"])
def test_a_real_grid_comes_back(name):
    first = plain(read(TEXTGRID, shared(name)))

    again = plain(read(TEXTGRID, write(TEXTGRID, first)))

    assert len(first) == 19
    assert again == first


def test_a_real_grid_is_written_as_praat_wrote_it():
    content = shared("AVO-maea-basic.TextGrid").read_text()

    rows = plain(read(TEXTGRID, content))

    assert write(TEXTGRID, rows).decode() == content.replace(" \n", "\n")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_every_encoding_of_praat_is_read(encoding):
    content = LONG.replace("wren", "Küken").encode(encoding)

    assert plain(read(TEXTGRID, content))[0].label == 'a "Küken"'
    assert TEXTGRID.fits(content)


@pytest.mark.parametrize(
    ("was", "becomes", "fault"),
    [
        ("xmin = 1\n", "xmin = 3\n", (22, "It ends at 2.5 s, before it starts at 3 s.")),
        ("xmin = 1\n", "xmin = -1\n", (22, "It starts at -1 s, before the recording.")),
        ("xmax = 2.5\n", "xmax = 1e999\n", (22, "It ends at inf s, before it starts at 1 s.")),
    ],
)
def test_an_interval_that_makes_no_sense_is_a_fault_and_the_rest_is_read(was, becomes, fault):
    found = read(TEXTGRID, LONG.replace(was, becomes, 1))

    assert found[1] == Fault(fault[0], None, fault[1])
    assert plain(found) == ROWS[1:]


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (
            LONG.replace("xmax = 2.5", "xmax = nan"),
            22,
            "Here should be a number, and there is a text.",
        ),
        (LONG.replace("size = 3", "size = 2.5"), 14, "Here should be how many there are."),
        (LONG.replace("size = 3", "size = -3"), 14, "Here should be how many there are."),
        (
            LONG.replace("IntervalTier", "PitchTier"),
            11,
            "Here should be a tier of intervals or of points.",
        ),
        (
            LONG.replace("size = 1", "size = 1000000000000000000000"),
            36,
            "The file ends where a number should be.",
        ),
        (LONG[: LONG.index("two")], 26, "The quotation marks that open here are never closed."),
        (LONG.replace("two", "\0"), 26, text.HOLDS_NUL),
        (
            'File type = "ooTextFile"\n"PitchTier"',
            2,
            "This is not a TextGrid in Praat's text form.",
        ),
        ("", 0, "The file ends where a text should be."),
    ],
)
def test_where_a_grid_breaks_is_told_and_what_came_before_is_kept(content, line, reason):
    found = read(TEXTGRID, content)

    assert found[-1] == Fault(line, None, f"{reason} The rest of the file was not read.")
    assert plain(found) == [row for row in ROWS if row in plain(found)]


def test_a_text_without_end_is_not_kept_in_memory():
    endless = SHORT.replace('"two', '"two' + "\n" * 2 * text.LONGEST_LINE_BYTES)

    found = read(TEXTGRID, endless)

    assert found[-1].line == 21
    assert found[-1].reason.startswith("A text is longer than 1,048,576 characters.")


@pytest.mark.parametrize("scrap", ["< ", "1", "a<", '"" ', " ", "1.", "+", "!"])
def test_a_line_of_rubbish_is_read_once(scrap):
    rubbish = scrap * (1_000_000 // len(scrap))
    content = SHORT.replace("<exists>", rubbish)

    assert len(read(TEXTGRID, content)) == 1


def test_a_grid_without_tiers_has_no_tags():
    assert read(TEXTGRID, 'File type = "ooTextFile"\n"TextGrid"\n0\n1\n<absent>\n') == []
    assert read(TEXTGRID, write(TEXTGRID, [])) == []
    assert not TEXTGRID.fits(b'File type = "ooTextFile"\nObject class = "PitchTier"\n')
