"""The files of an import: where they are, what is inside zips, and what is no file of tags."""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import IO, BinaryIO, cast

from tagstore.errors import Unreadable
from tagstore.formats import registry
from tagstore.formats.format import HEAD_BYTES
from tagstore.media import sniff
from tagstore.media.origins import Origin

IS_RECORDING = "It is a recording. Recordings are added on the page Media."

ZIP = b"PK\x03\x04"
MOST_ENTRIES = 100_000
MOST_RATIO = 250
"""So many times its own size a zip may unpack to; text hardly ever does so."""
ALWAYS_ALLOWED = 1 << 26
"""A zip that unpacks to no more than this is taken whatever its ratio."""

BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError)
"""What zipfile raises for an archive that is damaged, encrypted or packed in a way it lacks."""


@dataclass(frozen=True)
class Sent:
    """A file as it was given: what it is called, and where its bytes are."""

    name: str
    origin: Origin
    is_named: bool = True
    """Somebody named it; otherwise it was found in a folder, where anything may lie."""


@dataclass(frozen=True)
class Document:
    """One file of annotations, from a zip or not; it can be opened again and again."""

    name: str
    head: bytes
    weight: int
    """How many of the bytes that were sent it makes up."""
    open: Callable[[], AbstractContextManager[BinaryIO]]
    is_named: bool = True


@dataclass(frozen=True)
class Refused:
    """A file that is not read at all, and why. Some are rightly passed over."""

    name: str
    reason: str
    is_fault: bool = True


def documents(files: Iterable[Sent]) -> Iterator[Document | Refused]:
    """Yield the files to be read, those in zips after their place in it; hidden ones are not."""
    for file in files:
        with file.origin.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
        if head.startswith(ZIP):
            yield from _in_zip(file)
        elif _is_media(head):
            yield Refused(file.name, IS_RECORDING, is_fault=file.is_named)
        else:
            weight, opened = file.origin.stat().st_size, partial(file.origin.open, "rb")
            yield Document(file.name, head, weight, opened, file.is_named)


def _is_media(head: bytes) -> bool:
    """Tell by the first bytes whether it is a recording; UTF-16 begins like an MP3."""
    is_media = head.startswith(b"ID3") or sniff.kind_of(head) is not None
    return is_media and registry.detected(head) is None


def _in_zip(file: Sent) -> Iterator[Document | Refused]:
    try:
        with file.origin.open("rb") as stream, zipfile.ZipFile(stream) as archive:
            entries = [each for each in archive.infolist() if not each.is_dir()]
            if reason := _bomb(entries):
                yield Refused(file.name, reason)
                return
            for entry in entries:
                yield from _entry(file, archive, entry)
    except BROKEN_ZIP as error:
        yield Refused(file.name, f"The zip cannot be read: {error}.")


def _bomb(entries: list[zipfile.ZipInfo]) -> str | None:
    """Return why an archive is not unpacked, by what it says of itself; zipfile holds it to that.

    Nothing is ever written to a disk, so paths in it are but names.
    """
    if len(entries) > MOST_ENTRIES:
        return f"The zip has more than {MOST_ENTRIES:,} files. Divide it."
    whole = sum(each.file_size for each in entries)
    packed = sum(each.compress_size for each in entries)
    if whole > max(ALWAYS_ALLOWED, packed * MOST_RATIO):
        return (
            f"The zip would unpack to {whole:,} bytes, more than {MOST_RATIO} times its size. "
            "Nothing of it was read; send what is in it without the zip."
        )
    return None


def _entry(
    file: Sent, archive: zipfile.ZipFile, entry: zipfile.ZipInfo
) -> Iterator[Document | Refused]:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if any(part.startswith((".", "__MACOSX")) and part != ".." for part in path.parts):
        return
    name = "/".join(part for part in path.parts if part not in {"/", ".", ".."})
    if entry.flag_bits & 1:
        yield Refused(name, "It is encrypted. Send it without a password.")
        return
    with archive.open(entry) as stream:
        head = stream.read(HEAD_BYTES)
    if head.startswith(ZIP):
        yield Refused(name, "It is a zip inside a zip. Send it by itself.")
    elif _is_media(head):
        yield Refused(name, IS_RECORDING, is_fault=False)
    else:
        opened = partial(_opened, archive, entry)
        yield Document(name, head, entry.compress_size, opened, is_named=False)


def _opened(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> io.BufferedReader:
    """Open a file of an archive that stays open as long as its files are asked for."""
    return io.BufferedReader(cast(io.RawIOBase, _Steady(archive.open(entry))))


class _Steady(io.RawIOBase):
    """A file in a zip whose damage is told in our own words."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._stream = stream

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Read the next bytes."""
        try:
            data = self._stream.read(len(buffer))
        except BROKEN_ZIP as error:
            raise Unreadable(f"The zip is damaged here: {error}.") from error
        buffer[: len(data)] = data
        return len(data)
