"""Clips and pictures of tags: exact, named, told in a table, whatever is wrong with some."""

import csv
import io
import zipfile
from datetime import datetime

import guano
import numpy as np
import pytest
import soundfile
from PIL import Image

from tagstore.db import db, transaction
from tagstore.errors import Invalid, NotFound
from tagstore.models import MediaFile
from tagstore.services import exports, projects, vocabularies
from tagstore.services.depot import depot
from tagstore.services.exports import Look, Manner, Selection
from tagstore.values import STRANGER, SYSTEM, TagQuery
from tests import sounds
from tests.arrivals import Arrivals

RATE = sounds.RATE
ALL = Selection()
SAID = (
    "GUANO|Version: 1.0\nTimestamp: 2026-05-31T05:14:12+02:00\nMake: Acme\nModel: Ear 2\n"
    "Serial: 77\nLoc Position: 52.5 13.4\nLength: 4.0\nSpecies Auto ID: NoID\nAcme|Gain: 12\n"
)


@pytest.fixture
def arrivals(app):
    return Arrivals(app)


@pytest.fixture
def dawn(arrivals, tmp_path):
    """Four seconds of noise on two channels that the recorder said something about."""
    path = sounds.write_sound(tmp_path / "dawn.wav", sounds.noise(4.0, channels=2), "wav-24")
    chunk = sounds.guano_chunk(SAID)
    data = path.read_bytes() + chunk
    path.write_bytes(data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:])
    return arrivals.add(path, folder="pond")[0], path


@pytest.fixture
def tag(work, make):
    """Put a tag on a file; `label` is its class."""

    def add(media_file_id, label=None, **fields):
        with work():
            media_file = db.session.get_one(MediaFile, media_file_id)
            if label:
                known = {each.label: each for each in vocabularies.list_classes(
                    SYSTEM, media_file.project)}  # fmt: skip
                tag_class = known.get(label) or vocabularies.add_class(
                    SYSTEM, media_file.project, label.lower().replace(" ", "-"), label=label
                )
                fields["tag_class_id"] = tag_class.id
            return make.tag(media_file, **fields).id

    return add


@pytest.fixture
def export(app):
    """Return the files of an export by their names, and the rows of its table."""

    def get(key="clips-wav", selection=ALL, actor=SYSTEM, **manner):
        with app.app_context():
            with transaction(writing=False):
                project = projects.get_project(SYSTEM, "frogs")
                made = exports.prepare(actor, project, key, selection, Manner(**manner))
            data = b"".join(made.pieces)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None
            files = {name: archive.read(name) for name in archive.namelist()}
        table = files.pop("clips.csv").decode("utf-8-sig")
        return files, list(csv.DictReader(io.StringIO(table)))

    return get


@pytest.fixture
def summary(app):
    def get(key="clips-wav", selection=ALL, **manner):
        with app.app_context(), transaction(writing=False):
            project = projects.get_project(SYSTEM, "frogs")
            return exports.summarise(SYSTEM, project, key, selection, Manner(**manner))

    return get


def samples(data):
    return soundfile.read(io.BytesIO(data), dtype="float64", always_2d=True)[0]


def clip_cells(row):
    return tuple(row[f"clip_{name}"] for name in ("file", "start_s", "end_s", "reason"))


def test_a_clip_holds_exactly_the_samples_of_its_tag(dawn, tag, export):
    media_file_id, path = dawn
    tag(media_file_id, "Common wren", start_s=1.00001, end_s=2.5)

    files, rows = export()

    whole, _ = soundfile.read(path)
    name = "dawn_1.000-2.500_Common_wren_1.wav"
    assert list(files) == [name]
    assert np.array_equal(samples(files[name]), whole[48_000:120_000])
    assert clip_cells(rows[0]) == (name, "1.000000", "2.500000", "")
    assert (rows[0]["tag_id"], rows[0]["class_name"]) == ("1", "Common wren")
    assert (rows[0]["start_s"], rows[0]["clip_sample_rate"]) == ("1.000010", "48000")


