"""Spectrograms as tiles of absolute grey: a pure function of sound, settings, level and index."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from struct import pack

import numpy as np
import zstandard
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tagstore.errors import Invalid, NotFound
from tagstore.media.decode import Sound
from tagstore.media.spectra import BATCH, WINDOWS, Floats, Grey, Spectra, halve, to_grey, upright

TILE_COLUMNS = 1024
EXACT_LEVELS = 4
ROUGH_FRAMES = 2048
ROUGH_SAMPLES = ROUGH_FRAMES * 4096
BLOCK_SAMPLES = 1 << 19

FFT_SIZES = tuple(1 << power for power in range(7, 15))
OVERLAPS = (1, 2, 4, 8, 16)
HOPS = tuple(sorted({n_fft // overlap for n_fft in FFT_SIZES for overlap in OVERLAPS}))
SPEC = re.compile(r"n(\d{1,5})-h(\d{1,5})-([a-z]+)-c(\d{1,4})")
SPEC_NAME = re.compile(
    "({})-({})-c[1-9][0-9]{{0,3}}".format(
        "|".join(
            f"n{n_fft}-h({'|'.join(str(n_fft // overlap) for overlap in OVERLAPS)})"
            for n_fft in FFT_SIZES
        ),
        "|".join(WINDOWS),
    )
)
"""The names of all the spectrograms there are."""


@dataclass(frozen=True)
class SpectrogramSpec:
    """How a spectrogram is computed: FFT size, hop, window and channel (from 1)."""

    n_fft: int = 1024
    hop: int = 512
    window: str = "hann"
    channel: int = 1

    def __post_init__(self) -> None:
        if self.n_fft not in FFT_SIZES:
            raise Invalid(
                "That FFT size is not offered.", n_fft="must be a power of two, 128 to 16384"
            )
        if self.hop not in [self.n_fft // overlap for overlap in OVERLAPS]:
            raise Invalid(
                "That hop is not offered.", hop="must be the FFT size over 1, 2, 4, 8 or 16"
            )
        if self.window not in WINDOWS:
            raise Invalid(
                "That window is not offered.", window=f"must be one of {', '.join(WINDOWS)}"
            )
        if self.channel < 1:
            raise Invalid("Channels count from 1.", channel="must be 1 or more")

    def __str__(self) -> str:
        return f"n{self.n_fft}-h{self.hop}-{self.window}-c{self.channel}"

    @classmethod
    def parse(cls, text: str) -> SpectrogramSpec:
        """Read what `str()` wrote; raise Invalid for anything else."""
        found = SPEC.fullmatch(text)
        if found is None:
            raise Invalid(
                "Those are no spectrogram settings.", spec="looks like n1024-h512-hann-c1"
            )
        n_fft, hop, window, channel = found.groups()
        spec = cls(int(n_fft), int(hop), window, int(channel))
        if str(spec) != text:  # One spectrogram has one name, so caches hold it once.
            raise Invalid("Those are no spectrogram settings.", spec="has leading zeros")
        return spec

    @property
    def rows(self) -> int:
        """Count the frequency bins shown: 0 up to, not including, half the sample rate."""
        return self.n_fft // 2

    def columns(self, samples: int, level: int = 0) -> int:
        """Count the columns of a level; each covers 2**level frames."""
        frames = -(-samples // self.hop)
        return -(-frames // (1 << level))

    def tiles(self, samples: int, level: int) -> int:
        """Count the tiles of a level."""
        return -(-self.columns(samples, level) // TILE_COLUMNS)

    def top_level(self, samples: int) -> int:
        """Return the smallest level that fits in one tile."""
        return (max(1, self.tiles(samples, 0)) - 1).bit_length()


def spans_exactly(level: int) -> bool:
    """Tell whether a tile of this level is cheap enough to be computed when asked for."""
    return level < EXACT_LEVELS


def tile(sound: Sound, spec: SpectrogramSpec, level: int, index: int) -> Grey:
    """Compute one tile exactly.

    Parameters
    ----------
    sound : Sound
        The samples, full scale at 1.0.
    level : int
        Each column is the maximum over 2**level frames.
    index : int
        Counts tiles of TILE_COLUMNS columns from 0.

    Returns
    -------
    uint8 array (rows, columns)
        High frequency first. Grey g means -127.5 + g/2 dBFS, where 0 dBFS is a sine of
        amplitude 1.0. The last tile of a level is narrower.

    Raises
    ------
    NotFound
        The level has no such tile.
    Invalid
        The sound has no such channel.
    """
    first, count = tile_span(sound, spec, level, index)
    out = np.empty((count, spec.rows), np.uint8)
    done = 0
    for magnitudes in column_magnitudes(sound, spec, level, first, count):
        to_grey(magnitudes, out[done : done + len(magnitudes)])
        done += len(magnitudes)
    return upright(out)


def rough_tile(sound: Sound, spec: SpectrogramSpec, level: int, index: int) -> Grey:
    """Compute one tile from a bounded number of frames, spread evenly over each column.

    Shape, errors and grey are those of `tile`; no pixel is brighter than there.
    """
    first, count = tile_span(sound, spec, level, index)
    group, frames = 1 << level, min(ROUGH_FRAMES, ROUGH_SAMPLES // spec.n_fft)
    looks = max(1, min(BATCH, frames // count))
    if group <= looks:
        return tile(sound, spec, level, index)
    starts = (first + np.arange(count, dtype=np.int64)) * group
    spans = np.minimum(group, spec.columns(sound.samples) - starts)
    within = ((2 * np.arange(looks) + 1) * spans[:, None]) // (2 * looks)
    return upright(loudest(sound, spec, (starts[:, None] + within) * spec.hop))


def loudest(sound: Sound, spec: SpectrogramSpec, starts: NDArray[np.int64]) -> Grey:
    """Compute grey columns (columns, rows), low bins first, from frames anywhere in the sound.

    Each row of `starts` (columns, looks) holds the first samples of the frames whose maximum
    makes that column; at most BATCH looks.
    """
    count, looks = starts.shape
    out = np.empty((count, spec.rows), np.uint8)
    spectra, together = Spectra(spec.n_fft, spec.window), BATCH // looks
    frames = np.empty((together * looks, spec.n_fft), np.float32)
    for column in range(0, count, together):
        chosen = starts[column : column + together]
        for row, start in enumerate(chosen.flat):
            frames[row] = sound.read(int(start), spec.n_fft, spec.channel)
        seen = spectra.magnitudes(frames[: chosen.size]).reshape(len(chosen), looks, spec.rows)
        to_grey(seen.max(axis=1), out[column : column + len(chosen)])
    return out


def tile_span(sound: Sound, spec: SpectrogramSpec, level: int, index: int) -> tuple[int, int]:
    """Return the first column of a tile and how many it has, or raise NotFound or Invalid."""
    check_channel(sound, spec)
    if not 0 <= level < 64 or not 0 <= index < spec.tiles(sound.samples, level):
        raise NotFound("There is no such tile.")
    first = index * TILE_COLUMNS
    return first, min(TILE_COLUMNS, spec.columns(sound.samples, level) - first)


def check_channel(sound: Sound, spec: SpectrogramSpec) -> None:
    """Raise Invalid unless the sound has the channel."""
    if spec.channel > sound.channels:
        raise Invalid("There is no such channel.", channel=f"must be 1 to {sound.channels}")


def column_magnitudes(
    sound: Sound, spec: SpectrogramSpec, level: int, first: int, count: int
) -> Iterator[Floats]:
    """Yield the columns of a level in order, some (columns, rows) at a time, low bins first.

    Amplitudes are linear: the maximum comes before the logarithm. What is yielded is
    overwritten by the next step. Memory is bounded whatever the level and count.
    """
    group = 1 << level
    frames = min(count * group, spec.columns(sound.samples) - first * group)
    batches = frame_magnitudes(sound, spec, first * group, frames)
    if group > BATCH:
        yield from _pooled(batches, group)
        return
    for batch in batches:
        for _ in range(level):
            batch = halve(batch)
        yield batch


def frame_magnitudes(
    sound: Sound, spec: SpectrogramSpec, first: int, count: int
) -> Iterator[Floats]:
    """Yield the spectra of frames in order, BATCH at a time, reading the sound once through."""
    spectra = Spectra(spec.n_fft, spec.window)
    per_block = BATCH * max(1, BLOCK_SAMPLES // (BATCH * spec.hop))
    overlap = spec.n_fft - spec.hop
    held = sound.read(first * spec.hop, overlap, spec.channel)
    for start in range(first, first + count, per_block):
        frames = min(per_block, first + count - start)
        new = sound.read(start * spec.hop + overlap, frames * spec.hop, spec.channel)
        block = np.concatenate((held, new))
        held = block[len(block) - overlap :]
        windows = sliding_window_view(block, spec.n_fft)[:: spec.hop]
        for batch in range(0, frames, BATCH):
            yield spectra.magnitudes(windows[batch : min(batch + BATCH, frames)])


def grey_png(pixels: Grey) -> bytes:
    """Write a grey picture as PNG, quickly: unfiltered rows, runs and Huffman codes only."""
    height, width = pixels.shape
    rows = np.zeros((height, width + 1), np.uint8)
    rows[:, 1:] = pixels
    deflate = zlib.compressobj(1, zlib.DEFLATED, 15, 9, zlib.Z_RLE)
    data = deflate.compress(rows.data) + deflate.flush()
    header = pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(body)) + name + body + pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def grey_zstd(pixels: Grey) -> bytes:
    """Write the bare rows of a grey picture, top down, as one zstd frame."""
    return zstandard.ZstdCompressor(level=1).compress(np.ascontiguousarray(pixels).data)


def _pooled(batches: Iterator[Floats], group: int) -> Iterator[Floats]:
    """Yield the maximum of every `group` frames; `group` is a multiple of BATCH."""
    best: Floats | None = None
    seen = 0
    for batch in batches:
        loudest = batch.max(axis=0, keepdims=True)
        best = loudest if best is None else np.maximum(best, loudest)
        seen += len(batch)
        if seen % group == 0:
            yield best
            best = None
    if best is not None:
        yield best
