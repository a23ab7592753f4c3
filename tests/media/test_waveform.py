import numpy as np
import pytest
import soundfile

from tagstore.errors import Invalid
from tagstore.media import waveform
from tagstore.media.decode import open_sound
from tagstore.media.waveform import PEAK_BLOCK, build_peaks, peaks, peaks_from, rough_peaks

RATE = 8_000


@pytest.fixture
def record(tmp_path):
    def write(samples):
        soundfile.write(tmp_path / "sound.wav", samples, RATE)
        return open_sound(tmp_path / "sound.wav")

    return write


def noise(*shape):
    loudness = np.linspace(100, 20_000, shape[0]).reshape(-1, *[1] * (len(shape) - 1))
    return (np.random.default_rng(0).uniform(-1, 1, shape) * loudness).astype(np.int16)


def extremes(samples, bins):
    return [[part.min(), part.max()] for part in np.array_split(samples, bins)]


def test_each_bin_has_the_lowest_and_highest_of_its_samples(record):
    samples = noise(RATE * 2)
    with record(samples) as sound:
        found = peaks(sound, 0, 2, 50, 1)

    assert found.dtype == np.int16
    assert found.tolist() == extremes(samples, 50)


def test_a_stretch_longer_than_one_read_is_exact(record):
    samples = noise(800_000)
    with record(samples) as sound:
        found = peaks(sound, 0, 100, 5, 1)

    assert found.tolist() == extremes(samples, 5)


def test_a_stretch_starts_and_ends_where_it_was_asked_to(record):
    samples = noise(RATE * 2)
    with record(samples) as sound:
        found = peaks(sound, 0.5, 1.5, 8, 1)

    assert found.tolist() == extremes(samples[4000:12_000], 8)


def test_bins_narrower_than_a_sample_repeat_it(record):
    with record(np.array([5, -7, 9], np.int16)) as sound:
        found = peaks(sound, 0, 3 / RATE, 6, 1)

    assert found.tolist() == [[5, 5], [5, 5], [-7, -7], [-7, -7], [9, 9], [9, 9]]


def test_bins_past_the_end_are_zero(record):
    samples = np.full(RATE, 7, np.int16)
    with record(samples) as sound:
        assert peaks(sound, 0, 2, 4, 1).tolist() == [[7, 7], [7, 7], [0, 0], [0, 0]]
        assert peaks(sound, 5, 6, 2, 1).tolist() == [[0, 0], [0, 0]]


def test_one_channel_or_the_extremes_of_all(record):
    samples = noise(RATE, 3)
    with record(samples) as sound:
        second = peaks(sound, 0, 1, 10, 2)
        everything = peaks(sound, 0, 1, 10)

    assert second.tolist() == extremes(samples[:, 1], 10)
    assert everything.tolist() == extremes(samples, 10)


def test_blocks_give_the_same_peaks_where_bins_are_whole_blocks(record):
    samples = noise(PEAK_BLOCK * 100, 2)
    with record(samples) as sound:
        told = []
        blocks = build_peaks(sound, told.append)
        exact = [peaks(sound, 0, sound.samples / RATE, 25, channel) for channel in (1, 2, None)]

    assert blocks.shape == (100, 2, 2)
    assert told == [0.64, 1.0]
    for channel, expected in zip((1, 2, None), exact, strict=True):
        found = peaks_from(blocks, RATE, 0, len(samples) / RATE, 25, channel)
        assert found.tolist() == expected.tolist()


def test_blocks_never_show_less_than_there_is(record):
    samples = noise(PEAK_BLOCK * 40 + 1234)
    with record(samples) as sound:
        exact = peaks(sound, 1, 15, 33, 1)
        found = peaks_from(build_peaks(sound), RATE, 1, 15, 33, 1)

    assert (found[:, 0] <= exact[:, 0]).all()
    assert (found[:, 1] >= exact[:, 1]).all()


def test_rough_peaks_of_a_long_stretch_lie_within_the_exact_ones(record, monkeypatch):
    monkeypatch.setattr(waveform, "EXACT_SAMPLES", 100_000)
    monkeypatch.setattr(waveform, "ROUGH_SAMPLES", 10_000)
    samples = noise(400_000)
    with record(samples) as sound:
        rough = rough_peaks(sound, 0, 50, 20, 1)
        exact = peaks(sound, 0, 50, 20, 1)

    assert (rough[:, 0] >= exact[:, 0]).all()
    assert (rough[:, 1] <= exact[:, 1]).all()
    assert (rough[:, 1] > exact[:, 1] * 0.5).all()


def test_rough_peaks_of_a_short_stretch_are_exact(record):
    with record(noise(RATE)) as sound:
        assert np.array_equal(rough_peaks(sound, 0, 1, 9, 1), peaks(sound, 0, 1, 9, 1))


@pytest.mark.parametrize(
    "question",
    [
        (-1, 1, 10, 1),
        (1, 1, 10, 1),
        (0, float("inf"), 10, 1),
        (0, float("nan"), 10, 1),
        (0, 1, 0, 1),
        (0, 1, 100_000, 1),
        (0, 1, 10, 2),
        (0, 1, 10, 0),
    ],
)
def test_questions_that_make_no_sense_are_refused(record, question):
    with record(noise(RATE)) as sound:
        blocks = build_peaks(sound)

        with pytest.raises(Invalid):
            peaks(sound, *question)
        with pytest.raises(Invalid):
            rough_peaks(sound, *question)
        with pytest.raises(Invalid):
            peaks_from(blocks, RATE, *question)
