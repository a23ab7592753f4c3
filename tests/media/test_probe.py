import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tagstore.errors import Unreadable
from tagstore.media.decode import open_sound
from tagstore.media.probe import probe
from tests import sounds

DATA = Path(__file__).parents[2] / "../shared/data"
real = pytest.mark.skipif(not DATA.exists(), reason="the real recordings are not here")
EXACT = ["wav-8", "wav-16", "wav-24", "wav-32", "wav-float", "wav-double", "wav-a-law",
         "wav-u-law", "wav-extensible", "rf64", "w64", "aiff", "flac-16", "flac-24",
         "ogg-vorbis", "ogg-opus", "mp3"]  # fmt: skip


@pytest.mark.parametrize("encoding", sounds.ENCODINGS)
def test_every_sound_encoding_tells_its_facts(tmp_path, encoding):
    how = sounds.ENCODINGS[encoding]
    path = sounds.write_sound(tmp_path / "sound", sounds.tone(1.5, channels=2), encoding)

    facts = probe(path, "sound")

    assert (facts.kind, facts.sample_rate, facts.channels) == ("audio", 48_000, 2)
    assert (facts.codec, facts.bit_depth) == (how.subtype, how.bit_depth)
    assert facts.format == how.format.replace("WAVEX", "WAV")
    assert facts.duration_s == facts.samples / 48_000
    assert facts.duration_s == pytest.approx(1.5, abs=0.05)
    assert (facts.width, facts.height, facts.frame_rate) == (None, None, None)


@pytest.mark.parametrize("encoding", EXACT)
def test_the_count_of_samples_is_the_written_one(tmp_path, encoding):
    path = sounds.write_sound(tmp_path / "sound", sounds.tone(1.5), encoding)

    facts = probe(path, "sound")

    assert facts.samples == 72_000


@pytest.mark.parametrize("encoding", sounds.ENCODINGS)
def test_as_many_samples_are_told_as_can_be_read(tmp_path, encoding):
    path = sounds.write_sound(tmp_path / "sound", sounds.noise(1.1), encoding)

    facts = probe(path, "sound")

    assert facts.samples == len(soundfile.read(path)[0])


@pytest.mark.parametrize("film", sounds.FILMS)
def test_every_container_tells_its_facts(tmp_path, film):
    how = sounds.FILMS[film]
    path = sounds.write_film(tmp_path / "film", film, seconds=2.0, samples=sounds.tone(2.0))

    facts = probe(path, "film")

    assert facts.kind == ("video" if how.picture else "audio")
    assert facts.duration_s == pytest.approx(2.0, abs=0.03)
    assert (facts.sample_rate, facts.channels) == ((48_000, 1) if how.sound else (None, None))
    assert (facts.width, facts.height) == ((64, 48) if how.picture else (None, None))
    assert facts.frame_rate == (25.0 if how.picture else None)
    assert "truncated" not in facts.info


@pytest.mark.parametrize(
    ("film", "mimetype", "format", "codec"),
    [
        ("m4a-aac", "audio/mp4", "MP4", "aac"),
        ("m4a-alac", "audio/mp4", "MP4", "alac"),
        ("webm-opus", "audio/webm", "WEBM", "opus"),
        ("mp4", "video/mp4", "MP4", "mpeg4"),
        ("webm", "video/webm", "WEBM", "vp8"),
        ("mkv", "video/x-matroska", "MKV", "mpeg4"),
        ("mov", "video/quicktime", "MOV", "mpeg4"),
        ("avi", "video/x-msvideo", "AVI", "mpeg4"),
    ],
)
def test_containers_are_named(tmp_path, film, mimetype, format, codec):
    facts = probe(sounds.write_film(tmp_path / "film", film), "film")

    assert (facts.mimetype, facts.format, facts.codec) == (mimetype, format, codec)


def test_a_film_that_starts_late_lasts_as_long_as_it_shows(tmp_path):
    path = sounds.write_film(
        tmp_path / "film.mkv", "mkv", sounds.tone(2.0), seconds=2.0, starts_s=1.5
    )

    facts = probe(path, "film.mkv")

    assert facts.duration_s == pytest.approx(2.0, abs=0.05)
    assert "truncated" not in facts.info


@pytest.mark.parametrize(("format", "suffix"), sounds.PICTURES.items())
def test_every_picture_tells_its_facts(tmp_path, format, suffix):
    path = sounds.write_picture(tmp_path / f"picture{suffix}", format)

    facts = probe(path, path.name)

    assert (facts.kind, facts.format, facts.codec) == ("image", format, "")
    assert facts.mimetype == f"image/{format.lower()}"
    assert (facts.width, facts.height) == (40, 30)
    assert (facts.duration_s, facts.sample_rate, facts.samples) == (None, None, None)