@pytest.mark.parametrize("key", ["clips-wav", "clips-flac"])
def test_padding_stops_at_the_ends_of_the_file_and_a_channel_is_cut_alone(dawn, tag, export, key):
    media_file_id, path = dawn
    tag(media_file_id, text="first", start_s=0.25, end_s=0.5, channel=2)
    tag(media_file_id, text="last", start_s=3.5, end_s=4.0)

    files, rows = export(key, padding_s=0.5)

    whole, _ = soundfile.read(path)
    first, last = map(samples, files.values())
    assert np.array_equal(first[:, 0], whole[:48_000, 1])
    assert first.shape[1] == 1
    assert np.array_equal(last, whole[144_000:])
    assert [row["clip_start_s"] for row in rows] == ["0.000000", "3.000000"]
    assert [row["clip_end_s"] for row in rows] == ["1.000000", "4.000000"]


def test_a_tag_on_the_whole_file_is_the_whole_file(dawn, tag, export):
    media_file_id, path = dawn
    tag(media_file_id, start_s=None, end_s=None, text="a/b: *rain*")

    files, _ = export(padding_s=2.0)

    assert list(files) == ["dawn_0.000-4.000_a_b__*rain*_1.wav".replace("*", "_")]
    assert np.array_equal(samples(*files.values()), soundfile.read(path)[0])


def test_a_point_gets_its_length_from_padding(dawn, tag, export, summary):
    media_file_id, _ = dawn
    tag(media_file_id, start_s=2.0, end_s=2.0)

    bare, padded = export(), export(padding_s=0.25)

    assert bare[0] == {}
    assert bare[1][0]["clip_reason"] == "A point has no length: ask for padding."
    assert [len(samples(each)) for each in padded[0].values()] == [24_000]
    assert (summary().clips, summary(padding_s=0.25).clips) == (0, 1)
    assert summary().lost == ["Nothing is made of 1 tag without a length; padding gives them one."]


def test_guano_tells_of_the_clip_and_of_its_recorder(dawn, tag, export, tmp_path):
    media_file_id, _ = dawn
    tag(media_file_id, "Noctule", start_s=1.5, end_s=2.0)
    tag(media_file_id, "Noctule", start_s=2.0, end_s=3.0, score=0.7)
    tag(media_file_id, text="rain, heavy", start_s=3.0, end_s=4.0)

    files, _ = export()

    found = []
    for number, data in enumerate(files.values()):
        (tmp_path / f"{number}.wav").write_bytes(data)
        found.append(guano.GuanoFile(str(tmp_path / f"{number}.wav"), strict=True))
    first, guess, words = found
    assert first["Timestamp"].isoformat() == "2026-05-31T05:14:13.500000+02:00"
    assert (first["Length"], first["Samplerate"], first["Loc Position"]) == (
        0.5,
        RATE,
        (52.5, 13.4),
    )
    assert [first[key] for key in ("Make", "Model", "Serial")] == ["Acme", "Ear 2", "77"]
    assert (first["Acme|Gain"], first["Original Filename"]) == ("12", "dawn.wav")
    assert (first["Species Manual ID"], first["Tags"]) == ("Noctule", "Noctule")
    assert "Species Auto ID" not in first
    assert (guess["Species Auto ID"], "Species Manual ID" in guess) == ("Noctule", False)
    assert (words["Tags"], "Species Manual ID" in words) == ("rain heavy", False)


def test_an_expanded_recording_and_a_clock_without_zone_are_told_as_they_are(
    arrivals, tag, export, tmp_path
):
    said = "GUANO|Version: 1.0\nTimestamp: 2026-05-31T05:14:12\nTE: 10\n"
    path = sounds.write_wav(tmp_path / "bat.wav", after=sounds.guano_chunk(said), samples=96_000)
    tag(arrivals.add(path)[0], start_s=1.0, end_s=2.0)

    files, _ = export()

    (tmp_path / "clip.wav").write_bytes(*files.values())
    found = guano.GuanoFile(str(tmp_path / "clip.wav"), strict=True)
    assert found["Timestamp"] == datetime(2026, 5, 31, 5, 14, 12, 100_000)
    assert (found["TE"], found["Length"]) == (10, 0.1)


