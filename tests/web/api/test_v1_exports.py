"""Tags out as files over our own API: what is in them, in which order, and who may have them."""

import csv
import io
import zipfile
from datetime import UTC, datetime

import orjson
import pytest
import soundfile
from PIL import Image

from tagstore.db import db, transaction
from tagstore.formats import jsonlines
from tagstore.models import MediaFile, Project, Review
from tagstore.services import exports, media_files, projects, tags, users, vocabularies
from tagstore.services.exports import picking
from tagstore.values import SYSTEM
from tests import sounds

CSV = "/exports?project=frogs&format=csv"


@pytest.fixture
def pond(api, work, make):
    """Two recordings in folders with three tags each in turns, and one of another project."""
    with work():
        project = db.session.get_one(Project, api.project_id)
        wren = vocabularies.add_class(SYSTEM, project, "wren", label="Wren")
        ana = users.get_user(SYSTEM, "ana")
        survey, detector = make.tag_set(project, "survey"), make.tag_set(project, "detector")
        files = [
            make.media_file(
                project,
                duration_s=60.0,
                name=f"{name}.wav",
                folder=f"pond/{name}",
                sha256=name * 16,
            )
            for name in ("dawn", "noon")
        ]
        box = {"tag_class_id": wren.id, "low_hz": 1000.5, "high_hz": 2000.0, "end_s": 11.0}
        for number in range(3):
            for file in files:
                begin = {"tag_set_id": survey.id, "start_s": 10.0 - number}
                make.tag(file, ana.actor, **begin, **box)
        whole = {"start_s": None, "end_s": None, "text": "rain, heavy", "score": 0.5}
        make.tag(files[0], ana.actor, tag_set_id=detector.id, **whole)
        return [file.id for file in files]


@pytest.fixture
def arrival(api, tmp_path):
    """A second of sound that is really there."""
    path = sounds.write_sound(tmp_path / "tone.wav")
    with api.app.app_context():
        prepared = media_files.prepare_path(
            SYSTEM, "frogs", path, name=path.name, folder="", in_place=False
        )
        with transaction(writing=True):
            project = projects.get_project(SYSTEM, "frogs")
            return media_files.add_media_file(SYSTEM, project, prepared)[0].id


def table(answer):
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text)))


def entries(answer):
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_a_table_holds_every_tag_with_where_it_comes_from(api, pond):
    answer = api.get(CSV, "vera")

    rows = table(answer)
    assert answer.headers["Content-Disposition"] == "attachment; filename=frogs.csv"
    assert [row["tag_id"] for row in rows] == ["1", "2", "3", "4", "5", "6", "7"]
    first = {name: text for name, text in rows[0].items() if text}
    assert first.pop("created_at") == first.pop("updated_at")
    assert first == {
        "tag_id": "1",
        "media_id": str(pond[0]),
        "media_path": "pond/dawn/dawn.wav",
        "media_sha256": "dawn" * 16,
        "track": "survey",
        "tag_set": "survey",
        "class_id": "1",
        "class_name": "Wren",
        "start_s": "10.000000",
        "end_s": "11.000000",
        "duration_s": "1.000000",
        "low_hz": "1000.5",
        "high_hz": "2000.0",
        "source": "ana",
        "created_by": "ana",
        "updated_by": "ana",
        "batch_id": "1",
        "batch_name": "ana",
        "url": f"http://localhost/media/{pond[0]}?tag=1",
    }
    assert (rows[6]["text"], rows[6]["score"], rows[6]["start_s"]) == ("rain, heavy", "0.5", "")


def test_our_own_lines_lose_nothing(api, pond):
    lines = api.get("/exports?project=frogs&format=jsonl").data.splitlines()

    rows = list(map(orjson.loads, lines))
    assert len(rows) == 7
    assert (rows[6]["text"], rows[6]["label"], rows[6]["score"]) == ("rain, heavy", None, 0.5)
    assert rows[6]["stored"]["tag_set"] == "detector"


