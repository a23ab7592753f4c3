"""Media files: what comes in, what is refused, found again, changed, gone."""

import io
import os
import shutil
from datetime import UTC, datetime

import pytest

from tagstore.db import transaction
from tagstore.errors import Conflict, Forbidden, Invalid, NotFound, Stale, TooLarge, Unreadable
from tagstore.services import media_files, projects, users
from tagstore.services.depot import depot
from tagstore.values import SYSTEM, MediaQuery, Role
from tests import sounds
from tests.arrivals import Arrivals


@pytest.fixture
def arrivals(app):
    return Arrivals(app)


@pytest.fixture
def recorder(settings):
    """The folder whose files may be registered in place."""
    folder = settings.media_roots[0]
    folder.mkdir()
    return folder


def source(arrivals, media_file_id):
    with transaction(writing=False):
        return media_files.source_of(media_files.get_media_file(SYSTEM, media_file_id))


def test_a_recording_comes_in_with_its_facts(arrivals, tmp_path):
    path = sounds.write_sound(
        tmp_path / "20260503_041500.wav", sounds.tone(2.0, rate=44_100, channels=2), rate=44_100
    )

    media_file_id, is_new = arrivals.add(path, folder="pond/may")

    names = (
        "name",
        "folder",
        "kind",
        "state",
        "duration_s",
        "sample_rate",
        "channels",
        "bit_depth",
    )
    assert is_new
    assert arrivals.facts(media_file_id, *names, "pictures") == (
        "20260503_041500.wav", "pond/may", "audio", "ready", 2.0, 44_100, 2, 16, "ready",
    )  # fmt: skip


def test_a_qid_is_iq_and_28_letters_and_finds_the_file(arrivals, app, tmp_path):
    media_file_id, _ = arrivals.add(sounds.write_sound(tmp_path / "a.wav"))

    (qid,) = arrivals.facts(media_file_id, "qid")

    assert (qid[:4], len(qid)) == ("iq__", 32)
    with app.app_context(), transaction(writing=False):
        assert media_files.get_media_file(SYSTEM, qid).id == media_file_id
        for unknown in ("iq__1", "0", "01", " 1", "1e0", "٣", str(2**70)):
            with pytest.raises(NotFound):
                media_files.get_media_file(SYSTEM, unknown)


def test_times_are_kept_in_utc_with_the_recorders_zone(arrivals, tmp_path):
    zoned = sounds.write_sound(tmp_path / "20260503T041500+1000_x.wav", sounds.tone(0.1))
    local = sounds.write_sound(tmp_path / "20260503_041500.wav", sounds.tone(0.2))

    found = [
        arrivals.facts(arrivals.add(path)[0], "recorded_at", "utc_offset_s")
        for path in (zoned, local)
    ]

    assert found == [
        (datetime(2026, 5, 2, 18, 15, tzinfo=UTC), 36_000),
        (datetime(2026, 5, 3, 4, 15, tzinfo=UTC), None),
    ]


def test_the_same_bytes_in_one_project_are_found_again(arrivals, app, tmp_path):
    path = sounds.write_sound(tmp_path / "a.wav")
    first = arrivals.add(path)
    elsewhere = Arrivals(app, "birds")

    again = arrivals.add(path, name="b.wav")

    assert (first, again, elsewhere.add(path)) == ((1, True), (1, False), (2, True))


def test_a_deleted_file_comes_back_with_its_bytes(arrivals, work, tmp_path):
    path = sounds.write_sound(tmp_path / "a.wav")
    media_file_id, _ = arrivals.add(path)
    with work():
        media_file = media_files.get_media_file(SYSTEM, media_file_id)
        media_files.delete_media_file(SYSTEM, media_file)

    again = arrivals.add(path)

    assert again == (media_file_id, False)
    assert arrivals.facts(media_file_id, "deleted_at") == (None,)


def test_a_damaged_file_is_kept_as_failed_with_the_reason(arrivals, tmp_path):
    path = sounds.write_sound(tmp_path / "a.flac", encoding="flac-16")
    path.write_bytes(path.read_bytes()[:60])

    media_file_id, _ = arrivals.add(path)

    state, reason, kind = arrivals.facts(media_file_id, "state", "reason", "kind")
    assert (state, kind, bool(reason)) == ("failed", "audio", True)


