"""Media over our own API: uploads, lists, changes, bytes, pictures and live news."""

import io
import re
import threading

import numpy as np
import pytest
import soundfile
import zstandard

from tagstore.services import events, projects, users
from tagstore.services.depot import depot
from tagstore.services.events import bell
from tagstore.values import SYSTEM, Role
from tagstore.web.streams import Cut
from tests import sounds

API = "/api/v1"


@pytest.fixture
def scene(app, client, work, make, tmp_path):
    return Scene(app, client, work, make, tmp_path)


class Scene:
    """A project that Mo manages, Ana tags in and Vera looks at."""

    def __init__(self, app, client, work, make, folder):
        self.app, self.client, self.work, self.make, self.folder = app, client, work, make, folder
        with work():
            make.project("frogs", mo=Role.MANAGER, ana=Role.ANNOTATOR, vera=Role.VIEWER)
            make.project("birds", otto=Role.MANAGER)
            self.tokens = {
                name: make.token(users.get_user(SYSTEM, name))
                for name in ("mo", "ana", "vera", "otto")
            }

    def ask(self, method, path, who="mo", headers=None, **options):
        sent = {"Authorization": f"Bearer {self.tokens[who]}", **(headers or {})}
        return self.client.open(f"{API}{path}", method=method, headers=sent, **options)

    def get(self, path, who="mo", **headers):
        return self.ask("GET", path, who, {k.replace("_", "-"): v for k, v in headers.items()})

    def upload(self, data, name="a.wav", who="mo", **fields):
        form = {"project": "frogs", **fields, "file": (io.BytesIO(data), name)}
        return self.ask("POST", "/media", who, data=form, content_type="multipart/form-data")

    def wav(self, seconds=1.0):
        return sounds.write_sound(self.folder / "a.wav", sounds.noise(seconds)).read_bytes()


def test_an_upload_whose_name_or_folder_has_control_characters_is_refused(scene):
    answer = scene.upload(scene.wav(), folder="pond\x1f")
    named = scene.ask(
        "POST",
        "/media",
        data={"project": "frogs", "name": "\ta.wav", "file": (io.BytesIO(b"x"), "a.wav")},
        content_type="multipart/form-data",
    )

    pointers = [[each["pointer"] for each in refused.json["errors"]] for refused in (answer, named)]
    assert [answer.status_code, named.status_code] == [422, 422]
    assert pointers == [["/folder"], ["/name"]]


def test_an_upload_answers_with_the_media_file(scene):
    answer = scene.upload(scene.wav(), name="dawn.wav", folder="pond")

    shown = answer.json
    assert (answer.status_code, answer.headers["Location"]) == (201, f"{API}/media/{shown['id']}")
    kept = ("project", "name", "folder", "kind", "state", "duration_s", "pictures", "version")
    assert [shown[field] for field in kept] == [
        "frogs", "dawn.wav", "pond", "audio", "ready", 1.0, "ready", 1,
    ]  # fmt: skip
    assert scene.get(f"/media/{shown['qid']}").json == shown


def test_the_same_upload_again_is_the_same_file(scene):
    first = scene.upload(scene.wav())

    again = scene.upload(scene.wav(), name="other.wav")

    assert (again.status_code, again.json) == (200, first.json)


def test_what_is_not_media_is_refused_with_the_reason(scene):
    answer = scene.upload(b"<html>", name="page.wav")

    problem = answer.json
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert problem["detail"].startswith("page.wav: ")
    assert scene.get("/media?project=frogs").json["items"] == []


@pytest.mark.parametrize(("who", "status"), [("ana", 403), ("vera", 403), ("otto", 404)])
def test_only_managers_upload(scene, who, status):
    assert scene.upload(scene.wav(), who=who).status_code == status


def test_a_wrong_form_names_every_fault(scene):
    missing = scene.ask("POST", "/media", data={"file": (io.BytesIO(b"x"), "a.wav")})
    unknown = scene.upload(scene.wav(), folders="x")
    without = scene.ask(
        "POST", "/media", data={"project": "frogs"}, content_type="multipart/form-data"
    )
    as_json = scene.ask("POST", "/media", json={})

    found = [(a.status_code, [e["pointer"] for e in a.json["errors"]]) for a in (missing, unknown)]
    assert found == [(422, ["/project"]), (422, ["/folders"])]
    assert (without.status_code, as_json.status_code) == (422, 400)