def test_documents_and_moments_come_as_they_are_kept(api, pond, work, make):
    info = {"Überschrift": [1, 2.5, None], "a": {"z": "鳥", "b": True}}
    box = {"frame_idx": 3, "box": {"x1": 0.25, "y1": 0, "x2": 1.0, "y2": 0.5}}
    with work():
        file = db.session.get_one(MediaFile, pond[0])
        tag = make.tag(file, text="hum", info=info, frame_info=box)
        tag.created_at = datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)
        tag.updated_at = datetime(2024, 2, 3, 4, 5, 6, 5000, tzinfo=UTC)

    line = api.get("/exports?project=frogs&format=jsonl").data.splitlines()[-1]
    row = table(api.get(CSV))[-1]

    said = orjson.loads(line)
    assert b'"info":' + orjson.dumps(info) in line
    assert (said["frame"], orjson.loads(row["frame"])) == (box, box)
    assert row["info"] == orjson.dumps(info).decode()
    assert (row["created_at"], row["updated_at"]) == (
        "2024-02-03T04:05:06+00:00",
        "2024-02-03T04:05:06.005000+00:00",
    )
    assert [said["stored"][name] for name in ("created_at", "updated_at")] == [
        row["created_at"],
        row["updated_at"],
    ]


def test_filters_choose_the_tags(api, pond):
    def found(more):
        return [row["tag_id"] for row in table(api.get(f"{CSV}&{more}"))]

    assert found("tag_set=2") == ["7"]
    assert found("q=rain") == ["7"]
    assert found("class=1&start_s=0&end_s=9") == ["5", "6"]
    assert found(f"media={pond[1]}") == ["6", "4", "2"]
    assert found("folder=pond/noon") == ["6", "4", "2"]
    assert found("folder=pond") == ["7", "5", "3", "1", "6", "4", "2"]


def test_what_is_not_there_is_said(api, pond):
    assert api.get(f"{CSV}&folder=po").status_code == 404
    assert api.get(f"{CSV}&media=99").status_code == 404
    assert api.faults(api.get("/exports?project=frogs"))["/format"] == "is required"
    assert list(api.faults(api.get("/exports?project=frogs&format=birdnet"))) == ["/format"]
    assert list(api.faults(api.get(f"{CSV}&limit=5"))) == ["/limit"]
    assert api.get(CSV, "otto").status_code == 404
    assert api.get(CSV, "").status_code == 401


def test_a_format_for_one_recording_comes_as_a_zip(api, pond):
    answer = api.get("/exports?project=frogs&format=raven")

    files = entries(answer)
    assert answer.headers["Content-Disposition"] == "attachment; filename=frogs-raven.zip"
    assert list(files) == [
        "pond/dawn/dawn.wav.selections.txt",
        "pond/noon/noon.wav.selections.txt",
    ]
    assert [line.split("\t")[3] for line in files["pond/noon/noon.wav.selections.txt"].splitlines()
            ] == ["Begin Time (s)", "8.000000", "9.000000", "10.000000"]  # fmt: skip


def test_of_one_recording_it_comes_alone(api, pond):
    answer = api.get(f"/exports?project=frogs&format=raven&media={pond[1]}")

    assert answer.headers["Content-Disposition"] == "attachment; filename=noon.wav.selections.txt"
    assert len(answer.text.splitlines()) == 4


def test_a_table_by_recording_leaves_out_those_without_tags(api, pond):
    files = entries(api.get(f"{CSV}&by_recording=true&tag_set=2"))

    assert list(files) == ["pond/dawn/dawn.wav.csv"]
    assert len(files["pond/dawn/dawn.wav.csv"].splitlines()) == 2


def test_two_recordings_of_one_name_have_two_files(api, pond, work, make):
    with work():
        project = db.session.get_one(Project, api.project_id)
        twin = make.media_file(project, name="dawn.wav", folder="pond/dawn")
        make.tag(twin, users.get_user(SYSTEM, "ana").actor, text="hum")

    files = entries(api.get("/exports?project=frogs&format=audacity&folder=pond/dawn"))

    assert list(files) == ["pond/dawn/dawn.wav.txt", "pond/dawn/dawn.wav (2).txt"]


