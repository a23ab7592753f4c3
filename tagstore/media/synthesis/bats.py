"""Bats that do not exist, passing a detector."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tagstore.media.synthesis.parts import (
    Call,
    Note,
    Samples,
    Song,
    box,
    coloured_noise,
    mix_in,
    perform,
)

HEDGE = [(1.0, -52.0), (2000.0, -52.0), (15_000.0, -66.0), (60_000.0, -68.0), (128_000.0, -64.0)]


def needlewing(number: int, of: int) -> Song:
    """Return one pulse of a bat that sweeps down and levels off, faster as it closes in."""
    closing = number / of
    seconds = 0.0062 - 0.003 * closing
    contour = (98_000.0 - 18_000 * closing, 62_000.0, 49_000.0, 46_500.0, 45_800.0)
    return [Note(0, seconds, contour, harmonics=(1.0, 0.06), attack=0.15, release=0.2)]


def broadflap(number: int, of: int) -> Song:
    """Return one long, low pulse; every other one lower."""
    top = 26_500.0 if number % 2 else 23_000.0
    contour = (top * 1.35, top * 1.08, top, top * 0.985)
    return [Note(0, 0.013, contour, harmonics=(1.0, 0.16, 0.05), attack=0.2, release=0.25)]


def hookface(number: int, of: int) -> Song:
    """Return one flat pulse with a hook at either end."""
    contour = (76_000.0, 83_000.0, *([83_200.0] * 12), 82_500.0, 70_000.0)
    return [Note(0, 0.042, contour, harmonics=(1.0, 0.05), attack=0.08, release=0.08)]


# Who flies past: name, pulse, pulses in the pass, seconds between them.
BATS = [
    ("Lesser needlewing", needlewing, 22, 0.088),
    ("Great broadflap", broadflap, 9, 0.24),
    ("Hookface bat", hookface, 16, 0.092),
    ("Lesser needlewing", needlewing, 20, 0.081),
    ("Great broadflap", broadflap, 8, 0.22),
]


FEEDING = 3  # The pass that ends in a catch.


def bat_pass(
    pulse: Callable[[int, int], Song], pulses: int, gap_s: float, rng: np.random.Generator
) -> Song:
    """Return the pulses of a bat that comes near and flies off."""
    notes, at_s = [], 0.0
    for number in range(pulses):
        near = float(np.sin(np.pi * (number + 0.5) / pulses)) ** 1.5
        for note in pulse(number, pulses):
            notes.append(replace(note, at_s=at_s, level=0.06 + 0.94 * near))
        at_s += gap_s * float(rng.uniform(0.88, 1.12))
    return notes


def feeding_buzz(at_s: float) -> Song:
    """Return pulses that follow each other ever faster and end low, as a bat catches a moth."""
    notes = []
    for number in range(26):
        top = 74_000.0 - 1200 * number
        contour = (top, 46_000.0 - 500 * number, 40_000.0 - 500 * number)
        notes.append(Note(at_s, 0.0024, contour, 0.8 - 0.02 * number, (1.0, 0.06), attack=0.15))
        at_s += max(0.03 * 0.86**number, 0.0058)
    return notes


def ultrasonic_sweeps(
    seconds: float = 12.0, rate: int = 256_000, seed: int = 11
) -> tuple[Samples, list[Call]]:
    """Make a bat detector's recording: passes of pulses far above hearing.

    A needlewing's pass ends in a feeding buzz. One Call per pass.

    Returns
    -------
    samples : float32 array of shape (seconds * rate,)
    calls : list of Call, ordered by start
    """
    rng = np.random.default_rng(seed)
    count = int(seconds * rate)
    samples = coloured_noise(count, rate, rng, HEDGE) * np.float32(0.3)
    calls = []
    for number, (label, pulse, pulses, gap_s) in enumerate(BATS):
        at_s = 0.35 + number * (seconds - 0.5) / len(BATS)
        flown = bat_pass(pulse, pulses, gap_s, rng)
        if number == FEEDING:
            flown += feeding_buzz(flown[-1].at_s + 0.04)
        if at_s + max(note.at_s + note.seconds for note in flown) < seconds:
            mix_in(samples, perform(flown, rate, rng) * np.float32(0.3), int(at_s * rate))
            calls.append(box(label, flown, at_s))
    return np.clip(samples, -1, 1), calls
