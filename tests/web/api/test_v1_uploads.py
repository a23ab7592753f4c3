"""Resumable uploads by tus 1.0.0: every answer it may give, and what is kept each time."""

import base64
import hashlib
import os
import subprocess
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tagstore import clock
from tagstore.db import db
from tagstore.models import Event, MediaFile, Upload
from tagstore.services import jobs, media_files, projects, users
from tagstore.services.depot import depot
from tagstore.services.jobs.purging import purge
from tagstore.services.uploads import Draft, begin, partials, receiving
from tagstore.values import SYSTEM, Role
from tests import sounds
from tests.test_doors import sign_in
from tests.web.api.described import Described

API = "/api/v1/uploads"
TUS = {"Tus-Resumable": "1.0.0"}
TYPE = "application/offset+octet-stream"


@pytest.fixture
def scene(app, client, work, make, tmp_path):
    return Scene(app, client, work, make, tmp_path)


class Scene:
    """A project that Mo and Mia manage and Ana tags in, and one that Otto manages."""

    def __init__(self, app, client, work, make, folder):
        self.app, self.client, self.work, self.folder = app, client, work, folder
        with work():
            make.project("frogs", mo=Role.MANAGER, mia=Role.MANAGER, ana=Role.ANNOTATOR)
            make.project("birds", otto=Role.MANAGER)
            names = ("mo", "mia", "ana", "otto")
            self.tokens = {each: make.token(users.get_user(SYSTEM, each)) for each in names}
            reader = make.token(users.get_user(SYSTEM, "mo"), read_only=True)
            self.tokens["reader"] = reader
        self.described = Described(client)
        self.wav = sounds.write_sound(folder / "a.wav", sounds.noise(0.5)).read_bytes()

    def ask(self, method, path=API, who="mo", *, described=True, **options):
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        headers |= TUS | options.pop("headers", {})
        sent = {name: text for name, text in headers.items() if text is not None}
        answer = self.client.open(path, method=method, headers=sent, **options)
        if described and method not in {"HEAD", "OPTIONS"}:
            self.described.check(method, path, answer)
        return answer

    def begin(self, length=None, who="mo", data=b"", headers=None, **metadata):
        said = {"project": "frogs", "filename": "dawn.wav", **metadata}
        length = len(self.wav) if length is None else length
        headers = {"Upload-Length": str(length), "Upload-Metadata": worded(said), **(headers or {})}
        kind = {"content_type": TYPE} if data else {}
        return self.ask("POST", who=who, headers=headers, data=data, **kind)

    def place(self, **options):
        answer = self.begin(**options)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    def send(self, place, data, offset=0, who="mo", **headers):
        headers = {
            "Upload-Offset": str(offset),
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        headers.setdefault("Content-Type", TYPE)
        return self.ask("PATCH", place, who, headers=headers, data=data)

    def offset(self, place):
        answer = self.ask("HEAD", place)
        assert answer.status_code == 200
        return int(answer.headers["Upload-Offset"])

    def count(self, table):
        with self.work():
            return db.session.scalar(select(func.count()).select_from(table))

    def happened(self):
        with self.work():
            of_media = select(Event.kind).where(Event.kind.startswith("media."))
            return db.session.scalars(of_media.order_by(Event.seq)).all()

    def partials(self):
        folder = depot().settings.partials_dir
        return sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []


def worded(said):
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in said.items())


def checksum(data, algorithm="sha256"):
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


def detail(answer):
    return answer.status_code, answer.json["detail"]


def test_options_say_what_is_spoken(scene):
    answer = scene.ask("OPTIONS")

    assert answer.status_code == 204
    assert {n: t for n, t in answer.headers.items() if n.startswith(("Tus-", "Upload-"))} == {
        "Tus-Resumable": "1.0.0",
        "Tus-Version": "1.0.0",
        "Tus-Extension": "creation,creation-with-upload,expiration,checksum,termination",
        "Tus-Checksum-Algorithm": "sha1,sha256",
        "Tus-Max-Size": str(64 * 2**30),
        "Upload-Limit": f"max-size={64 * 2**30}, max-append-size={64 * 2**20}",
    }


