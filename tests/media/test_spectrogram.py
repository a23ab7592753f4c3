from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
import zstandard
from PIL import Image
from scipy.signal import spectrogram

from tagstore.errors import Invalid, NotFound
from tagstore.media.decode import open_sound
from tagstore.media.spectrogram import (
    SPEC_NAME,
    TILE_COLUMNS,
    SpectrogramSpec,
    grey_png,
    grey_zstd,
    rough_tile,
    spans_exactly,
    tile,
)

RECORDINGS = Path(__file__).parents[2] / "../shared/data/audio"
RATE = 48_000
SCIPY_NAMES = {"rectangular": "boxcar"}


@pytest.fixture
def record(tmp_path):
    def write(samples, rate=RATE, subtype="PCM_16"):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.wav"
        soundfile.write(path, samples, rate, subtype)
        return open_sound(path)

    return write


class Day:
    """24 hours of a hum that nobody recorded, and how much of it was read."""

    sample_rate, channels, samples = RATE, 1, 24 * 3600 * RATE
    looked_at = 0

    def read(self, start, count, channel):
        self.looked_at += count
        return np.sin(np.arange(start, start + count) * (2 * np.pi / 16)).astype(np.float32)


def noise(samples, seed=0):
    return np.random.default_rng(seed).normal(0, 0.1, samples).clip(-0.99, 0.99)