def test_a_name_that_leads_out_of_the_folder_stays_in_it(api, work, make):
    with work():
        project = db.session.get_one(Project, api.project_id)
        for name in ("..\\..\\a:b.wav", "c.wav"):
            file = make.media_file(project, name=name)
            make.tag(file, users.get_user(SYSTEM, "ana").actor, text="hum")

    files = entries(api.get("/exports?project=frogs&format=audacity"))

    assert list(files) == [".._.._a_b.wav.txt", "c.wav.txt"]


def test_text_that_would_be_a_formula_is_told_to_be_none(api, pond, work, make):
    with work():
        file = db.session.get_one(MediaFile, pond[0])
        make.tag(file, users.get_user(SYSTEM, "ana").actor, text="=1+1")

    plain, safe = api.get(CSV), api.get(f"{CSV}&for_spreadsheets=true")

    assert table(plain)[-1]["text"] == "=1+1"
    assert safe.data.startswith(b"\xef\xbb\xbftag_id,")
    assert table(safe)[-1]["text"] == "'=1+1"


def test_moments_have_a_zone_where_the_recorder_told_one(api, pond, work):
    with work():
        for number, offset_s in zip(pond, (7200, None), strict=True):
            file = db.session.get_one(MediaFile, number)
            file.recorded_at = datetime(2026, 5, 31, 3, 14, tzinfo=UTC)
            file.utc_offset_s = offset_s

    rows = table(api.get(CSV))

    assert [row["recorded_start"] for row in rows[:2]] == [
        "2026-05-31T05:14:00+02:00",
        "2026-05-31T03:14:00",
    ]
    assert [row["event_start_datetime"] for row in rows[:2]] == [
        "2026-05-31T05:14:10+02:00",
        "2026-05-31T03:14:10",
    ]


def test_reviews_come_along(api, pond, work):
    with work():
        for name, verdict in {"ana": "correct", "bo": "correct", "mo": "unsure"}.items():
            user_id = users.get_user(SYSTEM, name).id
            db.session.add(Review(tag_id=2, user_id=user_id, verdict=verdict))
            if name != "mo":
                other = "correct" if name == "ana" else "incorrect"
                db.session.add(Review(tag_id=3, user_id=user_id, verdict=other))

    rows = table(api.get(CSV))

    names = ("reviewers", "review_correct", "review_incorrect", "review_unsure", "consensus")
    assert [rows[1][name] for name in names] == ["ana; bo; mo", "2", "0", "1", "correct"]
    assert [rows[2][name] for name in names] == ["ana; bo", "1", "1", "0", ""]
    assert [rows[0][name] for name in names] == [""] * 5


def test_more_than_one_lot_comes_whole_and_nothing_twice(api, pond, monkeypatch):
    monkeypatch.setattr(picking, "AT_ONCE", 2)

    assert [row["tag_id"] for row in table(api.get(CSV))] == list("1234567")


def test_what_is_deleted_while_it_is_sent_is_left_out(api, app, pond, work, monkeypatch):
    monkeypatch.setattr(picking, "AT_ONCE", 3)
    monkeypatch.setattr(jsonlines, "ROWS_A_PIECE", 3)
    with app.app_context(), transaction(writing=False):
        project = db.session.get_one(Project, api.project_id)
        made = exports.prepare(SYSTEM, project, "jsonl", exports.Selection())
    with app.app_context():
        first = next(made.pieces)
    with work():
        tags.delete_tag(SYSTEM, tags.get_tag(SYSTEM, 7))
    with app.app_context():
        rest = b"".join(made.pieces)

    numbers = [orjson.loads(line)["stored"]["tag_id"] for line in (first + rest).splitlines()]
    assert numbers == [1, 2, 3, 4, 5, 6]