def test_a_file_in_pieces_becomes_the_media_file_that_it_would_be_whole(scene):
    begun = scene.begin(folder="pond")
    place, half = begun.headers["Location"], len(scene.wav) // 2

    first = scene.send(place, scene.wav[:half])
    last = scene.send(place, scene.wav[half:], half)

    shown = scene.client.get(
        last.headers["Media-Location"], headers={"Authorization": f"Bearer {scene.tokens['mo']}"}
    ).json
    assert (begun.headers["Upload-Offset"], begun.json["state"]) == ("0", "open")
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, str(half))
    assert "Media-Location" not in first.headers
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(scene.wav)))
    kept = ("project", "name", "folder", "kind", "state", "duration_s", "size")
    assert [shown[field] for field in kept] == [
        "frogs", "dawn.wav", "pond", "audio", "ready", 0.5, len(scene.wav),
    ]  # fmt: skip
    sha256 = hashlib.sha256(scene.wav).hexdigest()
    assert depot().store.path(sha256).read_bytes() == scene.wav
    assert scene.partials() == []
    assert scene.happened() == ["media.added"]


def test_who_lost_the_last_answer_is_told_it_again_and_nothing_is_made_twice(scene):
    place = scene.place()
    last = scene.send(place, scene.wav)

    head = scene.ask("HEAD", place)
    again = scene.send(place, b"", len(scene.wav))
    shown = scene.ask("GET", place)

    where = last.headers["Media-Location"]
    assert (head.status_code, head.headers["Upload-Offset"]) == (200, str(len(scene.wav)))
    assert head.headers["Upload-Length"] == str(len(scene.wav))
    assert [each.headers["Media-Location"] for each in (head, again, shown)] == [where] * 3
    assert (shown.json["state"], f"/api/v1/media/{shown.json['media_id']}") == ("finished", where)
    assert (scene.count(MediaFile), scene.partials()) == (1, [])


def test_a_whole_upload_whose_process_stopped_before_the_media_file_is_finished_when_asked(
    scene, monkeypatch
):
    place = scene.place()

    def stop(*_):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(media_files, "add_media_file", stop)
        with pytest.raises(SystemExit):
            scene.send(place, scene.wav)
    before = scene.ask("GET", place).json
    head = scene.ask("HEAD", place)

    assert (before["state"], before["offset"]) == ("open", len(scene.wav))
    assert head.headers["Media-Location"].startswith("/api/v1/media/")
    assert (scene.count(MediaFile), scene.partials()) == (1, [])


@pytest.mark.parametrize("asked_for", [True, False], ids=["asked for", "left alone"])
def test_bytes_of_a_finished_upload_whose_process_stopped_before_they_went_go(
    scene, monkeypatch, asked_for
):
    place = scene.place()
    public_id = place.rpartition("/")[2]

    def stop(*_):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(partials.Partial, "remove", stop)
        with pytest.raises(SystemExit):
            scene.send(place, scene.wav)
    before = scene.partials()
    if asked_for:
        scene.ask("HEAD", place)
    else:
        os.utime(depot().settings.partials_dir / public_id, (1, 1))
        sweep(scene)
    after = scene.partials()

    assert (before, after) == ([public_id], [])
    assert scene.ask("GET", place).json["state"] == "finished"
    assert scene.count(MediaFile) == 1


def test_a_reader_asks_how_far_it_is_and_finishes_nothing(scene, monkeypatch):
    place = scene.place()
    with monkeypatch.context() as patch:
        patch.setattr(receiving, "_settled", lambda *_: receiving.standing_apart(*_[:2]))
        scene.send(place, scene.wav)

    head = scene.ask("HEAD", place, "reader")

    assert (head.status_code, head.headers["Upload-Offset"]) == (200, str(len(scene.wav)))
    assert (scene.count(MediaFile), "Media-Location" in head.headers) == (0, False)