def test_what_is_not_media_is_refused_and_its_bytes_are_gone(arrivals, app):
    page = b"<!doctype html><script>alert(1)</script>"

    with app.app_context():
        with pytest.raises(Unreadable) as caught:
            media_files.receive(SYSTEM, "frogs", io.BytesIO(page), "page.wav", "")
        stored = [each for each in depot().settings.media_dir.rglob("*") if each.is_file()]

    assert caught.value.message.startswith("page.wav: ")
    assert stored == []


def test_nothing_is_stored_for_those_who_may_not_add(app, arrivals, work, make, tmp_path):
    with work():
        for name, role in (("ana", Role.ANNOTATOR), ("otto", None)):
            user = make.user(name)
            if role:
                projects.grant(SYSTEM, projects.get_project(SYSTEM, "frogs"), user.name, role)
        actors = [users.get_user(SYSTEM, name).actor for name in ("ana", "otto")]

    with app.app_context():
        with pytest.raises(Forbidden):
            media_files.receive(actors[0], "frogs", io.BytesIO(b"RIFF"), "a.wav", "")
        with pytest.raises(NotFound):
            media_files.receive(actors[1], "frogs", io.BytesIO(b"RIFF"), "a.wav", "")

    assert [p for p in depot().settings.media_dir.rglob("*") if p.is_file()] == []


def test_more_than_the_limit_is_refused(app, arrivals, monkeypatch):
    limited = media_files.intake._Limited(io.BytesIO(b"123456"), 5)

    assert limited.read(5) == b"12345"
    with pytest.raises(TooLarge):
        limited.read(5)


@pytest.mark.parametrize("name", ["", "..", "x" * 201, "a\0b.wav", "a\nb.wav"])
def test_names_that_would_confuse_are_refused(app, arrivals, name):
    with app.app_context(), pytest.raises(Invalid):
        media_files.receive(SYSTEM, "frogs", io.BytesIO(b""), name, "")


def test_folders_are_tidied_and_never_lead_up(app, arrivals, tmp_path):
    path = sounds.write_sound(tmp_path / "a.wav")

    media_file_id, _ = arrivals.add(path, name="C:\\cards\\a.wav", folder="/pond//may/")

    assert arrivals.facts(media_file_id, "name", "folder") == ("a.wav", "pond/may")
    with pytest.raises(Invalid):
        arrivals.add(path, folder="pond/../..")


def test_a_file_in_place_stays_where_it_is_and_is_hashed_later(arrivals, app, recorder):
    path = sounds.write_sound(recorder / "a.wav")

    media_file_id, _ = arrivals.add(path, in_place=True)
    before = arrivals.facts(media_file_id, "sha256", "in_place_path")
    done = arrivals.work()

    assert before == (None, str(path))
    assert done == [("hash_in_place", "done", "")]
    assert len(arrivals.facts(media_file_id, "sha256")[0]) == 64
    with app.app_context():
        assert media_files.locate(source(arrivals, media_file_id)) == path


def test_only_files_below_the_roots_may_stay_in_place(arrivals, recorder, tmp_path):
    outside = sounds.write_sound(tmp_path / "a.wav")
    link = recorder / "link.wav"
    link.symlink_to(outside)

    for path in (outside, link, recorder / os.path.relpath(outside, recorder)):
        with pytest.raises(Forbidden, match="TAGSTORE_MEDIA_ROOTS"):
            arrivals.add(path, in_place=True)


def test_a_file_in_place_that_changes_or_vanishes_says_so_and_may_come_back(
    arrivals, app, recorder, tmp_path
):
    path = sounds.write_sound(recorder / "a.wav")
    media_file_id, _ = arrivals.add(path, in_place=True)
    kept = shutil.copy2(path, tmp_path / "kept.wav")
    seen = []

    def look():
        with app.app_context():
            try:
                media_files.locate(source(arrivals, media_file_id))
            except Conflict as error:
                seen.append(error.message)
        seen.append(arrivals.facts(media_file_id, "state")[0])

    path.write_bytes(b"RIFF")
    look()
    path.unlink()
    look()
    shutil.copy2(kept, path)
    look()

    assert seen == [
        "The file has changed since it was registered.", "changed",
        "The file is no longer where it was registered.", "missing",
        "ready",
    ]  # fmt: skip


def test_a_moved_file_is_found_again_by_its_hash(arrivals, recorder):
    path = sounds.write_sound(recorder / "a.wav")
    media_file_id, _ = arrivals.add(path, in_place=True)
    arrivals.work()
    moved = path.rename(recorder / "moved.wav")

    newcomer, _ = arrivals.add(moved, in_place=True)
    arrivals.work()

    assert arrivals.facts(media_file_id, "in_place_path", "state") == (str(moved), "ready")
    assert arrivals.facts(newcomer, "deleted_at") != (None,)


