"""What every store keeps to, in a folder as in a bucket of S3."""

import hashlib
import os
import threading
import time
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from tagstore.errors import Busy, Invalid, NotFound
from tagstore.media.stores.folder import FolderStore
from tagstore.media.stores.s3 import S3Store

WREN = b"wren" * 1_000_000
SHA256 = hashlib.sha256(WREN).hexdigest()
PLACE = f"media/{SHA256[:2]}/{SHA256[2:4]}/{SHA256}"
LARGE = bytes(range(256)) * (20 << 12)
"""More than is uploaded at once."""
TWO_WAITS_S = 4.0
"""Shorter than two waits for a server that does not answer, one after the other."""


def files(root):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


class Folder:
    """A store in a folder, and what an outsider sees of it."""

    def __init__(self, root):
        self.root = root
        self.store = FolderStore(root)
        root.mkdir()

    def names(self):
        return files(self.root)

    def bytes_of(self, name):
        return (self.root / name).read_bytes()


class Bucket:
    """A store in a bucket, and what an outsider sees of it: the scratch folder, too."""

    def __init__(self, server, scratch):
        self.server, self.scratch = server, scratch
        self.bucket = server.bucket("tags/")
        self.store = S3Store(self.bucket, scratch)

    def names(self):
        keys = [key.removeprefix("tags/") for key in self.server.keys(self.bucket.name)]
        uploads = self.server.client.list_multipart_uploads(Bucket=self.bucket.name)
        parts = [f"part of {each['Key']}" for each in uploads.get("Uploads", ())]
        return sorted(keys) + sorted(parts) + files(self.scratch)

    def bytes_of(self, name):
        return self.bucket.get(name)


@pytest.fixture(params=["folder", "s3"])
def kept(request, tmp_path):
    if request.param == "folder":
        return Folder(tmp_path / "store")
    return Bucket(request.getfixturevalue("s3"), tmp_path / "scratch")


@pytest.fixture
def store(kept):
    return kept.store


def test_a_file_lies_under_the_hash_of_its_bytes(kept, store, tmp_path):
    source = tmp_path / "a.wav"
    source.write_bytes(WREN)

    added = store.add(source)

    assert added == (SHA256, len(WREN))
    assert kept.names() == [PLACE]
    assert kept.bytes_of(PLACE) == WREN
    assert (store.has(SHA256), store.size(SHA256)) == (True, len(WREN))
    assert list(store.sizes()) == [(SHA256, len(WREN))]


def test_what_is_large_is_the_same_in_the_end(kept, store, tmp_path):
    source = tmp_path / "a.wav"
    source.write_bytes(LARGE)

    sha256, size = store.add(source)

    with store.origin(sha256).open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == sha256
    assert (size, store.size(sha256)) == (len(LARGE), len(LARGE))
    assert len(kept.names()) == 1


def test_the_same_bytes_are_kept_once(kept, store):
    hashes = [store.add(BytesIO(WREN))[0] for _ in range(3)]

    assert hashes == [SHA256] * 3
    assert kept.names() == [PLACE]


def test_a_file_is_adopted_and_keeps_its_old_name(kept, store, tmp_path):
    source = tmp_path / "a.part"
    source.write_bytes(WREN)

    adopted = [store.adopt(source) for _ in range(2)]

    assert adopted == [(SHA256, len(WREN))] * 2
    assert kept.names() == [PLACE]
    assert source.read_bytes() == WREN
    source.unlink()
    assert kept.bytes_of(PLACE) == WREN


def test_a_folder_adopts_a_file_without_copying_it(tmp_path):
    source = tmp_path / "a.part"
    source.write_bytes(WREN)
    store = FolderStore(tmp_path / "store")

    store.adopt(source)

    assert store.path(SHA256).samefile(source)


def test_what_is_there_already_is_adopted_without_a_second_copy(tmp_path):
    source = tmp_path / "a.part"
    source.write_bytes(WREN)
    store = FolderStore(tmp_path / "store")
    store.add(BytesIO(WREN))

    assert store.adopt(source) == (SHA256, len(WREN))
    assert files(store.root) == [PLACE]
    assert not store.path(SHA256).samefile(source)


def test_a_stream_is_taken_from_where_it_is(kept, store):
    stream = BytesIO(b"not this" + WREN)
    stream.seek(8)

    assert store.add(stream) == (SHA256, len(WREN))
    assert kept.bytes_of(PLACE) == WREN
    assert not stream.closed


class Once(BytesIO):
    """A stream that cannot be rewound, as a pipe."""

    def seekable(self):
        return False

    def seek(self, *_):
        raise OSError

    def tell(self):
        raise OSError