def test_the_same_bytes_are_found_again_and_deleted_ones_restored(scene):
    first = scene.send(scene.place(), scene.wav).headers["Media-Location"]
    second = scene.send(scene.place(filename="other.wav"), scene.wav).headers["Media-Location"]
    scene.ask("DELETE", first)
    third = scene.send(scene.place(), scene.wav).headers["Media-Location"]

    assert first == second == third
    assert scene.happened() == [
        "media.added", "media.deleted", "media.restored",
    ]  # fmt: skip


def test_a_file_may_come_with_its_announcement(scene):
    whole = scene.begin(data=scene.wav)
    begun = scene.begin(data=scene.wav[:100], filename="b.wav")

    assert (whole.status_code, whole.json["state"]) == (201, "finished")
    assert whole.headers["Location"].startswith(f"{API}/")
    assert whole.headers["Media-Location"] == f"/api/v1/media/{whole.json['media_id']}"
    assert (begun.headers["Upload-Offset"], scene.offset(begun.headers["Location"])) == ("100", 100)


def test_an_announcement_whose_first_piece_is_spoilt_leaves_nothing(scene):
    spoilt = scene.begin(data=b"x", headers={"Upload-Checksum": checksum(b"y")})
    too_long = scene.begin(length=3, data=b"four")

    assert (spoilt.status_code, too_long.status_code) == (460, 422)
    assert (scene.count(Upload), scene.partials()) == (0, [])


@pytest.mark.parametrize("version", [None, "0.2.2", "1.0"])
def test_another_version_of_tus_is_refused_and_ours_named(scene, version):
    place = scene.place()
    headers = {"Tus-Resumable": version, "Upload-Offset": "0", "Content-Type": TYPE}

    begun = scene.begin(headers={"Tus-Resumable": version})
    sent = scene.ask("PATCH", place, headers=headers, data=scene.wav)
    head = scene.ask("HEAD", place, headers=headers)

    assert [each.status_code for each in (begun, sent, head)] == [412] * 3
    assert {each.headers["Tus-Version"] for each in (begun, sent, head)} == {"1.0.0"}
    assert sent.json["title"] == "Unsupported version of tus"
    assert scene.offset(place) == 0


def test_bytes_that_do_not_belong_next_are_refused_with_where_to_go_on(scene):
    place = scene.place()
    scene.send(place, scene.wav[:100])

    behind, ahead = scene.send(place, b"x", 50), scene.send(place, b"x", 101)

    assert detail(behind) == (
        409,
        "The next byte wanted is number 100, not 50. Nothing was changed; go on from there.",
    )
    assert (ahead.status_code, scene.offset(place)) == (409, 100)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_bytes_with_another_checksum_are_not_kept(scene, algorithm):
    place = scene.place()
    scene.send(place, scene.wav[:100])

    spoilt = scene.send(place, b"spoilt", 100, Upload_Checksum=checksum(b"sent", algorithm))
    good = scene.send(
        place, scene.wav[100:], 100, Upload_Checksum=checksum(scene.wav[100:], algorithm)
    )

    assert detail(spoilt) == (
        460,
        f"These 6 bytes do not have the {algorithm} that was sent with them. Nothing of them was "
        "kept; send them again.",
    )
    assert good.status_code == 204
    assert "Media-Location" in good.headers


@pytest.mark.parametrize(
    "text",
    ["sha256", "sha256 ", "md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha1 x", "sha256 é", "crc32 AAA="],
)
def test_a_checksum_that_cannot_be_understood_is_refused(scene, text):
    place = scene.place()

    answer = scene.send(place, b"x", Upload_Checksum=text)

    assert (answer.status_code, scene.offset(place)) == (400, 0)


def test_bytes_of_another_type_are_refused(scene):
    place = scene.place()

    answer = scene.send(place, b"x", Content_Type="application/octet-stream")
    begun = scene.ask(
        "POST",
        headers={
            "Upload-Length": "9",
            "Upload-Metadata": worded({"project": "frogs", "name": "a"}),
        },
        data=b"x",
        content_type="text/plain",
    )

    assert detail(answer) == (
        415, "Send application/offset+octet-stream, not application/octet-stream.",
    )  # fmt: skip
    assert (begun.status_code, scene.offset(place), scene.count(Upload)) == (415, 0, 1)


