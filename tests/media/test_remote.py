"""Sound, films and pictures that are elsewhere read as the same files here do."""

import io
import os
import random

import numpy as np
import pytest

from tagstore.errors import Busy, NotFound
from tagstore.media import errands
from tagstore.media.decode import open_sound
from tagstore.media.sandbox import Sandbox
from tagstore.media.stores.folder import FolderStore
from tagstore.media.stores.remote import BLOCK, Remote
from tagstore.media.stores.s3 import S3Store
from tests import sounds
from tests.media.sandboxed import environment, samples_of

SPEC = "n1024-h512-hann-c1"


@pytest.fixture(scope="module")
def store(s3_session, tmp_path_factory):
    return S3Store(s3_session.bucket("tags/"), tmp_path_factory.mktemp("scratch"))


@pytest.fixture(scope="module")
def sandbox(store):
    sandbox = Sandbox(workers=1, answer=store.answer)
    yield sandbox
    sandbox.close()


def sent(s3, method="GET"):
    return sum(each.sent for each in s3.asked if each.method == method)


def test_a_remote_file_is_read_as_any_file():
    content = random.Random(1).randbytes(3 * BLOCK + 1000)
    fetched = []

    def fetch(key, offset, length):
        fetched.append((offset, length))
        return content[offset : offset + length]

    file, plain = Remote("a", len(content), fetch).open("rb"), io.BytesIO(content)
    for number in range(300):
        offset = random.Random(number).randint(0, len(content) + 10)
        count = random.Random(-number).choice([0, 1, 7, 5000, 2 * BLOCK])
        assert (file.seek(offset), file.read(count)) == (plain.seek(offset), plain.read(count))
    for whence in (io.SEEK_SET, io.SEEK_CUR, io.SEEK_END):
        assert file.seek(0, whence) == plain.seek(0, whence)

    assert all(length <= len(content) - offset for offset, length in fetched)
    assert len(fetched) <= 4