def test_a_stream_that_cannot_be_rewound_is_taken_too(kept, store):
    assert store.add(Once(WREN)) == (SHA256, len(WREN))
    assert kept.names() == [PLACE]
    assert kept.bytes_of(PLACE) == WREN


def test_threads_that_add_the_same_bytes_agree(kept, store):
    threads = [threading.Thread(target=store.add, args=(BytesIO(WREN),)) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert kept.names() == [PLACE]
    assert kept.bytes_of(PLACE) == WREN


class Breaking(BytesIO):
    def read(self, size=-1):
        if self.tell() > 2_000_000:
            raise ConnectionError
        return super().read(size)


def test_a_stream_that_breaks_leaves_nothing_behind(kept, store):
    with pytest.raises(ConnectionError):
        store.add(Breaking(WREN))

    assert kept.names() == []


def test_a_deleted_file_is_gone_and_deleting_it_again_is_no_fault(kept, store):
    store.add(BytesIO(WREN))

    store.delete(SHA256)
    store.delete(SHA256)

    assert (kept.names(), store.has(SHA256)) == ([], False)
    with pytest.raises(NotFound):
        store.size(SHA256)


@pytest.mark.parametrize("sha256", ["", "..", "../../etc/passwd", SHA256[:-1], SHA256.upper()])
def test_only_a_hash_names_a_file(store, sha256):
    for act in (store.origin, store.has, store.size, store.delete):
        with pytest.raises(Invalid):
            act(sha256)


def test_a_backup_puts_bytes_back_under_the_hash_they_had(kept, store):
    store.put_back(SHA256, Once(WREN))
    store.put_back("ab" * 32, Once(b"not what they were"))

    assert kept.names() == sorted([PLACE, f"media/ab/ab/{'ab' * 32}"])
    assert kept.bytes_of(PLACE) == WREN
    assert kept.bytes_of(f"media/ab/ab/{'ab' * 32}") == b"not what they were"


def test_what_is_computed_is_kept_under_its_key(kept, store):
    key = f"tiles/{SHA256}/n1024-h512-hann-c1/0/17.png"

    before = store.cached(key), store.kept(key)
    store.keep(key, b"tile")
    store.keep(key, b"tile again")

    assert before == (None, None)
    assert store.cached(key) == b"tile again"
    assert store.kept(key).open("rb").read() == b"tile again"
    assert kept.names() == [f"cache/{key}"]


def test_nothing_is_something_to_keep(store):
    store.keep("tiles/done", b"")

    assert store.cached("tiles/done") == b""


def test_a_large_thing_is_made_in_a_file_and_kept_once_it_is_whole(kept, store):
    with store.making("proxies/a.flac") as path:
        path.write_bytes(LARGE)
        seen = store.kept("proxies/a.flac")

    assert seen is None
    assert store.kept("proxies/a.flac").open("rb").read() == LARGE
    assert kept.names() == ["cache/proxies/a.flac"]


def test_a_large_thing_whose_making_fails_leaves_nothing_behind(kept, store):
    def fail():
        with store.making("proxies/a.flac") as path:
            path.write_bytes(WREN)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        fail()

    assert kept.names() == []


def test_what_is_forgotten_is_gone(store):
    store.keep("peaks/a", b"peaks")

    store.forget("peaks/a")
    store.forget("peaks/a")

    assert store.cached("peaks/a") is None


def test_all_below_a_key_is_forgotten_and_nothing_beside_it(kept, store):
    for key in ("tiles/a/x/0/1.zst", "tiles/a/y/done", "tiles/ab/done", "tiles/b"):
        store.keep(key, b"tile")

    store.forget_below("tiles/a")
    store.forget_below("tiles/c")

    assert kept.names() == ["cache/tiles/ab/done", "cache/tiles/b"]


def test_readers_see_a_whole_value_or_none(kept, store):
    values = {bytes([n]) * 300_000 for n in range(8)}
    seen = set()

    def write(value):
        for _ in range(20):
            store.keep("tiles/0.png", value)
            seen.add(store.cached("tiles/0.png"))

    threads = [threading.Thread(target=write, args=(value,)) for value in values]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (seen <= values, kept.names()) == (True, ["cache/tiles/0.png"])


@pytest.mark.parametrize(
    "key",
    ["", "/", "/etc/passwd", "..", "../x", "a/../../x", "a//b", "a/", "a/.hidden", "a\\b", "a\0b",
     "a\nb", "a b", "ä", "x" * 200, "a/" * 20 + "a", "tiles/0.png\n"],
)  # fmt: skip
def test_a_key_cannot_leave_the_cache(kept, store, key):
    def make(key):
        with store.making(key):
            pass

    acts = (store.cached, store.kept, store.forget, store.forget_below, make)
    for act in (*acts, lambda key: store.keep(key, b"")):
        with pytest.raises(Invalid):
            act(key)

    assert kept.names() == []


def test_a_store_that_can_be_used_says_so(store):
    assert store.state() == "ok"


def test_what_a_killed_process_left_in_a_folder_is_swept_away_once_it_is_old(tmp_path):
    store = FolderStore(tmp_path)
    store.keep("tiles/a", b"tile")
    old, new = tmp_path / "media" / ".old.part", tmp_path / "cache" / "tiles" / ".new.part"
    old.parent.mkdir()
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 1000,) * 2)

    store.sweep(500)

    assert files(tmp_path) == ["cache/tiles/.new.part", "cache/tiles/a"]