def test_more_than_was_announced_is_refused(scene):
    place = scene.place(length=10)
    scene.send(place, b"12345")

    answer = scene.send(place, b"678901", 5)

    assert detail(answer) == (
        422,
        "The file was announced with 10 bytes; 6 more after 5 are too many. Nothing of them was "
        "kept.",
    )
    assert scene.offset(place) == 5


class TestLimits:
    """What is too large."""

    @pytest.fixture
    def settings(self, settings):
        return replace(settings, max_body=1000, max_upload=5000)

    def test_a_file_over_the_largest_upload_is_refused(self, scene):
        answer, most = scene.begin(length=5001), scene.begin(length=5000)

        assert detail(answer) == (413, "The file is larger than 5000 bytes.")
        assert most.status_code == 201

    def test_a_piece_over_the_largest_body_is_refused_with_what_to_do(self, scene):
        place = scene.place(length=5000)

        answer, most = scene.send(place, bytes(1001)), scene.send(place, bytes(1000))

        assert detail(answer) == (
            413,
            "A piece of a file may have 1000 bytes, and this has 1001. Nothing of it was kept; "
            "send the file in smaller pieces (many clients call that the chunk size).",
        )
        assert (most.status_code, scene.offset(place)) == (204, 1000)


@pytest.mark.parametrize(
    ("headers", "pointers"),
    [
        ({"Upload-Length": None}, ["/Upload-Length"]),
        ({"Upload-Length": "0"}, ["/Upload-Length"]),
        ({"Upload-Length": "-1"}, ["/Upload-Length"]),
        ({"Upload-Length": "1e3"}, ["/Upload-Length"]),
        ({"Upload-Length": "9" * 19}, ["/Upload-Length"]),
        (
            {"Upload-Length": None, "Upload-Defer-Length": "1"},
            ["/Upload-Length", "/Upload-Defer-Length"],
        ),
        ({"Upload-Metadata": None}, ["/Upload-Metadata/project", "/Upload-Metadata/filename"]),
        ({"Upload-Metadata": worded({"project": "frogs"})}, ["/Upload-Metadata/filename"]),
        ({"Upload-Metadata": "project x,filename x"}, ["/Upload-Metadata"]),
        ({"Upload-Metadata": "project !"}, ["/Upload-Metadata"]),
        ({"Upload-Metadata": "project /w=="}, ["/Upload-Metadata"]),
        ({"Upload-Metadata": "project AA=="}, ["/Upload-Metadata"]),
        ({"Upload-Metadata": "project ZnJvZ3M=,project ZnJvZ3M="}, ["/Upload-Metadata"]),
        (
            {"Upload-Metadata": worded({"project": "frogs", "filename": "a\n", "folder": "\x07"})},
            ["/Upload-Metadata/filename", "/Upload-Metadata/folder"],
        ),
    ],
)
def test_an_announcement_that_makes_no_sense_names_every_fault(scene, headers, pointers):
    answer = scene.begin(headers=headers)

    assert (answer.status_code, [each["pointer"] for each in answer.json["errors"]]) == (
        422, pointers,
    )  # fmt: skip
    assert scene.count(Upload) == 0


def test_a_name_or_folder_that_will_not_do_is_refused(scene):
    name, folder = scene.begin(filename=".."), scene.begin(folder="../up")
    far_too_much = scene.begin(note="x" * 7000)

    assert [each.status_code for each in (name, folder, far_too_much)] == [422, 422, 413]


def test_what_clients_say_beside_is_kept_and_given_back(scene):
    place = scene.place(relativePath="x/y", filetype="audio/wav")

    head = scene.ask("HEAD", place)

    said = {"project": "frogs", "filename": "dawn.wav", "relativePath": "x/y"}
    assert head.headers["Upload-Metadata"] == worded({**said, "filetype": "audio/wav"})
    assert head.headers["Cache-Control"] == "no-store"


