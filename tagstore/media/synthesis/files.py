"""Demo media written to files, as a decoding child does it for the demo project."""

from pathlib import Path

import soundfile

from tagstore.media.synthesis.bats import ultrasonic_sweeps
from tagstore.media.synthesis.chorus import dawn_chorus
from tagstore.media.synthesis.parts import Call, Samples
from tagstore.media.synthesis.speech import Word, spoken_like

CHORUS_RATE, SWEEPS_RATE, SPEECH_RATE = 48_000, 256_000, 24_000


def write_chorus(path: Path) -> list[Call]:
    """Write a dawn chorus as WAV and return the songs in it."""
    samples, calls = dawn_chorus(rate=CHORUS_RATE)
    _write(path, samples, CHORUS_RATE)
    return calls


def write_sweeps(path: Path) -> list[Call]:
    """Write a bat detector's recording as WAV and return the passes in it."""
    samples, calls = ultrasonic_sweeps(rate=SWEEPS_RATE)
    _write(path, samples, SWEEPS_RATE)
    return calls


def write_speech(path: Path) -> list[Word]:
    """Write a voice as FLAC or WAV and return its words."""
    samples, words = spoken_like(rate=SPEECH_RATE)
    _write(path, samples, SPEECH_RATE)
    return words


def _write(path: Path, samples: Samples, rate: int) -> None:
    soundfile.write(path, samples, rate, "PCM_16")
