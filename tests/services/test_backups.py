"""Backups: the whole store in one file, and back; nothing else is ever unpacked."""

import hashlib
import io
import json
import sqlite3
import subprocess
import sys
import tarfile
import threading
from contextlib import closing
from dataclasses import replace

import pytest

from tagstore.config import Settings, secret_key
from tagstore.errors import Conflict, Forbidden, Invalid, NotFound, TagstoreError
from tagstore.services import backups, projects, tags
from tagstore.services.backups import archive
from tagstore.services.depot import depot, open_depot
from tagstore.values import SYSTEM

pytestmark = pytest.mark.only("sqlite")

SOUND = b"a sound" * 1000


@pytest.fixture
def frogs(app, work, make):
    """A project with a stored file, one in place, and a tag."""
    sha256, size = depot().store.add(io.BytesIO(SOUND))
    with work():
        project = make.project("frogs")
        stored = make.media_file(project, sha256=sha256, size=size, name="pond.wav", kind="audio")
        make.media_file(project, in_place_path="/recorder/night.wav", size=5)
        make.tag(stored)
    return project


@pytest.fixture
def backup(app, frogs, tmp_path):
    with app.app_context():
        backups.back_up(SYSTEM, tmp_path / "a.tar")
    return tmp_path / "a.tar"


@pytest.fixture
def elsewhere(tmp_path):
    """Another data directory, still empty."""
    settings = Settings(data_dir=tmp_path / "elsewhere", log="json")
    settings.data_dir.mkdir()
    open_depot(settings)
    secret_key(settings)
    return settings.data_dir


def restore(path, *, force=False):
    return backups.restore(SYSTEM, path, lambda folder: None, force=force)