def test_only_managers_begin_and_only_with_a_credential_that_writes(scene):
    found = {who: scene.begin(who=who).status_code for who in ("mo", "ana", "otto", "reader")}

    nobody = scene.client.post(API, headers=TUS)
    assert found == {"mo": 201, "ana": 403, "otto": 404, "reader": 403}
    assert (nobody.status_code, nobody.headers["Tus-Resumable"]) == (401, "1.0.0")
    assert scene.begin(project="nothing").status_code == 404


@pytest.mark.parametrize("who", ["mia", "ana", "otto"])
def test_nobody_else_finds_an_upload(scene, who):
    place = scene.place()

    found = [
        scene.ask("HEAD", place, who), scene.ask("GET", place, who),
        scene.send(place, b"x", who=who), scene.ask("DELETE", place, who),
    ]  # fmt: skip

    assert [each.status_code for each in found] == [404] * 4
    assert scene.ask("GET", API, who).json["items"] == []
    assert scene.offset(place) == 0
    assert scene.partials() == []


def test_a_credential_that_only_reads_sees_and_changes_nothing(scene):
    place = scene.place()

    head, listed = scene.ask("HEAD", place, "reader"), scene.ask("GET", API, "reader")
    sent, ended = scene.send(place, b"x", who="reader"), scene.ask("DELETE", place, "reader")

    assert (head.status_code, listed.json["total"]) == (200, 1)
    assert (sent.status_code, ended.status_code, scene.offset(place)) == (403, 403, 0)


def test_who_no_longer_manages_the_project_sends_nothing_more(scene):
    place = scene.place()
    scene.send(place, scene.wav[:10])
    with scene.work():
        frogs = projects.get_project(SYSTEM, "frogs")
        projects.grant(SYSTEM, frogs, "mo", Role.VIEWER)

    answer = scene.send(place, scene.wav[10:], 10)

    assert (answer.status_code, scene.count(MediaFile), scene.offset(place)) == (403, 0, 10)


def test_ones_open_uploads_are_listed_newest_first(scene):
    places = [scene.place(filename=f"{number}.wav") for number in range(3)]
    scene.place(who="mia")
    scene.send(places[0], scene.wav)
    scene.send(places[1], b"RIFF")

    listed = scene.ask("GET", f"{API}?limit=1")
    rest = scene.ask("GET", f"{API}?limit=1&cursor={listed.json['next']}").json
    other = scene.ask("GET", f"{API}?colour=red")

    assert [each["name"] for each in listed.json["items"] + rest["items"]] == ["2.wav", "1.wav"]
    assert (listed.json["total"], rest["next"], rest["items"][0]["offset"]) == (2, None, 4)
    assert f"{API}/{rest['items'][0]['id']}" == places[1]
    assert other.status_code == 422


def test_an_expired_upload_is_gone_and_its_bytes_are_swept(scene):
    place, kept = scene.place(), scene.place(filename="kept.wav")
    scene.send(place, b"RIFF"), scene.send(kept, b"RIFF")
    public_id = place.rpartition("/")[2]
    with scene.work():
        past = clock.now() - timedelta(seconds=1)
        db.session.execute(
            update(Upload).where(Upload.public_id == public_id).values(expires_at=past)
        )

    found = [scene.ask("HEAD", place), scene.ask("GET", place), scene.send(place, b"x", 4)]
    listed = scene.ask("GET", API).json["total"]
    sweep(scene)

    assert [each.status_code for each in found] == [410] * 3
    assert listed == 1
    assert scene.partials() == [kept.rpartition("/")[2]]
    assert (scene.ask("HEAD", place).status_code, scene.offset(kept)) == (404, 4)


