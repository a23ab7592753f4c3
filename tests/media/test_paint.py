from io import BytesIO

import numpy as np
import pytest
import soundfile
from PIL import Image

from tagstore.errors import Invalid
from tagstore.media.decode import open_sound
from tagstore.media.paint import MAPS, colour, colour_map, picture, spectrum, thumbnail
from tagstore.media.spectrogram import SpectrogramSpec, tile

RATE = 32_000


@pytest.fixture
def sound(tmp_path):
    """Hold two seconds: a faint hiss, and in the second half a tone of 4 kHz."""
    at = np.arange(2 * RATE) / RATE
    tone = 0.5 * np.sin(2 * np.pi * 4_000 * at) * (at >= 1)
    hiss = np.random.default_rng(0).normal(0, 0.001, len(at))
    soundfile.write(tmp_path / "sound.wav", tone + hiss, RATE)
    with open_sound(tmp_path / "sound.wav") as sound:
        yield sound


def pixels_of(content):
    with Image.open(BytesIO(content)) as image:
        return image.format, np.asarray(image.convert("RGB")).astype(int)


@pytest.mark.parametrize("name", MAPS)
def test_a_colour_map_has_a_colour_for_each_grey_from_its_first_to_its_last(name):
    table = colour_map(name)

    points = MAPS[name].split()
    assert (table.shape, table.dtype) == ((256, 3), np.uint8)
    assert [table[0].tobytes().hex(), table[255].tobytes().hex()] == [points[0], points[-1]]


@pytest.mark.parametrize("name", ["viridis", "inferno", "magma", "cividis"])
def test_the_scientific_maps_grow_brighter_with_every_step(name):
    luminance = colour_map(name) @ [0.2126, 0.7152, 0.0722]

    assert (np.diff(luminance[::4]) > 0).all()


def test_an_unknown_colour_map_is_refused():
    with pytest.raises(Invalid):
        colour_map("jet")


def test_grey_between_two_limits_takes_the_whole_map():
    pixels = np.array([[0, 100, 110, 150, 255]], np.uint8)

    painted = colour(pixels, "grey", 100, 150)

    assert painted[0, :, 0].tolist() == [0, 0, 51, 255, 255]


def test_a_spectrum_of_whole_columns_and_bins_is_the_tile(sound):
    spec = SpectrogramSpec(256, 128)
    seconds = 200 * 128 / RATE
    pixels = spectrum(sound, spec, (0, seconds), (0, RATE / 2), (200, 128))

    starts = np.arange(200) * 128 + 64  # A column looks at its middle.
    shifted = [sound.read(int(start), 256, 1) for start in starts]
    window = np.hanning(257)[:-1]
    amplitude = np.abs(np.fft.rfft(shifted * window, axis=1))[:, :128] * 2 / window.sum()
    exact = np.clip(255 + 40 * np.log10(amplitude), 0, 255).T[::-1]
    assert pixels.shape == tile(sound, spec, 0, 0)[:, :200].shape
    assert np.abs(pixels - exact).max() <= 0.51


def test_a_spectrum_shows_only_the_band_that_was_asked_for(sound):
    spec = SpectrogramSpec(1024, 512)

    pixels = spectrum(sound, spec, (1.1, 1.9), (3_500, 4_500), (40, 100))

    # The bin of 4,000 to 4,031 Hz, in rows of 10 Hz from the top.
    assert set(pixels.argmax(axis=0).tolist()) == {46}


def test_a_picture_is_a_png_of_the_size_that_was_asked_for(sound):
    kind, pixels = pixels_of(picture(sound, SpectrogramSpec(), 0, 2, 0, 16_000, 300, 120))

    assert (kind, pixels.shape) == ("PNG", (120, 300, 3))
    assert pixels[90, 160:290].sum() > 10 * pixels[90, 10:140].sum()


def test_a_picture_shows_the_levels_that_were_asked_for(sound):
    spec = SpectrogramSpec()
    _, pixels = pixels_of(
        picture(sound, spec, 1.1, 1.9, 0, 16_000, 64, 512, "grey", range_db=(-26.0, -6.0))
    )

    assert pixels[511 - 128, :, 0].min() >= 250
    assert pixels[:100].max() == 0


def test_a_thumbnail_is_a_small_jpeg_of_the_whole_sound(sound):
    kind, pixels = pixels_of(thumbnail(sound))

    tone = pixels[96 * 3 // 4 - 1].sum(axis=1)
    assert (kind, pixels.shape) == ("JPEG", (96, 320, 3))
    assert tone[170:310].mean() > 3 * tone[10:150].mean()


def test_a_thumbnail_of_silence_is_dark(tmp_path):
    soundfile.write(tmp_path / "silence.wav", np.zeros(10), RATE)
    with open_sound(tmp_path / "silence.wav") as sound:
        _, pixels = pixels_of(thumbnail(sound, 64, 32))

    assert pixels.shape == (32, 64, 3)
    assert pixels.max() < 16


@pytest.mark.parametrize(
    "question",
    [
        (1, 1, 0, 16_000, 10, 10),
        (-1, 1, 0, 16_000, 10, 10),
        (0, 4, 0, 16_000, 10, 10),
        (0, float("nan"), 0, 16_000, 10, 10),
        (0, 1, 16_000, 16_000, 10, 10),
        (0, 1, 0, 17_000, 10, 10),
        (0, 1, -1, 16_000, 10, 10),
        (0, 1, 0, 16_000, 0, 10),
        (0, 1, 0, 16_000, 10, 5000),
    ],
)
def test_questions_that_make_no_sense_are_refused(sound, question):
    with pytest.raises(Invalid):
        picture(sound, SpectrogramSpec(), *question)


def test_a_channel_that_the_sound_lacks_is_refused(sound):
    with pytest.raises(Invalid):
        picture(sound, SpectrogramSpec(channel=2), 0, 1, 0, 16_000, 10, 10)
