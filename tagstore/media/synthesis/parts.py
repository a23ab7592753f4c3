"""What the demo sounds are built from: glides, harmonics, envelopes, noise and a room."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq
from scipy.signal import oaconvolve

Samples = NDArray[np.float32]


class Call(NamedTuple):
    """Where one voice lies in a sound: its name, seconds and Hz."""

    label: str
    start_s: float
    end_s: float
    low_hz: float
    high_hz: float


@dataclass(frozen=True)
class Note:
    """One unbroken element of a song.

    `contour` holds frequencies in Hz at equal steps of the note; `harmonics` the amplitudes of
    the fundamental and its multiples; `pulses_hz` beats the amplitude, `breath` adds noise to it.
    """

    at_s: float
    seconds: float
    contour: tuple[float, ...]
    level: float = 1.0
    harmonics: tuple[float, ...] = (1.0, 0.03, 0.008)
    pulses_hz: float = 0.0
    breath: float = 0.0
    attack: float = 0.25
    release: float = 0.45

    @property
    def low_hz(self) -> float:
        """The lowest frequency that holds energy worth showing."""
        return min(self.contour) - 1.5 * self.pulses_hz - 2 / self.seconds

    @property
    def high_hz(self) -> float:
        """The highest frequency of the harmonics with a tenth of the strongest, or more."""
        strongest = max(self.harmonics)
        seen = max(n for n, each in enumerate(self.harmonics, 1) if each >= strongest / 10)
        return max(self.contour) * seen + 1.5 * self.pulses_hz + 2 / self.seconds


Song = list[Note]


def glide(contour: tuple[float, ...], count: int) -> NDArray[np.float64]:
    """Return `count` frequencies in Hz that pass smoothly through the contour's points."""
    if len(contour) == 1:
        return np.full(count, contour[0])
    position = np.linspace(0, len(contour) - 1, count)
    before = np.minimum(position.astype(np.intp), len(contour) - 2)
    ease = position - before
    ease = ease * ease * (3 - 2 * ease)
    points = np.asarray(contour)
    return np.asarray(points[before] * (1 - ease) + points[before + 1] * ease)


def swell(count: int, attack: float, release: float) -> Samples:
    """Return an envelope of `count` samples; attack and release are fractions of its length."""
    envelope = np.ones(count, np.float32)
    rise, fall = max(int(count * attack), 1), max(int(count * release), 1)
    envelope[:rise] *= np.sin(np.linspace(0, np.pi / 2, rise, dtype=np.float32)) ** 2
    envelope[-fall:] *= np.cos(np.linspace(0, np.pi / 2, fall, dtype=np.float32)) ** 2
    return envelope


def voice(
    hertz: NDArray[np.float64], rate: int, harmonics: tuple[float, ...], damping_hz: float
) -> Samples:
    """Return a tone of the given frequencies with its harmonics below the Nyquist frequency.

    `damping_hz` is the frequency by which air has taken 8.7 dB, as it does over a distance.
    """
    turns = np.mod(np.cumsum(hertz) / rate, 1).astype(np.float32) * np.float32(2 * np.pi)
    middle, highest = float(hertz.mean()), float(hertz.max())
    tone = np.zeros(len(hertz), np.float32)
    for number, strength in enumerate(harmonics, 1):
        if strength and highest * number < 0.48 * rate:
            strength *= float(np.exp(-middle * number / damping_hz))
            tone += np.float32(strength) * np.sin(turns * np.float32(number))
    return tone


def sound(
    note: Note, rate: int, rng: np.random.Generator, damping_hz: float = float("inf")
) -> Samples:
    """Return one note as samples."""
    count = max(int(note.seconds * rate), 8)
    hertz = glide(note.contour, count)
    samples = voice(hertz, rate, note.harmonics, damping_hz)
    if note.breath:
        samples *= 1 + note.breath * smooth_noise(count, rate / 160, rng)
    if note.pulses_hz:
        beat = np.arange(count, dtype=np.float32) * np.float32(2 * np.pi * note.pulses_hz / rate)
        samples *= (0.5 - 0.5 * np.cos(beat)) ** 2
    return samples * swell(count, note.attack, note.release) * np.float32(note.level)


def smooth_noise(count: int, every: float, rng: np.random.Generator) -> Samples:
    """Return noise of unit variance that changes over about `every` samples."""
    knots = rng.standard_normal(int(count / every) + 3).astype(np.float32)
    return np.interp(np.arange(count) / every, np.arange(len(knots)), knots).astype(np.float32)


def coloured_noise(
    count: int, rate: int, rng: np.random.Generator, points: list[tuple[float, float]]
) -> Samples:
    """Return noise whose spectrum follows `points`, pairs of (Hz, dB), in rising Hz."""
    size = next_fast_len(count, real=True)
    spectrum = rfft(rng.standard_normal(size, dtype=np.float32))
    hertz, decibels = zip(*points, strict=True)
    octave = np.log2(np.maximum(rfftfreq(size, 1 / rate), 1.0)).astype(np.float32)
    shape = np.interp(octave, np.log2(hertz), decibels).astype(np.float32)
    spectrum *= np.power(np.float32(10), shape / np.float32(20))
    return np.asarray(irfft(spectrum, size)[:count], np.float32)


def reverberate(samples: Samples, rate: int, seconds: float, rng: np.random.Generator) -> Samples:
    """Return what a wood gives back of a sound: scattered echoes that die away, high ones first."""
    count = int(rate * seconds)
    time = np.linspace(0, 6.9, count, dtype=np.float32)  # 60 dB
    scatter = rng.standard_normal(count).astype(np.float32)
    low = np.convolve(scatter, np.ones(9, np.float32) / 3, "same")
    scatter = low * np.exp(-time) + scatter * np.exp(-2.2 * time)
    scatter[: int(0.012 * rate)] = 0
    scatter /= np.sqrt(np.sum(scatter**2))
    return np.asarray(oaconvolve(samples, scatter)[: len(samples)], np.float32)


def mix_in(target: Samples, part: Samples, at: int) -> None:
    """Add a part to a longer sound, cutting what hangs over its ends."""
    skip = max(-at, 0)
    piece = part[skip : max(len(target) - at, 0)]
    target[at + skip : at + skip + len(piece)] += piece


def perform(song: Song, rate: int, rng: np.random.Generator, distance: float = 0.0) -> Samples:
    """Return a song as samples; at distance 0 the air takes nothing, at 1 it dulls a lot.

    Parameters
    ----------
    rate : int
        Samples per second.
    distance : float
        0 (beside the microphone) to 1 (as far as one hears).
    """
    length = max(note.at_s + note.seconds for note in song)
    samples = np.zeros(int(length * rate) + 1, np.float32)
    damping_hz = 9000 / max(distance, 0.02)
    for note in song:
        mix_in(samples, sound(note, rate, rng, damping_hz), int(note.at_s * rate))
    return samples


def box(label: str, song: Song, at_s: float) -> Call:
    """Return where a song lies when it begins at `at_s`, in seconds and Hz."""
    low_hz = max(min(note.low_hz for note in song), 0.0)
    end_s = at_s + max(note.at_s + note.seconds for note in song)
    start_s = at_s + min(note.at_s for note in song)
    return Call(label, start_s, end_s, low_hz, max(note.high_hz for note in song))