def test_files_that_belong_to_no_upload_are_swept_after_a_day(scene):
    place = scene.place()
    scene.send(place, b"RIFF")
    public_id = place.rpartition("/")[2]
    folder = depot().settings.partials_dir
    for name in ("old", "new"):
        (folder / name).write_bytes(b"x")
    for name in ("old", public_id):
        os.utime(folder / name, (1, 1))

    sweep(scene)

    assert scene.partials() == sorted(["new", public_id])


def sweep(scene):
    with scene.work():
        job_id = jobs.later(purge)
    with scene.app.app_context():
        jobs.run(job_id)


def test_every_piece_lets_an_upload_wait_anew(scene):
    place = scene.place()
    soon = clock.now() + timedelta(minutes=1)
    with scene.work():
        db.session.execute(update(Upload).values(expires_at=soon))

    scene.send(place, b"RIFF")

    with scene.work():
        assert db.session.scalars(select(Upload.expires_at)).one() > soon + timedelta(days=6)


def test_an_upload_is_ended_with_its_bytes_and_a_media_file_stays(scene):
    place, finished = scene.place(), scene.place(filename="b.wav")
    scene.send(place, b"RIFF"), scene.send(finished, scene.wav)

    ended = [scene.ask("DELETE", each) for each in (place, finished)]
    again = scene.ask("DELETE", place)

    assert [each.status_code for each in (*ended, again)] == [204, 204, 404]
    assert scene.ask("HEAD", place).status_code == 404
    assert (scene.partials(), scene.count(MediaFile), scene.count(Upload)) == ([], 1, 0)


def test_what_is_not_media_is_refused_with_the_reason_and_thrown_away(scene):
    place = scene.place(length=6, filename="page.wav")

    answer = scene.send(place, b"<html>")
    after = scene.send(place, b"", 6)

    reason = "page.wav: This is not a sound, video or picture format that Tagstore reads."
    assert detail(answer) == (422, reason)
    assert detail(after) == (
        410, f"This upload was refused; nothing of it is kept. {reason}",
    )  # fmt: skip
    assert (scene.partials(), scene.count(MediaFile)) == ([], 0)
    assert not depot().store.has(hashlib.sha256(b"<html>").hexdigest())
    assert scene.ask("GET", API).json["items"] == []


def test_while_one_sends_another_is_refused_and_nothing_is_mixed(scene):
    place = scene.place()
    public_id = place.rpartition("/")[2]

    with scene.app.app_context(), partials.held(public_id):
        answers = [scene.send(place, scene.wav), scene.ask("DELETE", place)]
    after = scene.send(place, scene.wav)

    assert [each.status_code for each in answers] == [423, 423]
    assert answers[0].json["title"] == "Locked"
    assert after.status_code == 204


def test_of_many_who_send_the_same_piece_at_once_one_does(scene):
    place, half = scene.place(), len(scene.wav) // 2
    statuses, start = [], threading.Barrier(6)

    def send():
        start.wait()
        client = scene.app.test_client()
        headers = {"Authorization": f"Bearer {scene.tokens['mo']}", **TUS, "Upload-Offset": "0"}
        answer = client.patch(place, headers=headers, data=scene.wav[:half], content_type=TYPE)
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    last = scene.send(place, scene.wav[half:], half)

    assert statuses.count(204) == 1
    assert set(statuses) <= {204, 409, 423}
    assert "Media-Location" in last.headers
    assert depot().store.has(hashlib.sha256(scene.wav).hexdigest())


