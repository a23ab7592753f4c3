"""A real server process that keeps its files in S3: the same answers, little of it fetched."""

import hashlib
import http.client
import io
import json
import os
import subprocess
import sys
import time
import zipfile
from urllib.parse import urlsplit

import pytest

from tests import server, sounds
from tests.memory import forget_peaks, most_resident_bytes, resident_bytes

SPEC = "n1024-h512-hann-c1"
UPLOADED = 300 << 20
MOST_GROWTH = 64 << 20


class Caller:
    """Somebody who manages the project `frogs` on a server, by token."""

    def __init__(self, running):
        self.running, self.address = running, running.address
        running.flask("projects", "add", "frogs", "--owner", "admin")
        self.token = running.flask("tokens", "add", "admin")

    def get(self, path, **headers):
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        return self.send("GET", path, None, sent)

    def send(self, method, path, body, headers):
        """Send a request and return status, headers and body."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        signed = {"Authorization": f"Bearer {self.token}", **headers}
        connection.request(method, path, body, signed)
        answer = connection.getresponse()
        read = answer.status, answer.headers, answer.read()
        connection.close()
        return read

    def upload(self, path):
        """Upload a file as curl does; return status and answer."""
        done = subprocess.run(
            [
                *("curl", "-sS", "-w", "\n%{http_code}", f"{self.address}/api/v1/media"),
                *("-H", f"Authorization: Bearer {self.token}"),
                *("-F", "project=frogs", "-F", f"file=@{path}"),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        body, _, status = done.stdout.rpartition("\n")
        return int(status), json.loads(body)

    def wait_for_pictures(self, media_id):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            shown = json.loads(self.get(f"/api/v1/media/{media_id}")[2])
            if shown["pictures"] == "ready":
                return
            time.sleep(0.1)
        raise AssertionError(shown)


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    """A recording of five minutes, 29 MB."""
    return sounds.write_sound(tmp_path_factory.mktemp("sounds") / "long.wav", sounds.noise(300.0))


@pytest.fixture(scope="module")
def bucket(s3_session):
    return s3_session.make_bucket()


@pytest.fixture(scope="module")
def far(s3_session, bucket, tmp_path_factory):
    """A server that keeps its files in a bucket."""
    settings = s3_session.settings(bucket)
    running = server.start(tmp_path_factory.mktemp("far"), **settings)
    yield Caller(running)
    running.kill()


@pytest.fixture(scope="module")
def near(tmp_path_factory):
    """A server that keeps its files in a folder."""
    running = server.start(tmp_path_factory.mktemp("near"))
    yield Caller(running)
    running.kill()


@pytest.fixture(scope="module")
def both(near, far, long):
    """Both servers, with the same recording under the number 1 and all its pictures drawn."""
    for each in (near, far):
        status, shown = each.upload(long)
        assert (status, shown["id"]) == (201, 1)
        each.wait_for_pictures(1)
    return near, far


def got(s3):
    return sum(each.sent for each in s3.asked if each.method == "GET")


@pytest.mark.parametrize(
    "path",
    [
        f"tiles/{SPEC}/0/20.zst", f"tiles/{SPEC}/0/21.png", f"tiles/{SPEC}/5/0.zst",
        f"tiles/{SPEC}/5/0.png", "peaks?bins=500", "peaks?start_s=100&end_s=110&bins=100",
        "thumbnail", "audio?start_s=150&end_s=153", "audio?start_s=1&end_s=2&format=flac",
        "spectrogram?start_s=30&end_s=31", "file",
    ],
)  # fmt: skip
def test_both_answer_the_same(both, path):
    near, far = (each.get(f"/api/v1/media/1/{path}") for each in both)

    assert near[0] == far[0] == 200
    assert far[2] == near[2]
    kept = ("Content-Type", "Content-Length", "ETag", "Accept-Ranges", "Tile-Quality")
    assert [far[1][name] for name in kept] == [near[1][name] for name in kept]


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=0-0"}, {"Range": "bytes=10-19"}, {"Range": "bytes=-5"},
        {"Range": "bytes=27000000-"}, {"Range": "bytes=999999999-"}, {"Range": "bytes=9-5"},
        {"Range": "bytes=0-1,5-6"}, {"Range": "bytes=5-9", "If_Range": '"other"'},
        {"If_None_Match": "*"},
    ],
    ids=str,
)  # fmt: skip
def test_both_send_the_same_ranges(both, headers):
    near, far = (each.get("/api/v1/media/1/file", **headers) for each in both)

    assert (far[0], far[2][:1000]) == (near[0], near[2][:1000])
    assert hashlib.sha256(far[2]).digest() == hashlib.sha256(near[2]).digest()
    for name in ("Content-Range", "Content-Length", "ETag", "Content-Disposition"):
        assert far[1][name] == near[1][name]


def test_clips_are_cut_from_the_bucket_as_from_the_folder(both):
    tag = {"media_id": 1, "tag_set": "calls", "text": "wren", "start_s": 150.0, "end_s": 151.5}
    found = []
    for each in both:
        asked = {"Content-Type": "application/json"}
        each.send("POST", "/api/v1/tags", json.dumps(tag), asked)
        status, _, data = each.get("/api/v1/exports?project=frogs&format=clips-wav&padding_s=1")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            found.append((status, names, archive.read(names[0])))

    assert found[0] == found[1]
    assert found[0][:2] == (200, ["long_149.000-152.500_wren_1.wav", "clips.csv"])


def test_everything_is_in_the_bucket_and_nothing_beside_the_database(both, s3, bucket):
    near, far = both

    folder = near.running.data_dir / "media"
    kept = {f"tags/{path.relative_to(folder)}" for path in folder.rglob("*") if path.is_file()}
    assert set(s3.keys(bucket)) >= {key for key in kept if "/tiles/" in key and "/0/" not in key}
    assert len([key for key in kept if key.endswith(".zst")]) >= 3
    assert not (far.running.data_dir / "media").exists()
    assert list((far.running.data_dir / "scratch").glob("*")) == []


def test_a_tile_or_a_range_of_a_long_file_fetches_a_small_part_of_it(both, s3, long):
    _, far = both

    s3.asked.clear()
    tile = far.get(f"/api/v1/media/1/tiles/{SPEC}/0/12.zst")
    of_tile = got(s3)
    s3.asked.clear()
    part = far.get("/api/v1/media/1/file", Range="bytes=20000000-20000099")
    of_part = got(s3)

    assert (tile[0], part[0], len(part[2])) == (200, 206, 100)
    assert part[2] == long.read_bytes()[20_000_000:20_000_100]
    assert of_tile < 3_000_000
    assert of_part < 600_000


def test_an_upload_does_not_fill_the_memory(far, tmp_path):
    path = tmp_path / "large.wav"
    sounds.write_sound(path, sounds.noise(1.0))
    with path.open("r+b") as file:
        file.truncate(UPLOADED)
    pid = far.running.process.pid
    forget_peaks(pid)
    before = resident_bytes(pid)

    for _ in range(10):  # Moto reads all of it for each range, which may take it too long.
        status, shown = far.upload(path)
        if status != 503:
            break
        time.sleep(2)

    assert (status, shown.get("size")) == (201, UPLOADED), shown
    assert most_resident_bytes(pid) - before < MOST_GROWTH


def test_an_outage_is_told_and_heals_and_leaves_nothing_half_done(both, s3, bucket, tmp_path):
    _, far = both
    path = sounds.write_sound(tmp_path / "a.wav", sounds.noise(7.0))
    unread = far.upload(sounds.write_sound(tmp_path / "b.wav", sounds.noise(60.0)))[1]["id"]
    before = s3.keys(bucket)

    with s3.stopped():
        begun = time.monotonic()
        asked = [f"tiles/{SPEC}/0/3.zst", "file", "audio?start_s=40&end_s=41", "peaks?bins=7"]
        answers = {each: far.get(f"/api/v1/media/{unread}/{each}") for each in asked}
        ready = far.get("/readyz")
        uploaded, problem = far.upload(path)
        lasted_s = time.monotonic() - begun
        listed = far.get("/api/v1/media?project=frogs")
        page = far.get("/healthz")
    time.sleep(1.1)
    healed = [far.get(f"/api/v1/media/{unread}/{each}")[0] for each in asked]
    again = far.upload(path)

    said = {each: (status, head["Retry-After"]) for each, (status, head, _) in answers.items()}
    assert said == dict.fromkeys(asked, (503, "2"))
    assert json.loads(answers["file"][2])["detail"].startswith("The storage cannot be reached")
    assert (ready[0], json.loads(ready[2])["dependencies"]) == (
        503, {"database": "ok", "storage": "cannot be reached"},
    )  # fmt: skip
    assert (uploaded, problem["status"]) == (503, 503)
    assert lasted_s < 10
    assert (listed[0], page[0]) == (200, 200)
    assert healed == [200] * len(asked)
    assert (again[0], far.get("/readyz")[0]) == (201, 200)
    new = set(s3.keys(bucket)) - set(before)
    assert {key.split("/")[1] for key in new} <= {"media", "cache"}
    assert "Uploads" not in s3.client.list_multipart_uploads(Bucket=bucket)
    assert list((far.running.data_dir / "scratch").glob("*")) == []


def test_who_uses_a_folder_does_not_pay_for_s3(tmp_path):
    said = "import sys, tagstore; tagstore.create_app(); print('boto3' in sys.modules)"
    environment = server.environment(tmp_path)

    done = subprocess.run(
        [sys.executable, "-c", said],
        cwd=server.ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "False\n"