def test_a_picture_taken_sideways_has_the_size_it_is_shown_in(tmp_path):
    path = sounds.write_picture(tmp_path / "a.jpg", "JPEG", (40, 30), turn=6)

    facts = probe(path, "a.jpg")

    assert (facts.width, facts.height) == (30, 40)


def test_the_file_name_does_not_decide(tmp_path):
    sound = sounds.write_sound(tmp_path / "a.png", encoding="flac-16")
    picture = sounds.write_picture(tmp_path / "b.wav", "PNG")

    formats = [probe(sound, "a.png").format, probe(picture, "b.wav").format]

    assert formats == ["FLAC", "PNG"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (b"hello, this is text\n" * 99, "This is not a sound, video or picture format that"),
        (bytes(5000), "This is not a sound, video or picture format that"),
        (b"RIFF\x24\0\0\0WAVE", "The sound cannot be decoded:"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "The sound cannot be decoded:"),
        (b"fLaC" + bytes(100), "The sound cannot be decoded:"),
        (b"OggS" + bytes(100), "The file begins like OGV but is damaged or cut short:"),
        (b"\xff\xfb\x90\x64" + b"\x55" * 3000, "The sound cannot be decoded:"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "The picture cannot be decoded:"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "The picture cannot be decoded:"),
        (b"\0\0\0\x18ftypisom" + bytes(200), "The file begins like MP4 but is damaged or cut"),
        (b"\x1aE\xdf\xa3" + bytes(200), "The file begins like MKV but is damaged or cut short:"),
    ],
)
def test_what_is_no_media_is_refused_with_the_reason(tmp_path, content, reason):
    path = tmp_path / "recording.wav"
    path.write_bytes(content)

    with pytest.raises(Unreadable) as refusal:
        probe(path, "recording.wav")

    assert refusal.value.message[: len(reason)] == reason


def test_a_header_without_samples_is_refused(tmp_path):
    path = sounds.write_wav(tmp_path / "a.wav", samples=0)

    with pytest.raises(Unreadable) as refusal:
        probe(path, "a.wav")

    assert refusal.value.message == (
        "The file holds no samples: its header is there, but no sound follows."
    )


def test_a_wav_cut_short_counts_what_is_there(tmp_path):
    path = sounds.write_wav(tmp_path / "a.wav", samples=48_000, claimed_bytes=192_000)

    facts = probe(path, "a.wav")

    assert facts.samples == 48_000
    assert facts.info == {
        "truncated": "The file is cut short: 50.0 % of what its header promises is there."
    }


def test_a_wav_whose_header_was_never_finished_says_so(tmp_path):
    path = sounds.write_wav(tmp_path / "a.wav", samples=48_000, claimed_bytes=0)

    with pytest.raises(Unreadable) as refusal:
        probe(path, "a.wav")

    assert refusal.value.message == (
        "The file's header says that it holds no samples, though the file has 96,044 bytes: "
        "its recorder did not finish it."
    )


def test_a_wav_of_endless_size_is_read_to_its_end(tmp_path):
    path = sounds.write_wav(tmp_path / "a.wav", samples=48_000, claimed_bytes=0xFFFFFFFF)

    facts = probe(path, "a.wav")

    assert (facts.samples, facts.info) == (48_000, {})


@pytest.mark.parametrize("encoding", ["wav-24", "rf64", "w64", "aiff", "flac-16", "mp3"])
def test_a_sound_cut_short_counts_what_can_be_read(tmp_path, encoding):
    path = sounds.write_sound(tmp_path / "sound", sounds.noise(20.0), encoding)
    sounds.cut_short(path, 0.6)

    facts = probe(path, "sound")

    assert facts.duration_s == pytest.approx(12.0, abs=0.2)
    assert facts.info["truncated"][:22] == "The file is cut short:"
    with open_sound(path) as sound:
        last = sound.read(facts.samples - 2000, 2000, 1)
        assert (sound.samples, bool(np.abs(last).max() > 0.01)) == (facts.samples, True)


@pytest.mark.parametrize("film", ["webm", "mkv"])
def test_a_film_cut_short_counts_what_is_there(tmp_path, film):
    path = sounds.write_film(tmp_path / "film", film, sounds.noise(10, channels=2), seconds=10)
    sounds.cut_short(path, 0.5)

    facts = probe(path, "film")

    assert 3.0 < facts.duration_s < 7.0
    assert facts.info["truncated"][:22] == "The file is cut short:"


def test_a_film_without_its_index_is_refused(tmp_path):
    path = sounds.cut_short(sounds.write_film(tmp_path / "film.mp4", "mp4"), 0.5)

    with pytest.raises(Unreadable) as refusal:
        probe(path, "film.mp4")

    assert refusal.value.message[:47] == "The file begins like MP4 but is damaged or cut "