def test_a_list_is_filtered_sorted_and_paged(scene):
    for name, seconds in (("b.wav", 0.1), ("a.wav", 0.3), ("C.wav", 0.2)):
        scene.upload(scene.wav(seconds), name=name, folder="pond")

    def listed(query):
        answer = scene.get(f"/media?project=frogs&{query}").json
        return [each["name"] for each in answer["items"]], answer["total"]

    assert listed("sort=name") == (["a.wav", "b.wav", "C.wav"], 3)
    assert listed("sort=-duration") == (["a.wav", "C.wav", "b.wav"], 3)
    assert listed("q=c.WAV&folder=pond&kind=audio&state=ready&tagged=false") == (["C.wav"], 1)
    assert listed("tagged=true") == ([], 0)
    first = scene.get("/projects/frogs/media?limit=2")
    assert first.headers["Link"].endswith('; rel="next"')
    following = scene.get(f"/projects/frogs/media?limit=2&cursor={first.json['next']}").json
    assert ([each["name"] for each in following["items"]], following["next"]) == (["C.wav"], None)


@pytest.mark.parametrize(
    "query",
    [
        "limit=1e3", "limit=%205", "limit=%D9%A1", "limit=1&limit=2", "limit=0", "colour=red",
        "sort=colour", "state=lost", "tagged=yes", "cursor=zzz",
    ],
)  # fmt: skip
def test_parameters_are_read_strictly(scene, query):
    assert scene.get(f"/media?project=frogs&{query}").status_code == 422


def test_names_are_changed_with_the_version_that_was_seen(scene):
    scene.upload(scene.wav())

    changed = scene.ask("PATCH", "/media/1", headers={"If-Match": '"1"'}, json={"name": "b.wav"})
    stale = scene.ask("PATCH", "/media/1", headers={"If-Match": '"1"'}, json={"name": "c.wav"})
    wrong = scene.ask("PATCH", "/media/1", json={"kind": "video"})

    assert (changed.status_code, changed.json["name"], changed.headers["ETag"]) == (
        200, "b.wav", '"2"',
    )  # fmt: skip
    assert (stale.status_code, stale.json["current"]["name"]) == (412, "b.wav")
    assert (wrong.status_code, wrong.json["errors"][0]["pointer"]) == (422, "/kind")


def test_a_file_is_deleted_and_restored(scene):
    scene.upload(scene.wav())

    by_ana = scene.ask("DELETE", "/media/1", who="ana")
    stale = scene.ask("DELETE", "/media/1", headers={"If-Match": '"7"'})
    deleted = scene.ask("DELETE", "/media/1")
    gone = scene.get("/media/1")
    restored = scene.ask("POST", "/media/1/restore")

    found = [a.status_code for a in (by_ana, stale, deleted, gone, restored)]
    assert found == [403, 412, 204, 404, 200]


