from datetime import UTC, datetime, timedelta

import pytest

from tagstore.formats.registry import detected
from tagstore.formats.rows import About, Fault, Media, Row
from tagstore.formats.tables.aplose import APLOSE, NO_RECORDING
from tagstore.formats.tables.cvat import CVAT
from tagstore.formats.tables.plain import PLAIN
from tagstore.formats.tables.warbler import WARBLER
from tests.formats.samples import read


def test_warbler_speaks_of_kilohertz():
    content = (
        '"","sound.files","selec","start","end","bottom.freq","top.freq","channel","call"\n'
        '"1","a.wav",1,1.25,2,2.5,8.123,1,"song"\n"2","a.wav",2,1,2,NA,NA,2,"song"\n'
    )

    assert detected(content.encode()) is WARBLER
    first, second = read(WARBLER, content, About(label_column="call"))
    assert first == Row(
        2,
        media="a.wav",
        start_s=1.25,
        end_s=2.0,
        low_hz=2500.0,
        high_hz=8123.0,
        channel=1,
        label="song",
        info={"": "1", "selec": "1"},
    )
    assert (second.low_hz, second.high_hz, second.channel) == (None, None, 2)
    assert read(WARBLER, content, About(kilohertz=False))[0].low_hz == 2.5


def test_cvat_reads_times_off_a_clock():
    content = (
        "id\tfilename\tstart\tstop\tlabel\tsource\tscore\tgender\n"
        "1\ta.wav\t00:00:01.5\t01:01:02.25\tspeech\tmanual\t0.5\tf\n"
        "2\ta.wav\t1.5\t00:00:02\tspeech\tmanual\t\tf\n"
        "3\ta.wav\t00:61:00\t00:00:02\tspeech\tmanual\t\tf\n"
        "4\ta.wav\t00:00:60\t00:02:02\tspeech\tmanual\t\tf\n"
        "5\ta.wav\t00:00:0-1\t00:02:02\tspeech\tmanual\t\tf\n"
        "6\ta.wav\t00:00:-1\t00:02:02\tspeech\tmanual\t\tf\n"
    )

    found = read(CVAT, content)

    assert detected(content.encode()) is CVAT
    assert found[0] == Row(
        2,
        media="a.wav",
        start_s=1.5,
        end_s=3662.25,
        label="speech",
        score=0.5,
        source="manual",
        info={"id": "1", "gender": "f"},
    )
    assert [(each.line, each.column) for each in found[1:]] == [(n, "start") for n in range(3, 8)]


START = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)
DAWN = Media("dawn.wav", duration_s=3600, recorded_at=START)
NOON = Media("noon.wav", duration_s=3600, recorded_at=datetime(2026, 5, 1, 12, 0))
BOTH = About(Media(""), {"dawn.wav": DAWN, "noon.wav": NOON})


def test_aplose_imports_are_placed_in_the_recording_that_ran():
    content = (
        "dataset,start_datetime,end_datetime,start_frequency,end_frequency,annotation,annotator,"
        "is_box,confidence_indicator_label,confidence_indicator_level\n"
        "d,2026-05-01T06:00:01.500+02:00,2026-05-01T06:00:03+02:00,10,20,whale,ada,1,sure,1/1\n"
        "d,2026-05-01T12:00:01Z,2026-05-01T12:00:03Z,10,20,whale,ada,0,sure,1/1\n"
        "d,2026-05-01T05:30:00Z,2026-05-01T05:30:03Z,10,20,whale,ada,1,sure,1/1\n"
        "d,2026-05-01T03:59:59Z,2026-05-01T05:30:03Z,10,20,whale,ada,1,sure,1/1\n"
        "d,yesterday,2026-05-01T05:30:03Z,10,20,whale,ada,1,sure,1/1\n"
        "d,,,10,20,whale,ada,1,sure,1/1\n"
    )

    found = read(APLOSE, content, BOTH)

    info = {
        "dataset": "d",
        "confidence_indicator_label": "sure",
        "confidence_indicator_level": "1/1",
    }
    said = {"label": "whale", "source": "ada", "info": info}
    assert detected(content.encode()) is APLOSE
    assert found == [
        Row(2, media="dawn.wav", start_s=1.5, end_s=3.0, low_hz=10.0, high_hz=20.0, **said),
        Row(3, media="noon.wav", start_s=1.0, end_s=3.0, **said),
        Fault(4, "start_datetime", NO_RECORDING),
        Fault(5, "start_datetime", NO_RECORDING),
        Fault(6, "start_datetime", "“yesterday” is not a date and time of ISO 8601."),
        Fault(7, "start_datetime", "It has no start."),
    ]
    assert {each.reason for each in read(APLOSE, content)[:4]} == {NO_RECORDING}