def test_a_picture_cut_short_is_refused(tmp_path):
    path = sounds.cut_short(sounds.write_picture(tmp_path / "a.png", size=(400, 300)), 0.5)

    with pytest.raises(Unreadable) as refusal:
        probe(path, "a.png")

    assert refusal.value.message[:30] == "The picture cannot be decoded:"


def test_a_picture_that_would_unpack_to_gigabytes_is_refused(tmp_path):
    path = sounds.write_picture(tmp_path / "a.png")
    content = bytearray(path.read_bytes())
    content[16:24] = struct.pack(">II", 40_000, 40_000)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    path.write_bytes(content)

    with pytest.raises(Unreadable) as refusal:
        probe(path, "a.png")

    assert refusal.value.message == "The picture has more than 150 megapixels."


def test_an_mp3_of_varying_rate_without_an_index_tells_its_whole_length(tmp_path):
    loud = sounds.noise(20.0, rate=44_100)
    loud[: 44_100 * 10] *= 0.001
    path = tmp_path / "a.mp3"
    soundfile.write(path, loud, 44_100, bitrate_mode="VARIABLE", compression_level=0.3)
    content = path.read_bytes()
    path.write_bytes(content[content.index(b"\xff\xfb", 4) :])

    facts = probe(path, "a.mp3")

    assert facts.duration_s == pytest.approx(20.0, abs=0.1)


def test_a_day_of_sound_is_probed_at_once(tmp_path):
    path = sounds.write_long_rf64(tmp_path / "day.wav")

    facts = probe(path, "20240528_100000.WAV")

    assert (facts.format, facts.samples, facts.duration_s) == ("RF64", 4_147_200_000, 86_400.0)
    assert facts.recorded_at == datetime(2024, 5, 28, 10, 0)
    assert facts.info == {}


@pytest.mark.parametrize("encoding", [*sounds.ENCODINGS, *sounds.FILMS, *sounds.PICTURES])
def test_damaged_bytes_never_raise_anything_else(tmp_path, encoding):
    path = tmp_path / "file"
    if encoding in sounds.ENCODINGS:
        sounds.write_sound(path, sounds.noise(0.3), encoding)
    elif encoding in sounds.FILMS:
        sounds.write_film(path, encoding, seconds=0.3)
    else:
        sounds.write_picture(path, encoding)
    whole = np.frombuffer(path.read_bytes(), np.uint8)
    random = np.random.default_rng(1)
    outcomes = set()

    for _ in range(12):
        damaged = whole.copy()
        places = random.integers(0, min(len(whole), 400), 6)
        damaged[places] = random.integers(0, 256, 6)
        path.write_bytes(damaged[: random.integers(12, len(whole))].tobytes())
        try:
            outcomes.add(type(probe(path, "file")).__name__)
        except Unreadable as refusal:
            outcomes.add(refusal.message[-1])

    assert outcomes <= {"Facts", "."}


@real
@pytest.mark.parametrize("path", sorted(DATA.glob("encodings/*")), ids=lambda path: path.name)
def test_real_encodings_last_a_second(path):
    facts = probe(path, path.name)

    assert (facts.kind, facts.sample_rate, facts.channels) == ("audio", 16_000, 1)
    assert facts.samples == {"wav_ima_adpcm": 16_272, "wav_ms_adpcm": 16_192}.get(path.stem, 16_000)


@real
@pytest.mark.parametrize(
    ("name", "rate", "samples"),
    [
        ("Recording_1_Segment_07-snippet.wav", 32_000, 320_001),
        ("audiomoth_gps.wav", 48_000, 95_999),
        ("birds_10s.wav", 32_000, 324_263),
        ("metadata.wav", 32_000, 479_022),
        ("rugr_drum.wav", 32_000, 320_000),
        ("silence_10s.mp3", 44_100, 441_000),
        ("veryshort.wav", 44_100, 6_266),
    ],
)
def test_real_recordings_tell_their_length(name, rate, samples):
    facts = probe(DATA / "audio" / name, name)

    assert (facts.sample_rate, facts.samples) == (rate, samples)


@real
def test_real_recorders_tell_when_they_recorded():
    names = ["audiomoth_gps.wav", "metadata.wav", "birds_10s.wav"]

    times = [probe(DATA / "audio" / name, name).recorded_at for name in names]

    assert times == [
        datetime(2024, 5, 28, 10, 0, tzinfo=UTC),
        datetime(2020, 4, 4, 10, 25, tzinfo=UTC),
        None,
    ]


@real
def test_a_real_recording_without_samples_is_refused():
    with pytest.raises(Unreadable) as refusal:
        probe(DATA / "audio" / "empty_2c.wav", "empty_2c.wav")

    assert refusal.value.message == (
        "The file holds no samples: its header is there, but no sound follows."
    )