def test_what_cannot_be_cut_is_a_row_with_its_reason_and_the_rest_goes_on(
    arrivals, dawn, tag, export, summary, tmp_path, work, make
):
    media_file_id, _ = dawn
    recorder = arrivals.app.settings.media_roots[0]
    recorder.mkdir(parents=True)
    placed = arrivals.add(sounds.write_sound(recorder / "gone.wav"), in_place=True)[0]
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF\0\0\0\0WAVEfmt nothing of this is a sound")
    lost = arrivals.add(sounds.write_sound(tmp_path / "lost.wav", sounds.noise(3.0)))[0]
    with work():
        project = projects.get_project(SYSTEM, "frogs")
        elsewhere = make.media_file(project, name="elsewhere.wav").id
        depot().store.delete(db.session.get_one(MediaFile, lost).sha256)
    numbers = {
        "broken": arrivals.add(broken)[0],
        "elsewhere": elsewhere,
        "film": arrivals.add(sounds.write_film(tmp_path / "film.mp4", "mp4-silent"))[0],
        "gone": placed,
        "lost": lost,
        "picture": arrivals.add(sounds.write_picture(tmp_path / "picture.png"))[0],
        "preparing": arrivals.add(sounds.write_film(tmp_path / "preparing.mp4"))[0],
        "wren": media_file_id,
    }
    (recorder / "gone.wav").unlink()
    for name, number in numbers.items():
        span = {"start_s": 0.1, "end_s": 0.2} if name != "picture" else {"start_s": None}
        tag(number, text=name, **{"end_s": None, **span})
    tag(media_file_id, text="no channel", channel=3, start_s=1.0)
    tag(media_file_id, text="too short", start_s=3.999999, end_s=4.0)

    files, rows = export()

    assert [name.split("_")[2] for name in files] == ["wren"]
    reasons = {row["text"]: row["clip_reason"] for row in rows}
    assert reasons.pop("broken").startswith("The ")
    assert reasons == {
        "elsewhere": "The bytes of this file are not kept here.",
        "film": "This file has no sound.",
        "gone": "The file is no longer where it was registered.",
        "lost": "The file cannot be opened.",
        "picture": "This file has no sound.",
        "preparing": "The sound of this file is being prepared.",
        "wren": "",
        "no channel": "There is no such channel.",
        "too short": "There is no sound in that stretch.",
    }
    assert summary().lost == ["Nothing is made of 4 tags on files without sound."]


def test_a_clip_that_breaks_off_is_told_and_the_zip_goes_on(
    arrivals, dawn, tag, export, tmp_path, monkeypatch
):
    monkeypatch.setattr("tagstore.services.exports.extracts.making.CHUNK", 1 << 16)
    recorder = arrivals.app.settings.media_roots[0]
    recorder.mkdir(parents=True)
    path = sounds.write_sound(recorder / "card.wav", sounds.noise(4.0))
    number = arrivals.add(path, in_place=True, folder="a")[0]
    tag(number, start_s=None, end_s=None)
    tag(dawn[0], start_s=1.0, end_s=2.0)

    with arrivals.app.app_context():
        with transaction(writing=False):
            project = projects.get_project(SYSTEM, "frogs")
            made = exports.prepare(SYSTEM, project, "clips-wav", Selection(), Manner())
        first = next(made.pieces)
        path.unlink()
        data = first + b"".join(made.pieces)

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        sizes = [entry.file_size for entry in archive.infolist()]
        table = archive.read("clips.csv").decode()
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [len(sizes), sizes[0] < 384_000] == [3, True]
    assert rows[0]["clip_reason"] == "It breaks off. The file cannot be opened."
    assert (rows[1]["clip_reason"], rows[1]["clip_end_s"]) == ("", "2.000000")


def test_the_sound_of_a_film_is_cut_once_it_is_prepared(arrivals, tag, export, tmp_path):
    number = arrivals.add(sounds.write_film(tmp_path / "film.mkv", "mkv"))[0]
    tag(number, start_s=0.25, end_s=0.5)
    arrivals.work()

    files, _ = export()

    tone = sounds.tone(1.0, channels=2)[12_000:24_000]
    assert np.abs(samples(*files.values()) - tone).max() < 1e-4


