"""Walking the chunks of WAV, RF64 and BW64 files, whatever state their writer left them in."""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

WAVE_IDS = (b"RIFF", b"RF64", b"BW64")
UNKNOWN_SIZE = 0xFFFFFFFF
MAX_CHUNKS = 4096


@dataclass(frozen=True)
class Chunk:
    """One chunk: where its content begins, what the header claims, what the file really holds."""

    id: bytes
    offset: int
    claimed: int
    held: int


def is_wave(head: bytes) -> bool:
    """Tell whether these first bytes open a RIFF, RF64 or BW64 WAVE file."""
    return head[:4] in WAVE_IDS and head[8:12] == b"WAVE"


def chunks(file: BinaryIO) -> Iterator[Chunk]:
    """Yield the chunks of a WAVE file in order, tolerating wrong sizes.

    Sizes of RF64 chunks come from `ds64` (EBU Tech 3306). A chunk that claims more than the file
    holds is cut at the end of the file; a missing pad byte after an odd chunk is noticed.
    """
    end = file.seek(0, os.SEEK_END)
    offset = 12
    big: dict[bytes, int] = {}
    for _ in range(MAX_CHUNKS):
        file.seek(offset)
        header = file.read(8)
        if len(header) < 8:
            return
        name, claimed = header[:4], int.from_bytes(header[4:], "little")
        if claimed == UNKNOWN_SIZE:
            claimed = big.get(name, UNKNOWN_SIZE)
        chunk = Chunk(name, offset + 8, claimed, min(claimed, end - offset - 8))
        if name == b"ds64":
            big = _big_sizes(file.read(chunk.held))
        yield chunk
        offset = _next_offset(file, chunk)


def read_chunk(file: BinaryIO, chunk: Chunk, at_most: int = 1 << 20) -> bytes:
    """Return the content of a chunk, up to a limit in bytes."""
    file.seek(chunk.offset)
    return file.read(min(chunk.held, at_most))


def sub_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the id and content of each entry of a LIST chunk, after its four-letter type."""
    at = 4
    while at + 8 <= len(content):
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        yield content[at : at + 4], content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _big_sizes(content: bytes) -> dict[bytes, int]:
    if len(content) < 24:
        return {}
    sizes = {b"data": struct.unpack_from("<Q", content, 8)[0]}
    for at in range(28, len(content) - 11, 12):
        sizes[content[at : at + 4]] = struct.unpack_from("<Q", content, at + 4)[0]
    return sizes


def _next_offset(file: BinaryIO, chunk: Chunk) -> int:
    after = chunk.offset + chunk.held
    if chunk.held % 2 == 0:
        return after
    file.seek(after)
    following = file.read(5)
    padded, unpadded = following[1:5], following[:4]
    return after if _is_id(unpadded) and not _is_id(padded) else after + 1


def _is_id(name: bytes) -> bool:
    return len(name) == 4 and all(32 <= byte < 127 for byte in name)