def test_who_reads_on_gets_ever_larger_pieces():
    lengths = []

    def fetch(key, offset, length):
        lengths.append(length // BLOCK)
        return bytes(length)

    with Remote("b", 60 * BLOCK, fetch).open("rb") as file:
        while file.read(8192):
            pass

    assert lengths == [1, 2, 4, 8, 16, 16, 13]


def test_an_object_that_is_shorter_than_it_was_is_no_silence():
    with pytest.raises(EOFError):
        Remote("c", 10, lambda key, offset, length: b"short").open("rb").read()


@pytest.mark.parametrize("encoding", sounds.ENCODINGS)
def test_every_encoding_gives_the_same_samples_wherever_it_is(store, sandbox, tmp_path, encoding):
    path = sounds.write_sound(tmp_path / "sound", sounds.noise(8.0, channels=2), encoding)
    origin = store.origin(*store.add(path))
    with open_sound(path) as sound:
        starts = [0, 1, 48_000, 300_000, sound.samples - 3000, 77_777, 5]
        near = [sound.read(start, 5000, None) for start in starts]

    far = sandbox.run(samples_of, origin, starts, 5000)

    assert all(np.array_equal(*each) for each in zip(near, far, strict=True))


@pytest.mark.parametrize("write", [
    lambda folder: sounds.write_film(folder / "a.mp4", "mp4"),
    lambda folder: sounds.write_film(folder / "a.webm", "webm"),
    lambda folder: sounds.write_picture(folder / "a.png"),
    lambda folder: sounds.write_sound(folder / "a.wav", sounds.noise(3.0)),
    lambda folder: sounds.write_sound(folder / "a.mp3", sounds.noise(3.0), "mp3"),
])  # fmt: skip
def test_what_is_found_out_of_a_file_is_the_same(store, sandbox, tmp_path, write):
    path = write(tmp_path)
    origin = store.origin(*store.add(path))

    near, far = (sandbox.run(errands.examine, each, path.name) for each in (path, origin))

    assert far == near
    assert far.facts is not None


def test_the_sound_of_a_film_that_is_elsewhere_is_prepared_alike(store, sandbox, tmp_path):
    path = sounds.write_film(tmp_path / "a.mp4", "mp4")
    origin = store.origin(*store.add(path))

    for name, source in (("near", path), ("far", origin)):
        list(sandbox.iterate(errands.make_proxy, source, tmp_path / name))

    assert (tmp_path / "near").read_bytes() == (tmp_path / "far").read_bytes()
    assert sandbox.run(errands.film_thumbnail, origin, 1.0, 64) == sandbox.run(
        errands.film_thumbnail, path, 1.0, 64
    )


def test_a_tile_of_a_long_file_fetches_a_small_part_of_it(store, sandbox, s3, tmp_path):
    path = sounds.write_sound(tmp_path / "long.wav", sounds.noise(600.0))
    origin = store.origin(*store.add(path))
    s3.asked.clear()

    far = sandbox.run(errands.grey_tile, origin, SPEC, 0, 50, "zst", True)

    assert far == errands.grey_tile(path, SPEC, 0, 50, "zst", True)
    assert path.stat().st_size > 57_000_000
    assert sent(s3) < 3_000_000


def test_tiles_are_kept_from_the_middle_of_an_errand(store, sandbox, s3, tmp_path):
    path = sounds.write_sound(tmp_path / "long.wav", sounds.noise(200.0))
    folder = FolderStore(tmp_path / "folder")
    origin = store.origin(*store.add(path))

    for source, cache in ((path, folder), (origin, store)):
        told = list(sandbox.iterate(errands.draw_pyramid, source, SPEC, 3, cache, "tiles/a"))
        assert told[-1] == 1.0

    names = sorted(
        str(each.relative_to(folder.root / "cache")) for each in folder.root.rglob("*.zst")
    )
    assert len(names) == 6
    assert [store.cached(each) for each in names] == [folder.cached(each) for each in names]


def test_who_stops_early_keeps_the_child_and_the_next_reads_the_truth(store, sandbox, tmp_path):
    path = sounds.write_sound(tmp_path / "long.wav", sounds.noise(150.0))
    origin = store.origin(*store.add(path))
    pid = sandbox.run(os.getpid)
    steps = sandbox.iterate(errands.draw_pyramid, origin, SPEC, 3, store, "tiles/stopped")

    first = next(steps)
    steps.close()
    found = sandbox.run(samples_of, origin, [3_000_000], 9000)[0]

    with open_sound(path) as sound:
        assert np.array_equal(found, sound.read(3_000_000, 9000, None))
    assert (0 < first < 1, sandbox.run(os.getpid)) == (True, pid)


def test_the_extremes_of_a_sound_are_read_from_where_they_are_kept(store, sandbox, tmp_path):
    path = sounds.write_sound(tmp_path / "long.wav", sounds.noise(100.0))
    store.keep("peaks/a.npy", errands.peak_blocks(path))
    question = (48_000, 10.0, 90.0, 100, None)

    far = sandbox.run(errands.peaks_of_blocks, store.kept("peaks/a.npy"), *question)

    (tmp_path / "peaks.npy").write_bytes(errands.peak_blocks(path))
    assert far == errands.peaks_of_blocks(tmp_path / "peaks.npy", *question)


def test_an_outage_in_the_middle_is_told_as_one_and_not_as_silence(
    store, sandbox, s3, tmp_path, monkeypatch
):
    path = sounds.write_sound(tmp_path / "a.wav", sounds.noise(20.0))
    origin = store.origin(*store.add(path))

    monkeypatch.setattr(s3, "fail", lambda asked: asked.range.startswith("bytes=1048576-"))
    with pytest.raises(Busy):
        sandbox.run(samples_of, origin, [0], 900_000)
    monkeypatch.setattr(s3, "fail", None)
    store._bucket._failed_at = None
    found = sandbox.run(samples_of, origin, [0], 900_000)[0]

    with open_sound(path) as sound:
        assert np.array_equal(found, sound.read(0, 900_000, None))


def test_bytes_that_are_gone_are_not_found(store, sandbox, tmp_path):
    path = sounds.write_sound(tmp_path / "a.wav", sounds.noise(1.5))
    sha256, size = store.add(path)
    origin = store.origin(sha256, size)
    store.delete(sha256)

    with pytest.raises(NotFound):
        sandbox.run(samples_of, origin, [0], 100)


def test_an_object_that_was_cut_short_is_not_whole(store, sandbox, tmp_path):
    path = sounds.write_sound(tmp_path / "a.wav", sounds.noise(1.7))
    sha256, size = store.add(path)

    for wrong in (size + 1, size + 10_000_000):
        with pytest.raises(NotFound):
            sandbox.run(samples_of, store.origin(sha256, wrong), [0], 100)


def test_a_child_is_not_told_secrets(monkeypatch):
    monkeypatch.setenv("TAGSTORE_SECRET_KEY", "hush")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "hush")
    sandbox = Sandbox(workers=1)

    known = sandbox.run(environment)
    sandbox.close()

    assert [name for name in known if name.startswith(("AWS_", "TAGSTORE_"))] == []
    assert "PATH" in known
