"""flask tags export: files of tags."""

import zipfile

import pytest

from tagstore.values import SYSTEM


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
