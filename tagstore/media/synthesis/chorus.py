"""A recording of birds that do not exist, singing at dawn."""

import numpy as np

from tagstore.media.synthesis.birds import SPECIES, Species, personal
from tagstore.media.synthesis.parts import (
    Call,
    Samples,
    box,
    coloured_noise,
    mix_in,
    perform,
    reverberate,
    smooth_noise,
)

# A wood at dawn through a cheap microphone: wind, the 1/f of leaves, birds too far to tell, hiss.
WOOD = [(1.0, -34.0), (40.0, -22.0), (150.0, -34.0), (1000.0, -50.0), (1900.0, -54.0)]
WOOD += [(2600.0, -49.5), (4800.0, -51.0), (7000.0, -60.0), (12_000.0, -64.0), (24_000.0, -67.0)]
NEAR = 0.05  # The amplitude from which a listener would tag a song.


def singing_times(species: Species, seconds: float, rng: np.random.Generator) -> list[float]:
    """Return when one bird sings: regularly, with breaks, and only in its part of the dawn."""
    at_s = species.from_share * seconds + float(rng.uniform(0, species.every_s))
    times = []
    while at_s < min(species.to_share, 1.0) * seconds - 5:
        times.append(at_s)
        rest = 3.5 if rng.random() < 0.12 else 1.0
        at_s += species.every_s * rest * float(rng.uniform(0.75, 1.35))
    return times


def dawn_chorus(
    seconds: float = 180.0, rate: int = 48_000, seed: int = 7
) -> tuple[Samples, list[Call]]:
    """Make a recording of birds that do not exist, singing at dawn.

    Near birds are loud, dry and tagged; far ones are dull, drowned in echo and not tagged.

    Parameters
    ----------
    seconds : float
        Duration; at least 10, so that a song fits.
    rate : int
        Samples per second.
    seed : int
        The same seed gives the same recording.

    Returns
    -------
    samples : float32 array of shape (seconds * rate,)
        One channel within -1 … 1.
    calls : list of Call
        The songs near enough to tag, ordered by start.
    """
    rng = np.random.default_rng(seed)
    count = int(seconds * rate)
    dry, wet = np.zeros(count, np.float32), np.zeros(count, np.float32)
    calls: list[Call] = []
    for species in SPECIES:
        for singer in range(species.singers):
            distance = min(0.05 + 0.4 * singer + float(rng.uniform(0, 0.12)), 1.0)
            calls += sing(species, distance, rate, rng, dry, wet)
    dry += reverberate(wet, rate, 0.8, rng)
    dry += wood(count, rate, rng)
    return np.clip(dry, -1, 1), sorted(calls, key=lambda call: call.start_s)


def sing(
    species: Species,
    distance: float,
    rate: int,
    rng: np.random.Generator,
    dry: Samples,
    wet: Samples,
) -> list[Call]:
    """Let one bird sing into both channels of the mix; return the songs near enough to tag."""
    pitch = float(rng.normal(1, 0.025))
    calls = []
    for at_s in singing_times(species, len(dry) / rate, rng):
        song = personal(species.song(rng), pitch, rng)
        level = 0.2 * species.loudness * 10 ** (-1.5 * distance) * rng.uniform(0.7, 1.2)
        sung = perform(song, rate, rng, distance) * np.float32(level)
        mix_in(dry, sung, int(at_s * rate))
        mix_in(wet, sung * np.float32(0.07 + 0.45 * distance), int(at_s * rate))
        if level > NEAR:
            calls.append(box(species.name, song, at_s))
    return calls


def wood(count: int, rate: int, rng: np.random.Generator) -> Samples:
    """Return the wood itself: hiss, leaves, and wind that comes and goes."""
    noise = coloured_noise(count, rate, rng, WOOD) * np.float32(0.16)
    gusts = np.exp(0.28 * smooth_noise(count, 2.5 * rate, rng)).astype(np.float32)
    noise *= gusts
    return noise
