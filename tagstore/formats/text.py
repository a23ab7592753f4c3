"""The text of annotation files, whatever its encoding and line ends, in bounded memory."""

import codecs
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from tagstore.formats.rows import Fault

CHUNK_BYTES = 1 << 18
LONGEST_LINE_BYTES = 1 << 20
LARGEST_DOCUMENT_BYTES = 1 << 26

TOO_LONG = f"The line is longer than {LONGEST_LINE_BYTES:,} bytes and was passed over."
HOLDS_NUL = "The line holds a NUL character. A file in UTF-16 has to begin with a byte order mark."
TOO_LARGE = (
    f"The file is larger than {LARGEST_DOCUMENT_BYTES:,} bytes, and this format has to be read "
    "as a whole. Nothing of it was kept; divide it."
)


class Line(NamedTuple):
    """A line without its end, counted from 1."""

    number: int
    text: str


def lines(stream: BinaryIO) -> Iterator[Line | Fault]:
    """Yield the lines of a file: LF, CRLF or CR; UTF-8, UTF-16 with BOM, else Windows-1252.

    What is not UTF-8 is taken for Windows-1252 line by line, so that the file is read only once.
    A line that is too long or holds a NUL is a Fault, and the next one is read on.
    """
    for number, raw in enumerate(_raw_lines(stream), 1):
        if raw is None:
            yield Fault(number, None, TOO_LONG)
        elif b"\0" in raw:
            yield Fault(number, None, HOLDS_NUL)
        else:
            yield Line(number, decoded(raw))


def head_lines(head: bytes) -> list[str]:
    """Return the whole lines among the first bytes of a file; of a short file, all of them."""
    found = b"".join(_utf8([head])).splitlines(keepends=True)
    if len(found) > 1 and not found[-1].endswith((b"\n", b"\r")):
        del found[-1]
    return [decoded(each.rstrip(b"\r\n")) for each in found]


def document(stream: BinaryIO) -> str | Fault:
    """Return the text of a file that has to be read as a whole, its line ends left alone.

    The fault is of line 0: it is larger than `LARGEST_DOCUMENT_BYTES`, or holds a NUL.
    """
    raw = stream.read(LARGEST_DOCUMENT_BYTES + 1)
    if len(raw) > LARGEST_DOCUMENT_BYTES:
        return Fault(0, None, TOO_LARGE)
    raw = b"".join(_utf8([raw]))
    return Fault(0, None, HOLDS_NUL) if b"\0" in raw else decoded(raw)


def decoded(raw: bytes) -> str:
    """Return bytes as text: UTF-8 if they are that, else Windows-1252."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _raw_lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Yield lines as bytes without their ends, None for one that is too long."""
    held, is_long = b"", False
    for piece in _utf8(iter(lambda: stream.read(CHUNK_BYTES), b"")):
        *whole, held = (held + piece).splitlines(keepends=True)
        if held.endswith(b"\n"):
            whole.append(held)
            held = b""
        for each in whole:
            raw = each.rstrip(b"\r\n")
            yield None if is_long or len(raw) > LONGEST_LINE_BYTES else raw
            is_long = False
        if len(held) > LONGEST_LINE_BYTES:
            held, is_long = held[-1:], True
    if held or is_long:
        yield None if is_long else held.rstrip(b"\r\n")


def _utf8(chunks: Iterator[bytes] | list[bytes]) -> Iterator[bytes]:
    """Yield chunks without their byte order mark, from UTF-16 into UTF-8 where it says so."""
    decoder: codecs.IncrementalDecoder | None = None
    for number, chunk in enumerate(chunks):
        if number == 0 and chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            decoder = codecs.getincrementaldecoder("utf-16")("replace")
        if decoder:
            chunk = decoder.decode(chunk).encode()
        elif number == 0:
            chunk = chunk.removeprefix(codecs.BOM_UTF8)
        if chunk:
            yield chunk