def contents(folder):
    """Return every file below a folder with what is in it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def members(path):
    """Return the members of a tar in order, each with its bytes."""
    with tarfile.open(path) as tar:
        return [(member, tar.extractfile(member).read()) for member in tar]


def rewrite(path, parts):
    """Write a tar anew from members and bytes, with sums that agree."""
    kept = [(member, data) for member, data in parts if member.name != archive.SUMS]
    lines = [f"{hashlib.sha256(data).hexdigest()}  {member.name}\n" for member, data in kept]
    sums = "".join(lines).encode()
    with tarfile.open(path, "w") as tar:
        for member, data in [*kept, (tarfile.TarInfo(archive.SUMS), sums)]:
            member.size = len(data) if member.isreg() else 0
            tar.addfile(member, io.BytesIO(data))
    return path


def test_what_was_backed_up_comes_back(backup, settings, elsewhere):
    restored = restore(backup)

    sha256 = hashlib.sha256(SOUND).hexdigest()
    with closing(sqlite3.connect(elsewhere / "tagstore.db")) as connection:
        words = connection.execute("SELECT text FROM tag").fetchall()
    numbers = {"projects": 1, "media_files": 2, "in_place": 1, "tags": 1, "users": 0}
    assert (restored.counts, restored.kept) == (numbers, None)
    assert words == [("wren",)]
    assert depot().store.path(sha256).read_bytes() == SOUND
    assert (elsewhere / "secret_key").read_text() == secret_key(settings)
    assert (elsewhere / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_backup_holds_the_sum_of_every_member(backup):
    *parts, (last, sums) = members(backup)

    lines = [f"{hashlib.sha256(data).hexdigest()}  {member.name}" for member, data in parts]
    assert (last.name, sums.decode().splitlines()) == ("SHA256SUMS", lines)
    assert backup.stat().st_mode & 0o777 == 0o600


def test_files_in_place_are_listed_and_cached_pictures_left_out(app, frogs, tmp_path):
    depot().store.keep("tiles/some/0/1.png", b"picture")

    with app.app_context():
        made = backups.back_up(SYSTEM, tmp_path / "a.tar")

    names = [member.name for member, _ in members(tmp_path / "a.tar")]
    listed = {member.name: data for member, data in members(tmp_path / "a.tar")}
    sha256 = hashlib.sha256(SOUND).hexdigest()
    assert (made.media_files, made.in_place) == (1, 1)
    assert names == [
        "tagstore-backup.json",
        "tagstore.db",
        "secret_key",
        "in-place.jsonl",
        f"media/{sha256[:2]}/{sha256[2:4]}/{sha256}",
        "SHA256SUMS",
    ]
    assert json.loads(listed["in-place.jsonl"])["path"] == "/recorder/night.wav"


def test_a_backup_sees_one_moment_while_others_write(app, work, make, frogs, tmp_path):
    with work():
        draft = make.draft(make.media_file(projects.get_project(SYSTEM, "frogs")))
    stop = threading.Event()

    def write():
        while not stop.is_set():
            with work():
                tags.add_tags(SYSTEM, projects.get_project(SYSTEM, "frogs"), [draft] * 10)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with app.app_context():
            backups.back_up(SYSTEM, tmp_path / "a.tar")
    finally:
        stop.set()
        writer.join()

    copy = tmp_path / "copy.db"
    copy.write_bytes(next(d for m, d in members(tmp_path / "a.tar") if m.name == "tagstore.db"))
    with closing(sqlite3.connect(copy)) as connection:
        found = connection.execute("SELECT count(*) % 10 FROM tag").fetchone()
        whole = connection.execute("PRAGMA integrity_check").fetchone()
    assert (found, whole) == ((1,), ("ok",))


def test_bytes_that_are_gone_or_changed_are_told_and_the_rest_is_kept(app, work, make, tmp_path):
    sha256, size = depot().store.add(io.BytesIO(SOUND))
    with work():
        project = make.project()
        make.media_file(project, sha256=sha256, size=size, name="changed.wav")
        make.media_file(project, sha256="0" * 64, size=5, name="gone.wav")
    depot().store.path(sha256).write_bytes(b"b sound" * 1000)

    with app.app_context():
        made = backups.back_up(SYSTEM, tmp_path / "a.tar")

    assert (made.missing, made.damaged, made.media_files) == (["gone.wav"], ["changed.wav"], 1)


def test_only_administrators_back_up_and_restore(app, work, make, tmp_path):
    with work():
        actor = make.user("ana").actor

    with app.app_context(), pytest.raises(Forbidden):
        backups.back_up(actor, tmp_path / "a.tar")
    with pytest.raises(Forbidden):
        backups.restore(actor, tmp_path / "a.tar", lambda folder: None, force=True)


def test_a_backup_takes_the_place_of_a_backup_and_of_nothing_else(app, backup, tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Ana")

    with app.app_context():
        backups.back_up(SYSTEM, backup)
        with pytest.raises(Conflict):
            backups.back_up(SYSTEM, letter)

    assert letter.read_text() == "Dear Ana"
    assert sorted(path.name for path in tmp_path.glob("*a.tar*")) == ["a.tar"]


def test_a_data_directory_with_something_in_it_is_kept_beside(backup, settings, elsewhere):
    open_depot(settings)
    before = contents(settings.data_dir)

    with pytest.raises(Conflict):
        restore(backup)
    unchanged = contents(settings.data_dir)
    restored = restore(backup, force=True)

    assert unchanged == before
    assert restored.kept.parent == settings.data_dir.parent
    assert contents(restored.kept) == before
    assert (settings.data_dir / "tagstore.db").exists()


def test_a_store_that_another_process_has_open_is_left_alone(backup, settings):
    command = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM tag')"
    )
    program = f"{command}; print(flush=True); sys.stdin.read()"
    reader = subprocess.Popen(
        [sys.executable, "-c", program, settings.data_dir / "tagstore.db"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    reader.stdout.readline()

    with pytest.raises(Conflict) as refused:
        restore(backup, force=True)
    reader.communicate()

    assert "Stop it first" in refused.value.message


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.8, 0.95])
def test_a_backup_that_is_cut_short_changes_nothing(backup, elsewhere, share):
    data = backup.read_bytes().rstrip(b"\0")
    backup.write_bytes(data[: round(share * len(data))])
    before = contents(elsewhere.parent)

    with pytest.raises(Invalid):
        restore(backup)

    assert contents(elsewhere.parent) == before
    assert list(elsewhere.parent.glob("*restoring*")) == []


def test_a_backup_that_ends_before_its_sums_changes_nothing(backup, elsewhere):
    parts = members(backup)[:-1]
    with tarfile.open(backup, "w") as tar:
        for member, data in parts:
            tar.addfile(member, io.BytesIO(data))

    with pytest.raises(Invalid) as refused:
        restore(backup)

    assert refused.value.message == f"{backup} is cut short."
    assert not (elsewhere / "tagstore.db").exists()


def test_a_changed_byte_is_noticed(backup, elsewhere):
    data = bytearray(backup.read_bytes())
    data[data.index(SOUND) + 3] ^= 1
    backup.write_bytes(data)

    with pytest.raises(Invalid) as refused:
        restore(backup)

    assert "is damaged" in refused.value.message


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "/tmp/evil",
        "media/../../evil",
        "media/aa/bb/evil",
        "tagstore.db/",
        "secret_key\n",
        f"media/aa/aa/{'b' * 64}",
    ],
)
def test_a_member_of_another_name_is_never_unpacked(backup, elsewhere, tmp_path, name):
    parts = members(backup)
    rewrite(backup, [*parts[:-1], (tarfile.TarInfo(name), b"evil")])
    before = contents(elsewhere.parent)

    with pytest.raises(Invalid):
        restore(backup)

    assert contents(elsewhere.parent) == before


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE])
def test_a_member_that_is_no_plain_file_is_refused(backup, elsewhere, kind):
    link = tarfile.TarInfo("tagstore.db")
    link.type, link.linkname = kind, "/etc/passwd"
    header, _, *rest = members(backup)
    rewrite(backup, [header, (link, b""), *rest])

    with pytest.raises(Invalid) as refused:
        restore(backup)

    assert "is no plain file" in refused.value.message


def test_a_member_that_comes_twice_is_refused(backup, elsewhere):
    parts = members(backup)
    rewrite(backup, [*parts[:2], *parts[1:]])

    with pytest.raises(TagstoreError):
        restore(backup)

    assert not (elsewhere / "tagstore.db").exists()


@pytest.mark.parametrize("field", [{"format": 2}, {"schema": "9999"}])
def test_a_newer_backup_is_refused_by_a_clear_line(backup, elsewhere, field):
    (member, data), *rest = members(backup)
    rewrite(backup, [(member, json.dumps(json.loads(data) | field).encode()), *rest])

    with pytest.raises(Invalid) as refused:
        restore(backup)

    assert refused.value.message == (
        f"{backup} was made by a newer Tagstore. Update this one first."
    )


@pytest.mark.parametrize("data", [b"", b"Dear Ana", b"\0" * 20480])
def test_a_foreign_file_is_refused(elsewhere, tmp_path, data):
    path = tmp_path / "letter"
    path.write_bytes(data)

    with pytest.raises(Invalid) as refused:
        restore(path)

    assert "no backup of Tagstore" in refused.value.message


def test_another_tar_is_refused(elsewhere, tmp_path):
    path = rewrite(tmp_path / "other.tar", [(tarfile.TarInfo("letter"), b"Dear Ana")])

    with pytest.raises(Invalid) as refused:
        restore(path)

    assert refused.value.message == f"{path} is no backup of Tagstore."


def test_a_damaged_database_is_not_restored(backup, elsewhere):
    header, (member, data), *rest = members(backup)
    rewrite(backup, [header, (member, data[:8192] + b"\xff" * (len(data) - 8192)), *rest])

    with pytest.raises(Invalid) as refused:
        restore(backup)

    assert "is damaged" in refused.value.message


def test_a_migration_that_fails_changes_nothing(backup, elsewhere):
    def migrate(folder):
        raise TagstoreError("The backup could not be brought to this version.")

    before = contents(elsewhere.parent)

    with pytest.raises(TagstoreError):
        backups.restore(SYSTEM, backup, migrate, force=False)

    assert contents(elsewhere.parent) == before


def test_a_file_that_is_not_there_is_said_so(elsewhere, tmp_path):
    with pytest.raises(NotFound):
        restore(tmp_path / "nowhere.tar")


def test_a_store_with_a_database_elsewhere_is_not_restored_into(backup, settings):
    open_depot(replace(settings, database_url="sqlite:////somewhere/else.db"))

    with pytest.raises(Conflict):
        restore(backup, force=True)
