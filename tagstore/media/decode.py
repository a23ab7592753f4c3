"""Reading sound: exact samples from libsndfile, and a lossless proxy of what FFmpeg must decode."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import soundfile
from numpy.typing import DTypeLike, NDArray

from tagstore.errors import Invalid, Unreadable
from tagstore.media.origins import Origin, openable
from tagstore.media.proxy import write_proxy

if TYPE_CHECKING:
    from tagstore.media.facts import Facts

__all__ = ["Sound", "count_samples", "needs_proxy", "open_file", "open_sound", "write_proxy"]

UNKNOWN_LENGTH = 1 << 50
BLOCK = 1 << 16
SMALL_BLOCK = 1 << 12
RUN_UP = 1 << 14
LOSSY = ("VORBIS", "OPUS", "MPEG")


class Sound(Protocol):
    """Decoded sound that can be read anywhere. For one thread at a time."""

    sample_rate: int
    channels: int
    samples: int

    def read(self, start: int, count: int, channel: int | None) -> NDArray[np.float32]:
        """Return `count` samples from `start`; zeros past the end.

        Parameters
        ----------
        start, count : int
            In samples of one channel; `start` counts from 0.
        channel : int or None
            Counts from 1; None reads them all.

        Returns
        -------
        ndarray of float32
            Full scale is ±1. Shape `(count,)` for one channel, `(count, channels)` for all.
        """
        ...


class SoundFile:
    """A Sound on a file that libsndfile reads; seeks are exact and damage is silence."""

    def __init__(self, origin: Origin, samples: int, kind: DTypeLike = np.float32) -> None:
        self._origin = origin
        self._file = open_file(origin)
        self._kind = kind
        self._position: int | None = 0
        self.subtype = str(self._file.subtype)
        self._run_up = RUN_UP if self.subtype.startswith(LOSSY) else 0
        self._float = self.subtype in ("FLOAT", "DOUBLE")
        self.sample_rate = int(self._file.samplerate)
        self.channels = int(self._file.channels)
        self.samples = samples

    def read(self, start: int, count: int, channel: int | None) -> NDArray[Any]:
        """Return `count` samples from `start`; zeros past the end."""
        if start < 0 or count < 0:
            raise Invalid("Samples are counted from 0.")
        if channel is not None and not 1 <= channel <= self.channels:
            raise Invalid(f"There is no channel {channel}.", channel="no such channel")
        block = np.zeros((count, self.channels), self._kind)
        wanted = min(count, self.samples - start)
        if wanted > 0:
            self._fill(block[:wanted], start)
        if self._float:
            # A spectrogram of one NaN is all NaN.
            np.nan_to_num(block, copy=False, nan=0.0, posinf=1.0, neginf=-1.0)
        if channel is None:
            return block
        return np.ascontiguousarray(block[:, channel - 1])

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _fill(self, block: NDArray[Any], start: int) -> None:
        try:
            if self._position != start:
                self._seek(start)
            filled = len(self._file.read(out=block))
            self._position = start + filled
            block[filled:] = 0
        except (soundfile.LibsndfileError, RuntimeError):
            # libsndfile does not recover by itself: begin afresh, and close in on the damage.
            self._file.close()
            self._file = open_file(self._origin)
            self._position = 0
            half = len(block) // 2
            if half < SMALL_BLOCK:
                block[:] = 0
                return
            self._fill(block[:half], start)
            self._fill(block[half:], start + half)

    def _seek(self, start: int) -> None:
        """Go to a sample; what a lossy decoder says right after a seek is not yet true."""
        run_up = min(start, self._run_up)
        self._file.seek(start - run_up)
        if run_up:
            self._file.read(run_up, dtype="float32")


@contextmanager
def open_sound(origin: Origin, kind: DTypeLike = np.float32) -> Iterator[SoundFile]:
    """Open a sound file that libsndfile reads; `float64` loses nothing of 32-bit samples.

    Raises
    ------
    Unreadable
        When libsndfile cannot decode it, or it holds no samples.
    """
    samples = count_samples(origin)
    if samples == 0:
        raise Unreadable("The file holds no samples.")
    sound = SoundFile(origin, samples, kind)
    try:
        yield sound
    finally:
        sound.close()


def open_file(origin: Origin) -> Any:
    """Open a file with libsndfile, or raise Unreadable with its reason."""
    try:
        return soundfile.SoundFile(openable(origin))
    except soundfile.LibsndfileError as error:
        raise Unreadable(f"The sound cannot be decoded: {reason(error)}.") from error
    except (OSError, RuntimeError, TypeError) as error:
        raise Unreadable("The file cannot be opened.") from error


def reason(error: Exception) -> str:
    """Return libsndfile's words for a fault, without the path."""
    return str(getattr(error, "error_string", "") or "damaged data").rstrip(". ")


def count_samples(origin: Origin) -> int:
    """Return how many samples per channel can really be read, which a header may overstate.

    Looks at the last one, and halves its way to the true end when that is missing. Remembered
    for an unchanged file.
    """
    try:
        status = origin.stat()
    except OSError as error:
        raise Unreadable("The file cannot be opened.") from error
    return _count_samples(origin, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=256)
def _count_samples(origin: Origin, _size: int, _changed: int) -> int:
    with open_file(origin) as file:
        claimed = int(file.frames)
    if claimed >= UNKNOWN_LENGTH:
        return _read_on(origin, 0)
    if claimed <= 0 or _holds(origin, claimed - 1):
        return max(0, claimed)
    if not _holds(origin, 0):
        return 0
    held, missing = 0, claimed - 1
    while missing - held > BLOCK:
        middle = (held + missing) // 2
        held, missing = (middle, missing) if _holds(origin, middle) else (held, middle)
    return min(claimed, _read_on(origin, held))


def _holds(origin: Origin, sample: int) -> bool:
    try:
        with open_file(origin) as file:
            file.seek(sample)
            return len(file.read(1)) == 1
    except (soundfile.LibsndfileError, RuntimeError):
        return False


def _read_on(origin: Origin, start: int) -> int:
    """Return where the samples end when one reads on from `start`."""
    at = start
    with open_file(origin) as file:
        try:
            file.seek(start)
            while read := len(file.read(SMALL_BLOCK, dtype="float32")):
                at += read
        except (soundfile.LibsndfileError, RuntimeError):
            return at
    return at


def needs_proxy(facts: Facts) -> bool:
    """Tell whether only FFmpeg decodes the sound, whose codec names are in lower case."""
    codec = str(facts.info.get("sound_codec", facts.codec))
    return facts.sample_rate is not None and codec != codec.upper()
