"""Makers of small sounds, films and pictures in every encoding we read."""

import shutil
import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile
from numpy.typing import NDArray
from PIL import Image

RATE = 48_000
VORBIS_BLOCK = 4_000  # libsndfile crashes on long Vorbis writes.


@dataclass(frozen=True)
class Encoding:
    """How a sound is written, and what one should be told about it."""

    format: str
    subtype: str
    suffix: str
    bit_depth: int | None
    error: float
    """The largest difference from the true samples of a tone of half scale."""


ENCODINGS = {
    "wav-8": Encoding("WAV", "PCM_U8", ".wav", 8, 1 / 120),
    "wav-16": Encoding("WAV", "PCM_16", ".wav", 16, 1 / 32_000),
    "wav-24": Encoding("WAV", "PCM_24", ".wav", 24, 1e-6),
    "wav-32": Encoding("WAV", "PCM_32", ".wav", 32, 1e-6),
    "wav-float": Encoding("WAV", "FLOAT", ".wav", 32, 0),
    "wav-double": Encoding("WAV", "DOUBLE", ".wav", 64, 0),
    "wav-ima-adpcm": Encoding("WAV", "IMA_ADPCM", ".wav", 4, 0.05),
    "wav-ms-adpcm": Encoding("WAV", "MS_ADPCM", ".wav", 4, 0.1),
    "wav-a-law": Encoding("WAV", "ALAW", ".wav", 8, 0.05),
    "wav-u-law": Encoding("WAV", "ULAW", ".wav", 8, 0.05),
    "wav-extensible": Encoding("WAVEX", "PCM_24", ".wav", 24, 1e-6),
    "rf64": Encoding("RF64", "PCM_16", ".wav", 16, 1 / 32_000),
    "w64": Encoding("W64", "PCM_16", ".w64", 16, 1 / 32_000),
    "aiff": Encoding("AIFF", "PCM_16", ".aiff", 16, 1 / 32_000),
    "flac-16": Encoding("FLAC", "PCM_16", ".flac", 16, 1 / 32_000),
    "flac-24": Encoding("FLAC", "PCM_24", ".flac", 24, 1e-6),
    "ogg-vorbis": Encoding("OGG", "VORBIS", ".ogg", None, 0.05),
    "ogg-opus": Encoding("OGG", "OPUS", ".opus", None, 0.05),
    "mp3": Encoding("MP3", "MPEG_LAYER_III", ".mp3", None, 0.05),
}
"""Everything that libsndfile reads."""


@dataclass(frozen=True)
class Film:
    """A container that FFmpeg reads, and the codecs in it."""

    muxer: str
    picture: str | None
    sound: str | None
    suffix: str


FILMS = {
    "m4a-aac": Film("ipod", None, "aac", ".m4a"),
    "m4a-alac": Film("ipod", None, "alac", ".m4a"),
    "webm-opus": Film("webm", None, "libopus", ".webm"),
    "mp4": Film("mp4", "mpeg4", "aac", ".mp4"),
    "mp4-silent": Film("mp4", "mpeg4", None, ".mp4"),
    "webm": Film("webm", "libvpx", "libopus", ".webm"),
    "mkv": Film("matroska", "mpeg4", "flac", ".mkv"),
    "mov": Film("mov", "mpeg4", "pcm_s16le", ".mov"),
    "avi": Film("avi", "mpeg4", "pcm_s16le", ".avi"),
}
"""Everything that only FFmpeg reads."""

PICTURES = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp", "GIF": ".gif"}


def tone(
    seconds: float = 1.0, *, rate: int = RATE, channels: int = 1, hertz: float = 1000.0
) -> NDArray[np.float32]:
    """Return sines of half scale, (samples, channels), each channel an octave higher."""
    time_s = np.arange(round(seconds * rate)) / rate
    columns = [0.5 * np.sin(2 * np.pi * hertz * 2**n * time_s) for n in range(channels)]
    return np.stack(columns, axis=1).astype(np.float32)


def noise(seconds: float = 1.0, *, rate: int = RATE, channels: int = 1, seed: int = 0):
    """Return noise of a tenth of full scale, (samples, channels), the same for the same seed."""
    random = np.random.default_rng(seed)
    return (0.1 * random.standard_normal((round(seconds * rate), channels))).astype(np.float32)


def write_sound(
    path: Path, samples: NDArray[np.float32] | None = None, encoding: str = "wav-16", *, rate=RATE
) -> Path:
    """Write samples, (samples, channels), in an encoding of ENCODINGS; a tone by default."""
    how = ENCODINGS[encoding]
    samples = tone(rate=rate) if samples is None else samples
    channels = samples.shape[1]
    with soundfile.SoundFile(path, "w", rate, channels, how.subtype, format=how.format) as file:
        for at in range(0, len(samples), VORBIS_BLOCK):
            file.write(samples[at : at + VORBIS_BLOCK])
    return path


