import pytest

from tagstore.formats.registry import detected
from tagstore.formats.rows import About, Row, Skipped
from tagstore.formats.tables.birdnet import BIRDNET, BIRDNET_LABELS, NO_CALL
from tests.formats.samples import read

BLACKBIRD = {"start_s": 3.0, "end_s": 6.0, "label": "Eurasian Blackbird", "score": 0.5}
VIEW = {"Selection": "1", "View": "Spectrogram 1"}


def table(header, *rows):
    return "".join("\t".join(row.split(",")) + "\n" for row in (header, *rows))


SHAPES = {
    "table": (
        table(
            "Selection,View,Channel,Begin Time (s),End Time (s),Low Freq (Hz),High Freq (Hz),"
            "Common Name,Species Code,Confidence,Begin Path,File Offset (s)",
            "1,Spectrogram 1,1,63.0,66.0,150,15000,Eurasian Blackbird,eurbla,0.5,/d/b.wav,3.0",
            "2,Spectrogram 1,1,60.0,63.0,0,15000,nocall,nocall,1.0,/d/c.wav,0",
        ),
        {"channel": 1, "low_hz": 150.0, "high_hz": 15_000.0, "media": "/d/b.wav"},
        {**VIEW, "Species Code": "eurbla"},
        "/d/c.wav",
    ),
    "table of 2026": (
        table(
            "Selection,Begin Time (s),End Time (s),Common Name,Scientific Name,Species Code,"
            "Confidence,View,Channel,File Offset (s),Low Freq (Hz),High Freq (Hz),Begin Path",
            "1,63.0,66.0,Eurasian Blackbird,Turdus merula,eurbla,0.5,Spectrogram 1,1,3.0,150,"
            "15000,/d/b.wav",
            "2,60.0,63.0,nocall,nocall,nocall,1.0,Spectrogram 1,1,0,0,15000,/d/c.wav",
        ),
        {"channel": 1, "low_hz": 150.0, "high_hz": 15_000.0, "media": "/d/b.wav"},
        {
            "Selection": "1",
            "Scientific Name": "Turdus merula",
            "Species Code": "eurbla",
            "View": "Spectrogram 1",
        },
        "/d/c.wav",
    ),
    "csv": (
        "Start (s),End (s),Scientific name,Common name,Confidence,File,lat,model\n"
        "3.0,6.0,Turdus merula,Eurasian Blackbird,0.5,b.wav,51.5,BirdNET_V2.4\n"
        "0.0,3.0,nocall,nocall,1.0,c.wav,51.5,BirdNET_V2.4\n",
        {"media": "b.wav", "source": "BirdNET_V2.4"},
        {"Scientific name": "Turdus merula", "lat": "51.5"},
        "c.wav",
    ),
    "r": (
        "filepath,start,end,scientific_name,common_name,confidence,lat,lon,week,overlap,"
        "sensitivity,min_conf,species_list,model\n"
        "b.wav,3.0,6.0,Turdus merula,Eurasian Blackbird,0.5,-1,-1,-1,0,1,0.1,,V2.4\n"
        "c.wav,0,3,nocall,nocall,1,-1,-1,-1,0,1,0.1,,V2.4\n",
        {"media": "b.wav", "source": "V2.4"},
        {
            "scientific_name": "Turdus merula",
            **dict.fromkeys(("lat", "lon", "week"), "-1"),
            **{"overlap": "0", "sensitivity": "1", "min_conf": "0.1", "species_list": ""},
        },
        "c.wav",
    ),
    "kaleidoscope": (
        "INDIR,FOLDER,IN FILE,OFFSET,DURATION,scientific_name,common_name,confidence,lat\n"
        "/data,north,b.wav,3.0,3.0,Turdus merula,Eurasian Blackbird,0.5,51\n"
        "/data,north,c.wav,0,3,nocall,nocall,1,51\n",
        {"media": "north/b.wav"},
        {"INDIR": "/data", "scientific_name": "Turdus merula", "lat": "51"},
        "north/c.wav",
    ),
    "kaleidoscope of 2026": (
        "INDIR,FOLDER,IN FILE,OFFSET,DURATION,TOP1MATCH,confidence\n"
        "/data,,b.wav,3.0,3.0,Eurasian Blackbird,0.5\n"
        "/data,,c.wav,0,3,nocall,1\n",
        {"media": "b.wav"},
        {"INDIR": "/data"},
        "c.wav",
    ),
    "kaleidoscope as it was meant": (
        "INDIR,FOLDER,IN FILE,OFFSET,DURATION,TOP1MATCH,TOP1DIST\n"
        "/data,,b.wav,3.0,3.0,Eurasian Blackbird,0.5\n"
        "/data,,c.wav,0,3,nocall,1\n",
        {"media": "b.wav"},
        {"INDIR": "/data"},
        "c.wav",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_says_the_same(shape):
    content, fields, info, silent = SHAPES[shape]

    assert detected(content.encode()) is BIRDNET
    assert read(BIRDNET, content) == [
        Row(2, info=info, **{"source": "BirdNET", **BLACKBIRD, **fields}),
        Skipped(3, NO_CALL, silent),
    ]
    assert list(read(BIRDNET, content)[0].info) == list(info)


@pytest.mark.parametrize("between", [", ", "_"])
def test_labels_are_two_names_of_a_bird(between):
    content = (
        f"3.0\t6.0\tTurdus merula{between}Eurasian Blackbird\t0.5\n"
        f"0\t3\tnocall{between}nocall\t1.0\n"
    )

    assert detected(content.encode()) is BIRDNET_LABELS
    assert read(BIRDNET_LABELS, content) == [
        Row(1, **BLACKBIRD, source="BirdNET", info={"Scientific name": "Turdus merula"}),
        Skipped(2, NO_CALL),
    ]


def test_people_may_choose_the_scientific_name():
    labels = "3.0\t6.0\tTurdus merula_Eurasian Blackbird\t0.5\n"
    about = About(label_column="Scientific name")

    for format, content in ((BIRDNET, SHAPES["csv"][0]), (BIRDNET_LABELS, labels)):
        row = read(format, content, about)[0]
        assert (row.label, row.info["Common name"]) == ("Turdus merula", "Eurasian Blackbird")


def test_people_may_keep_what_says_that_nothing_was_heard():
    found = read(BIRDNET, SHAPES["csv"][0], About(placeholders=True))

    assert [row.label for row in found] == ["Eurasian Blackbird", "nocall"]
