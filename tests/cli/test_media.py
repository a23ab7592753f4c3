"""flask media: what it prints, what it says, how it ends."""

import json

import pytest

from tagstore.db import db, transaction
from tagstore.models import MediaFile
from tests import sounds


@pytest.fixture
def flask(app, work, make):
    with work():
        make.project("frogs")

    def run(*arguments):
        return app.test_cli_runner().invoke(args=["media", *map(str, arguments)])

    return run


def names(app):
    with app.app_context(), transaction(writing=False):
        found = db.session.query(MediaFile).order_by(MediaFile.id)
        return [(each.folder, each.name) for each in found]


def test_a_line_a_file_with_number_qid_and_name(app, flask, tmp_path):
    path = sounds.write_sound(tmp_path / "a.wav")

    done = flask("add", path, "--project", "frogs")

    number, qid, name = done.stdout.rstrip("\n").split("\t")
    assert (number, qid[:4], name, done.exit_code, done.stderr) == ("1", "iq__", "a.wav", 0, "")


def test_a_folder_is_taken_with_its_structure(app, flask, tmp_path):
    card = tmp_path / "card"
    (card / "night" / "1").mkdir(parents=True)
    (card / ".trash").mkdir()
    sounds.write_sound(card / "a.wav", sounds.tone(0.1))
    sounds.write_sound(card / "night" / "1" / "b.wav", sounds.tone(0.2))
    sounds.write_sound(card / ".trash" / "c.wav", sounds.tone(0.3))
    (card / "notes.txt").write_text("rain")

    done = flask("add", card, "--project", "frogs", "--recursive")

    assert names(app) == [("card", "a.wav"), ("card/night/1", "b.wav")]
    assert (done.exit_code, done.stdout.count("\n")) == (0, 2)
    assert "notes.txt" in done.stderr


def test_a_folder_without_recursive_is_a_wrong_use(flask, tmp_path):
    done = flask("add", tmp_path, "--project", "frogs")

    assert (done.exit_code, done.stdout) == (2, "")


def test_what_cannot_come_in_is_told_and_the_rest_comes(app, flask, tmp_path):
    text = tmp_path / "a.txt"
    text.write_text("rain")
    good = sounds.write_sound(tmp_path / "b.wav")

    done = flask("add", text, tmp_path / "nowhere.wav", good, "--project", "frogs")

    assert (done.exit_code, names(app)) == (1, [("", "b.wav")])
    assert ["a.txt" in done.stderr, "nowhere.wav" in done.stderr] == [True, True]


def test_the_same_file_again_is_found_and_said_so(flask, tmp_path):
    path = sounds.write_sound(tmp_path / "a.wav")
    first = flask("add", path, "--project", "frogs")

    again = flask("add", path, "--project", "frogs")

    assert (again.stdout, again.exit_code) == (first.stdout, 0)
    assert "is there already" in again.stderr


def test_a_file_may_stay_where_it_is_only_below_the_roots(flask, settings, tmp_path):
    root = settings.media_roots[0]
    root.mkdir()
    inside = sounds.write_sound(root / "a.wav")
    outside = sounds.write_sound(tmp_path / "b.wav")

    done = flask("add", inside, outside, "--project", "frogs", "--in-place")

    assert (done.exit_code, done.stdout.count("\n")) == (1, 1)
    assert "TAGSTORE_MEDIA_ROOTS" in done.stderr


def test_an_unknown_project_is_an_error_of_one_line(flask, tmp_path):
    done = flask("add", tmp_path / "a.wav", "--project", "birds")

    assert (done.exit_code, done.stderr) == (1, "No such project.\n")


def test_the_list_is_a_table_or_json(flask, tmp_path):
    flask("add", sounds.write_sound(tmp_path / "a.wav"), "--project", "frogs")

    line = flask("list", "--project", "frogs").stdout.rstrip("\n").split("\t")
    row = json.loads(flask("list", "--project", "frogs", "--json").stdout)

    assert (line[0], line[2:]) == ("1", ["a.wav", "", "audio", "ready", "1.0", "48000", "96044"])
    assert (row["id"], row["name"], row["duration_s"]) == (1, "a.wav", 1.0)