def test_pictures_are_drawn_of_each_tag_as_large_and_in_the_colours_that_are_wanted(
    dawn, tag, export
):
    tag(dawn[0], start_s=1.0, end_s=2.0, channel=2)
    tag(dawn[0], start_s=3.0, end_s=3.0)

    files, rows = export("pictures", padding_s=0.5, look=Look(300, 100, "grey"))

    assert list(files) == ["dawn_0.500-2.500_wren_1.png", "dawn_2.500-3.500_wren_2.png"]
    pictures = [Image.open(io.BytesIO(data)) for data in files.values()]
    assert [each.size for each in pictures] == [(300, 100)] * 2
    red, green, _ = np.moveaxis(np.array(pictures[0]), 2, 0)
    assert np.array_equal(red, green)
    assert [row["clip_file"] for row in rows] == list(files)


@pytest.mark.parametrize(
    ("words", "folder"),
    [
        ("../../etc", ".._.._etc"),
        ("con", "con_"),
        ("nul.x", "nul.x_"),
        ("...", "tag"),
        (" a\tb ", "a_b"),
        ("猫" * 100, "猫" * 20),
        ('"<|>?*:\\', "________"),
    ],
)
def test_names_are_safe_on_every_system(dawn, tag, export, words, folder):
    tag(dawn[0], text=words, start_s=1.0, end_s=2.0)

    assert list(export(by_class=True)[0]) == [f"{folder}/dawn_1.000-2.000_{folder}_1.wav"]


def test_folders_are_made_for_recordings_and_classes(dawn, tag, export):
    tag(dawn[0], "Wren", start_s=1.0, end_s=2.0)

    assert list(export(by_class=True)[0]) == ["Wren/dawn_1.000-2.000_Wren_1.wav"]
    assert list(export(by_class=True, by_recording=True)[0]) == [
        "pond/dawn.wav/Wren/dawn_1.000-2.000_Wren_1.wav"
    ]


def test_a_selection_counts_here_too(arrivals, dawn, tag, export, summary, tmp_path):
    other = arrivals.add(sounds.write_sound(tmp_path / "noon.wav"), folder="lake")[0]
    for number in (dawn[0], other):
        tag(number, text="rain", start_s=0.0, end_s=0.5)
        tag(number, text="wind", start_s=0.5, end_s=1.0)

    chosen = Selection(TagQuery(text="wind"), folder="lake")

    assert list(export(selection=chosen)[0]) == ["noon_0.500-1.000_wind_4.wav"]
    assert (summary().clips, summary().seconds) == (4, 2.0)
    assert (summary(selection=chosen).tags, summary(padding_s=1.0).seconds) == (1, 10.0)


def test_facts_of_the_recorder_stand_in_the_table_where_they_are_wanted(dawn, tag, export):
    tag(dawn[0], start_s=1.0, end_s=2.0)

    row = export(recorder_facts=True)[1][0]

    assert [row[f"recorder_{name}"] for name in ("make", "model", "serial")] == [
        *("Acme", "Ear 2", "77"),
    ]
    assert (row["latitude"], row["longitude"], row["media_sample_rate"]) == (
        "52.5",
        "13.4",
        "48000",
    )
    assert (row["media_channels"], row["media_duration_s"]) == ("2", "4.0")
    assert row["event_start_datetime"] == "2026-05-31T05:14:13+02:00"


def test_what_makes_no_sense_is_refused_before_anything_is_sent(dawn, export):
    for manner in (
        {"padding_s": -1.0},
        {"padding_s": float("nan")},
        {"look": Look(width=0)},
        {"look": Look(colours="rainbow")},
    ):
        with pytest.raises(Invalid):
            export(**manner)
    with pytest.raises(NotFound):
        export(actor=STRANGER)
    assert export() == ({}, [])


def test_nobody_waits_for_the_database_while_clips_are_decoded(app, dawn, tag):
    tag(dawn[0], start_s=None, end_s=None)
    with app.app_context():
        with transaction(writing=False):
            project = projects.get_project(SYSTEM, "frogs")
            made = exports.prepare(SYSTEM, project, "clips-wav", Selection(), Manner())
        next(made.pieces)
        begun = db.session().in_transaction()
        made.pieces.close()

    assert not begun
