"""A voice that speaks no language: syllables from harmonics and formants, with its words."""

from typing import NamedTuple

import numpy as np

from tagstore.media.synthesis.parts import Samples, coloured_noise, mix_in, swell

# Vowels by their first three formants in Hz (Peterson and Barney 1952, men, rounded).
VOWELS = {
    "a": (730.0, 1090.0, 2440.0),
    "e": (530.0, 1840.0, 2480.0),
    "i": (270.0, 2290.0, 3010.0),
    "o": (570.0, 840.0, 2410.0),
    "u": (300.0, 870.0, 2240.0),
}
# Consonants by their seconds, their loudness, and the band of their noise in Hz; none hums.
NOISES = {
    "s": (0.1, 0.10, (4500.0, 8500.0)),
    "sh": (0.1, 0.12, (2200.0, 5500.0)),
    "t": (0.035, 0.16, (3000.0, 7500.0)),
    "k": (0.04, 0.14, (1500.0, 3200.0)),
    "p": (0.03, 0.12, (400.0, 1600.0)),
}
HUMS = {"m": (270.0, 1000.0, 2200.0), "n": (270.0, 1500.0, 2400.0), "l": (360.0, 1200.0, 2700.0)}
SENTENCES = [
    "talo mina kesu", "shomi latu nosa peli", "kona misa", "salu tineka moli shate",
    "nemo paka sutila", "lomi shena taku misola", "peka nolu", "tami koshi lena satu",
]  # fmt: skip


class Word(NamedTuple):
    """A word and the seconds it takes."""

    text: str
    start_s: float
    end_s: float


def spoken_like(
    seconds: float = 30.0, rate: int = 24_000, seed: int = 5
) -> tuple[Samples, list[Word]]:
    """Make a voice that reads sentences of invented words, with pauses between them.

    Source-filter synthesis: harmonics of a falling pitch, weighted by formants (Klatt 1980).

    Returns
    -------
    samples : float32 array of shape (seconds * rate,), within -1 … 1
    words : list of Word, ordered by start
    """
    rng = np.random.default_rng(seed)
    samples = coloured_noise(int(seconds * rate), rate, rng, [(1.0, -40.0), (12_000.0, -72.0)])
    samples *= np.float32(0.1)
    words: list[Word] = []
    at_s, sentence = 0.4, 0
    while True:
        spoken = SENTENCES[sentence % len(SENTENCES)].split()
        for number, text in enumerate(spoken):
            pitch_hz = 128 - 26 * number / len(spoken) + float(rng.normal(0, 3))
            word = speak(text, pitch_hz, rate, rng)
            end_s = at_s + len(word) / rate
            if end_s > seconds - 0.2:
                return np.clip(samples, -1, 1), words
            mix_in(samples, word, int(at_s * rate))
            words.append(Word(text, at_s, end_s))
            at_s = end_s + float(rng.uniform(0.03, 0.09))
        at_s += float(rng.uniform(0.5, 0.9))
        sentence += 1


def syllables(text: str) -> list[tuple[str, str]]:
    """Split a word into pairs of consonant and vowel."""
    pairs, consonant = [], ""
    for letter in text:
        if letter in VOWELS:
            pairs.append((consonant, letter))
            consonant = ""
        else:
            consonant += letter
    return pairs


def speak(text: str, pitch_hz: float, rate: int, rng: np.random.Generator) -> Samples:
    """Return one word as samples; its first syllable is stressed."""
    parts: list[Samples] = []
    for number, (consonant, letter) in enumerate(syllables(text)):
        seconds = float(rng.uniform(0.15, 0.19)) * (1.15 if number == 0 else 1.0)
        pitch = pitch_hz * (1.12 if number == 0 else 1.0 - 0.05 * number)
        if consonant in NOISES:
            parts.append(hiss(consonant, rate, rng))
        start = HUMS.get(consonant, VOWELS[letter])
        parts.append(vowel(start, VOWELS[letter], seconds, pitch, rate))
    return np.concatenate(parts)


def hiss(consonant: str, rate: int, rng: np.random.Generator) -> Samples:
    """Return an unvoiced consonant: a band of noise."""
    seconds, loudness, (low_hz, high_hz) = NOISES[consonant]
    count = int(seconds * rate)
    edges = [(1.0, -60.0), (low_hz * 0.7, -40.0), (low_hz, 0.0), (high_hz, 0.0)]
    noise = coloured_noise(count, rate, rng, [*edges, (high_hz * 1.3, -40.0)])
    attack = 0.5 if seconds > 0.05 else 0.05
    return noise * swell(count, attack, 0.4) * np.float32(loudness / max(noise.std(), 1e-6) / 4)


def vowel(
    start: tuple[float, ...], end: tuple[float, ...], seconds: float, pitch_hz: float, rate: int
) -> Samples:
    """Return a voiced sound whose formants move from `start` to `end` in its first third."""
    count = int(seconds * rate)
    share = np.linspace(0, 1, count, dtype=np.float32)
    move = np.minimum(share * 3, 1)
    pairs = zip(start, end, strict=True)
    formants = [np.asarray(a + (b - a) * move, np.float32) for a, b in pairs]
    hertz = pitch_hz * (1.03 - 0.08 * share)
    cycles = np.mod(np.cumsum(hertz, dtype=np.float64) / rate, 1)
    turns = (cycles * 2 * np.pi).astype(np.float32)
    samples = np.zeros(count, np.float32)
    for number in range(1, int(min(5200, 0.45 * rate) / pitch_hz)):
        weight = resonance(hertz * number, formants) / np.float32(number**0.8)
        samples += np.sin(turns * np.float32(number)) * weight
    return samples * swell(count, 0.15, 0.3) * np.float32(0.16)


def resonance(hertz: Samples, formants: list[Samples]) -> Samples:
    """Return how strongly the vocal tract passes each frequency: a peak per formant."""
    passed: Samples = np.asarray(0.03 * np.exp(hertz / -900), np.float32)
    for centre, width, gain in zip(formants, (80, 100, 140), (1.0, 0.5, 0.25), strict=True):
        passed += np.float32(gain) / (1 + ((hertz - centre) / np.float32(width)) ** 2)
    return passed
