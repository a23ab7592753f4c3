"""Sample-exact cuts of a sound: slowed down, band-passed, as a virtual WAV or encoded."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from tagstore.errors import Invalid
from tagstore.media.clips.heads import wav_head
from tagstore.media.decode import Sound
from tagstore.media.waveform import pcm16

SLOWEST, FASTEST = 0.01, 100.0
PLAYABLE_RATES = (3_000, 96_000)
RESAMPLED_RATE = 48_000
BLOCK_FRAMES = 1 << 16
CHUNK_BYTES = 1 << 16
FIR_TAPS = 4095
FIR_MARGIN = FIR_TAPS // 2
RESAMPLER_MARGIN = 512

MIMETYPES = {"wav": "audio/wav", "flac": "audio/flac", "mp3": "audio/mpeg", "ogg": "audio/ogg"}
SUBTYPES = {"flac": "PCM_24", "mp3": "MPEG_LAYER_III", "ogg": "VORBIS"}
MP3_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
RATES = {"flac": (100, 655_350), "mp3": (8_000, 48_000), "ogg": (8_000, 192_000)}

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Cut:
    """A stretch of a sound, from sample `start` up to, not including, `end`, and how to hear it."""

    start: int
    end: int
    channel: int | None = None
    speed: float = 1.0
    low_hz: float | None = None
    high_hz: float | None = None


def cut_between(
    sound: Sound,
    start_s: float = 0.0,
    end_s: float | None = None,
    channel: int | None = None,
    speed: float = 1.0,
    low_hz: float | None = None,
    high_hz: float | None = None,
) -> Cut:
    """Return the cut of the samples nearest to two times, or raise Invalid.

    Times past the end mean the end. A band that the sound cannot exceed is no band.
    """
    rate, nyquist = sound.sample_rate, sound.sample_rate / 2
    end_s = sound.samples / rate if end_s is None else end_s
    if not 0 <= start_s < end_s:
        raise Invalid("That stretch makes no sense.", end_s="must be after the start")
    start = min(sound.samples, round(start_s * rate))
    end = min(sound.samples, round(min(end_s * rate, sound.samples)))
    if start >= end:
        raise Invalid("There is no sound in that stretch.", start_s="must be before the end")
    if channel is not None and not 1 <= channel <= sound.channels:
        raise Invalid("There is no such channel.", channel=f"must be 1 to {sound.channels}")
    if not SLOWEST <= speed <= FASTEST:
        raise Invalid("That speed is not offered.", speed=f"must be {SLOWEST} to {FASTEST}")
    low = None if low_hz is None or low_hz <= 0 else low_hz
    high = None if high_hz is None or high_hz >= nyquist else high_hz
    if not (low or 0) < (nyquist if high is None else high):
        raise Invalid("That band is empty.", high_hz="must be above the lower edge")
    if (low or 0) >= nyquist:
        raise Invalid("The sound has nothing up there.", low_hz=f"must be below {nyquist:g}")
    return Cut(start, end, channel, speed, low, high)


class Rendering:
    """The frames of a cut as they will be heard, any of them at any time.

    Work happens in fixed blocks with margins of the sound around them, so what a frame is
    does not depend on which frames were asked for, nor in what order.
    """

    def __init__(self, sound: Sound, cut: Cut, rate: int | None = None) -> None:
        """Render at `rate`; None means every sample as it is, with the rate that speed makes."""
        played = Fraction(cut.speed).limit_denominator(1000) * sound.sample_rate
        self._sound, self._cut = sound, cut
        self.rate = round(played) if rate is None else rate
        self._step = Fraction(1)
        if self.rate != round(played):
            self._step = (played / self.rate).limit_denominator(10_000)
        self.channels = min(2, sound.channels) if cut.channel is None else 1
        self.frames = max(1, round((cut.end - cut.start) / self._step))
        whole = self._step.denominator
        self._block_frames = -(-BLOCK_FRAMES // whole) * whole
        self._block: tuple[int, Floats] = (-1, np.empty((0, 0), np.float32))

    def read(self, start: int, count: int) -> Floats:
        """Return frames (count, channels), fewer at the end."""
        end = min(start + count, self.frames)
        parts = []
        while start < end:
            number, within = divmod(start, self._block_frames)
            part = self._render(number)[within : within + end - start]
            parts.append(part)
            start += len(part)
        return np.concatenate(parts) if parts else np.empty((0, self.channels), np.float32)

    def _render(self, number: int) -> Floats:
        """Return one block, of which the last is kept."""
        if self._block[0] != number:
            first = number * self._block_frames
            count = min(self._block_frames, self.frames - first)
            if self._step == 1:
                frames = self._filtered(self._cut.start + first, count)
            else:
                frames = self._resampled(first, count)
            self._block = (number, frames)
        return self._block[1]

    def _resampled(self, first: int, count: int) -> Floats:
        """Resample one block; `first` falls on a whole sample of the sound."""
        step, whole = self._step.numerator, self._step.denominator
        margin = -(-RESAMPLER_MARGIN // min(step, whole))
        units = -(-count // whole)
        start = self._cut.start + (first // whole - margin) * step
        samples = self._filtered(start, (units + 2 * margin) * step)
        heard = soxr.resample(samples, step, whole)
        return np.ascontiguousarray(heard[margin * whole :][:count], dtype=np.float32)

    def _filtered(self, start: int, count: int) -> Floats:
        """Return samples (count, channels) from anywhere, band-passed without delay."""
        low, high = self._cut.low_hz, self._cut.high_hz
        if low is None and high is None:
            return self._samples(start, count)
        around = self._samples(start - FIR_MARGIN, count + 2 * FIR_MARGIN)
        return _convolved(around, _band(self._sound.sample_rate, low, high))

    def _samples(self, start: int, count: int) -> Floats:
        """Return samples (count, channels); before and after the sound is silence."""
        before = min(count, max(0, -start))
        read = self._sound.read(start + before, count - before, self._cut.channel)
        samples = read.reshape(count - before, -1)
        if samples.shape[1] > 2:  # Odd channels to the left, even ones to the right.
            sides = (samples[:, 0::2].mean(axis=1), samples[:, 1::2].mean(axis=1))
            samples = np.stack(sides, axis=1)
        return np.pad(samples, ((before, 0), (0, 0))) if before else samples


class WavCut:
    """A cut as a 16-bit WAV that exists nowhere: its size is known, any bytes can be read.

    At speed 1 the samples are those of the sound. Another speed states another sample rate, or,
    where that is beyond PLAYABLE_RATES, resamples; `playable` does so at speed 1 too. More
    than 4 GiB becomes RF64.
    """

    def __init__(self, sound: Sound, cut: Cut, playable: bool = False) -> None:
        slowest, fastest = PLAYABLE_RATES
        fits = slowest <= sound.sample_rate * cut.speed <= fastest
        exact = fits or (cut.speed == 1 and not playable)
        self._frames = Rendering(sound, cut, None if exact else RESAMPLED_RATE)
        self._frame_bytes = 2 * self._frames.channels
        data = self._frames.frames * self._frame_bytes
        self._header = wav_head(self._frames.rate, self._frames.channels, self._frames.frames)
        self.size = len(self._header) + data

    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`, fewer at the end."""
        end = min(offset + length, self.size)
        head = self._header[offset:end]
        first = max(0, offset - len(self._header))
        count = end - len(self._header) - first
        if count <= 0:
            return head
        skip = first % self._frame_bytes
        frames = -(-(skip + count) // self._frame_bytes)
        samples = pcm16(self._frames.read(first // self._frame_bytes, frames))
        return head + samples.astype("<i2").tobytes()[skip : skip + count]

    def chunks(self, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield a range, or everything, some bytes at a time."""
        end = self.size if length is None else min(self.size, offset + length)
        for start in range(offset, end, CHUNK_BYTES):
            yield self.read(start, min(CHUNK_BYTES, end - start))


def encode(sound: Sound, cut: Cut, format: str) -> Iterator[bytes]:
    """Encode a cut as one of MIMETYPES and yield its bytes; memory is bounded.

    WAV is 16-bit; FLAC is 24-bit, so nothing of a recorder's samples is lost. MP3 and Ogg
    Vorbis resample what their formats cannot hold.

    Raises
    ------
    Invalid
        The format is unknown.
    """
    if format not in MIMETYPES:
        raise Invalid("That format is not offered.", format=f"must be in {', '.join(MIMETYPES)}")
    if format == "wav":
        return WavCut(sound, cut).chunks()
    return _encoded(Rendering(sound, cut, _rate_for(sound.sample_rate * cut.speed, format)), format)


def _encoded(frames: Rendering, format: str) -> Iterator[bytes]:
    """Write to a nameless file first: FLAC and MP3 go back to their heads at the end."""
    with tempfile.TemporaryFile() as spool:
        with soundfile.SoundFile(
            spool, "w", frames.rate, frames.channels, SUBTYPES[format], format=format.upper()
        ) as target:
            # A Vorbis encoder that is given a minute at once crashes.
            block = max(1, frames.rate // 10)
            for start in range(0, frames.frames, block):
                samples = frames.read(start, block)
                target.write(pcm24(samples) if format == "flac" else samples)
        spool.seek(0)
        while chunk := spool.read(CHUNK_BYTES):
            yield chunk


def pcm24(samples: Floats) -> NDArray[np.int32]:
    """Turn samples (full scale 1.0) into 24-bit integers in the high bits of 32, clipped."""
    full = 1 << 23
    scaled = np.rint(samples.astype(np.float64) * full)
    return np.clip(scaled, -full, full - 1).astype(np.int32) << 8


def _rate_for(played: float, format: str) -> int | None:
    """Choose a sample rate that the format can hold; None if that is the cut's own."""
    if format == "mp3" and played not in MP3_RATES:
        return min((rate for rate in MP3_RATES if rate >= played), default=MP3_RATES[-1])
    slowest, fastest = RATES[format]
    if not slowest <= played <= fastest:
        return slowest if played < slowest else RESAMPLED_RATE
    if format == "flac" and round(played) > 0xFFFF and round(played) % 10:
        return round(played / 10) * 10  # FLAC counts high rates in tens.
    return None


@cache
def _band(rate: int, low_hz: float | None, high_hz: float | None) -> Floats:
    """Design a symmetric band-pass (or low-pass, or high-pass) of FIR_TAPS taps, 80 dB down."""
    low, high = (low_hz or 0) / rate, 0.5 if high_hz is None else high_hz / rate
    at = np.arange(FIR_TAPS) - FIR_MARGIN
    taps = 2 * high * np.sinc(2 * high * at) - 2 * low * np.sinc(2 * low * at)
    taps *= np.kaiser(FIR_TAPS, 7.857)
    middle = 0 if low_hz is None else 0.5 if high_hz is None else (low + high) / 2
    band: Floats = (taps / (taps @ np.cos(2 * np.pi * middle * at))).astype(np.float32)
    return band


def _convolved(samples: Floats, taps: Floats) -> Floats:
    """Filter samples (count, channels), without the FIR_MARGIN at either end that lacks context."""
    import scipy.fft  # Late: see tagstore.media.spectra.

    size = scipy.fft.next_fast_len(len(samples), real=True)
    spectrum = scipy.fft.rfft(samples, size, axis=0)
    spectrum *= scipy.fft.rfft(taps, size)[:, None]
    whole: Floats = scipy.fft.irfft(spectrum, size, axis=0)[2 * FIR_MARGIN : len(samples)]
    return whole
