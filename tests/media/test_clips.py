"""Clips: every sample as the recording has it, at its own depth, with words a bat tool reads."""

import io

import guano
import numpy as np
import pytest
import soundfile

from tagstore.errors import Invalid
from tagstore.media.clips.guano import guano_chunk
from tagstore.media.clips.pieces import WavClip, write_flac
from tagstore.media.cut import Cut
from tagstore.media.decode import open_sound
from tests import sounds

PIECE = Cut(1001, 3334)
EXACT = {
    "wav-8": "PCM_16",
    "wav-16": "PCM_16",
    "wav-24": "PCM_24",
    "wav-32": "PCM_32",
    "wav-float": "FLOAT",
    "wav-double": "DOUBLE",
    "flac-24": "PCM_24",
    "aiff": "PCM_16",
    "rf64": "PCM_16",
}


def clip(path, piece=PIECE, extra=b"", step=1 << 20):
    """Return all the bytes of a clip, read some at a time."""
    with open_sound(path, np.float64) as sound:
        wav, data = WavClip(sound, piece, extra), b""
        while more := wav.read(len(data), step):
            data += more
    return data


@pytest.mark.parametrize(("encoding", "subtype"), EXACT.items())
def test_samples_are_those_of_the_recording_at_its_own_depth(tmp_path, encoding, subtype):
    path = tmp_path / "sound"
    sounds.write_sound(path, sounds.noise(0.1, channels=3), encoding)

    found = soundfile.SoundFile(io.BytesIO(clip(path)))

    whole, _ = soundfile.read(path, dtype="float64")
    assert (found.subtype, found.channels, found.samplerate) == (subtype, 3, sounds.RATE)
    assert np.array_equal(found.read(dtype="float64"), whole[1001:3334])


def test_one_channel_is_that_channel(tmp_path):
    path = sounds.write_sound(tmp_path / "a.wav", sounds.noise(0.1, channels=2), "wav-24")

    found, _ = soundfile.read(io.BytesIO(clip(path, Cut(1000, 3001, channel=2))))

    assert np.array_equal(found, soundfile.read(path)[0][1000:3001, 1])


def test_what_is_read_does_not_depend_on_how(tmp_path):
    path = sounds.write_sound(tmp_path / "a.wav", sounds.noise(0.1), "wav-24")

    whole = clip(path, extra=guano_chunk({"Note": "odd"}))

    assert clip(path, extra=guano_chunk({"Note": "odd"}), step=7) == whole
    assert len(whole) == int.from_bytes(whole[4:8], "little") + 8
    assert len(whole) % 2 == 0


def test_what_riff_cannot_count_becomes_rf64(tmp_path, monkeypatch):
    monkeypatch.setattr("tagstore.media.clips.heads.RIFF_LIMIT", 100)
    path = sounds.write_sound(tmp_path / "a.wav", sounds.noise(0.1), "wav-float")

    found = soundfile.SoundFile(io.BytesIO(clip(path, extra=guano_chunk({}))))

    assert (found.format, found.subtype) == ("RF64", "FLOAT")
    assert np.array_equal(found.read(), soundfile.read(path)[0][1001:3334])


def test_guano_is_read_by_its_own_library(tmp_path):
    path = sounds.write_sound(tmp_path / "a.wav", sounds.noise(0.1))
    target = tmp_path / "clip.wav"
    fields = {
        "Timestamp": "2026-05-31T05:14:12.500000+02:00",
        "Loc Position": "52.500000 13.400000",
        "Species Manual ID": "Nyctalus\nnoctula",
        "Note": "wind\nrain",
        "Anabat|Ünit": "ß",
    }

    target.write_bytes(clip(path, extra=guano_chunk(fields)))

    found = guano.GuanoFile(str(target), strict=True)
    assert found["GUANO|Version"] == "1.0"
    assert found["Timestamp"].isoformat() == "2026-05-31T05:14:12.500000+02:00"
    assert found["Loc Position"] == (52.5, 13.4)
    assert found["Species Manual ID"] == "Nyctalus noctula"
    assert found["Note"] == "wind\nrain"
    assert found["Anabat|Ünit"] == "ß"
    assert len(found.wav_data) == 2 * 2333


@pytest.mark.parametrize(
    ("encoding", "subtype"),
    [("wav-16", "PCM_16"), ("wav-24", "PCM_24"), ("wav-float", "PCM_24")],
)
def test_flac_holds_the_same_samples(tmp_path, encoding, subtype):
    path = sounds.write_sound(tmp_path / "a.wav", sounds.noise(2.0, channels=2), encoding)
    target = tmp_path / "clip.flac"

    with open_sound(path, np.float64) as sound:
        write_flac(sound, Cut(5, 90_000), target)

    found = soundfile.SoundFile(target)
    assert (found.format, found.subtype) == ("FLAC", subtype)
    error = np.abs(found.read() - soundfile.read(path)[0][5:90_000]).max()
    assert error <= (2**-24 if encoding == "wav-float" else 0)


@pytest.mark.parametrize(("rate", "channels"), [(96_001, 1), (48_000, 9), (700_000, 1)])
def test_what_flac_cannot_hold_is_said(tmp_path, rate, channels):
    samples = sounds.noise(0.01, rate=rate, channels=channels)
    path = sounds.write_sound(tmp_path / "a.wav", samples, rate=rate)

    with open_sound(path, np.float64) as sound, pytest.raises(Invalid, match="ask for WAV"):
        write_flac(sound, Cut(0, 50), tmp_path / "clip.flac")
