"""The bytes of files on their way in: one file each, which one may write at a time."""

import errno
import fcntl
import hashlib
import hmac
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tagstore.errors import Full, Locked, Spoilt
from tagstore.media.stores.folder import put_on_disk
from tagstore.services.depot import depot

BLOCK = 1 << 20
ALGORITHMS = ("sha1", "sha256")
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True)
class Checksum:
    """What a piece must hash to."""

    algorithm: str
    digest: bytes


@dataclass(frozen=True)
class Partial:
    """A file that is being received, held by whoever has this."""

    path: Path
    descriptor: int

    def append(self, stream: BinaryIO, offset: int, checksum: Checksum | None) -> int:
        """Put what the stream gives at the offset, on disk; return how far the file is whole.

        What was beyond the offset was never acknowledged and goes. If all does not go well, the
        file ends at the offset again.
        """
        os.ftruncate(self.descriptor, offset)
        os.lseek(self.descriptor, offset, os.SEEK_SET)
        try:
            end = offset + self._write(stream, checksum)
            os.fdatasync(self.descriptor)
            if offset == 0:
                put_on_disk(self.path.parent)  # The file is new, and so is its name.
        except OSError as error:
            os.ftruncate(self.descriptor, offset)
            if error.errno in NO_ROOM:
                raise Full(
                    f"The disk is full. The first {offset} bytes are kept; "
                    "go on from there when there is room."
                ) from error
            raise
        except Spoilt:
            os.ftruncate(self.descriptor, offset)
            raise
        return end

    def _write(self, stream: BinaryIO, checksum: Checksum | None) -> int:
        digest = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
        size = 0
        while block := stream.read(BLOCK):
            rest = memoryview(block)
            while rest:
                rest = rest[os.write(self.descriptor, rest) :]
            size += len(block)
            if digest:
                digest.update(block)
        if checksum and digest and not hmac.compare_digest(digest.digest(), checksum.digest):
            raise Spoilt(
                f"These {size} bytes do not have the {checksum.algorithm} that was sent with "
                "them. Nothing of them was kept; send them again."
            )
        return size

    def remove(self) -> None:
        """Remove the file."""
        self.path.unlink(missing_ok=True)


def size_of(public_id: str) -> int:
    """Return how much of a file is on disk."""
    try:
        return _path(public_id).stat().st_size
    except FileNotFoundError:
        return 0


@contextmanager
def held(public_id: str) -> Iterator[Partial]:
    """Hold the file of an upload, of whichever process; `Locked` if somebody else does.

    It is made if it is not there. Whoever finds that there is no such upload removes it.
    """
    path = _path(public_id)
    _make_folder(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Locked(
                "Another request is at this upload. Nothing was changed; ask in a moment "
                "how far it is, and go on from there."
            ) from None
        yield Partial(path, descriptor)
    finally:
        os.close(descriptor)


def discard(public_id: str) -> None:
    """Remove the file of an upload that needs it no more, unless somebody else is about to."""
    if _path(public_id).exists():
        with suppress(Locked), held(public_id) as partial:
            partial.remove()


def room() -> int:
    """Return how many bytes the disk still takes."""
    _make_folder(depot().settings.partials_dir)
    status = os.statvfs(depot().settings.partials_dir)
    return status.f_bavail * status.f_frsize


def left_alone(age_s: float) -> list[str]:
    """Return the uploads whose files nobody wrote to for so long."""
    before = time.time() - age_s
    folder = depot().settings.partials_dir
    if not folder.is_dir():
        return []
    return [each.name for each in folder.iterdir() if each.stat().st_mtime < before]


def _path(public_id: str) -> Path:
    return depot().settings.partials_dir / public_id


def _make_folder(folder: Path) -> None:
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