def test_what_a_killed_process_left_in_a_bucket_is_swept_away_once_it_is_old(s3, tmp_path):
    kept = Bucket(s3, tmp_path / "scratch")
    (tmp_path / "scratch" / "made").mkdir(parents=True)
    named = {"Bucket": kept.bucket.name, "Key": f"tags/{PLACE}"}
    s3.client.create_multipart_upload(**named)
    s3.client.create_multipart_upload(Bucket=kept.bucket.name, Key="of somebody else")

    since_s = time.time() - datetime(2010, 11, 10, tzinfo=UTC).timestamp()  # Moto's only date.
    kept.store.sweep(since_s + 86400)
    young = kept.names()
    kept.store.sweep(since_s - 86400)
    assert list(Path(tmp_path / "scratch").iterdir()) != []
    kept.store.sweep(-1)

    assert young == [
        "part of of somebody else",
        f"part of tags/{PLACE}",
    ]
    assert kept.names() == ["part of of somebody else"]
    assert list(Path(tmp_path / "scratch").iterdir()) == []


def test_an_upload_that_fails_in_the_middle_leaves_no_parts(s3, tmp_path):
    kept = Bucket(s3, tmp_path / "scratch")
    s3.fail = lambda asked: "partNumber=2" in asked.query

    with pytest.raises(Busy):
        kept.store.add(BytesIO(LARGE))
    s3.fail = None
    between = kept.names()
    added = kept.store.add(BytesIO(LARGE))

    assert between == []
    assert kept.store.size(added[0]) == len(LARGE)


def test_a_server_that_is_away_is_told_soon_and_found_again(s3, tmp_path):
    kept = Bucket(s3, tmp_path / "scratch")
    kept.store.keep("tiles/a", b"tile")

    with s3.stopped():
        begun = time.monotonic()
        with pytest.raises(Busy) as busy:
            kept.store.cached("tiles/a")
        with pytest.raises(Busy):
            kept.store.add(BytesIO(WREN))
        state, lasted_s = kept.store.state(), time.monotonic() - begun
    time.sleep(1.1)

    assert lasted_s < TWO_WAITS_S
    assert busy.value.message.startswith("The storage cannot be reached at the moment.")
    assert state == "cannot be reached"
    assert (kept.store.cached("tiles/a"), kept.store.state()) == (b"tile", "ok")
    assert kept.names() == ["cache/tiles/a"]


def test_only_one_at_a_time_waits_for_a_server_that_does_not_answer(s3, tmp_path):
    kept = Bucket(s3, tmp_path / "scratch")
    kept.store.keep("tiles/a", b"tile")
    waited = []

    def look():
        begun = time.monotonic()
        with pytest.raises(Busy):
            kept.store.cached("tiles/a")
        waited.append(time.monotonic() - begun)

    before = len(s3.asked)
    with s3.frozen():
        look()
        time.sleep(1.1)
        threads = [threading.Thread(target=look) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    time.sleep(1.1)

    assert len(s3.asked) - before == 2
    assert max(waited) < TWO_WAITS_S
    assert sorted(each > 1 for each in waited) == [False] * 7 + [True] * 2
    assert kept.store.cached("tiles/a") == b"tile"


def test_what_an_operator_has_to_put_right_is_named(s3, tmp_path):
    kept = Bucket(s3, tmp_path / "scratch")
    s3.client.delete_bucket(Bucket=kept.bucket.name)

    with pytest.raises(Busy) as busy:
        kept.store.cached("tiles/a")

    assert busy.value.message == "The storage cannot be used at the moment. Try again later."
    assert busy.value.details == {"storage": "there is no such bucket (NoSuchBucket)"}
    assert kept.store.state() == "there is no such bucket (404)"
