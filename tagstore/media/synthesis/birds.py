"""The songs of birds that do not exist, note by note."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tagstore.media.synthesis.parts import Note, Song


@dataclass(frozen=True)
class Species:
    """A made-up bird: its song, how often it sings and when in the dawn it does."""

    name: str
    song: Callable[[np.random.Generator], Song]
    every_s: float
    singers: int
    from_share: float = 0.0
    to_share: float = 1.0
    loudness: float = 1.0


def trill(rng: np.random.Generator) -> Song:
    """Sing a run of falling sweeps that gather speed and end in a flourish."""
    notes, at = [], 0.0
    for number in range(int(rng.integers(14, 24))):
        step = max(0.115 - 0.004 * number, 0.052)
        top = 6400 - 70 * number + float(rng.normal(0, 40))
        contour = (top, top - 1300, 3150 - 20 * number)
        notes.append(Note(at, step * 0.78, contour, level=0.45 + 0.03 * number, attack=0.12))
        at += step
    flourish = (2900.0, 5200.0, 3600.0, 6100.0, 2600.0)
    notes.append(Note(at + 0.02, 0.22, flourish, level=1.0, attack=0.1, release=0.3))
    return notes


def flute(rng: np.random.Generator) -> Song:
    """Sing slow flute-like notes with overtones, then a hurried, quiet warble high above."""
    notes, at = [], 0.0
    for _ in range(int(rng.integers(3, 6))):
        base, seconds = float(rng.choice([1650, 1850, 2080, 2470, 2770])), rng.uniform(0.16, 0.42)
        bend = base * float(rng.choice([0.84, 0.92, 1.1, 1.22]))
        contour = (base * 0.98, base, base * 1.01, bend, bend)
        notes.append(Note(at, float(seconds), contour, harmonics=(1, 0.08, 0.06, 0.015)))
        at += float(seconds) + float(rng.uniform(0.02, 0.09))
    for _ in range(int(rng.integers(7, 12))):
        low, high = rng.uniform(3600, 5000), rng.uniform(5200, 7400)
        turn = tuple(float(hertz) for hertz in rng.permutation([low, high, (low + high) / 2]))
        notes.append(Note(at, 0.055, turn, level=0.22))
        at += float(rng.uniform(0.05, 0.085))
    return notes


def buzz(rng: np.random.Generator) -> Song:
    """Sing three lisping notes and a long buzz on one pitch."""
    notes = [Note(0.22 * n, 0.1, (4300.0, 5200.0, 4700.0), level=0.4) for n in range(3)]
    pitch, seconds = float(rng.normal(5350, 120)), float(rng.uniform(0.9, 1.5))
    rising = (pitch * 0.96, pitch, pitch * 1.02, pitch * 1.03)
    long = Note(0.72, seconds, rising, 1.0, (1.0, 0.04, 0.01), 96.0, attack=0.5, release=0.12)
    return [*notes, long]


def hoot(rng: np.random.Generator) -> Song:
    """Hoot: one long note, a pause, then a wavering run."""
    base = float(rng.normal(430, 8))
    rich = (1.0, 0.2, 0.07, 0.02)
    long = Note(0, 0.75, (base * 0.9, base, base * 1.02, base * 0.88), harmonics=rich)
    run = [
        Note(2.0 + 0.2 * n, 0.17, (base * 0.96, base * 1.04, base), 0.5 + 0.05 * n, rich)
        for n in range(7)
    ]
    last = Note(3.45, 0.95, (base, base * 1.06, base * 0.98, base * 0.85), harmonics=rich)
    return [long, *run, last]


def seesaw(rng: np.random.Generator) -> Song:
    """Sing two notes in turn, like a saw that wants oil."""
    high, low, step = rng.normal(4900, 90), rng.normal(3350, 60), float(rng.uniform(0.15, 0.19))
    notes = []
    for number in range(2 * int(rng.integers(4, 8))):
        pitch = float(low if number % 2 else high)
        contour = (pitch * 0.93, pitch * 1.02, pitch, pitch * 0.97)
        level = 0.8 if number % 2 else 1.0
        notes.append(Note(number * step, step * 0.72, contour, level, (1, 0.05, 0.015)))
    return notes


def needle(rng: np.random.Generator) -> Song:
    """Sing very high, thin, rising and falling in waves that grow louder."""
    notes, at = [], 0.0
    for number in range(int(rng.integers(5, 8))):
        level = 0.3 + 0.1 * number
        notes.append(Note(at, 0.12, (7100.0, 8300.0, 7600.0), level, (1.0, 0.02)))
        notes.append(Note(at + 0.14, 0.07, (7000.0, 6700.0), level * 0.8, (1.0, 0.02)))
        at += 0.26
    end = (6800.0, 8800.0, 6200.0, 7900.0, 6000.0)
    return [*notes, Note(at, 0.25, end, 0.9, (1.0, 0.02))]


def caw(rng: np.random.Generator) -> Song:
    """Call hoarsely: many harmonics, a breathy voice, two to four times."""
    stack = (0.25, 0.6, 1.0, 0.9, 0.6, 0.35, 0.2, 0.12)
    base = float(rng.normal(540, 15))
    bow = (base * 0.86, base * 1.08, base * 1.05, base * 0.8)
    return [
        Note(0.52 * n, 0.3, bow, harmonics=stack, breath=0.45, attack=0.15)
        for n in range(int(rng.integers(2, 5)))
    ]


SPECIES = [
    Species("Amber trillfinch", trill, every_s=8.5, singers=3),
    Species("Hollow fluteling", flute, every_s=7.0, singers=3, loudness=1.15),
    Species("Marsh buzzer", buzz, every_s=12.0, singers=2, from_share=0.15),
    Species("Dusk hooter", hoot, every_s=21.0, singers=2, to_share=0.6, loudness=0.8),
    Species("Saw-billed tit", seesaw, every_s=9.5, singers=3, from_share=0.08),
    Species("Glass kinglet", needle, every_s=11.0, singers=2, from_share=0.25, loudness=0.8),
    Species("Rust crow", caw, every_s=26.0, singers=1, from_share=0.35, loudness=0.7),
]


def personal(song: Song, ratio: float, rng: np.random.Generator) -> Song:
    """Return the song at another pitch and a little uneven: no two birds sing quite the same."""
    sung = []
    for note in song:
        contour = tuple(hertz * ratio * float(rng.normal(1, 0.006)) for hertz in note.contour)
        level = note.level * float(rng.uniform(0.75, 1.1))
        sung.append(replace(note, contour=contour, level=level))
    return sung
