"""flask tags import: files of tags brought in, faults told line by line, imports taken back."""

import json

import pytest

from tagstore.services import exports, projects
from tagstore.values import SYSTEM

RAVEN = (
    "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)"
    "\tSpecies\n"
    "1\tSpectrogram 1\t1\t1.0\t2.0\t1000.0\t2000.0\twren\n"
    "2\tSpectrogram 1\t1\t{}\t4.0\t1000.0\t2000.0\twren\n"
)


@pytest.fixture(autouse=True)
def frogs(work, make):
    with work():
        project = make.project("frogs")
        for name in ("dawn", "noon"):
            make.media_file(project, name=f"{name}.wav", duration_s=60.0)


@pytest.fixture
def tables(tmp_path):
    """A folder with a good table, one with a fault, and what is no table."""
    folder = tmp_path / "tables"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "noon.selections.txt").write_text(RAVEN.format("3.0"))
    (folder / "notes.md").write_text("hello")
    (tmp_path / "dawn.selections.txt").write_text(RAVEN.format("x"))
    return folder


def test_a_folder_is_imported_and_taken_back(flask, work, tables):
    said = flask("tags", "import", str(tables), "--project", "frogs", "--create-classes")
    listed = flask("tags", "imports", "--project", "frogs", "--json")
    row = json.loads(listed.out)
    undone = flask("tags", "undo-import", str(row["id"]))

    assert said.out.splitlines() == [
        "2 tags in 2 files.",
        f"2 stored on 1 recording, as import {row['id']}.",
        "1 line passed over. No format that Tagstore reads begins like this. "
        "Name the format if you know it.",
    ]
    assert (row["state"], row["tags"], row["files"]) == ("committed", 2, "tables")
    assert (said.err, said.status, undone.status) == ("", 0, 0)
    assert "undone" in flask("tags", "imports", "--project", "frogs").out


def test_faults_are_told_with_file_line_and_column(flask, tables):
    path = tables.parent / "dawn.selections.txt"

    said = flask("tags", "import", str(path), "--project", "frogs", "--create-classes")

    assert said.err.splitlines() == [
        "dawn.selections.txt:3: column Begin Time (s): “x” is not a number."
    ]
    assert said.out.splitlines() == [
        "1 tag in 1 file.",
        "Nothing was stored: 1 row with faults.",
    ]
    assert said.status == 1
    assert flask("tags", "imports", "--project", "frogs").out == ""


def test_a_class_that_is_missing_is_told(flask, tables):
    said = flask("tags", "import", str(tables), "--project", "frogs")

    assert said.err == "There is no class “wren” in this project. (2 rows)\n"
    assert said.status == 1


def test_a_dry_run_stores_nothing(flask, work, tables):
    said = flask("tags", "import", str(tables), "--project", "frogs", "--as-text", "--dry-run")

    assert said.out.splitlines()[1] == "2 would be stored on 1 recording."
    assert flask("tags", "imports", "--project", "frogs").out == ""
    with work():
        project = projects.get_project(SYSTEM, "frogs")
        assert exports.summarise(SYSTEM, project, "csv", exports.Selection()).tags == 0


def test_columns_and_json(flask, tmp_path):
    path = tmp_path / "calls.csv"
    path.write_text("Sound,begin,stop,Call\ndawn.wav,1,2,wren\n")
    columns = ("Sound=media", "begin=start_s", "stop=end_s", "Call=label")
    options = [word for column in columns for word in ("--column", column)]

    said = flask(
        *("tags", "import", str(path), "--project", "frogs", "--create-classes", "--json"), *options
    )

    assert json.loads(said.out) == {
        **{"import": 1, "stored": 1, "changed": 0, "tags": 1, "files": 1, "recordings": 1},
        **{"known": 0, "left_out": 0, "cut": 0, "skipped": 0, "faults": 0},
    }


@pytest.mark.parametrize(
    ("words", "reason", "status"),
    [
        (("nowhere.csv",), "There is no file nowhere.csv.", 1),
        (("--column", "x"), "--column takes COLUMN=FIELD", 2),
        (("--create-classes", "--as-text"), "not both", 2),
        (("--tag-set", ""), "must be text", 1),
        (("--column", "a=volume"), "cannot be “volume”", 1),
    ],
)
def test_what_cannot_be_asked_is_told(flask, tables, words, reason, status):
    paths = () if words[0].endswith(".csv") else (str(tables),)

    said = flask("tags", "import", *words, *paths, "--project", "frogs")

    assert reason in said.err
    assert said.status == status