def test_clips_come_as_a_zip_over_the_api(api, arrival, make, work):
    with work():
        make.tag(db.session.get_one(MediaFile, arrival), text="wren", start_s=0.25, end_s=0.5)

    answer = api.get("/exports?project=frogs&format=clips-wav&padding_s=0.125", "vera")

    assert answer.headers["Content-Disposition"] == "attachment; filename=frogs-clips-wav.zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.namelist() == ["tone_0.125-0.625_wren_1.wav", "clips.csv"]
        sound = soundfile.SoundFile(io.BytesIO(archive.read("tone_0.125-0.625_wren_1.wav")))
    assert (sound.frames, sound.samplerate) == (24_000, 48_000)


def test_pictures_come_as_large_as_is_asked(api, arrival, make, work):
    with work():
        make.tag(db.session.get_one(MediaFile, arrival), text="wren", start_s=0.25, end_s=0.5)

    more = "width=120&height=60&colours=paper&by_class=true"
    answer = api.get(f"/exports?project=frogs&format=pictures&{more}")

    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        picture = Image.open(io.BytesIO(archive.read("wren/tone_0.250-0.500_wren_1.png")))
    assert picture.size == (120, 60)


@pytest.mark.parametrize("more", ["padding_s=-1", "padding_s=4000", "width=0", "colours=pink"])
def test_what_cannot_be_made_of_tags_is_said(api, more):
    faults = api.faults(api.get(f"/exports?project=frogs&format=pictures&{more}"))

    assert list(faults) == [f"/{more.partition('=')[0]}"]


def test_facts_of_recorders_get_columns_where_they_are_wanted(api, pond, work):
    with work():
        file = db.session.get_one(MediaFile, pond[0])
        file.latitude, file.longitude = 52.5, 13.25
        file.info = {"audiomoth.device": "AudioMoth 24F319055FDF2902", "time_expansion": 10.0}

    rows = table(api.get(f"{CSV}&recorder_facts=true"))
    lines = api.get("/exports?project=frogs&format=jsonl&recorder_facts=true").data.splitlines()

    first = rows[0]
    assert first["recorder_make"] == "Open Acoustic Devices"
    assert (first["recorder_model"], first["recorder_serial"]) == ("AudioMoth", "24F319055FDF2902")
    assert (first["latitude"], first["longitude"]) == ("52.5", "13.25")
    assert (first["time_expansion"], first["media_duration_s"]) == ("10.0", "60.0")
    assert [row["latitude"] for row in rows[:3]] == ["52.5", "", "52.5"]
    assert orjson.loads(lines[0])["stored"]["recorder_model"] == "AudioMoth"
    assert "recorder_make" not in table(api.get(CSV))[0]


@pytest.mark.parametrize(
    ("key", "delimiter"), [("raven", "\t"), ("opensoundscape", ","), ("simple-seq", ",")]
)
def test_tables_of_other_tools_say_when_and_where_too(api, pond, work, key, delimiter):
    with work():
        file = db.session.get_one(MediaFile, pond[0])
        file.recorded_at, file.utc_offset_s = datetime(2026, 5, 31, 3, 14, tzinfo=UTC), 7200
        file.latitude, file.longitude = 52.5, 13.25

    address = f"/exports?project=frogs&format={key}&media=pond/dawn/dawn.wav"
    plain = io.StringIO(api.get(address).text)
    told = io.StringIO(api.get(f"{address}&recorder_facts=true").text)
    rows = list(csv.DictReader(told, delimiter=delimiter))

    assert {row["recorded_start"] for row in rows} == {"2026-05-31T05:14:00+02:00"}
    assert sorted(row["event_start_datetime"] for row in rows) == [
        f"2026-05-31T05:14:{second:02}+02:00" for second in (0, 8, 9, 10)
    ]
    assert {(row["latitude"], row["longitude"], row["recorder_make"]) for row in rows} == {
        ("52.5", "13.25", "")
    }
    assert "latitude" not in next(csv.reader(plain, delimiter=delimiter))


def test_the_formats_say_what_they_lose(api):
    assert api.get("/formats", "").status_code == 401
    formats = {each["key"]: each for each in api.get("/formats", "otto").json["items"]}

    assert formats["jsonl"]["loses"] == []
    assert formats["raven"]["writes"] is True
    assert "Scores are left out." not in formats["raven"]["loses"]
    assert formats["birdnet"]["writes"] is False
