"""Waveform peaks: the lowest and highest sample of each of some bins, as 16-bit integers."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tagstore.errors import Invalid
from tagstore.media.decode import Sound

PEAK_BLOCK = 4096
READ_SAMPLES = PEAK_BLOCK * 64
EXACT_SAMPLES = 1 << 22
ROUGH_SAMPLES = 1 << 20
MAX_BINS = 8192

Peaks = NDArray[np.int16]


def pcm16(samples: NDArray[np.float32]) -> Peaks:
    """Turn samples (full scale 1.0) into 16-bit integers, to nearest, clipped.

    What was 16-bit PCM comes back bit for bit.
    """
    scaled = np.rint(samples * np.float32(32768))
    whole: Peaks = np.clip(scaled, -32768, 32767, out=scaled).astype(np.int16)
    return whole


def peaks(
    sound: Sound, start_s: float, end_s: float, bins: int, channel: int | None = None
) -> Peaks:
    """Find the exact lowest and highest sample of each bin of a stretch.

    Parameters
    ----------
    start_s, end_s : float
        The stretch, divided evenly; positions are rounded down to samples.
    bins : int
        1 to MAX_BINS. A bin narrower than a sample shows the sample it lies in.
    channel : int or None
        From 1; None takes the extremes over all channels.

    Returns
    -------
    int16 array (bins, 2)
        Lowest, highest; full scale is 32768. Bins past the end of the sound are zero.

    Raises
    ------
    Invalid
        Bins, stretch or channel make no sense.
    """
    _check(start_s, end_s, bins, sound.channels, channel)
    spans = _spans(sound.sample_rate, start_s, end_s, bins, sound.samples)
    found = np.zeros((bins, 2), np.int16)
    found[: len(spans)] = 32767, -32768
    stop = int(spans[-1, 1]) if len(spans) else 0
    for start in range(int(spans[0, 0]) if len(spans) else 0, stop, READ_SAMPLES):
        count = min(READ_SAMPLES, stop - start)
        touched = np.flatnonzero((spans[:, 0] < start + count) & (spans[:, 1] > start))
        inside = np.clip(spans[touched], start, start + count) - start
        lows, highs = _envelope(sound, start, count, channel)
        found[touched, 0] = np.minimum(found[touched, 0], _reduce(np.minimum, lows, inside))
        found[touched, 1] = np.maximum(found[touched, 1], _reduce(np.maximum, highs, inside))
    return found


def rough_peaks(
    sound: Sound, start_s: float, end_s: float, bins: int, channel: int | None = None
) -> Peaks:
    """Estimate `peaks` from a bounded number of samples, spread over the bins.

    Stretches of up to EXACT_SAMPLES are exact; longer ones look at one piece in the middle of
    each bin, so no bin is wider than the truth.
    """
    _check(start_s, end_s, bins, sound.channels, channel)
    spans = _spans(sound.sample_rate, start_s, end_s, bins, sound.samples)
    if not len(spans) or spans[-1, 1] - spans[0, 0] <= EXACT_SAMPLES:
        return peaks(sound, start_s, end_s, bins, channel)
    found = np.zeros((bins, 2), np.int16)
    look = ROUGH_SAMPLES // bins
    for row, (start, stop) in enumerate(spans.tolist()):
        count = min(look, stop - start)
        lows, highs = _envelope(sound, start + (stop - start - count) // 2, count, channel)
        found[row] = lows.min(), highs.max()
    return found


def build_peaks(sound: Sound, report: Callable[[float], None] | None = None) -> Peaks:
    """Read the whole sound once and keep the extremes of every PEAK_BLOCK samples.

    Returns
    -------
    int16 array (blocks, channels, 2)
        The last block may stand for fewer samples. `report` is told how far it is, 0 to 1.
    """
    blocks = -(-sound.samples // PEAK_BLOCK)
    found = np.zeros((blocks, sound.channels, 2), np.int16)
    for start in range(0, sound.samples, READ_SAMPLES):
        samples = pcm16(sound.read(start, min(READ_SAMPLES, sound.samples - start), None))
        starts = np.arange(0, len(samples), PEAK_BLOCK)
        first = start // PEAK_BLOCK
        filled = found[first : first + len(starts)]
        filled[:, :, 0] = np.minimum.reduceat(samples, starts, axis=0)
        filled[:, :, 1] = np.maximum.reduceat(samples, starts, axis=0)
        if report is not None:
            report((first + len(starts)) / blocks)
    return found


def peaks_from(
    blocks: Peaks,
    sample_rate: int,
    start_s: float,
    end_s: float,
    bins: int,
    channel: int | None = None,
) -> Peaks:
    """Find the peaks of a stretch from the array of `build_peaks`.

    Each bin covers every block that it touches, so it is never narrower than `peaks`, and
    equal to it where bins are whole blocks.
    """
    _check(start_s, end_s, bins, blocks.shape[1], channel)
    spans = _spans(sample_rate, start_s, end_s, bins, len(blocks) * PEAK_BLOCK)
    touched = np.stack((spans[:, 0] // PEAK_BLOCK, -(-spans[:, 1] // PEAK_BLOCK)), axis=1)
    chosen = blocks if channel is None else blocks[:, channel - 1 : channel]
    found = np.zeros((bins, 2), np.int16)
    found[: len(spans), 0] = _reduce(np.minimum, chosen[:, :, 0].min(axis=1), touched)
    found[: len(spans), 1] = _reduce(np.maximum, chosen[:, :, 1].max(axis=1), touched)
    return found


def _check(start_s: float, end_s: float, bins: int, channels: int, channel: int | None) -> None:
    """Raise Invalid unless the question makes sense."""
    if not 0 <= start_s < end_s < float("inf"):
        raise Invalid("That stretch makes no sense.", end_s="must be after the start")
    if not 1 <= bins <= MAX_BINS:
        raise Invalid("That many bins are not offered.", bins=f"must be 1 to {MAX_BINS}")
    if channel is not None and not 1 <= channel <= channels:
        raise Invalid("There is no such channel.", channel=f"must be 1 to {channels}")


def _spans(
    sample_rate: int, start_s: float, end_s: float, bins: int, samples: int
) -> NDArray[np.int64]:
    """Return (bins, 2) first sample and end of each bin, none empty, without those past the end."""
    edges = np.linspace(start_s * sample_rate, end_s * sample_rate, bins + 1)
    whole = np.floor(np.minimum(edges + 1e-6, samples)).astype(np.int64)
    starts = whole[:-1][whole[:-1] < samples]
    stops = np.maximum(whole[1 : len(starts) + 1], starts + 1)
    return np.stack((starts, stops), axis=1)


def _envelope(sound: Sound, start: int, count: int, channel: int | None) -> tuple[Peaks, Peaks]:
    """Read the lowest and highest value of each sample over the channels asked for."""
    samples = pcm16(sound.read(start, count, channel))
    return (samples, samples) if channel else (samples.min(axis=1), samples.max(axis=1))


def _reduce(function: np.ufunc, values: Peaks, spans: NDArray[np.int64]) -> Peaks:
    """Reduce each span of values to one; spans may overlap but are not empty."""
    if not len(spans):
        return np.zeros(0, np.int16)
    padded = np.append(values, values[-1:])  # A span may end where the values do.
    reduced: Peaks = function.reduceat(padded, spans.reshape(-1))[::2]
    return reduced
