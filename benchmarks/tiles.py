"""Spectrogram tiles: each against the bare transform and encoding of the same samples."""

import statistics
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import scipy.fft
import soundfile
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PIL import Image

from benchmarks._table import show
from tagstore.media.decode import open_sound
from tagstore.media.pyramid import build
from tagstore.media.spectra import scaled_window
from tagstore.media.spectrogram import (
    EXACT_LEVELS,
    TILE_COLUMNS,
    SpectrogramSpec,
    grey_png,
    grey_zstd,
    rough_tile,
    tile,
)

RATE, MINUTES, REPEATS = 48_000, 60, 15
SPEC = SpectrogramSpec(1024, 512)
BATCH = 64
Grey = NDArray[np.uint8]


def write_hour(path: Path) -> None:
    """Write an hour of noise as 16-bit WAV, a minute rolled over and over."""
    minute = np.random.default_rng(0).normal(0, 1000, 60 * RATE).astype(np.int16)
    with soundfile.SoundFile(path, "w", RATE, 1, "PCM_16") as file:
        for turn in range(MINUTES):
            file.write(np.roll(minute, turn * 7919))


def write_day(path: Path) -> None:
    """Write 24 hours of digital silence as a sparse RF64 of 8.3 GB."""
    data = 24 * 3600 * RATE * 2
    with soundfile.SoundFile(path, "w", RATE, 1, "PCM_16", format="RF64") as file:
        file.write(np.zeros(1, np.int16))
    head = bytearray(path.read_bytes()[:-2])
    at = head.index(b"ds64")
    for offset, value in ((8, len(head) + data - 8), (16, data), (24, data // 2)):
        head[at + offset : at + offset + 8] = value.to_bytes(8, "little")
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + data)


def bare(file: soundfile.SoundFile, first: int, columns: int) -> Grey:
    """Read, window, transform and turn to decibels, as plainly as can be done well."""
    file.seek(first * SPEC.hop)
    samples = file.read((columns - 1) * SPEC.hop + SPEC.n_fft, dtype="float32", fill_value=0)
    frames = sliding_window_view(samples, SPEC.n_fft)[:: SPEC.hop]
    window = scaled_window(SPEC.window, SPEC.n_fft)
    pixels = np.empty((SPEC.rows, columns), np.uint8)
    for at in range(0, columns, BATCH):
        spectra = np.abs(scipy.fft.rfft(frames[at : at + BATCH] * window, overwrite_x=True))
        with np.errstate(divide="ignore"):
            grey = np.clip(np.rint(255 + 40 * np.log10(spectra[:, : SPEC.rows])), 0, 255)
        pixels[:, at : at + BATCH] = grey.T[::-1]
    return pixels


def pillow_png(pixels: Grey) -> bytes:
    """Encode as PNG with Pillow at its quickest."""
    out = BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=1)
    return out.getvalue()


def timed(function: Callable[[], Any]) -> float:
    """Return how many milliseconds a call took."""
    began = time.perf_counter()
    function()
    return (time.perf_counter() - began) * 1000


def compared(
    what: str, ours: Callable[[], Any], floor: Callable[[], Any], n: int
) -> dict[str, Any]:
    """Measure two calls in turns and return a row of medians."""
    pairs = [(timed(ours), timed(floor)) for _ in range(n)]
    mine, bare_ms = (statistics.median(side) for side in zip(*pairs, strict=True))
    return {"what": what, "ms": mine, "bare ms": bare_ms, "ratio": mine / bare_ms}


def cold_tiles(path: Path) -> list[dict[str, Any]]:
    """Compare tiles of a file opened for each, with either encoding, to the bare work."""

    def ours(encode: Callable[[Grey], bytes], level: int) -> bytes:
        with open_sound(path) as sound:
            return encode(tile(sound, SPEC, level, 3))

    def floor(encode: Callable[[Grey], bytes], level: int) -> bytes:
        columns = TILE_COLUMNS << level
        with soundfile.SoundFile(path) as file:
            return encode(bare(file, 3 * columns, columns)[:, :TILE_COLUMNS])

    return [
        compared(
            f"tile, level {level}, {name}",
            lambda encode=encode, level=level: ours(encode, level),
            lambda encode=encode, level=level: floor(encode, level),
            REPEATS,
        )
        for level in (0, EXACT_LEVELS - 1)
        for name, encode in (("PNG", grey_png), ("zstd", grey_zstd))
    ]


def whole_file(path: Path) -> dict[str, Any]:
    """Compare all levels of an hour to reading and transforming it once."""

    def ours() -> None:
        with open_sound(path) as sound:
            for _ in build(sound, SPEC, EXACT_LEVELS, lambda level, index, pixels: None):
                pass

    def floor() -> None:
        with soundfile.SoundFile(path) as file:
            for first in range(0, SPEC.columns(file.frames), TILE_COLUMNS):
                bare(file, first, min(TILE_COLUMNS, SPEC.columns(file.frames) - first - 1))

    return compared("pyramid of an hour", ours, floor, 2)


def rough_tiles(hour: Path, day: Path) -> list[dict[str, Any]]:
    """Compare the zoomed-out first look at a long file to the bare work of one tile."""
    rows = []
    for name, path in (("an hour", hour), ("24 hours", day)):
        with open_sound(path) as sound, soundfile.SoundFile(path) as file:
            top = SPEC.top_level(sound.samples)
            look = compared(
                f"rough tile of {name}",
                lambda sound=sound, top=top: rough_tile(sound, SPEC, top, 0),
                lambda file=file: bare(file, 0, TILE_COLUMNS),
                REPEATS,
            )
        rows.append(look)
    return rows


def encodings(path: Path) -> list[dict[str, Any]]:
    """Compare our PNG and zstd to Pillow's PNG of the same tile."""
    with open_sound(path) as sound:
        pixels = tile(sound, SPEC, 0, 3)
    return [
        compared(
            f"{name}, {len(encode(pixels)) // 1024} of {len(pillow_png(pixels)) // 1024} KiB",
            lambda encode=encode: encode(pixels),
            lambda: pillow_png(pixels),
            REPEATS,
        )
        for name, encode in (("PNG against Pillow's", grey_png), ("zstd against it", grey_zstd))
    ]


def main() -> None:
    """Measure everything in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        hour, day = Path(folder, "hour.wav"), Path(folder, "day.wav")
        write_hour(hour)
        write_day(day)
        rows = [*cold_tiles(hour), whole_file(hour), *rough_tiles(hour, day), *encodings(hour)]
    show("tiles", rows)


if __name__ == "__main__":
    main()
