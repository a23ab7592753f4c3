"""A stretch of a sound as WAV or FLAC, each sample and channel as the recording has it."""

from pathlib import Path

import numpy as np
import soundfile

from tagstore.errors import Invalid
from tagstore.media.clips.heads import Depth, depth_of, wav_head
from tagstore.media.cut import Cut, Floats
from tagstore.media.decode import SoundFile

BLOCK_FRAMES = 1 << 16
FLAC_CHANNELS = 8
FLAC_RATES = (1, 655_350)
FLAC_IN_TENS = 0xFFFF
FLAC_BITS = 24


class WavClip:
    """A stretch of a sound as a WAV of the sound's own depth; any bytes of it can be read.

    `extra` are chunks that stand before the samples.
    """

    def __init__(self, sound: SoundFile, piece: Cut, extra: bytes = b"") -> None:
        self._sound, self._piece = sound, piece
        self._depth = depth_of(sound.subtype)
        channels = sound.channels if piece.channel is None else 1
        frames = piece.end - piece.start
        self._frame_bytes = channels * self._depth.size
        self._head = wav_head(sound.sample_rate, channels, frames, self._depth, extra)
        self._end = len(self._head) + frames * self._frame_bytes

    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`, fewer at the end."""
        head = self._head[offset : offset + length]
        first = max(0, offset - len(self._head))
        count = min(offset + length, self._end) - len(self._head) - first
        tail = b"\0" * (self._end % 2) if offset < self._end + 1 <= offset + length else b""
        if count <= 0:
            return head + tail
        skip = first % self._frame_bytes
        frames = -(-(skip + count) // self._frame_bytes)
        start = self._piece.start + first // self._frame_bytes
        packed = self._depth.packed(self._sound.read(start, frames, self._piece.channel))
        return head + packed[skip : skip + count] + tail


def write_flac(sound: SoundFile, piece: Cut, target: Path) -> None:
    """Write a stretch of a sound as FLAC of the sound's own depth, 24 bits at most.

    Raises
    ------
    Invalid
        When FLAC cannot hold so many channels, or such a sample rate.
    """
    channels = sound.channels if piece.channel is None else 1
    least, most = FLAC_RATES
    rate = sound.sample_rate
    if not least <= rate <= most or (rate > FLAC_IN_TENS and rate % 10):
        raise Invalid("FLAC cannot hold that sample rate; ask for WAV.")
    if channels > FLAC_CHANNELS:
        raise Invalid("FLAC cannot hold so many channels; ask for WAV.")
    depth = Depth(min(depth_of(sound.subtype).bits, FLAC_BITS))
    how = {"subtype": f"PCM_{depth.bits}", "format": "FLAC"}
    with soundfile.SoundFile(target, "w", rate, channels, **how) as file:
        for start in range(piece.start, piece.end, BLOCK_FRAMES):
            count = min(BLOCK_FRAMES, piece.end - start)
            samples: Floats = sound.read(start, count, piece.channel)
            file.write(np.ascontiguousarray(depth.whole(samples)))
