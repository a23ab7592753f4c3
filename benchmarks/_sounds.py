"""Long recordings made in blocks: noise with chirps, for an hour or sparsely over a day."""

import struct
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

RATE = 48_000
MINUTE = 60 * RATE
CHIRPS_A_MINUTE = 20


def a_minute(seed: int = 0) -> NDArray[np.int16]:
    """Return a minute of noise in which something chirps all the time."""
    random = np.random.default_rng(seed)
    sound = random.normal(0, 60, MINUTE)
    for start in random.integers(0, MINUTE - RATE, CHIRPS_A_MINUTE):
        times = np.arange(int(0.4 * RATE)) / RATE
        low, up = random.uniform(1500, 8000), random.uniform(-2000, 6000)
        shape = 6000 * np.hanning(times.size)
        sound[start : start + times.size] += shape * np.sin(
            2 * np.pi * (low * times + up * times**2)
        )
    return sound.astype(np.int16)


def write_hour(path: Path, turn: int = 0) -> None:
    """Write an hour as 16-bit WAV, a minute rolled over and over, anew for each `turn`."""
    minute = a_minute()
    with soundfile.SoundFile(path, "w", RATE, 1, "PCM_16") as file:
        for number in range(60):
            file.write(np.roll(minute, (number + turn * 60) * 7919))


def write_day(path: Path, sounding: int = 144) -> None:
    """Write 24 hours as a sparse RF64 of 8.3 GB: that many minutes of it sound."""
    data = 24 * 60 * MINUTE * 2
    with soundfile.SoundFile(path, "w", RATE, 1, "PCM_16", format="RF64") as file:
        file.write(np.zeros(1, np.int16))
    head = bytearray(path.read_bytes()[:-2])
    at = head.index(b"ds64")
    sizes = (len(head) + data - 8, data, data // 2)
    head[at + 8 : at + 32] = struct.pack("<3Q", *sizes)
    minute = a_minute().tobytes()
    with path.open("wb") as file:
        file.write(head)
        for number in range(sounding):
            file.seek(len(head) + data // sounding * number // 2 * 2)
            file.write(minute)
        file.truncate(len(head) + data)
