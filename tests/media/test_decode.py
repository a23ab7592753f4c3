import threading

import av
import numpy as np
import pytest
import soundfile

from tagstore.errors import Invalid, Unreadable
from tagstore.media.decode import needs_proxy, open_sound, write_proxy
from tagstore.media.probe import probe
from tests import sounds


@pytest.mark.parametrize("encoding", sounds.ENCODINGS)
def test_every_encoding_gives_back_what_was_written(tmp_path, encoding):
    written = sounds.tone(1.0, channels=2)
    path = sounds.write_sound(tmp_path / "sound", written, encoding)

    with open_sound(path) as sound:
        read = sound.read(0, 48_000, None)

    # Coders need a moment to settle.
    difference = np.abs(read - written)[4800:-4800].max()
    assert (read.shape, read.dtype) == ((48_000, 2), np.float32)
    assert difference <= sounds.ENCODINGS[encoding].error


@pytest.mark.parametrize("encoding", sounds.ENCODINGS)
def test_seeking_gives_the_same_samples_as_reading_on(tmp_path, encoding):
    path = sounds.write_sound(tmp_path / "sound", sounds.noise(5.0, channels=2), encoding)
    random = np.random.default_rng(2)
    with open_sound(path) as sound:
        whole = sound.read(0, sound.samples, None)
    starts = [int(start) for start in random.integers(0, len(whole) - 5000, 60)] + [0, 1, 700]

    with open_sound(path) as sound:
        pieces = [sound.read(start, 5000, None) for start in starts]

    differences = [
        float(np.abs(piece - whole[start : start + 5000]).max())
        for start, piece in zip(starts, pieces, strict=True)
    ]
    assert max(differences) <= 1e-6


def test_one_channel_is_a_flat_array_and_channels_count_from_1(tmp_path):
    written = sounds.noise(0.5, channels=3)
    path = sounds.write_sound(tmp_path / "a.wav", written, "wav-float")

    with open_sound(path) as sound:
        second = sound.read(100, 1000, 2)

    assert np.array_equal(second, written[100:1100, 1])


def test_past_the_end_there_are_zeros(tmp_path):
    written = sounds.noise(0.5)
    path = sounds.write_sound(tmp_path / "a.wav", written, "wav-float")

    with open_sound(path) as sound:
        across, beyond = sound.read(23_990, 20, 1), sound.read(99_999, 5, None)

    assert np.array_equal(across, np.append(written[23_990:, 0], np.zeros(10, np.float32)))
    assert np.array_equal(beyond, np.zeros((5, 1), np.float32))


@pytest.mark.parametrize("arguments", [(-1, 5, 1), (0, -5, 1), (0, 5, 0), (0, 5, 2)])
def test_what_cannot_be_there_is_invalid(tmp_path, arguments):
    path = sounds.write_sound(tmp_path / "a.wav")

    with open_sound(path) as sound, pytest.raises(Invalid):
        sound.read(*arguments)


def test_what_is_no_number_becomes_one(tmp_path):
    path = tmp_path / "a.wav"
    odd = np.array([0.5, np.nan, np.inf, -np.inf, 2.5], np.float32)
    soundfile.write(path, odd, 48_000, "FLOAT")

    with open_sound(path) as sound:
        read = sound.read(0, 5, 1)

    assert read.tolist() == [0.5, 0.0, 1.0, -1.0, 2.5]


def test_a_damaged_stretch_is_silent_and_the_rest_is_not(tmp_path):
    written = sounds.noise(20.0)
    path = sounds.write_sound(tmp_path / "a.flac", written, "flac-24")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 3000] = b"\x55" * 3000
    path.write_bytes(content)

    with open_sound(path) as sound:
        read = sound.read(0, sound.samples, 1)

    wrong = np.flatnonzero(np.abs(read - written[:, 0]) > 1e-6)
    assert len(read) == len(written)
    assert 0 < wrong[-1] - wrong[0] < 40_000


@pytest.mark.parametrize("content", [b"", b"just text", b"RIFF\0\0\0\0WAVE"])
def test_what_is_no_sound_is_unreadable(tmp_path, content):
    path = tmp_path / "a.wav"
    path.write_bytes(content)

    with pytest.raises(Unreadable), open_sound(path):
        pass


def test_a_day_of_sound_is_read_anywhere_at_once(tmp_path):
    path = sounds.write_long_rf64(tmp_path / "day.wav", noise_at_s=(80_000.0,), noise_s=1.0)

    with open_sound(path) as sound:
        last = sound.read(80_000 * 48_000, 48_000, 1)
        samples = sound.samples

    assert samples == 4_147_200_000
    assert np.abs(last - sounds.noise(1.0)[:, 0]).max() < 1 / 16_000


def test_each_thread_reads_with_a_sound_of_its_own(tmp_path):
    written = sounds.noise(5.0)
    path = sounds.write_sound(tmp_path / "a.flac", written, "flac-24")
    differences = []

    def read_everything():
        with open_sound(path) as sound:
            for start in range(0, 240_000, 7000):
                expected = written[start : start + 7000, 0]
                read = sound.read(start, len(expected), 1)
                differences.append(float(np.abs(read - expected).max()))

    threads = [threading.Thread(target=read_everything) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(differences), max(differences) < 1e-6) == (140, True)


