"""A lossless, seekable copy of the sound that only FFmpeg decodes, on the media clock."""

import os
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile
from av.audio.frame import AudioFrame
from av.container import InputContainer
from numpy.typing import NDArray

from tagstore.errors import Unreadable
from tagstore.media.container import FLAWS, media_start, open_container
from tagstore.media.origins import Origin

FLAC_CHANNELS = 8
FLAC_RATE = 655_350
SILENCE_BLOCK = 1 << 16
LONGEST_GAP_S = 48 * 3600
INTEGER_SCALE = {"u8": 128.0, "s16": 32768.0, "s32": 2147483648.0}


def write_proxy(source: Origin, target: Path) -> Iterator[float]:
    """Decode the first sound track of a container into a file that libsndfile reads.

    Sample 0 is the media clock's zero: the start time is subtracted, gaps become silence, overlap
    is dropped. FLAC of 16 or 24 bits, or RF64 of 32-bit float for what FLAC cannot hold.

    Parameters
    ----------
    source : Origin
        A container that FFmpeg reads.
    target : Path
        Appears only when it is complete; an older file there is replaced.

    Yields
    ------
    float
        Progress from 0 to 1; the last is 1.

    Raises
    ------
    Unreadable
        When there is no sound, or nothing of it can be decoded.
    """
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with open_container(source) as container:
            if not container.streams.audio:
                raise Unreadable("The file has no sound.")
            yield from _write(container, unfinished)
        unfinished.replace(target)
        yield 1.0
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


@dataclass(frozen=True)
class Block:
    """Decoded samples, (count, channels), and where they belong on the media clock."""

    samples: NDArray[np.float32]
    at: int | None


def _write(container: InputContainer, path: Path) -> Iterator[float]:
    stream = container.streams.audio[0]
    rate, channels = int(stream.rate), int(stream.channels)
    length_s = (container.duration or 0) / av.time_base
    # Times coarser than a sample (Matroska: 1 ms) must not tear the sound.
    slack = max(2, round(1.5 * float(stream.time_base or 0) * rate))
    written, shown = 0, 0.0
    with closing(_create(path, rate, channels, _bits(stream.format.name))) as file:
        for block in _blocks(container, rate, channels):
            at = written if block.at is None else block.at
            samples = block.samples
            if at - written > slack:
                written += _silence(file, min(at - written, LONGEST_GAP_S * rate))
            elif written - at > slack:
                samples = samples[written - at :]
            file.write(samples)
            written += len(samples)
            progress = min(0.99, written / rate / length_s) if length_s > 0 else 0.0
            if progress - shown >= 0.01:
                shown = progress
                yield shown
    if written == 0:
        raise Unreadable("Nothing of its sound can be decoded.")


def _create(path: Path, rate: int, channels: int, bits: int) -> Any:
    if channels > FLAC_CHANNELS or rate > FLAC_RATE:
        return soundfile.SoundFile(path, "w", rate, channels, "FLOAT", format="RF64")
    subtype = f"PCM_{bits}"
    return soundfile.SoundFile(
        path, "w", rate, channels, subtype, format="FLAC", compression_level=0.2
    )


def _bits(sample_format: str) -> int:
    """Return the FLAC depth for FFmpeg's sample format; 24 bits hold what lossy codecs say."""
    return 16 if sample_format.rstrip("p") in ("u8", "s16") else 24


def _blocks(container: InputContainer, rate: int, channels: int) -> Iterator[Block]:
    stream = container.streams.audio[0]
    start_s = media_start(container)
    resampler = av.AudioResampler(format="fltp", layout=stream.layout, rate=rate)
    for frame in _frames(container):
        at = None if frame.time is None else round((frame.time - start_s) * rate)
        if frame.sample_rate == rate and frame.layout.nb_channels == channels:
            yield Block(_samples(frame), at)
            continue
        for changed in resampler.resample(frame):
            yield Block(_samples(changed), at)
            at = None


def _frames(container: InputContainer) -> Iterator[AudioFrame]:
    """Yield the frames that can be decoded; damaged packets leave a gap."""
    stream = container.streams.audio[0]
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except FLAWS:
            return
        if packet is None:
            return
        try:
            frames = packet.decode()
        except FLAWS:
            continue
        for frame in frames:
            if isinstance(frame, AudioFrame):
                yield frame


def _samples(frame: AudioFrame) -> NDArray[np.float32]:
    raw: NDArray[Any] = frame.to_ndarray()
    planar = frame.format.is_planar
    shaped = raw.T if planar else raw.reshape(-1, frame.layout.nb_channels)
    name = frame.format.name.rstrip("p")
    samples: NDArray[Any] = shaped.astype(np.float32 if name != "s32" else np.float64)
    if name == "u8":
        samples -= 128
    if name in INTEGER_SCALE:
        samples /= INTEGER_SCALE[name]
    return np.ascontiguousarray(np.nan_to_num(samples, copy=False), np.float32)


def _silence(file: Any, count: int) -> int:
    channels = file.channels
    for at in range(0, count, SILENCE_BLOCK):
        file.write(np.zeros((min(SILENCE_BLOCK, count - at), channels), np.float32))
    return count
