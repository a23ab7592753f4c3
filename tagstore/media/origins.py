"""Where the bytes of a file are, in one form for whoever reads them."""

from io import BufferedReader
from pathlib import Path
from typing import Literal, Protocol


class Status(Protocol):
    """What must be known of a file to tell whether it is still the same."""

    @property
    def st_size(self) -> int: ...
    @property
    def st_mtime_ns(self) -> int: ...


class Origin(Protocol):
    """Where the bytes of a file are: a path of this machine is one.

    It can be sent to a decoding child, and equal origins have equal bytes.
    """

    def open(self, mode: Literal["rb"]) -> BufferedReader:
        """Open the bytes for reading; they can be sought in."""
        ...

    def stat(self) -> Status:
        """Return size and time of change."""
        ...

    def __hash__(self) -> int: ...


def path_of(origin: Origin) -> Path | None:
    """Return the path of a file of this machine, None for bytes that are elsewhere."""
    return origin if isinstance(origin, Path) else None


def openable(origin: Origin) -> Path | BufferedReader:
    """Return what a library is given that opens paths itself, and better than we could."""
    path = path_of(origin)
    return origin.open("rb") if path is None else path.resolve()