def test_the_bytes_come_whole_or_in_ranges(scene):
    data = scene.wav()
    scene.upload(data, name="dawn chorus.wav")

    whole = scene.get("/media/1/file")
    etag = whole.headers["ETag"]
    part = scene.get("/media/1/file", Range="bytes=10-19")
    last = scene.get("/media/1/file", Range="bytes=-5", If_Range=etag)
    other = scene.get("/media/1/file", Range="bytes=-5", If_Range='"other"')
    beyond = scene.get("/media/1/file", Range="bytes=99999999-")
    known = scene.get("/media/1/file", If_None_Match=etag)

    assert (whole.status_code, whole.data, whole.mimetype) == (200, data, "audio/wav")
    assert whole.headers["Content-Disposition"] == 'inline; filename="dawn chorus.wav"'
    assert (part.status_code, part.data) == (206, data[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(data)}"
    assert (last.status_code, last.data) == (206, data[-5:])
    assert (other.status_code, other.data) == (200, data)
    assert (beyond.status_code, known.status_code) == (416, 304)


def test_bytes_that_a_browser_might_run_are_only_downloaded(scene):
    with scene.work():
        project = scene.make.media_file().project
        media_file = scene.make.media_file(
            project, kind="image", mimetype="image/svg+xml", name="a.svg", sha256="ab" * 32
        )
        project.audience = "world"
        media_file_id = media_file.id
    store = depot().store
    store.path("ab" * 32).parent.mkdir(parents=True)
    store.path("ab" * 32).write_bytes(b"<svg onload='alert(1)'/>")

    answer = scene.get(f"/media/{media_file_id}/file")

    assert (answer.status_code, answer.mimetype) == (200, "application/octet-stream")
    assert answer.headers["Content-Disposition"] == "attachment; filename=a.svg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_tile_is_a_grey_png_or_bare_rows(scene):
    scene.upload(scene.wav(2.0))
    path = "/media/1/tiles/n1024-h512-hann-c1/0/0"

    png = scene.get(f"{path}.png")
    bare = scene.get(f"{path}.zst")
    packed = scene.get(f"{path}.zst", Accept_Encoding="gzip, zstd")
    known = scene.get(f"{path}.zst", Accept_Encoding="zstd", If_None_Match=packed.headers["ETag"])

    rows = np.frombuffer(bare.data, np.uint8)
    assert (png.mimetype, png.data[:4]) == ("image/png", b"\x89PNG")
    size = [bare.headers[f"Tile-{name}"] for name in ("Rows", "Columns", "Quality")]
    assert (size, len(rows)) == (["512", "188", "exact"], 512 * 188)
    assert packed.headers["Content-Encoding"] == "zstd"
    assert zstandard.ZstdDecompressor().decompress(packed.data) == bare.data
    assert packed.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert (known.status_code, known.headers["ETag"]) == (304, packed.headers["ETag"])


@pytest.mark.parametrize(
    ("tile", "status"),
    [
        ("n1024-h512-hann-c1/0/1.png", 404), ("n1024-h512-hann-c1/0/0.gif", 404),
        ("n1000-h512-hann-c1/0/0.png", 422), ("n1024-h512-hann-c2/0/0.png", 422),
        ("n1024-h512-hann-c1/0/99999999999999999999999.png", 404), ("x/0/0.png", 422),
        ("n1024-h512-hann-c1/0/0.png?a=1", 422),
    ],
)  # fmt: skip
def test_tiles_that_are_not_there_are_refused(scene, tile, status):
    scene.upload(scene.wav())

    assert scene.get(f"/media/1/tiles/{tile}").status_code == status


def test_rough_tiles_are_not_kept_by_anyone(scene):
    scene.upload(scene.wav(100.0))

    answer = scene.get("/media/1/tiles/n1024-h512-hann-c1/4/0.zst")

    assert answer.headers["Tile-Quality"] == "rough"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


def test_peaks_are_whole_numbers_of_each_bin(scene):
    scene.upload(scene.wav(1.0))

    shown = scene.get("/media/1/peaks?start_s=0&end_s=1&bins=4").json

    samples = soundfile.read(scene.folder / "a.wav", dtype="int16")[0].reshape(4, -1)
    assert shown == {
        "start_s": 0.0,
        "end_s": 1.0,
        "bins": 4,
        "rough": False,
        "min": samples.min(axis=1).tolist(),
        "max": samples.max(axis=1).tolist(),
    }


def test_a_cut_is_a_wav_of_known_size_in_ranges(scene):
    scene.upload(scene.wav(3.0))
    path = "/media/1/audio?start_s=1&end_s=2"

    whole = scene.get(path)
    part = scene.get(path, Range="bytes=44-143")
    tail = scene.get(path, Range="bytes=-2")
    beyond = scene.get(path, Range="bytes=999999-")
    known = scene.get(path, If_None_Match=whole.headers["ETag"])
    head = scene.ask("HEAD", path)

    samples = soundfile.read(scene.folder / "a.wav", dtype="int16")[0][48_000:96_000]
    assert (whole.status_code, whole.content_length) == (200, 44 + 96_000)
    assert whole.data[44:] == samples.astype("<i2").tobytes()
    assert (part.status_code, part.data) == (206, whole.data[44:144])
    assert part.headers["Content-Range"] == "bytes 44-143/96044"
    assert tail.data == whole.data[-2:]
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, "bytes */96044")
    assert (known.status_code, known.data) == (304, b"")
    assert (head.content_length, head.data) == (96_044, b"")


def test_sound_is_had_slower_filtered_and_encoded(scene):
    scene.upload(scene.wav(2.0))

    slow = scene.get("/media/1/audio?speed=0.5")
    mp3 = scene.get("/media/1/audio?format=mp3&low_hz=500&high_hz=8000")
    wrong = [scene.get(f"/media/1/audio?{q}").status_code for q in ("format=exe", "speed=0")]

    assert soundfile.info(io.BytesIO(slow.data)).samplerate == 24_000
    assert (mp3.mimetype, soundfile.info(io.BytesIO(mp3.data)).format) == ("audio/mpeg", "MP3")
    assert wrong == [422, 422]


def test_small_and_large_pictures(scene):
    scene.upload(scene.wav(2.0))

    small = scene.get("/media/1/thumbnail")
    large = scene.get("/media/1/spectrogram?start_s=0.5&end_s=1&n_fft=512&width=200&height=100")
    known = scene.get("/media/1/thumbnail", If_None_Match=small.headers["ETag"])

    assert (small.mimetype, large.mimetype, known.status_code) == ("image/jpeg", "image/png", 304)