def test_aplose_results_have_weak_points_and_boxes():
    content = (
        "dataset,analysis,filename,annotation_id,is_update_of_id,start_time,end_time,"
        "min_frequency,max_frequency,annotation,annotator,annotator_expertise,start_datetime,"
        "end_datetime,type,confidence_indicator_label,confidence_indicator_level,comments,"
        "created_at_phase\n"
        "d,a,dawn.wav,1,,0,3600,0,24000,whale,ada,EXPERT,{0},{0},WEAK,sure,1/1,loud,ANNOTATION\n"
        "d,a,dawn.wav,2,,5,5,100,100,whale,ada,EXPERT,{0},{0},POINT,sure,1/1,,ANNOTATION\n"
        "d,a,dawn.wav,3,,5,6,100,200,whale,ada,EXPERT,{0},{0},BOX,sure,1/1,,ANNOTATION\n"
    ).replace("{0}", (START + timedelta(seconds=5)).isoformat())

    weak, point, box = read(APLOSE, content)

    assert detected(content.encode()) is APLOSE
    assert (weak.start_s, weak.end_s, weak.low_hz, weak.comment) == (None, None, None, "loud")
    assert (point.start_s, point.end_s, point.low_hz, point.high_hz) == (5.0, 5.0, 100.0, 100.0)
    assert (box.start_s, box.end_s, box.low_hz, box.high_hz) == (5.0, 6.0, 100.0, 200.0)
    assert (box.media, box.label, box.source) == ("dawn.wav", "whale", "ada")
    assert list(box.info) == [
        *("dataset", "analysis", "annotation_id", "is_update_of_id", "annotator_expertise"),
        *("confidence_indicator_label", "confidence_indicator_level", "created_at_phase"),
    ]


@pytest.mark.parametrize(
    ("header", "line", "row"),
    [
        (
            "Filename;Start (s);End (s);Species;Note",
            "a.wav;1.5;2;wren;far",
            Row(2, media="a.wav", start_s=1.5, end_s=2.0, label="wren", comment="far"),
        ),
        (
            "audio_recording_id,event_start_seconds,event_end_seconds,low_frequency_hertz,"
            "high_frequency_hertz,common_name_tags,score",
            "5,1,2,3,4,wren,0.5",
            Row(
                2,
                media="5",
                start_s=1.0,
                end_s=2.0,
                low_hz=3.0,
                high_hz=4.0,
                label="wren",
                score=0.5,
            ),
        ),
        (
            "onset\tduration\tcode",
            "0.1\t0.2\tx",
            Row(2, start_s=0.1, end_s=0.3, info={"code": "x"}),
        ),
    ],
)
def test_any_table_is_read_by_the_names_of_its_columns(header, line, row):
    content = f"{header}\n{line}\n"

    assert detected(content.encode()) is PLAIN
    assert read(PLAIN, content) == [row]


def test_people_may_say_which_column_holds_what():
    content = "when,until,what\n1,2,wren\n"
    about = About(columns={"when": "start_s", "until": "end_s", "what": "label"})

    assert read(PLAIN, content, about) == [Row(2, start_s=1.0, end_s=2.0, label="wren")]
    assert [each.reason for each in read(PLAIN, content)] == [
        "No column holds the start of the tags. Say which one does."
    ]
    assert PLAIN.columns(content.encode(), about) == [
        ("when", "start_s"),
        ("until", "end_s"),
        ("what", "label"),
    ]
