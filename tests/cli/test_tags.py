"""flask tags export: files of tags."""

import zipfile

import pytest

from tagstore.db import db
from tagstore.models import MediaFile
from tagstore.values import SYSTEM
from tests import sounds


@pytest.fixture(autouse=True)
def frogs(work, make):
    with work():
        project = make.project("frogs")
        survey, other = make.tag_set(project, "survey"), make.tag_set(project, "other")
        for name in ("dawn", "noon"):
            file = make.media_file(project, name=f"{name}.wav", folder=name, duration_s=60.0)
            for tag_set in (survey, other):
                make.tag(file, SYSTEM, tag_set_id=tag_set.id, text="rain", start_s=1.0, end_s=2.0)


def test_tags_go_to_standard_output(flask):
    said = flask("tags", "export", "--project", "frogs", "--format", "csv", "--tag-set", "other")

    header, *rows = said.out.splitlines()
    assert header.startswith("tag_id,")
    assert [row.split(",")[3] for row in rows] == ["dawn/dawn.wav", "noon/noon.wav"]
    assert (said.err, said.status) == ("", 0)


def test_tags_go_to_a_file_and_what_is_lost_is_said(flask, tmp_path):
    path = tmp_path / "tags.zip"

    said = flask("tags", "export", "--project", "frogs", "--format", "audacity", "-o", str(path))

    assert (said.out, said.status) == ("", 0)
    assert "Tracks are not told apart." in said.err.splitlines()
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["dawn/dawn.wav.txt", "noon/noon.wav.txt"]
        assert archive.read("dawn/dawn.wav.txt") == b"1.000000\t2.000000\train\n" * 2


def test_a_tag_set_or_format_that_is_not_there_is_said(flask):
    no_set = flask("tags", "export", "--project", "frogs", "--format", "csv", "--tag-set", "x")
    no_format = flask("tags", "export", "--project", "frogs", "--format", "doc")

    assert (no_set.out, no_set.status) == ("", 1)
    assert no_set.err == "The project has no tag set 'x'.\n"
    assert no_format.status == 2


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        (["--tag-set", "other", "--tag-set", "survey"], 6),
        (["--class", "wren"], 1),
        (["--text", "ra"], 4),
        (["--status", "accepted"], 1),
        (["--author", "nobody"], 0),
        (["--min-score", "0.5", "--max-score", "0.9"], 1),
        (["--from", "1.5", "--to", "3"], 4),
        (["--folder", "noon"], 2),
        (["--media", "dawn.wav"], 4),
        (["--media", "1,2"], 6),
    ],
)
def test_options_choose_the_tags(flask, work, make, options, rows):
    with work():
        file = db.session.get_one(MediaFile, 1)
        wren = make.tag_class(file.project, "wren").id
        make.tag(file, tag_class_id=wren, score=0.7, start_s=9.0, end_s=9.5)
        make.tag(file, text="hum", status="accepted", score=0.2, start_s=9.0, end_s=9.5)

    said = flask("tags", "export", "--project", "frogs", "--format", "csv", *options)

    assert (len(said.out.splitlines()), said.status) == (1 + rows, 0)


def test_clips_are_cut_and_what_is_left_out_is_said(flask, work, make, tmp_path):
    sound, path = sounds.write_sound(tmp_path / "tone.wav"), tmp_path / "clips.zip"
    number = int(flask("media", "add", str(sound), "--project", "frogs").out.split("\t")[0])
    with work():
        make.tag(db.session.get_one(MediaFile, number), text="hum", start_s=0.5, end_s=0.5)

    options = ("--padding", "0.25", "--by-class", "--by-recording", "-o", str(path))
    said = flask("tags", "export", "--project", "frogs", "--format", "clips-flac", *options)

    assert said.err == "Nothing is made of 4 tags on files without sound.\n"
    with zipfile.ZipFile(path) as archive:
        name = "tone.wav/hum/tone_0.250-0.750_hum_5.flac"
        assert archive.namelist() == [name, "clips.csv"]


def test_a_class_size_or_padding_that_makes_no_sense_is_said(flask):
    def export(*options):
        said = flask("tags", "export", "--project", "frogs", "--format", "pictures", *options)
        assert (said.out, said.status) == ("", 1)
        return said.err

    assert export("--class", "x") == "The project has no class 'x'.\n"
    assert export("--size", "big") == "--size takes a width and a height, as in 1024x384.\n"
    assert export("--padding", "-1").startswith("That padding is not offered.")
    assert export("--colours", "x").startswith("That colour map is not offered.")
