from io import BytesIO

import numpy as np
import pytest
import soundfile
import soxr
from scipy.signal import firwin

from tagstore.errors import Invalid
from tagstore.media.cut import Cut, Rendering, WavCut, cut_between, encode
from tagstore.media.decode import open_sound

RATE = 48_000


@pytest.fixture
def record(tmp_path):
    def write(samples, rate=RATE, subtype="PCM_16"):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.wav"
        soundfile.write(path, samples, rate, subtype)
        return open_sound(path)

    return write


class Silence:
    """A very long sound that holds nothing."""

    sample_rate, channels, samples = RATE, 2, 1 << 31

    def read(self, start, count, channel):
        return np.zeros((count, 2) if channel is None else count, np.float32)


def noise(*shape):
    return np.random.default_rng(0).integers(-20_000, 20_000, shape, dtype=np.int16)


def everything(sound, cut, **options):
    wav = WavCut(sound, cut, **options)
    return soundfile.read(BytesIO(wav.read(0, wav.size)), dtype="int16", always_2d=True)


def level_db(samples, rate, hz):
    """Return how loud one frequency is, away from the ends."""
    inner = samples[len(samples) // 4 : -len(samples) // 4] * np.hanning(len(samples) // 2 + 1)[:-1]
    wave = np.exp(-2j * np.pi * hz / rate * np.arange(len(inner)))
    return 20 * np.log10(4 * abs(inner @ wave) / len(inner) + 1e-12)


def tones(seconds, rate, *frequencies):
    at = np.arange(int(seconds * rate)) / rate
    return sum(0.2 * np.sin(2 * np.pi * hz * at) for hz in frequencies)


def test_a_cut_has_exactly_the_samples_between_two_times(record):
    samples = noise(RATE, 2)
    with record(samples) as sound:
        heard, rate = everything(sound, cut_between(sound, 0.1, 0.73))

    assert rate == RATE
    assert np.array_equal(heard, samples[4_800:35_040])


def test_times_are_rounded_to_the_nearest_sample(record):
    with record(noise(RATE)) as sound:
        cut = cut_between(sound, 10.4 / RATE, 20.6 / RATE)

    assert (cut.start, cut.end) == (10, 21)


def test_a_cut_without_an_end_goes_to_the_end(record):
    with record(noise(RATE)) as sound:
        assert cut_between(sound) == Cut(0, RATE)
        assert cut_between(sound, 0.5, 99.0) == Cut(RATE // 2, RATE)


def test_one_channel_becomes_mono(record):
    samples = noise(5000, 3)
    with record(samples) as sound:
        heard, _ = everything(sound, Cut(100, 4000, channel=3))

    assert np.array_equal(heard, samples[100:4000, 2:])


def test_many_channels_become_two_sides(record):
    samples = noise(5000, 4) // 4 * 4
    with record(samples) as sound:
        heard, _ = everything(sound, Cut(0, 5000))

    sides = (samples[:, 0::2].mean(axis=1), samples[:, 1::2].mean(axis=1))
    assert np.abs(heard - np.stack(sides, axis=1)).max() == 0


@pytest.mark.parametrize(
    "cut",
    [
        Cut(1000, 260_000),
        Cut(1000, 260_000, speed=0.5),
        Cut(1000, 260_000, low_hz=2_000, high_hz=9_000),
        Cut(1000, 260_000, speed=3.7),
        Cut(1000, 260_000, speed=0.03, channel=1, high_hz=5_000),
    ],
    ids=["plain", "slow", "band", "fast", "very slow"],
)
def test_any_range_of_bytes_is_that_part_of_the_whole(record, cut):
    ranges = np.random.default_rng(1).integers(0, 1 << 16, (20, 2))
    with record(noise(280_000, 2)) as sound:
        full = WavCut(sound, cut)
        content = full.read(0, full.size)
        parts = [WavCut(sound, cut).read(int(offset), int(size)) for offset, size in ranges]
        rest = b"".join(WavCut(sound, cut).chunks(100_001))

    assert len(content) == full.size
    assert full.read(full.size, 10) == b""
    assert parts == [content[offset : offset + size] for offset, size in ranges]
    assert rest == content[100_001:]


def test_a_slow_cut_states_another_rate_and_keeps_every_sample(record):
    samples = noise(RATE)
    with record(samples) as sound:
        heard, rate = everything(sound, cut_between(sound, 0, 1, speed=0.25))

    assert rate == 12_000
    assert np.array_equal(heard[:, 0], samples)


def test_bats_slowed_down_ten_times_keep_every_sample(record):
    samples = noise(50_000)
    with record(samples, rate=384_000) as sound:
        heard, rate = everything(sound, cut_between(sound, speed=0.1))

    assert rate == 38_400
    assert np.array_equal(heard[:, 0], samples)


def test_a_cut_at_full_speed_is_never_resampled_unless_it_must_play(record):
    with record(tones(1, 250_000, 10_000), rate=250_000) as sound:
        exact, rate = everything(sound, cut_between(sound))
        playable, playable_rate = everything(sound, cut_between(sound), playable=True)

    assert (rate, len(exact)) == (250_000, 250_000)
    assert (playable_rate, len(playable)) == (48_000, 48_000)
    assert level_db(playable[:, 0] / 32768, 48_000, 10_000) == pytest.approx(-13.98, abs=0.05)


def test_a_fast_cut_is_resampled_and_its_pitch_rises(record):
    with record(tones(4, RATE, 1_000)) as sound:
        heard, rate = everything(sound, cut_between(sound, speed=4))

    assert (rate, len(heard)) == (48_000, 48_000)
    assert level_db(heard[:, 0] / 32768, rate, 4_000) == pytest.approx(-13.98, abs=0.05)


@pytest.mark.parametrize(("rate", "speed"), [(250_000, 1.0), (44_100, 2.5), (2_000, 1.0)])
def test_resampling_in_blocks_is_resampling_the_whole(record, rate, speed):
    with record(noise(int(rate * 5)) // 4, rate=rate) as sound:
        rendering = Rendering(sound, Cut(0, sound.samples, speed=speed), 48_000)
        heard = rendering.read(0, rendering.frames)
        expected = soxr.resample(sound.read(0, sound.samples, 1), rate * speed, 48_000)

    assert len(heard) == len(expected)
    inner = slice(2_000, -2_000)  # Outside, soxr guesses what was before and after the sound.
    assert np.abs(heard[inner, 0] - expected[inner]).max() < 1e-5


def test_a_band_keeps_what_is_inside_and_drops_the_rest(record):
    with record(tones(2, RATE, 500, 3_000, 9_000)) as sound:
        heard, rate = everything(sound, cut_between(sound, low_hz=2_000, high_hz=5_000))

    levels = [level_db(heard[:, 0] / 32768, rate, hz) for hz in (500, 3_000, 9_000)]
    assert levels[1] == pytest.approx(-13.98, abs=0.02)
    assert max(levels[0], levels[2]) < -85


@pytest.mark.parametrize(
    ("low", "high", "kept"), [(2_000, None, [False, True]), (None, 2_000, [True, False])]
)
def test_a_band_may_be_open_at_one_end(record, low, high, kept):
    with record(tones(2, RATE, 500, 8_000)) as sound:
        heard, rate = everything(sound, cut_between(sound, low_hz=low, high_hz=high))

    assert [level_db(heard[:, 0] / 32768, rate, hz) > -15 for hz in (500, 8_000)] == kept


def test_a_band_has_no_delay_and_no_seams(record):
    samples = noise(200_000)
    with record(samples) as sound:
        cut = Cut(50_000, 190_000, low_hz=1_000, high_hz=6_000)
        heard = Rendering(sound, cut).read(0, 140_000)[:, 0]

    taps = firwin(4095, [1_000, 6_000], window=("kaiser", 7.857), pass_zero=False, fs=RATE)
    expected = np.convolve(samples / 32768, taps, mode="same")[50_000:190_000]
    assert np.abs(heard - expected).max() < 1e-5


def test_more_than_four_gigabytes_become_rf64():
    wav = WavCut(Silence(), Cut(0, 1 << 31))

    head = wav.read(0, 80)

    assert wav.size == 80 + (1 << 33)
    assert head[:4] == b"RF64"
    assert head[12:16] == b"ds64"
    assert int.from_bytes(head[20:28], "little") == wav.size - 8
    assert int.from_bytes(head[28:36], "little") == 1 << 33
    assert wav.read(wav.size - 3, 100) == b"\0\0\0"


def test_rf64_is_read_by_libsndfile(record, monkeypatch):
    monkeypatch.setattr("tagstore.media.clips.heads.RIFF_LIMIT", 100)
    samples = noise(1000)
    with record(samples) as sound:
        wav = WavCut(sound, Cut(0, 1000))

        with soundfile.SoundFile(BytesIO(wav.read(0, wav.size))) as file:
            assert file.format == "RF64"
            assert np.array_equal(file.read(dtype="int16"), samples)


def test_flac_loses_nothing_of_24_bits(record):
    samples = np.random.default_rng(0).integers(-(1 << 23), 1 << 23, 30_000, dtype=np.int32) << 8
    with record(samples, subtype="PCM_24") as sound:
        content = b"".join(encode(sound, Cut(1000, 29_000), "flac"))

    heard, rate = soundfile.read(BytesIO(content), dtype="int32")
    assert rate == RATE
    assert np.array_equal(heard, samples[1000:29_000])


def test_wav_is_the_wav_cut(record):
    with record(noise(100_000)) as sound:
        cut = Cut(7, 99_000)
        content = b"".join(encode(sound, cut, "wav"))
        wav = WavCut(sound, cut)

        assert content == wav.read(0, wav.size)


@pytest.mark.parametrize("format", ["mp3", "ogg"])
def test_a_lossy_encoding_sounds_the_same(record, format):
    with record(tones(3, RATE, 1_000)) as sound:
        content = b"".join(encode(sound, cut_between(sound, 0, 2), format))

    heard, rate = soundfile.read(BytesIO(content))
    assert rate == RATE
    assert len(heard) == pytest.approx(2 * RATE, abs=2_500)
    assert level_db(heard, rate, 1_000) == pytest.approx(-13.98, abs=0.3)


@pytest.mark.parametrize(
    ("format", "rate", "speed", "encoded"),
    [
        ("mp3", 96_000, 1, 48_000),
        ("mp3", 20_000, 1, 22_050),
        ("ogg", 384_000, 1, 48_000),
        ("ogg", 1_000, 1, 8_000),
        ("flac", 384_000, 1, 384_000),
        ("flac", 384_000, 10, 48_000),
        ("flac", 96_001, 1, 96_000),
        ("flac", 48_000, 0.5, 24_000),
    ],
)
def test_what_a_format_cannot_hold_is_resampled(record, format, rate, speed, encoded):
    with record(tones(1, rate, 100), rate=rate) as sound:
        content = b"".join(encode(sound, cut_between(sound, speed=speed), format))

    heard, found = soundfile.read(BytesIO(content))
    assert found == encoded
    assert len(heard) / found == pytest.approx(1 / speed, abs=0.06)


def test_a_minute_of_vorbis_is_written(record):
    with record(noise(60 * RATE, 2)) as sound:
        content = b"".join(encode(sound, cut_between(sound), "ogg"))

    assert soundfile.info(BytesIO(content)).frames == 60 * RATE


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({"start_s": -1}, "end_s"),
        ({"start_s": 0.5, "end_s": 0.5}, "end_s"),
        ({"start_s": float("nan")}, "end_s"),
        ({"start_s": 3, "end_s": 4}, "start_s"),
        ({"channel": 2}, "channel"),
        ({"channel": 0}, "channel"),
        ({"speed": 0}, "speed"),
        ({"speed": float("nan")}, "speed"),
        ({"speed": 1000}, "speed"),
        ({"low_hz": 500, "high_hz": 500}, "high_hz"),
        ({"low_hz": 24_000}, "high_hz"),
        ({"low_hz": float("nan")}, "high_hz"),
        ({"high_hz": -5}, "high_hz"),
    ],
)
def test_questions_that_make_no_sense_are_refused(record, question, field):
    with record(noise(RATE)) as sound, pytest.raises(Invalid) as refusal:
        cut_between(sound, **question)

    assert list(refusal.value.details) == [field]


def test_an_unknown_format_is_refused(record):
    with record(noise(RATE)) as sound, pytest.raises(Invalid):
        encode(sound, Cut(0, 100), "wma")
