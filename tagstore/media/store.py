"""What every store of content-addressed files, and of what is computed from them, keeps to."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from tagstore.errors import Invalid
from tagstore.media.origins import Origin

BLOCK = 1 << 20
SHA256 = re.compile(r"[0-9a-f]{64}")
KEY = re.compile(
    r"(?:[A-Za-z0-9_-][A-Za-z0-9_.,=+-]{0,127}/){0,8}[A-Za-z0-9_-][A-Za-z0-9_.,=+-]{0,127}"
)
CACHE = "cache"
MEDIA = "media"
MISSING = "The bytes of this file are not kept here."


class Source(Protocol):
    """A stream that can be read on."""

    def read(self, size: int, /) -> bytes: ...


class Cache(Protocol):
    """What a decoding child can keep things in."""

    def keep(self, key: str, data: bytes) -> None:
        """Keep computed bytes. They appear whole or not at all."""
        ...


class Store(Cache, Protocol):
    """Keeps every file once under the SHA-256 of its bytes. Safe for threads and processes.

    `cached` things have keys such as `tiles/<sha>/<spec>/0/17.png` and can be computed again.
    A store that is away for a while raises Busy, from whatever it is asked.
    """

    def add(self, source: Path | BinaryIO) -> tuple[str, int]:
        """Copy a file or a stream in and return its SHA-256 and size, safely kept.

        The same bytes again change nothing. What is interrupted leaves nothing to be found.
        """
        ...

    def adopt(self, path: Path) -> tuple[str, int]:
        """Take in a file that nobody writes any more; return its SHA-256 and size, safely kept.

        The file stays where it is, to be removed once all that belongs to it is kept too.
        """
        ...

    def put_back(self, sha256: str, source: Source) -> None:
        """Keep bytes that a backup held under a SHA-256, even if they are no longer its own."""
        ...

    def origin(self, sha256: str, size: int | None = None) -> Origin:
        """Return where a file is or would be; who knows its size saves a look."""
        ...

    def has(self, sha256: str) -> bool:
        """Tell whether a file is here."""
        ...

    def size(self, sha256: str) -> int:
        """Return the size of a file in bytes, or raise NotFound."""
        ...

    def sizes(self) -> Iterator[tuple[str, int]]:
        """Yield the SHA-256 and size of every file that is here."""
        ...

    def delete(self, sha256: str) -> None:
        """Remove a file; one that is not here is no fault."""
        ...

    def cached(self, key: str) -> bytes | None:
        """Return what is kept under a key, or None."""
        ...

    def kept(self, key: str) -> Origin | None:
        """Return where what is kept under a key can be read, or None."""
        ...

    def making(self, key: str) -> AbstractContextManager[Path]:
        """Lend a file of this machine to be filled; at a good end it is kept under a key."""
        ...

    def forget(self, key: str) -> None:
        """Drop what is kept under a key; nothing there is no fault."""
        ...

    def forget_below(self, key: str) -> None:
        """Drop everything whose key goes on from this one after a `/`."""
        ...

    def sweep(self, older_than_s: float) -> None:
        """Remove what was begun longer ago and never finished."""
        ...

    def state(self) -> str:
        """Return `ok`, or a few words on what is wrong; never raise."""
        ...

    def answer(self, name: str, arguments: tuple[Any, ...]) -> bytes:
        """Do what a decoding child asks for; see tagstore.media.parent."""
        ...


def place_of(sha256: str) -> str:
    """Return below which names a file is kept; what is no SHA-256 is Invalid."""
    if not SHA256.fullmatch(sha256):
        raise Invalid("That is not a SHA-256.", sha256="must be 64 hexadecimal digits")
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def checked_key(text: str) -> str:
    """Return what is names joined by `/`, none of them hidden or `..`, or raise Invalid."""
    if not KEY.fullmatch(text):
        raise Invalid("That is not a cache key.", key="must be plain names joined by /")
    return text