def test_one_may_have_so_many_uploads_open(scene, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_OPEN", 2)
    places = [scene.place() for _ in range(2)]

    third, of_another = scene.begin(), scene.begin(who="mia")
    scene.ask("DELETE", places[0])
    afterwards = scene.begin()

    assert detail(third) == (
        507, "You have 2 uploads open. Finish or end one before you begin another.",
    )  # fmt: skip
    assert [of_another.status_code, afterwards.status_code] == [201, 201]


def test_ones_open_uploads_may_have_so_many_bytes(scene, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_BYTES", 1000)
    scene.place(length=600)

    answer, fitting = scene.begin(length=401), scene.begin(length=400)

    assert detail(answer) == (
        507,
        "Your open uploads have 600 bytes; with this one they would have more than 1000. "
        "Finish or end some first.",
    )
    assert fitting.status_code == 201


@pytest.fixture
def small_disk(settings):
    """A disk of 1 MiB for the files on their way in."""
    folder = settings.partials_dir
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("only root can make a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_keeps_what_was_acknowledged_and_says_so(scene, small_disk):
    place = scene.place(length=900_000)
    scene.send(place, bytes(100_000))
    (small_disk / "other").write_bytes(bytes(500_000))

    full = scene.send(place, bytes(800_000), 100_000)
    offset = scene.offset(place)
    (small_disk / "other").unlink()
    after = scene.send(place, bytes(700_000), 100_000)

    assert detail(full) == (
        507,
        "The disk is full. The first 100000 bytes are kept; go on from there when there is room.",
    )
    assert (offset, after.status_code, scene.offset(place)) == (100_000, 204, 800_000)


def test_a_file_that_the_disk_cannot_take_is_not_begun(scene, small_disk):
    answer = scene.begin(length=2_000_000)

    assert answer.status_code == 507
    assert answer.json["detail"].startswith("The disk has room for ")
    assert scene.count(Upload) == 0


def test_on_another_disk_the_bytes_are_copied(scene, small_disk):
    last = scene.send(scene.place(), scene.wav)

    assert "Media-Location" in last.headers
    assert depot().store.has(hashlib.sha256(scene.wav).hexdigest())
    assert scene.partials() == []


def test_what_the_disk_has_lost_is_asked_for_again(scene):
    place = scene.place()
    scene.send(place, scene.wav[:100])
    file = depot().settings.partials_dir / place.rpartition("/")[2]

    os.truncate(file, 60)
    lost = scene.offset(place)
    file.unlink()
    all_lost = scene.offset(place)
    again = scene.send(place, scene.wav)

    assert (lost, all_lost) == (60, 0)
    assert "Media-Location" in again.headers


def test_what_was_written_and_not_acknowledged_does_not_count(scene):
    place = scene.place()
    scene.send(place, scene.wav[:100])
    with (depot().settings.partials_dir / place.rpartition("/")[2]).open("ab") as file:
        file.write(b"torn")

    offset = scene.offset(place)
    last = scene.send(place, scene.wav[100:], 100)

    assert offset == 100
    assert "Media-Location" in last.headers
    assert depot().store.has(hashlib.sha256(scene.wav).hexdigest())


def test_a_client_that_can_only_post_says_what_it_means(scene):
    place = scene.place()
    headers = {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}

    sent = scene.ask("POST", place, headers=headers, data=scene.wav, content_type=TYPE)
    neither = scene.ask("POST", place)
    ended = scene.ask("POST", place, headers={"X-HTTP-Method-Override": "DELETE"})

    assert [each.status_code for each in (sent, neither, ended)] == [204, 405, 204]
    assert neither.headers["Allow"]


def test_an_announcement_with_a_key_is_made_once(scene):
    first = scene.begin(headers={"Idempotency-Key": "one"})
    again = scene.begin(headers={"Idempotency-Key": "one"})
    other = scene.begin(length=7, headers={"Idempotency-Key": "one"})

    assert first.headers["Location"] == again.headers["Location"]
    assert (other.status_code, scene.count(Upload)) == (422, 1)


def test_a_browser_sends_with_its_session_and_csrf_token(scene, client, work, make):
    token = sign_in(client, "mo")
    said = worded({"project": "frogs", "filename": "a.wav"})
    headers = {**TUS, "Upload-Length": str(len(scene.wav)), "Upload-Metadata": said}

    without = client.post(API, headers=headers)
    begun = client.post(API, headers={**headers, "X-CSRFToken": token})

    assert (without.status_code, begun.status_code) == (400, 201)


def test_begun_by_the_system_is_nobodys(scene):
    with scene.work(), pytest.raises(Exception, match="Sign in first"):
        begin(SYSTEM, Draft("frogs", "a.wav", "", 1, ""))
