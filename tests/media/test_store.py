import hashlib
import threading
from io import BytesIO

import pytest

from tagstore.errors import Invalid
from tagstore.media.store import FolderStore

WREN = b"wren" * 1_000_000
SHA256 = hashlib.sha256(WREN).hexdigest()


def files(root):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_file_lies_under_the_hash_of_its_bytes(tmp_path):
    source = tmp_path / "a.wav"
    source.write_bytes(WREN)
    store = FolderStore(tmp_path / "store")

    added = store.add(source)

    assert added == (SHA256, len(WREN))
    assert files(store.root) == [f"media/{SHA256[:2]}/{SHA256[2:4]}/{SHA256}"]
    assert store.path(SHA256).read_bytes() == WREN
    assert (store.has(SHA256), store.size(SHA256)) == (True, len(WREN))


def test_the_same_bytes_are_kept_once(tmp_path):
    store = FolderStore(tmp_path)

    hashes = [store.add(BytesIO(WREN))[0] for _ in range(3)]

    assert hashes == [SHA256] * 3
    assert files(tmp_path) == [f"media/{SHA256[:2]}/{SHA256[2:4]}/{SHA256}"]


def test_a_file_is_adopted_without_being_copied_and_keeps_its_old_name(tmp_path):
    source = tmp_path / "a.part"
    source.write_bytes(WREN)
    store = FolderStore(tmp_path / "store")

    adopted = [store.adopt(source) for _ in range(2)]

    assert adopted == [(SHA256, len(WREN))] * 2
    assert files(store.root) == [f"media/{SHA256[:2]}/{SHA256[2:4]}/{SHA256}"]
    assert store.path(SHA256).samefile(source)
    source.unlink()
    assert store.path(SHA256).read_bytes() == WREN


def test_what_is_there_already_is_adopted_without_a_second_copy(tmp_path):
    source = tmp_path / "a.part"
    source.write_bytes(WREN)
    store = FolderStore(tmp_path / "store")
    store.add(BytesIO(WREN))

    assert store.adopt(source) == (SHA256, len(WREN))
    assert files(store.root) == [f"media/{SHA256[:2]}/{SHA256[2:4]}/{SHA256}"]
    assert not store.path(SHA256).samefile(source)


def test_threads_that_add_the_same_bytes_agree(tmp_path):
    store = FolderStore(tmp_path)
    threads = [threading.Thread(target=store.add, args=(BytesIO(WREN),)) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert files(tmp_path) == [f"media/{SHA256[:2]}/{SHA256[2:4]}/{SHA256}"]
    assert store.path(SHA256).read_bytes() == WREN


class Breaking(BytesIO):
    def read(self, size=-1):
        if self.tell() > 2_000_000:
            raise ConnectionError
        return super().read(size)


def test_a_stream_that_breaks_leaves_nothing_behind(tmp_path):
    store = FolderStore(tmp_path)

    with pytest.raises(ConnectionError):
        store.add(Breaking(WREN))

    assert files(tmp_path) == []


def test_a_deleted_file_is_gone_and_deleting_it_again_is_no_fault(tmp_path):
    store = FolderStore(tmp_path)
    store.add(BytesIO(WREN))

    store.delete(SHA256)
    store.delete(SHA256)

    assert (files(tmp_path), store.has(SHA256)) == ([], False)


@pytest.mark.parametrize("sha256", ["", "..", "../../etc/passwd", SHA256[:-1], SHA256.upper()])
def test_only_a_hash_names_a_file(tmp_path, sha256):
    with pytest.raises(Invalid):
        FolderStore(tmp_path).path(sha256)


def test_what_is_computed_is_kept_under_its_key(tmp_path):
    store = FolderStore(tmp_path)
    key = f"tiles/{SHA256}/n1024-h512-hann-c1/0/17.png"

    before = store.cached(key)
    store.keep(key, b"tile")
    store.keep(key, b"tile again")

    assert (before, store.cached(key)) == (None, b"tile again")
    assert files(tmp_path) == [f"cache/{key}"]


def test_what_is_forgotten_is_gone(tmp_path):
    store = FolderStore(tmp_path)
    store.keep("peaks/a", b"peaks")

    store.forget("peaks/a")
    store.forget("peaks/a")

    assert store.cached("peaks/a") is None


def test_readers_see_a_whole_value_or_none(tmp_path):
    store = FolderStore(tmp_path)
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

    assert (seen <= values, files(tmp_path)) == (True, ["cache/tiles/0.png"])


@pytest.mark.parametrize(
    "key",
    ["", "/", "/etc/passwd", "..", "../x", "a/../../x", "a//b", "a/", "a/.hidden", "a\\b", "a\0b",
     "a\nb", "a b", "ä", "x" * 200, "a/" * 20 + "a", "tiles/0.png\n"],
)  # fmt: skip
def test_a_key_cannot_leave_the_cache(tmp_path, key):
    store = FolderStore(tmp_path / "store")

    for act in (store.cached, store.forget, lambda key: store.keep(key, b"")):
        with pytest.raises(Invalid):
            act(key)

    assert files(tmp_path) == []
