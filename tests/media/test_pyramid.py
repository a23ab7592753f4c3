import numpy as np
import pytest
import soundfile

from tagstore.errors import Invalid
from tagstore.media.decode import open_sound
from tagstore.media.pyramid import build
from tagstore.media.spectrogram import SpectrogramSpec, tile


@pytest.fixture
def sound(tmp_path):
    samples = np.random.default_rng(0).normal(0, 0.1, 32 * 5500 + 7)
    samples[20_000:90_000] *= 0.01
    soundfile.write(tmp_path / "noise.wav", samples, 16_000)
    with open_sound(tmp_path / "noise.wav") as sound:
        yield sound


@pytest.mark.parametrize("first_level", [0, 1, 2])
@pytest.mark.parametrize("settings", ["n128-h32-hann-c1", "n1024-h64-hamming-c1"])
def test_every_tile_from_a_level_upwards_is_saved_once_and_exact(sound, settings, first_level):
    spec = SpectrogramSpec.parse(settings)
    saved = []

    for _ in build(sound, spec, first_level, lambda *tile: saved.append(tile)):
        pass

    expected = [
        (level, index)
        for level in range(first_level, spec.top_level(sound.samples) + 1)
        for index in range(spec.tiles(sound.samples, level))
    ]
    assert sorted((level, index) for level, index, _ in saved) == expected
    assert [at for *at, pixels in saved if not np.array_equal(pixels, tile(sound, spec, *at))] == []


def test_progress_rises_to_one(tmp_path):
    with soundfile.SoundFile(tmp_path / "long.wav", "w", 48_000, 1) as file:
        for _ in range(8):
            file.write(np.zeros(1 << 18, np.int16))

    with open_sound(tmp_path / "long.wav") as sound:
        told = list(build(sound, SpectrogramSpec(128, 128), 2, lambda *_: None))

    assert told == sorted(set(told))
    assert len(told) > 2
    assert told[-1] == 1.0


def test_a_sound_that_fits_in_one_tile_of_a_lower_level_needs_no_pyramid(sound):
    saved = []

    told = list(build(sound, SpectrogramSpec(), 4, lambda *tile: saved.append(tile)))

    assert (saved, told) == ([], [1.0])


def test_a_channel_that_the_sound_lacks_is_refused(sound):
    with pytest.raises(Invalid):
        list(build(sound, SpectrogramSpec(channel=2), 0, lambda *_: None))
