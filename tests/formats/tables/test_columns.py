import pytest

from tagstore.errors import Invalid
from tagstore.formats.rows import About
from tagstore.formats.tables.columns import ALIASES, assigned, folded


def held(names, own=None, about=None, aliases=ALIASES):
    return assigned(names, own or {}, about or About(), aliases).chosen


def test_names_are_compared_without_case_blanks_underscores_and_points():
    assert folded("Begin Time (s)") == folded("begin_time_(S)") == folded("BeginTime(s)")
    assert folded("sound.files") == folded("SOUND_FILES")


def test_no_name_means_two_things():
    every = [folded(alias) for aliases in ALIASES.values() for alias in aliases]

    assert sorted(every) == sorted(set(every))


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("onset_s,offset_s,label", {"onset_s": "start_s", "offset_s": "end_s", "label": "label"}),
        ("onset,offset", {"onset": "start_s", "offset": "end_s"}),
        (
            "IN FILE,OFFSET,DURATION",
            {"IN FILE": "media", "OFFSET": "start_s", "DURATION": "duration_s"},
        ),
        ("start,end,duration", {"start": "start_s", "end": "end_s"}),
        (
            "min_time,max_time,min_freq,max_freq",
            {
                "min_time": "start_s",
                "max_time": "end_s",
                "min_freq": "low_hz",
                "max_freq": "high_hz",
            },
        ),
        ("Species,Annotation,start", {"Annotation": "label", "start": "start_s"}),
        ("start,Start", {"start": "start_s"}),
    ],
)
def test_aliases_say_what_a_column_holds(header, chosen):
    assert held(header.split(",")) == chosen


def test_people_choose_before_formats_and_formats_before_aliases():
    header = ["a", "label", "start", "Species", "t"]

    assert held(header, {"t": "start_s"}) == {"label": "label", "t": "start_s"}
    assert held(header, aliases={"label": ("Species", "a")}) == {"Species": "label"}
    assert held(header, {"label": ""}) == {"Species": "label", "start": "start_s"}
    about = About(label_column="label")
    assert held(header, {"species": "label"}, about) == {"label": "label", "start": "start_s"}
    assert held(header, about=About(label_column="a")) == {"a": "label", "start": "start_s"}
    about = About(columns={"a": "track", "label": ""})
    assert held(header, about=about) == {"a": "track", "Species": "label", "start": "start_s"}


def test_people_may_not_choose_what_no_row_has():
    with pytest.raises(Invalid, match="No column can hold “line”"):
        held(["a", "start"], about=About(columns={"a": "line"}))


def test_other_columns_keep_their_order_and_get_a_number_where_their_name_is_said_again():
    columns = assigned(["b", "start", "a", "b", "", "b"], {}, About())

    assert columns.others == [(0, "b"), (2, "a"), (3, "b (2)"), (4, ""), (5, "b (3)")]