def test_only_what_libsndfile_cannot_read_needs_a_proxy(tmp_path):
    paths = {name: sounds.write_sound(tmp_path / name, encoding=name) for name in sounds.ENCODINGS}
    paths |= {name: sounds.write_film(tmp_path / name, name) for name in sounds.FILMS}
    paths["PNG"] = sounds.write_picture(tmp_path / "PNG")

    needy = {name for name, path in paths.items() if needs_proxy(probe(path, name))}

    assert needy == set(sounds.FILMS) - {"mp4-silent"}


@pytest.mark.parametrize("film", [name for name in sounds.FILMS if name != "mp4-silent"])
def test_a_proxy_holds_the_sound_on_the_media_clock(tmp_path, film):
    written = sounds.tone(2.0, channels=2)
    source = sounds.write_film(tmp_path / "film", film, written, seconds=2.0)
    target = tmp_path / "proxy"

    progress = list(write_proxy(source, target))

    facts = probe(target, "proxy")
    with open_sound(target) as sound:
        read = sound.read(0, 96_000, None)
    assert (facts.format, facts.sample_rate, facts.channels) == ("FLAC", 48_000, 2)
    assert facts.duration_s == pytest.approx(2.0, abs=0.03)
    assert np.abs(read - written)[9600:-9600].max() < 0.06
    assert (progress == sorted(progress), progress[-1]) == (True, 1.0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film", "proxy"]


@pytest.mark.parametrize("film", ["mov", "mkv", "m4a-alac"])
def test_a_proxy_of_a_lossless_codec_is_exact(tmp_path, film):
    written = np.round(sounds.noise(1.0, channels=2) * 32_768) / 32_768
    source = sounds.write_film(tmp_path / "film", film, written.astype(np.float32))

    list(write_proxy(source, tmp_path / "proxy"))

    with open_sound(tmp_path / "proxy") as sound:
        assert np.array_equal(sound.read(0, 48_000, None), written)


def test_a_proxy_begins_when_the_media_begins(tmp_path):
    written = sounds.noise(2.0, channels=2)
    source = sounds.write_film(tmp_path / "film", "mkv", written, seconds=2.0, starts_s=5.0)

    list(write_proxy(source, tmp_path / "proxy"))

    with open_sound(tmp_path / "proxy") as sound:
        read = sound.read(0, 96_000, None)
        assert sound.samples == 96_000
    assert np.abs(read - written).max() < 1 / 16_000


def test_a_gap_in_the_sound_stays_a_gap(tmp_path):
    written = sounds.noise(3.0, channels=2)
    path = tmp_path / "film.mkv"
    sounds.write_film(path, "mkv", written, seconds=3.0, gap=(1.0, 2.0))

    list(write_proxy(path, tmp_path / "proxy"))

    with open_sound(tmp_path / "proxy") as sound:
        read = sound.read(0, sound.samples, None)
    silent = np.flatnonzero(np.abs(read).max(axis=1) == 0)
    assert (len(read), len(silent)) == (
        pytest.approx(144_000, abs=100),
        pytest.approx(48_000, abs=5000),
    )
    assert np.abs(read[-40_000:] - written[-40_000:]).max() < 0.01


def test_a_proxy_of_one_and_of_six_channels(tmp_path):
    made = []

    for channels, film in ((1, "mkv"), (6, "mkv")):
        source = tmp_path / f"{channels}"
        sounds.write_film(source, film, sounds.tone(1.0, channels=channels), seconds=1.0)
        list(write_proxy(source, tmp_path / f"proxy{channels}"))
        made.append(probe(tmp_path / f"proxy{channels}", "").channels)

    assert made == [1, 6]


def test_what_flac_cannot_hold_becomes_rf64(tmp_path):
    source = tmp_path / "a.mka"
    samples = np.tile(sounds.tone(0.2, channels=1), (1, 12))
    with av.open(str(source), "w", format="matroska") as container:
        stream = container.add_stream("pcm_f32le", rate=48_000, layout="7.1.4")
        frame = av.AudioFrame.from_ndarray(
            samples.reshape(1, -1).copy(), format="flt", layout="7.1.4"
        )
        frame.sample_rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())

    list(write_proxy(source, tmp_path / "proxy"))

    facts = probe(tmp_path / "proxy", "")
    with open_sound(tmp_path / "proxy") as sound:
        read = sound.read(0, 9600, None)
    assert (facts.format, facts.codec, facts.channels) == ("RF64", "FLOAT", 12)
    assert np.array_equal(read, samples)


@pytest.mark.parametrize(
    ("film", "reason"), [("mp4-silent", "The file has no sound."), (None, "This is not a sound,")]
)
def test_what_has_no_sound_gets_no_proxy(tmp_path, film, reason):
    source, target = tmp_path / "film", tmp_path / "proxy"
    if film:
        sounds.write_film(source, film)
    else:
        source.write_text("no film at all")

    with pytest.raises(Unreadable) as refusal:
        list(write_proxy(source, target))

    assert refusal.value.message[: len(reason)] == reason
    assert [path.name for path in tmp_path.iterdir()] == ["film"]


def test_a_proxy_given_up_leaves_nothing_behind(tmp_path):
    source = sounds.write_film(tmp_path / "film", "mkv", sounds.noise(20, channels=2), seconds=20)

    writing = write_proxy(source, tmp_path / "proxy")
    next(writing)
    writing.close()

    assert [path.name for path in tmp_path.iterdir()] == ["film"]
