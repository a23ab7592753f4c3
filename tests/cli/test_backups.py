"""flask backup, flask restore and flask doctor: what they print, and how they end."""

import json
from dataclasses import replace

import pytest

from tagstore.config import Settings
from tagstore.db import db
from tagstore.models import TagCount, TagWord
from tests import sounds
from tests.server import run_flask


@pytest.fixture
def settings(settings, tmp_path):
    """Have a data directory that nobody else uses: what is restored takes its place."""
    return replace(settings, data_dir=tmp_path / "data")


@pytest.fixture
def flask(app):
    def run(*arguments):
        return app.test_cli_runner().invoke(args=[*map(str, arguments)])

    return run


@pytest.fixture
def frogs(flask, tmp_path):
    flask("projects", "add", "frogs")
    path = sounds.write_sound(tmp_path / "a.wav", sounds.tone(0.1))
    flask("media", "add", path, "--project", "frogs")


def states(done):
    rows = map(json.loads, done.stdout.splitlines())
    return {row["check"]: row["state"] for row in rows if row["state"] != "ok"}


def test_a_store_goes_into_a_file_and_comes_back_elsewhere(flask, frogs, tmp_path):
    made = flask("backup", tmp_path / "a.tar")
    elsewhere = tmp_path / "elsewhere"

    run_flask(elsewhere, "restore", str(tmp_path / "a.tar"))

    listed = run_flask(elsewhere, "media", "list", "--project", "frogs").split("\t")
    found = run_flask(elsewhere, "doctor", "--json").splitlines()
    assert run_flask(elsewhere, "checksum") == flask("checksum").stdout.strip()
    assert (made.exit_code, made.stdout) == (0, "")
    assert listed[2:6] == ["a.wav", "", "audio", "ready"]
    assert {json.loads(line)["state"] for line in found} == {"ok"}


def test_the_checksum_says_what_each_table_holds(flask, frogs):
    lines = flask("checksum").stdout.splitlines()

    rows = {name: (int(count), len(digest)) for name, count, digest in map(str.split, lines)}
    assert rows["media_file"] == (1, 64)
    assert [
        json.loads(line)["table"] for line in flask("checksum", "--json").stdout.splitlines()
    ] == [*sorted(rows)]


@pytest.mark.only("sqlite")
def test_a_restore_over_something_needs_force(flask, frogs, app, tmp_path):
    flask("backup", tmp_path / "a.tar")
    with app.app_context():
        db.engine.dispose()

    refused = flask("restore", tmp_path / "a.tar")
    done = flask("restore", tmp_path / "a.tar", "--force")

    assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)
    assert done.exit_code == 0
    assert len(list(tmp_path.glob("data.before-*"))) == 1


def test_a_missing_file_makes_the_backup_end_with_1(flask, frogs, settings, tmp_path):
    next(path for path in settings.media_dir.glob("media/*/*/*")).unlink()

    done = flask("backup", tmp_path / "a.tar")

    assert done.exit_code == 1
    assert "a.wav" in done.stderr
    assert (tmp_path / "a.tar").exists()


def test_the_doctor_finds_a_new_store_well(flask, frogs, engine):
    done = flask("doctor")

    assert (done.exit_code, states(flask("doctor", "--json"))) == (0, {})
    said = {"sqlite": "whole", "postgresql": "left to the database"}[engine]
    assert done.stdout.splitlines()[1] == f"database\tok\t{said}"


def test_the_doctor_counts_tags_anew_when_told_to(flask, frogs, app, work, make):
    with work():
        media_file = make.media_file(make.project("birds"))
        make.tag(media_file)
        make.tag(media_file, start_s=30.0, end_s=31.0)
        db.session.query(TagCount).update({"tags": 5})

    ill = flask("doctor", "--json")
    mended = flask("doctor", "--mend")

    assert (ill.exit_code, states(ill)) == (1, {"tag counts": "wrong"})
    assert (mended.exit_code, mended.stderr) == (
        0,
        "The tags of 1 media files are counted anew.\n",
    )


def test_the_doctor_collects_words_anew_when_told_to(flask, frogs, work, make):
    with work():
        media_file = make.media_file(make.project("birds"))
        make.tag(media_file, text="wren robin")
        make.tag(media_file, text="owl")
        db.session.query(TagWord).filter_by(word="robin").delete()

    ill = flask("doctor", "--json")
    mended = flask("doctor", "--mend")

    assert (ill.exit_code, states(ill)) == (1, {"tag words": "wrong"})
    assert (mended.exit_code, mended.stderr) == (0, "The words of 1 tags are kept anew.\n")
    assert states(flask("doctor", "--json")) == {}


def test_the_doctor_misses_bytes_and_hates_an_open_key(flask, frogs, settings):
    stored = next(path for path in settings.media_dir.glob("media/*/*/*"))
    stored.write_bytes(stored.read_bytes()[:-1])
    (settings.data_dir / "secret_key").chmod(0o644)

    done = flask("doctor", "--json")

    assert (done.exit_code, states(done)) == (
        1,
        {"stored files": "wrong", "secret key": "wrong"},
    )


def test_the_doctor_sees_that_a_file_in_place_has_changed(flask, settings):
    root = settings.media_roots[0]
    root.mkdir()
    path = sounds.write_sound(root / "a.wav", sounds.tone(0.1))
    flask("projects", "add", "frogs")
    flask("media", "add", path, "--project", "frogs", "--in-place")
    before = states(flask("doctor", "--json"))
    path.unlink()

    done = flask("doctor", "--json")

    assert (before, states(done)) == ({}, {"files in place": "wrong"})


def test_the_doctor_of_an_empty_directory_says_so(tmp_path):
    from tagstore import create_app

    app = create_app(Settings(data_dir=tmp_path / "new", log="json"))

    done = app.test_cli_runner().invoke(args=["doctor"])

    assert (done.exit_code, done.stdout.count("\n")) == (1, 1)
    assert not (tmp_path / "new" / "tagstore.db").exists()
