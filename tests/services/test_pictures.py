"""Tiles, peaks, cuts and small pictures: exact, cached, shared, honest about what is rough."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import soundfile
import zstandard
from PIL import Image

from tagstore.db import transaction
from tagstore.errors import Busy, Conflict, Invalid, NotFound
from tagstore.media.decode import open_sound
from tagstore.media.spectrogram import SpectrogramSpec, tile
from tagstore.services import pictures
from tagstore.services.depot import depot
from tagstore.services.pictures import CutQuery, PictureQuery, flights, tiles
from tagstore.values import STRANGER, SYSTEM
from tests import sounds
from tests.arrivals import Arrivals

SPEC = SpectrogramSpec()


@pytest.fixture
def arrivals(app):
    return Arrivals(app)


@pytest.fixture
def ask(app):
    """Call something as a reading request would."""

    def call(function, *arguments, actor=SYSTEM):
        with app.app_context(), transaction(writing=False):
            return function(actor, *arguments)

    return call


@pytest.fixture
def long(arrivals, tmp_path):
    """A recording whose upper levels need a job, and its path."""
    path = sounds.write_sound(tmp_path / "long.wav", sounds.noise(100.0))
    return arrivals.add(path)[0], path


def grey(found):
    rows = zstandard.ZstdDecompressor().decompress(found.data)
    return np.frombuffer(rows, np.uint8).reshape(found.rows, found.columns)


def exact(path, level, index, spec=SPEC):
    with open_sound(path) as sound:
        return tile(sound, spec, level, index)


@pytest.mark.parametrize(("level", "index"), [(0, 0), (0, 9), (2, 1), (3, 1)])
def test_low_levels_are_exact_at_once(ask, long, level, index):
    media_file_id, path = long

    found = ask(pictures.find_tile, media_file_id, SPEC, level, index, "zst")

    assert found.is_exact
    assert np.array_equal(grey(found), exact(path, level, index))


def test_a_tile_is_computed_once_and_both_forms_show_the_same(ask, long):
    media_file_id = long[0]

    first = ask(pictures.find_tile, media_file_id, SPEC, 1, 0, "zst")
    png = ask(pictures.find_tile, media_file_id, SPEC, 1, 0, "png")
    key = f"tiles/{first.etag[:24]}"
    kept = [each.suffix for each in depot().store.root.glob(f"cache/{key}*/{SPEC}/1/*")]

    assert np.array_equal(np.array(Image.open(io.BytesIO(png.data))), grey(first))
    assert sorted(kept) == [".png", ".zst"]


def test_high_levels_are_rough_until_the_job_has_drawn_them(ask, long, arrivals):
    media_file_id, path = long

    before = ask(pictures.find_tile, media_file_id, SPEC, 4, 0, "zst")
    arrivals.work()
    after = ask(pictures.find_tile, media_file_id, SPEC, 4, 0, "zst")

    truth = exact(path, 4, 0)
    assert (before.is_exact, after.is_exact) == (False, True)
    assert np.array_equal(grey(after), truth)
    assert (grey(before) <= truth).all()


def test_high_levels_of_other_spectrograms_are_promised_once_they_are_looked_at(
    ask, long, arrivals, monkeypatch
):
    monkeypatch.setattr(tiles, "_asked_for", set())
    media_file_id, path = long
    spec = SpectrogramSpec(512, 128, "hamming")
    arrivals.work()

    for _ in range(3):
        ask(pictures.find_tile, media_file_id, spec, 5, 0, "zst")
    done = arrivals.work()
    after = ask(pictures.find_tile, media_file_id, spec, 5, 0, "zst")

    assert [function for function, _, _ in done] == ["draw_pictures", "draw_pictures"]
    assert after.is_exact
    assert np.array_equal(grey(after), exact(path, 5, 0, spec))


def test_who_has_a_tile_is_not_sent_it_again(ask, long):
    media_file_id, _ = long
    found = ask(pictures.find_tile, media_file_id, SPEC, 0, 0, "zst")

    again = ask(pictures.find_tile, media_file_id, SPEC, 0, 0, "zst", found.etag)

    assert again is None


@pytest.mark.parametrize(("level", "index"), [(0, 10), (1, 5), (5, 0), (40, 1), (64, 0)])
def test_there_are_no_tiles_beyond_the_end(ask, long, level, index):
    with pytest.raises(NotFound):
        ask(pictures.find_tile, long[0], SPEC, level, index, "zst")


def test_a_channel_that_is_not_there_is_invalid(ask, long):
    with pytest.raises(Invalid):
        ask(pictures.find_tile, long[0], SpectrogramSpec(channel=2), 0, 0, "zst")


def test_strangers_see_no_pictures(ask, long):
    with pytest.raises(NotFound):
        ask(pictures.find_tile, long[0], SPEC, 0, 0, "zst", actor=STRANGER)
    with pytest.raises(NotFound):
        ask(pictures.find_peaks, long[0], None, None, 10, None, actor=STRANGER)
    with pytest.raises(NotFound):
        ask(pictures.hear, long[0], CutQuery(), actor=STRANGER)
    with pytest.raises(NotFound):
        ask(pictures.thumbnail, long[0], actor=STRANGER)


def test_a_video_has_a_spectrogram_once_its_proxy_is_there(ask, arrivals, tmp_path):
    media_file_id, _ = arrivals.add(sounds.write_film(tmp_path / "a.mp4", "mp4"))

    with pytest.raises(Busy):
        ask(pictures.find_tile, media_file_id, SPEC, 0, 0, "zst")
    arrivals.work()
    found = ask(pictures.find_tile, media_file_id, SPEC, 0, 0, "zst")

    assert (found.rows, found.is_exact) == (512, True)


def test_a_proxy_that_was_lost_is_made_again(ask, arrivals, tmp_path):
    media_file_id, _ = arrivals.add(sounds.write_film(tmp_path / "a.mp4", "mp4"))
    arrivals.work()
    for proxy in depot().store.root.glob("cache/proxies/*"):
        proxy.unlink()

    for _ in range(2):
        with pytest.raises(Busy):
            ask(pictures.find_tile, media_file_id, SPEC, 0, 0, "zst")
    done = arrivals.work()
    found = ask(pictures.find_tile, media_file_id, SPEC, 0, 0, "zst")

    assert [function for function, _, _ in done] == ["make_proxy", "make_proxy"]
    assert found.is_exact


def test_a_file_in_place_that_changed_shows_nothing_of_what_it_became(ask, arrivals, settings):
    folder = settings.media_roots[0]
    folder.mkdir()
    path = sounds.write_sound(folder / "a.wav")
    media_file_id, _ = arrivals.add(path, in_place=True)
    ask(pictures.find_tile, media_file_id, SPEC, 0, 0, "zst")
    sounds.write_sound(path, sounds.noise(2.0))

    with pytest.raises(Conflict):
        ask(pictures.find_tile, media_file_id, SPEC, 0, 0, "zst")


def test_peaks_are_exact_and_rough_ones_become_so(ask, long, arrivals):
    media_file_id, path = long
    samples = soundfile.read(path, dtype="int16")[0]

    short = ask(pictures.find_peaks, media_file_id, 1.0, 2.0, 10, None)
    whole = ask(pictures.find_peaks, media_file_id, None, None, 2, None)
    arrivals.work()
    kept = ask(pictures.find_peaks, media_file_id, None, None, 2, None)

    second = samples[48_000:96_000].reshape(10, -1)
    assert (short.lowest, short.highest) == (
        second.min(axis=1).tolist(),
        second.max(axis=1).tolist(),
    )
    assert (short.is_rough, whole.is_rough, kept.is_rough) == (False, True, False)
    assert min(kept.lowest) == samples.min()


def test_a_stretch_that_makes_no_sense_is_invalid(ask, long):
    for start_s, end_s, bins in ((2.0, 1.0, 10), (-1.0, 1.0, 10), (0.0, 1.0, 0), (0, 1, 9000)):
        with pytest.raises(Invalid):
            ask(pictures.find_peaks, long[0], start_s, end_s, bins, None)


def test_a_cut_holds_the_very_samples_wherever_it_is_read(ask, long):
    media_file_id, path = long
    samples = soundfile.read(path, dtype="int16")[0][48_000 : 48_000 * 31]

    heard = ask(pictures.hear, media_file_id, CutQuery(1.0, 31.0))
    whole = b"".join(heard.chunks())
    middle = b"".join(heard.chunks(1_000_001, 600_000))

    assert len(whole) == heard.size == 44 + 2 * len(samples)
    assert np.array_equal(soundfile.read(io.BytesIO(whole), dtype="int16")[0], samples)
    assert middle == whole[1_000_001:1_600_001]


def test_a_cut_can_be_had_encoded(ask, long):
    heard = ask(pictures.hear, long[0], CutQuery(1.0, 2.0, form="flac"))

    data = b"".join(heard.chunks())
    info = soundfile.info(io.BytesIO(data))

    assert (len(data), info.frames, heard.mimetype) == (heard.size, 48_000, "audio/flac")
    assert heard.name == "long 1.000-2.000.flac"


def test_every_kind_of_file_has_a_small_picture(ask, arrivals, tmp_path):
    paths = [
        sounds.write_sound(tmp_path / "a.wav"),
        sounds.write_film(tmp_path / "b.webm", "webm"),
        sounds.write_picture(tmp_path / "c.png"),
    ]
    ids = [arrivals.add(path)[0] for path in paths]

    found = [ask(pictures.thumbnail, each) for each in ids]

    shapes = [Image.open(io.BytesIO(each.data)).size for each in found]
    assert shapes == [(440, 208), (64, 48), (40, 30)]
    assert {each.mimetype for each in found} == {"image/jpeg"}


def test_a_stretch_is_drawn_as_asked(ask, long):
    query = PictureQuery(1.0, 2.0, 500.0, 8000.0, width=300, height=120, colours="viridis")

    found = ask(pictures.draw, long[0], query)

    assert Image.open(io.BytesIO(found.data)).size == (300, 120)


def test_equal_questions_at_once_are_answered_by_one_computation():
    begun, go, times = threading.Event(), threading.Event(), []

    def compute():
        times.append(1)
        begun.set()
        go.wait(5)
        return 42

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(flights.share, "a", compute)
        begun.wait(5)
        others = [pool.submit(flights.share, "a", compute) for _ in range(3)]
        while pool._work_queue.qsize():
            pass
        threading.Timer(0.05, go.set).start()
        answers = [each.result() for each in (first, *others)]

    assert (answers, len(times)) == ([42] * 4, 1)


def test_a_failure_is_shared_too_and_the_next_question_is_asked_anew():
    def fail():
        raise NotFound("No.")

    with pytest.raises(NotFound):
        flights.share("b", fail)

    assert flights.share("b", lambda: 1) == 1