def write_film(
    path: Path,
    film: str = "mp4",
    samples: NDArray[np.float32] | None = None,
    *,
    seconds: float = 1.0,
    starts_s: float = 0.0,
    gap: tuple[float, float] | None = None,
    size: tuple[int, int] = (64, 48),
) -> Path:
    """Write a container of FILMS whose pictures brighten by 5 of 255 a frame, 25 a second.

    All times are moved by `starts_s`; the sound between the two times of `gap` is left out.
    """
    how = FILMS[film]
    samples = tone(seconds, channels=2) if samples is None else samples
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[samples.shape[1]]
    with av.open(str(path), "w", format=how.muxer) as container:
        picture = container.add_stream(how.picture, rate=25) if how.picture else None
        sound = container.add_stream(how.sound, rate=RATE, layout=layout) if how.sound else None
        if picture:
            picture.width, picture.height = size
            picture.pix_fmt, picture.bit_rate = "yuv420p", 4_000_000
            picture.options = {"qmax": "2"} if how.picture == "mpeg4" else {}
            for number in range(round(seconds * 25)):
                grey = np.full((size[1], size[0], 3), number * 5 % 256, np.uint8)
                frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
                frame.pts, frame.time_base = number + round(starts_s * 25), Fraction(1, 25)
                container.mux(picture.encode(frame))
            container.mux(picture.encode())
        if sound:
            for at in range(0, len(samples), 960):
                if gap and gap[0] <= at / RATE < gap[1]:
                    continue
                block = np.ascontiguousarray(samples[at : at + 960].T)
                frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=layout)
                frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
                frame.pts = at + round(starts_s * RATE)
                container.mux(sound.encode(frame))
            container.mux(sound.encode())
    return path


def write_picture(
    path: Path, format: str = "PNG", size: tuple[int, int] = (40, 30), *, turn: int | None = None
) -> Path:
    """Write a picture, red on the left and blue on the right; `turn` is its EXIF orientation."""
    picture = Image.new("RGB", size, (200, 30, 30))
    picture.paste((30, 30, 200), (size[0] // 2, 0, *size))
    exif = Image.Exif()
    if turn:
        exif[0x0112] = turn
    picture.save(path, format, **({"exif": exif} if turn else {}))
    return path


def chunk(name: bytes, content: bytes, *, size: int | None = None) -> bytes:
    """Return a RIFF chunk, padded to an even length; `size` overrides what it claims."""
    claimed = len(content) if size is None else size
    return name + struct.pack("<I", claimed) + content + b"\0" * (len(content) % 2)


def write_wav(
    path: Path,
    *,
    before: bytes = b"",
    after: bytes = b"",
    samples: int = RATE,
    claimed_bytes: int | None = None,
    rate: int = RATE,
) -> Path:
    """Write a 16-bit mono WAV by hand, with chunks before and after `data`."""
    content = (tone(samples / rate, rate=rate)[:, 0] * 32767).astype("<i2").tobytes()
    form = struct.pack("<HHIIHH", 1, 1, rate, rate * 2, 2, 16)
    data = chunk(b"data", content, size=claimed_bytes)
    body = b"WAVE" + chunk(b"fmt ", form) + before + data + after
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


def guano_chunk(text: str, **options: int) -> bytes:
    """Return a GUANO chunk of `key: value` lines."""
    return chunk(b"guan", text.encode(), **options)


def comment_chunk(comment: str, artist: str = "") -> bytes:
    """Return a LIST/INFO chunk with ICMT and IART, as AudioMoth writes it."""
    fields = chunk(b"ICMT", comment.encode() + b"\0")
    if artist:
        fields += chunk(b"IART", artist.encode() + b"\0")
    return chunk(b"LIST", b"INFO" + fields)


def write_long_rf64(
    path: Path,
    hours: float = 24.0,
    *,
    rate: int = RATE,
    noise_at_s: tuple[float, ...] = (),
    noise_s: float = 60.0,
) -> Path:
    """Write a 16-bit mono RF64 that is a hole in the disk, with stretches of noise at places.

    24 hours at 48 kHz are 8.3 GB to read and take no room but what the noise takes.
    """
    samples = round(hours * 3600 * rate)
    size = samples * 2
    form = struct.pack("<HHIIHH", 1, 1, rate, rate * 2, 2, 16)
    unknown = 0xFFFFFFFF
    head_size = 12 + 8 + 28 + 8 + len(form) + 8
    big = struct.pack("<QQQI", head_size - 8 + size, size, samples, 0)
    with path.open("wb") as file:
        file.write(b"RF64" + struct.pack("<I", unknown) + b"WAVE")
        file.write(chunk(b"ds64", big) + chunk(b"fmt ", form))
        file.write(b"data" + struct.pack("<I", unknown))
        file.truncate(head_size + size)
        stretch = (noise(noise_s, rate=rate)[:, 0] * 32767).astype("<i2").tobytes()
        for at_s in noise_at_s:
            file.seek(head_size + round(at_s * rate) * 2)
            file.write(stretch[: max(0, head_size + size - file.tell())])
    return path


def cut_short(path: Path, share: float) -> Path:
    """Leave only the first part of a file, as a full card or an empty battery does."""
    with path.open("r+b") as file:
        file.truncate(int(path.stat().st_size * share))
    return path


def renamed(path: Path, name: str) -> Path:
    """Copy a file under another name beside it."""
    return Path(shutil.copy(path, path.with_name(name)))