def song(samples):
    """Return a loud falling sweep over a faint hiss, with silence in the middle third."""
    at = np.arange(samples) / RATE
    sweep = 0.8 * np.sin(2 * np.pi * (9_000 * at - 3_000 * at**2)) + noise(samples) * 0.01
    sweep[samples // 3 : 2 * samples // 3] = 0
    return sweep


def amplitudes(sound, spec):
    """Return (rows, frames) by SciPy in double precision, high bins on top, sines as they are."""
    padded = np.zeros((spec.columns(sound.samples) - 1) * spec.hop + spec.n_fft)
    padded[: sound.samples] = sound.read(0, sound.samples, spec.channel)[: len(padded)]
    _, _, found = spectrogram(
        padded,
        window=SCIPY_NAMES.get(spec.window, spec.window),
        nperseg=spec.n_fft,
        noverlap=spec.n_fft - spec.hop,
        detrend=False,
        scaling="spectrum",
        mode="magnitude",
    )
    return 2 * found[spec.rows - 1 :: -1]


def grey(amplitude):
    """Return what a pixel would be without rounding."""
    with np.errstate(divide="ignore"):
        return np.clip((20 * np.log10(np.maximum(amplitude, 0)) + 127.5) * 2, 0, 255)


def whole(sound, spec, level):
    tiles = range(spec.tiles(sound.samples, level))
    return np.concatenate([tile(sound, spec, level, index) for index in tiles], axis=1)


@pytest.mark.parametrize("window", ["hann", "hamming", "blackman", "rectangular"])
@pytest.mark.parametrize(
    ("n_fft", "hop"), [(128, 8), (512, 512), (1024, 512), (4096, 1024), (16_384, 2048)]
)
def test_every_pixel_agrees_with_scipy_within_half_a_grey_level(record, n_fft, hop, window):
    spec = SpectrogramSpec(n_fft, hop, window)
    with record(noise(60_000)) as sound:
        exact = grey(amplitudes(sound, spec))

        pixels = whole(sound, spec, 0)

    assert np.abs(pixels - exact).max() <= 0.5 + 1e-3


@pytest.mark.parametrize("name", ["birds_10s.wav", "rugr_drum.wav"])
def test_every_pixel_of_a_real_recording_agrees_with_scipy(name):
    path = RECORDINGS / name
    if not path.exists():
        pytest.skip("The shared recordings are not here.")
    with open_sound(path) as sound:
        exact = grey(amplitudes(sound, SpectrogramSpec()))

        pixels = whole(sound, SpectrogramSpec(), 0)

    assert np.abs(pixels - exact).max() <= 0.5 + 1e-3


@pytest.mark.parametrize("settings", ["n128-h8-hann-c1", "n1024-h512-hann-c1"])
def test_what_is_far_below_the_loudest_is_as_exact_as_single_precision(record, settings):
    spec = SpectrogramSpec.parse(settings)
    with record(song(100_000)) as sound:
        exact = amplitudes(sound, spec)

        pixels = whole(sound, spec, 0)

    doubt = exact.max(axis=0) * 2**-21  # 126 dB below the loudest of each frame.
    assert (pixels >= grey(exact - doubt) - 0.501).all()
    assert (pixels <= grey(exact + doubt) + 0.501).all()


@pytest.mark.parametrize("level", [1, 2, 3, 5, 8, 9])
def test_a_level_is_the_maximum_over_its_frames(record, level):
    spec = SpectrogramSpec(128, 64)
    with record(song(70_123)) as sound:
        base = whole(sound, spec, 0)

        pixels = whole(sound, spec, level)

    edges = np.arange(0, base.shape[1], 2**level)
    assert np.array_equal(pixels, np.maximum.reduceat(base, edges, axis=1))


def test_a_full_scale_sine_at_the_centre_of_a_bin_is_white(record):
    spec = SpectrogramSpec(1024, 512)
    sine = np.sin(2 * np.pi * 64 / 1024 * np.arange(4096))
    with record(sine, subtype="FLOAT") as sound:
        pixels = tile(sound, spec, 0, 0)

    assert pixels[spec.rows - 1 - 64, :7].tolist() == [255] * 7
    assert pixels[spec.rows - 1 - 70, :7].tolist() == [0] * 7


def test_half_the_amplitude_is_twelve_grey_levels_darker(record):
    sine = 0.5 * np.sin(2 * np.pi * 64 / 1024 * np.arange(4096))
    with record(sine, subtype="FLOAT") as sound:
        pixels = tile(sound, SpectrogramSpec(), 0, 0)

    assert pixels[511 - 64, 0] == round(255 + 40 * np.log10(0.5))


def test_frames_start_at_multiples_of_the_hop_and_the_last_is_padded(record):
    spec = SpectrogramSpec(128, 128, "rectangular")
    samples = np.zeros(128 * 3 + 1)
    samples[128] = samples[-1] = 0.5
    with record(samples) as sound:
        pixels = tile(sound, spec, 0, 0)

    impulse = round(255 + 40 * np.log10(0.5 * 2 / 128))
    assert pixels.shape == (64, 4)
    assert pixels[10].tolist() == [0, impulse, 0, impulse]


def test_neighbouring_tiles_show_what_one_picture_would(record):
    spec = SpectrogramSpec(256, 32)
    with record(noise(32 * 2500)) as sound:
        shapes = [tile(sound, spec, 0, index).shape for index in range(3)]
        exact = grey(amplitudes(sound, spec))
        pixels = whole(sound, spec, 0)

    assert shapes == [(128, TILE_COLUMNS), (128, TILE_COLUMNS), (128, 2500 - 2048)]
    assert np.abs(pixels - exact).max() <= 0.5 + 1e-3


def test_a_tile_shows_the_channel_that_was_asked_for(record):
    both = np.stack((noise(5000, 1), noise(5000, 2)), axis=1)
    spec = SpectrogramSpec(256, 128, channel=2)
    with record(both) as stereo, record(both[:, 1]) as mono:
        shown = tile(stereo, spec, 0, 0)
        alone = tile(mono, SpectrogramSpec(256, 128), 0, 0)

    assert np.array_equal(shown, alone)


def test_silence_is_black(record):
    with record(np.zeros(3000)) as sound:
        assert not tile(sound, SpectrogramSpec(), 0, 0).any()


@pytest.mark.parametrize(("level", "index"), [(0, 2), (0, -1), (-1, 0), (1, 1), (70, 0)])
def test_a_tile_outside_the_sound_does_not_exist(record, level, index):
    with record(noise(64 * 1500)) as sound, pytest.raises(NotFound):
        tile(sound, SpectrogramSpec(128, 64), level, index)


def test_a_channel_that_the_sound_lacks_is_refused(record):
    with record(noise(5000)) as sound, pytest.raises(Invalid) as refusal:
        tile(sound, SpectrogramSpec(channel=2), 0, 0)

    assert refusal.value.details == {"channel": "must be 1 to 1"}


def test_a_rough_tile_of_short_columns_is_exact(record):
    with record(noise(64 * 1500)) as sound:
        for level in (0, 1):
            spec = SpectrogramSpec(128, 64)

            rough = rough_tile(sound, spec, level, 0)

            assert np.array_equal(rough, tile(sound, spec, level, 0))


def test_a_rough_tile_is_near_the_exact_one_and_never_brighter(record):
    spec = SpectrogramSpec(128, 64)
    with record(noise(64 * 16 * 700)) as sound:
        rough = rough_tile(sound, spec, 4, 0).astype(int)
        exact = tile(sound, spec, 4, 0).astype(int)

    assert rough.shape == exact.shape
    assert (rough <= exact).all()
    assert 0 < (exact - rough).mean() < 25


def test_a_rough_tile_is_the_same_every_time(record):
    spec = SpectrogramSpec(128, 64)
    with record(noise(64 * 16 * 700)) as sound:
        first, second = (rough_tile(sound, spec, 4, 0) for _ in range(2))

    assert np.array_equal(first, second)


@pytest.mark.parametrize("settings", ["n128-h8-hann-c1", "n1024-h512-hann-c1"])
def test_a_rough_tile_of_a_day_looks_at_little_of_it(settings):
    day, spec = Day(), SpectrogramSpec.parse(settings)

    pixels = rough_tile(day, spec, spec.top_level(day.samples), 0)

    assert (pixels.argmax(axis=0) == spec.rows - 1 - spec.n_fft // 16).all()
    assert day.looked_at <= 2048 * spec.n_fft


def test_the_names_of_all_spectrograms_are_just_those_that_can_be_read():
    sizes, channels = [64, 128, 1024, 16384, 32768, 129], ["0", "1", "9999", "01", "10000"]
    names = [
        f"n{n_fft}-h{hop}-{window}-c{channel}"
        for n_fft in sizes
        for hop in {n_fft, n_fft // 2, n_fft // 16, n_fft // 32, n_fft * 2}
        for window in ("hann", "rectangular", "kaiser")
        for channel in channels
    ]

    readable = {name for name in names if is_readable(name)}

    assert readable == {name for name in names if SPEC_NAME.fullmatch(name)}
    assert len(readable) == 3 * 3 * 2 * 2


def is_readable(name):
    try:
        SpectrogramSpec.parse(name)
    except Invalid:
        return False
    return True


def test_settings_survive_being_written_and_read():
    spec = SpectrogramSpec(2048, 256, "blackman", 2)

    assert str(spec) == "n2048-h256-blackman-c2"
    assert SpectrogramSpec.parse(str(spec)) == spec
    assert SpectrogramSpec() == SpectrogramSpec.parse("n1024-h512-hann-c1")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "n1024-h512-hann",
        "n1000-h500-hann-c1",
        "n64-h32-hann-c1",
        "n32768-h512-hann-c1",
        "n1024-h2048-hann-c1",
        "n1024-h32-hann-c1",
        "n1024-h512-kaiser-c1",
        "n1024-h512-hann-c0",
        "n01024-h512-hann-c1",
        "n1024-h512-hann-c01",
        "n1024-h512-hann-c1\n",
        "n١٠٢٤-h512-hann-c1",
    ],
)
def test_other_settings_are_refused(text):
    with pytest.raises(Invalid):
        SpectrogramSpec.parse(text)


def test_a_level_has_half_the_columns_and_the_top_one_is_one_tile():
    spec = SpectrogramSpec(1024, 512)
    day = 24 * 3600 * RATE

    assert [spec.columns(512 * 9 + 1, level) for level in range(5)] == [10, 5, 3, 2, 1]
    assert [spec.columns(0), spec.tiles(0, 0), spec.top_level(0), spec.top_level(1)] == [0, 0, 0, 0]
    assert [spec.top_level(512 * columns) for columns in (1024, 1025, 2048, 2049)] == [0, 1, 1, 2]
    assert spec.top_level(day) == 13
    assert [spec.tiles(day, 12), spec.tiles(day, 13)] == [2, 1]


def test_only_the_lowest_levels_are_cheap():
    assert [spans_exactly(level) for level in range(6)] == [True, True, True, True, False, False]


def test_a_png_holds_the_pixels(record):
    with record(noise(30_000)) as sound:
        pixels = tile(sound, SpectrogramSpec(), 0, 0)

    with Image.open(BytesIO(grey_png(pixels))) as image:
        assert (image.format, image.mode) == ("PNG", "L")
        assert np.array_equal(np.asarray(image), pixels)


def test_zstd_holds_the_rows_from_the_top(record):
    with record(noise(30_000)) as sound:
        pixels = tile(sound, SpectrogramSpec(), 0, 0)

    assert zstandard.ZstdDecompressor().decompress(grey_zstd(pixels)) == pixels.tobytes()
