"""flask backup, restore and doctor where stored files are in S3."""

import json
from dataclasses import dataclass

import pytest
from click.testing import Result

from tagstore import create_app
from tagstore.config import Settings
from tagstore.db import db
from tagstore.media.stores import bucket
from tests import sounds


@dataclass
class Home:
    """A data directory, and a bucket if its stored files are in one."""

    settings: Settings

    def flask(self, *arguments: object) -> Result:
        """Run a command on it."""
        app = create_app(self.settings)
        done = app.test_cli_runner().invoke(args=[*map(str, arguments)])
        with app.app_context():
            db.engine.dispose()
        return done

    def doctor(self):
        rows = map(json.loads, self.flask("doctor", "--json").stdout.splitlines())
        words = {row["check"]: (row["state"], row["words"]) for row in rows}
        return [words[name] for name in ("stored files", "storage")]


@pytest.fixture
def home(s3, tmp_path):
    """Make homes, in a folder or in a new bucket."""

    def make(name, bucket=""):
        url = f"s3://{bucket}/tags" if bucket else ""
        endpoint = s3.endpoint if bucket else ""
        data_dir = tmp_path / name
        return Home(Settings(data_dir, storage_url=url, s3_endpoint=endpoint, log="json"))

    return make


@pytest.fixture
def kept(home, s3, tmp_path):
    """A home in a bucket with two recordings, and its backup in a.tar."""
    kept = home("kept", s3.make_bucket())
    paths = [sounds.write_sound(tmp_path / f"{each}.wav", sounds.noise(each)) for each in (1, 2)]
    for words in (
        ("db", "upgrade"),
        ("projects", "add", "frogs"),
        ("media", "add", *paths, "--project", "frogs"),
        ("backup", tmp_path / "a.tar"),
    ):
        done = kept.flask(*words)
        assert done.exit_code == 0, done.output
    return kept


WELL = ("ok", "2 stored, all of the right size; 2 hashed, all well")


def test_a_backup_of_a_bucket_comes_back_in_a_folder(kept, home, tmp_path):
    folder = home("folder")

    done = folder.flask("restore", tmp_path / "a.tar")

    place = folder.settings.media_dir.absolute()
    assert (done.exit_code, done.stdout) == (0, "")
    assert folder.doctor() == [WELL, ("ok", f"{place} can be used")]
    assert kept.doctor() == [WELL, ("ok", f"{kept.settings.storage_url} can be used")]
    assert folder.flask("checksum").stdout == kept.flask("checksum").stdout


def test_a_backup_comes_back_in_another_bucket(kept, home, s3, tmp_path):
    name = s3.make_bucket()
    other = home("other", name)

    done = other.flask("restore", tmp_path / "a.tar")

    assert (done.exit_code, done.stdout) == (0, "")
    assert other.doctor() == [WELL, ("ok", f"s3://{name}/tags can be used")]
    assert s3.keys(name) == s3.keys(kept.settings.bucket[0])
    assert [path for path in (tmp_path / "other" / "media").rglob("*") if path.is_file()] == []


def test_a_backup_that_is_damaged_reaches_no_bucket(kept, home, s3, tmp_path):
    name, sound = s3.make_bucket(), (tmp_path / "1.wav").read_bytes()
    data = bytearray((tmp_path / "a.tar").read_bytes())
    data[data.index(sound) + 50_000] ^= 1
    (tmp_path / "a.tar").write_bytes(data)

    done = home("other", name).flask("restore", tmp_path / "a.tar")

    assert done.exit_code == 1
    assert "is damaged: its contents are not those of its sums" in done.stderr
    assert s3.keys(name) == []


def test_a_backup_waits_for_s3_to_come_back(kept, s3, tmp_path):
    with s3.away_for(3):
        done = kept.flask("backup", tmp_path / "b.tar")

    assert done.exit_code == 0, done.output
    assert "2 media files" in done.stderr


def test_restoring_waits_for_s3_to_come_back(kept, home, s3, tmp_path):
    name = s3.make_bucket()
    other = home("other", name)

    with s3.away_for(8):
        done = other.flask("restore", tmp_path / "a.tar")

    assert done.exit_code == 0, done.output
    assert s3.keys(name) == s3.keys(kept.settings.bucket[0])


def test_a_backup_while_s3_is_away_for_good_is_none(kept, s3, tmp_path, monkeypatch):
    monkeypatch.setattr(bucket, "PATIENCE_S", 2)
    with s3.stopped():
        done = kept.flask("backup", tmp_path / "b.tar")

    assert done.exit_code == 1
    assert "The storage cannot be reached at the moment." in done.stderr
    assert list(tmp_path.glob("*b.tar*")) == []


def test_bytes_that_are_gone_from_a_bucket_are_told_and_the_rest_is_kept(kept, s3, tmp_path):
    name = kept.settings.bucket[0]
    s3.client.delete_object(Bucket=name, Key=s3.keys(name)[0])

    done = kept.flask("backup", tmp_path / "b.tar")

    assert done.exit_code == 1
    assert "Stored files whose bytes are not there: " in done.stderr
    assert "1 media files" in done.stderr
    assert kept.doctor()[0][1].startswith("1 are missing: ")


def test_a_doctor_says_why_a_bucket_is_of_no_use(kept, home, monkeypatch):
    url = "s3://nobodys-bucket/tags"
    nowhere = Home(Settings(kept.settings.data_dir, **{
        "storage_url": url, "s3_endpoint": kept.settings.s3_endpoint, "log": "json",
    }))  # fmt: skip

    gone = nowhere.doctor()
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    lost = kept.doctor()

    unused = "cannot be looked at: The storage cannot be used at the moment. Try again later."
    assert gone == [("wrong", unused), ("wrong", f"{url}: there is no such bucket (404)")]
    assert lost[1] == ("wrong", f"{kept.settings.storage_url}: there are no credentials for it")
