"""The heads of WAV files, and how their samples are written."""

from dataclasses import dataclass
from struct import pack
from typing import Any

import numpy as np
from numpy.typing import NDArray

PCM, IEEE_FLOAT = 1, 3
RIFF_LIMIT = 0xFFFF_FFFF
UNKNOWN = b"\xff\xff\xff\xff"


@dataclass(frozen=True)
class Depth:
    """How many bits a sample has, and whether they are a whole number or a floating one."""

    bits: int = 16
    is_float: bool = False

    @property
    def size(self) -> int:
        """How many bytes a sample has."""
        return self.bits // 8

    def packed(self, samples: NDArray[Any]) -> bytes:
        """Return samples (full scale 1.0) as little-endian bytes, whole numbers clipped."""
        if self.is_float:
            return samples.astype(f"<f{self.size}").tobytes()
        whole = self.whole(samples).astype("<i4", copy=False).view(np.uint8).reshape(-1, 4)
        return whole[:, 4 - self.size :].tobytes()

    def whole(self, samples: NDArray[Any]) -> NDArray[np.int32]:
        """Return samples as whole numbers in the high bits of 32, to nearest, clipped."""
        full = 1 << (self.bits - 1)
        scaled = np.clip(np.rint(samples.astype(np.float64) * full), -full, full - 1)
        return np.ascontiguousarray(scaled.astype(np.int32) << (32 - self.bits))


SIXTEEN = Depth()


def depth_of(subtype: str) -> Depth:
    """Return the depth that loses nothing of an encoding, by libsndfile's name for it.

    What lossy decoders say, and what is coarser, goes into 16 bits.
    """
    if subtype in ("FLOAT", "DOUBLE"):
        return Depth(32 if subtype == "FLOAT" else 64, is_float=True)
    if subtype.endswith("_32"):
        return Depth(32)
    return Depth(24) if subtype.endswith(("_20", "_24")) else SIXTEEN


def wav_head(
    rate: int, channels: int, frames: int, depth: Depth = SIXTEEN, extra: bytes = b""
) -> bytes:
    """Return the head of a WAV, RF64 where RIFF cannot count that far.

    `extra` are whole chunks that stand before the samples; after an odd number of bytes of
    samples a byte has to follow.
    """
    block = channels * depth.size
    data = frames * block
    layout = pack(
        "<HHIIHH",
        *(IEEE_FLOAT if depth.is_float else PCM, channels, rate, rate * block, block, depth.bits),
    )
    if depth.is_float:
        layout += pack("<H", 0)
        extra = b"fact" + pack("<II", 4, min(frames, RIFF_LIMIT)) + extra
    form = b"fmt " + pack("<I", len(layout)) + layout + extra
    size = 4 + len(form) + 8 + data + data % 2
    if size <= RIFF_LIMIT:
        return b"RIFF" + pack("<I", size) + b"WAVE" + form + b"data" + pack("<I", data)
    sizes = b"ds64" + pack("<IQQQI", 28, size + 36, data, frames, 0)
    return b"RF64" + UNKNOWN + b"WAVE" + sizes + form + b"data" + UNKNOWN