def test_a_video_gets_a_proxy_of_its_sound(arrivals, app, tmp_path):
    media_file_id, _ = arrivals.add(sounds.write_film(tmp_path / "a.mp4", "mp4"))
    before = arrivals.facts(media_file_id, "kind", "pictures", "has_proxy")

    done = arrivals.work()

    after = arrivals.facts(media_file_id, "pictures", "has_proxy", "samples")
    assert before == ("video", "building", False)
    assert [(function, state) for function, state, _ in done] == [("make_proxy", "done")]
    assert (after[:2], after[2] >= 48_000) == (("ready", True), True)


def test_a_long_recording_gets_its_pictures_from_a_job(arrivals, tmp_path):
    path = sounds.write_sound(tmp_path / "a.wav", sounds.noise(100.0))
    media_file_id, _ = arrivals.add(path)
    before = arrivals.facts(media_file_id, "pictures")

    done = arrivals.work()

    assert before == ("building",)
    assert [(function, state) for function, state, _ in done] == [("draw_pictures", "done")]
    assert arrivals.facts(media_file_id, "pictures") == ("ready",)


def test_a_name_is_changed_by_managers_who_saw_the_newest_version(work, make):
    with work():
        project = make.project("frogs", mo=Role.MANAGER, ana=Role.ANNOTATOR)
        mo, ana = (users.get_user(SYSTEM, name).actor for name in ("mo", "ana"))
        media_file = make.media_file(project, name="a.wav")

        with pytest.raises(Forbidden):
            media_files.edit_media_file(ana, media_file, name="b.wav")
        media_files.edit_media_file(mo, media_file, 1, name="Ä.wav", folder="x")
        with pytest.raises(Stale):
            media_files.edit_media_file(mo, media_file, 1, name="c.wav")

        found = (media_file.name, media_file.name_folded, media_file.folder, media_file.version)
        assert found == ("Ä.wav", "ä.wav", "x", 2)


def test_a_deleted_file_is_not_there_until_it_is_restored(work, make):
    with work():
        media_file = make.media_file()

        media_files.delete_media_file(SYSTEM, media_file)

        with pytest.raises(NotFound):
            media_files.get_media_file(SYSTEM, media_file.id)
        gone = media_files.get_media_file(SYSTEM, media_file.id, also_deleted=True)
        media_files.restore_media_file(SYSTEM, gone)
        assert media_files.get_media_file(SYSTEM, media_file.id) is media_file


def test_a_list_is_paged_and_counted(work, make):
    with work():
        project = make.project()
        made = [make.media_file(project, name=f"{letter}.wav").id for letter in "caedb"]

        first = media_files.list_media_files(SYSTEM, project, MediaQuery(), 2)
        second = media_files.list_media_files(SYSTEM, project, MediaQuery(), 2, first.next)
        last = media_files.list_media_files(SYSTEM, project, MediaQuery(), 2, second.next)

        pages = [[each.id for each in page.things] for page in (first, second, last)]
        c, a, e, d, b = made
        assert (pages, last.next, first.total) == ([[a, b], [c, d], [e]], None, 5)
        for cursor in ("", "x", "MTo", "!!!!"):
            with pytest.raises(Invalid):
                media_files.list_media_files(SYSTEM, project, MediaQuery(), 2, cursor)


def test_neighbours_are_those_before_and_after_by_folder_and_name(work, make):
    with work():
        project = make.project()
        b, a, c = (make.media_file(project, name=name) for name in ("b", "a", "c"))

        found = [media_files.neighbours(SYSTEM, each) for each in (a, b, c)]

        assert found == [(None, b.id), (a.id, c.id), (b.id, None)]


def test_every_real_recording_comes_in_ready_or_failed_for_a_true_reason(arrivals, shared_data):
    files = sorted(
        each for folder in ("audio", "encodings") for each in (shared_data / folder).iterdir()
    )

    found = {path.name: arrivals.facts(arrivals.add(path)[0], "state", "reason") for path in files}

    reason = "The file holds no samples: its header is there, but no sound follows."
    expected = {path.name: ("ready", "") for path in files}
    assert found == expected | {"empty_2c.wav": ("failed", reason)}


def test_a_file_without_leave_to_read_is_refused_in_words(arrivals, tmp_path):
    with pytest.raises(NotFound, match="There is no file"):
        arrivals.add(tmp_path / "nowhere.wav")
    assert os.listdir(depot().settings.media_dir) == []
