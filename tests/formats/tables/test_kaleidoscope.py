from tagstore.formats.registry import detected
from tagstore.formats.rows import About, Row, Skipped
from tagstore.formats.tables.kaleidoscope import (
    KALEIDOSCOPE,
    KALEIDOSCOPE_CLUSTERS,
    NO_SPECIES,
)
from tests.formats.samples import read

HEADER = (
    "INDIR,FOLDER,IN FILE,CHANNEL,OFFSET,DURATION,OUT FILE FS,OUT FILE ZC,DATE,TIME,HOUR,DATE-12,"
    "TIME-12,HOUR-12,AUTO ID*,PULSES,MATCHING,MATCH RATIO,MARGIN,ALTERNATE 1,ALTERNATE 2,N,Fc,Sc,"
    "Dur,Fmax,Fmin,Fmean,TBC,Fk,Tk,S1,Tc,Qual,FILES,MANUAL ID,ORGID,USERID,REVIEW ORGID,"
    "REVIEW USERID,INPATHMD5,OUTPATHMD5FS,OUTPATHMD5ZC"
)
NAMES = HEADER.split(",")
BASE = {
    "INDIR": "D:\\bats",
    "FOLDER": "north",
    "IN FILE": "a.wav",
    "CHANNEL": "0",
    "OFFSET": "0.1",
    "DURATION": "0.2",
    "AUTO ID*": "MYOLUC",
    "MATCH RATIO": "0.75",
    "Fmax": "60.5",
    "Fmin": "38.25",
    "MANUAL ID": "",
}


def line(**said):
    cells = BASE | {name.replace("_", " "): cell for name, cell in said.items()}
    cells["AUTO ID*"] = cells.pop("auto", cells["AUTO ID*"])
    return ",".join(cells.get(name, "") for name in NAMES) + "\n"


def test_the_manual_name_wins_and_the_score_stays_with_the_other():
    content = f"{HEADER}\n" + line() + line(MANUAL_ID="MYOSOD") + line(CHANNEL="1")

    first, second, third = read(KALEIDOSCOPE, content)

    assert detected(content.encode()) is KALEIDOSCOPE
    shown = {name: cell for name, cell in first.info.items() if cell}
    assert (first.media, first.start_s, first.end_s) == ("north/a.wav", 0.1, 0.3)
    assert (first.low_hz, first.high_hz, first.channel) == (38_250.0, 60_500.0, 1)
    assert (first.label, first.score, first.source) == ("MYOLUC", 0.75, "Kaleidoscope")
    assert shown == {"INDIR": "D:\\bats"}
    assert (second.label, second.score, second.source) == ("MYOSOD", None, "")
    assert second.info["AUTO ID*"] == "MYOLUC"
    assert second.info["MATCH RATIO"] == 0.75
    assert third.channel == 2
    assert list(first.info) == [name for name in NAMES if name in first.info]


def test_no_species_is_no_tag_unless_people_want_it():
    content = f"{HEADER}\n" + line(auto="NoID", Fmax="0", Fmin="") + line(auto="Noise")

    assert read(KALEIDOSCOPE, content) == [
        Skipped(2, NO_SPECIES, "north/a.wav"),
        Skipped(3, NO_SPECIES, "north/a.wav"),
    ]
    kept = read(KALEIDOSCOPE, content, About(placeholders=True))
    assert [(row.label, row.low_hz, row.high_hz) for row in kept] == [
        ("NoID", None, None),
        ("Noise", 38_250.0, 60_500.0),
    ]


def test_clusters_are_in_hertz():
    content = (
        "INDIR,FOLDER,IN FILE,CHANNEL,OFFSET,DURATION,Fmin,Fmean,Fmax,TOP1MATCH,TOP1DIST,"
        "MANUAL ID\n/d,,a.wav,0,1.5,0.5,2000,2500,3000,cluster_1,0.3,\n"
    )

    assert detected(content.encode()) is KALEIDOSCOPE_CLUSTERS
    assert read(KALEIDOSCOPE_CLUSTERS, content) == [
        Row(
            2,
            media="a.wav",
            start_s=1.5,
            end_s=2.0,
            low_hz=2000.0,
            high_hz=3000.0,
            channel=1,
            label="cluster_1",
            source="Kaleidoscope",
            info={"INDIR": "/d", "Fmean": "2500", "TOP1DIST": "0.3"},
        )
    ]
    kilohertz = read(KALEIDOSCOPE_CLUSTERS, content, About(kilohertz=True))[0]
    assert (kilohertz.low_hz, kilohertz.high_hz) == (2_000_000.0, 3_000_000.0)
