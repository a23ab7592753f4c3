import av
import numpy as np
import pytest
from PIL import Image
from scipy.signal import spectrogram

from tagstore.media.synthesis import (
    dawn_chorus,
    image_file,
    spoken_like,
    ultrasonic_sweeps,
    video_file,
)
from tagstore.media.synthesis.birds import SPECIES
from tagstore.media.synthesis.parts import box, perform


def power(samples, rate, low_hz, high_hz):
    spectrum = np.abs(np.fft.rfft(samples)) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / rate)
    return spectrum[(hertz >= low_hz) & (hertz <= high_hz)].sum() / len(samples) ** 2


def within(samples, rate, call):
    piece = samples[int(call.start_s * rate) : int(call.end_s * rate)]
    return power(piece, rate, call.low_hz, call.high_hz)


def quiet(samples, rate, call):
    hertz, _, density = spectrogram(samples, rate, nperseg=2048, noverlap=0, scaling="spectrum")
    band = density[(hertz >= call.low_hz) & (hertz <= call.high_hz)].sum(axis=0)
    return np.percentile(band, 20)


@pytest.fixture(scope="module")
def chorus():
    return dawn_chorus(seconds=60)


@pytest.mark.parametrize("species", SPECIES, ids=lambda species: species.name)
def test_the_energy_of_a_song_lies_in_its_box(species):
    rng = np.random.default_rng(1)
    song = species.song(rng)
    call = box(species.name, song, at_s=0)

    samples = perform(song, 48_000, rng)

    share = power(samples, 48_000, call.low_hz, call.high_hz) / power(samples, 48_000, 0, 24_000)
    assert share > 0.95
    assert len(samples) == pytest.approx(call.end_s * 48_000, abs=2)


def test_every_tagged_song_stands_out_of_the_wood(chorus):
    samples, calls = chorus

    hidden = [
        call for call in calls if within(samples, 48_000, call) < 2 * quiet(samples, 48_000, call)
    ]

    assert hidden == []


def test_the_chorus_is_clean_float_sound_of_the_length_asked_for(chorus):
    samples, _ = chorus

    assert (samples.dtype, samples.shape) == (np.float32, (60 * 48_000,))
    assert 0.1 < np.abs(samples).max() < 1


def test_near_birds_of_every_species_are_tagged_in_order(chorus):
    _, calls = chorus

    assert {call.label for call in calls} == {species.name for species in SPECIES}
    assert calls == sorted(calls, key=lambda call: call.start_s)


def test_a_seed_gives_the_same_dawn_twice_and_another_seed_another():
    first, calls = dawn_chorus(seconds=12, seed=1)
    again, same_calls = dawn_chorus(seconds=12, seed=1)
    other, _ = dawn_chorus(seconds=12, seed=2)

    assert np.array_equal(first, again)
    assert calls == same_calls
    assert not np.array_equal(first, other)


def test_bats_call_where_people_hear_nothing():
    samples, calls = ultrasonic_sweeps()

    assert len(samples) == 12 * 256_000
    assert len(calls) == 5
    assert min(call.low_hz for call in calls) > 20_000
    assert max(call.high_hz for call in calls) < 128_000
    assert all(
        within(samples, 256_000, call) > 4 * power(samples[:50_000], 256_000, *call[3:])
        for call in calls
    )


def test_words_are_loud_and_the_pauses_between_them_are_not():
    samples, words = spoken_like(seconds=10)
    spoken = np.zeros(len(samples), bool)
    for word in words:
        spoken[int(word.start_s * 24_000) : int(word.end_s * 24_000)] = True

    loudness = np.std(samples[spoken]) / np.std(samples[~spoken])

    assert words[0].text == "talo"
    assert all(word.end_s > word.start_s for word in words)
    assert loudness > 20


def test_the_video_flashes_when_it_beeps(tmp_path):
    path = tmp_path / "ball.webm"
    calls = video_file(path, seconds=4)

    with av.open(str(path)) as container:
        brightest = [frame.to_ndarray(format="gray").max() for frame in container.decode(video=0)]
    with av.open(str(path)) as container:
        sound = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])

    flashes = [n / 25 for n in range(1, 100) if brightest[n] > 225 >= brightest[n - 1]]
    beeps = [np.abs(sound[int(call.start_s * 48_000) :][:4800]).max() for call in calls]
    assert [call.start_s for call in calls] == [1.5, 3.0]
    assert flashes == pytest.approx([1.5, 3.0], abs=0.05)
    assert np.abs(sound[: int(1.4 * 48_000)]).max() < 0.1 * min(beeps)


@pytest.mark.parametrize(("name", "kind"), [("pond.png", "PNG"), ("pond.jpg", "JPEG")])
def test_the_picture_shows_every_bird_inside_its_rectangle(tmp_path, name, kind):
    path = tmp_path / name
    spots = image_file(path)

    with Image.open(path) as image:
        size, written = image.size, image.format
        grey = np.asarray(image.convert("L"))

    assert (written, len(spots)) == (kind, 5)
    for spot in spots:
        left, top = int(spot.x * size[0]), int(spot.y * size[1])
        inside = grey[top : top + int(spot.height * size[1]), left:][:, : int(spot.width * size[0])]
        assert inside.min() < 40
