"""Zips that are made while they are taken."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from tagstore import clock
from tagstore.services.exports.extracts import EXTRACTS

PACKED = tuple(each.suffix for each in EXTRACTS.values())
"""Files that a zip would shrink by little, at several times the work of cutting them."""


class _Pipe(io.RawIOBase):
    """Takes what is written and gives it away again; it cannot be sought in."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """Return that it may be written to."""
        return True

    def write(self, data: Any) -> int:
        """Take a piece."""
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> Iterator[bytes]:
        """Yield what was written since the last time."""
        pieces, self._pieces = self._pieces, []
        yield from pieces


def zipped(entries: Iterable[tuple[str, Iterator[bytes]]]) -> Iterator[bytes]:
    """Yield the pieces of a zip as its files come; nothing of it is kept."""
    pipe = _Pipe()
    moment = clock.now().timetuple()[:6]
    with zipfile.ZipFile(pipe, "w") as archive:
        for name, pieces in entries:
            about = zipfile.ZipInfo(name, moment)
            is_packed = name.endswith(PACKED)
            about.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            with archive.open(about, "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    yield from pipe.taken()
    yield from pipe.taken()