@pytest.mark.parametrize("path", ["file", "thumbnail", "peaks", "audio", "events", "spectrogram"])
def test_others_find_nothing(scene, path):
    scene.upload(scene.wav())

    assert scene.get(f"/media/1/{path}", who="otto").status_code == 404
    assert scene.client.get(f"{API}/media/1/{path}").status_code == 401


def test_a_failed_file_tells_why_instead_of_a_picture(scene):
    scene.upload((scene.wav())[:44], name="broken.wav")

    shown = scene.get("/media/1").json
    picture = scene.get("/media/1/thumbnail")
    tile = scene.get("/media/1/tiles/n1024-h512-hann-c1/0/0.png")

    assert (shown["state"], bool(shown["reason"])) == ("failed", True)
    assert (picture.status_code, tile.status_code) == (404, 422)
    assert tile.json["detail"] == shown["reason"]


def test_news_of_a_file_is_heard_at_once_and_resumed_after_the_last_heard(scene):
    scene.upload(scene.wav())
    tag = {"media_id": 1, "tag_set": "calls", "text": "wren", "start_s": 0.1, "end_s": 0.2}

    stream = scene.get("/media/1/events")
    lines = iter(stream.response)
    begun = next(lines)
    later = threading.Timer(0.2, lambda: scene.ask("POST", "/tags", "ana", json=tag))
    later.start()
    heard = next(lines).decode()
    later.join()
    seq = int(heard.partition("\n")[0].removeprefix("id: "))
    again = iter(scene.get("/media/1/events", Last_Event_ID=str(seq - 1)).response)
    next(again)

    assert re.fullmatch(rb"retry: 2000\nid: [0-9]+\n\n", begun)
    assert heard.split("\n")[1] == "event: tag.added"
    assert '"actor":"ana"' in heard
    assert next(again).decode() == heard
    headers = [stream.headers[name] for name in ("Cache-Control", "X-Accel-Buffering")]
    assert (stream.mimetype, headers) == ("text/event-stream", ["no-store", "no"])


def test_news_of_other_files_and_projects_stays_there(scene):
    scene.upload(scene.wav())
    scene.upload(scene.wav(0.5), name="b.wav")
    tags = {"tag_set": "calls", "text": "wren", "start_s": 0.1, "end_s": 0.2}
    of_media = iter(scene.get("/media/1/events").response)
    of_project = iter(scene.get("/projects/frogs/events").response)
    next(of_media), next(of_project)

    for media_id in (2, 1):
        scene.ask("POST", "/tags", "ana", json={"media_id": media_id, **tags})

    media_ids = [
        next(stream).decode().partition('"media_id":')[2][0]
        for stream in (of_media, of_project, of_project, of_project)
    ]
    assert media_ids == ["1", "n", "2", "1"]


def test_a_quiet_stream_is_kept_alive(scene, monkeypatch):
    monkeypatch.setattr("tagstore.services.events.following.KEEP_ALIVE_S", 0.01)
    scene.upload(scene.wav())
    lines = iter(scene.get("/media/1/events").response)
    next(lines)
    bell.ring()

    assert next(lines) == b": still here\n"


def test_who_may_no_longer_see_a_file_stops_hearing_of_it(scene, monkeypatch):
    monkeypatch.setattr("tagstore.services.events.following.KEEP_ALIVE_S", 0.01)
    monkeypatch.setattr("tagstore.web.streams.LOOK_AGAIN_S", 0.0)
    scene.upload(scene.wav())
    of_ana, of_mo = (iter(scene.get("/media/1/events", who=who).response) for who in ("ana", "mo"))
    for lines in (of_ana, of_mo):
        next(lines), next(lines)

    with scene.work():
        frogs, ana = projects.get_project(SYSTEM, "frogs"), users.get_user(SYSTEM, "ana")
        projects.remove_member(SYSTEM, frogs, ana.id)

    with pytest.raises(Cut):
        next(of_ana), next(of_ana)
    assert [next(of_mo) for _ in range(3)][-1] == b": still here\n"


def test_what_is_no_longer_kept_cannot_be_resumed(scene):
    scene.upload(scene.wav())
    with scene.work():
        events.record(SYSTEM, "events.forgotten", after={"up_to": 3})

    gone = scene.get("/media/1/events", Last_Event_ID="2")
    kept = scene.get("/media/1/events", Last_Event_ID="3")

    assert (gone.status_code, gone.json["title"], kept.status_code) == (410, "No longer kept", 200)
