"""A folder of content-addressed files, and a cache of what is computed from them."""

import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from tagstore.errors import Invalid

BLOCK = 1 << 20
SHA256 = re.compile(r"[0-9a-f]{64}")
KEY = re.compile(
    r"(?:[A-Za-z0-9_-][A-Za-z0-9_.,=+-]{0,127}/){0,8}[A-Za-z0-9_-][A-Za-z0-9_.,=+-]{0,127}"
)
ONE_NAME_ONLY = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EXDEV, errno.EMLINK}
"""What a filesystem says that gives no file a second name, or not there."""

CACHE = "cache"
MEDIA = "media"


class FolderStore:
    """Keeps every file once under the SHA-256 of its bytes. Safe for threads and processes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._media = root / MEDIA
        self._cache = root / CACHE

    def add(self, source: Path | BinaryIO) -> tuple[str, int]:
        """Copy a file or a stream in and return its SHA-256 and size, safely on disk.

        The bytes are hashed while they are copied, so a stream is read once. The same bytes again
        change nothing.
        """
        if isinstance(source, Path):
            with source.open("rb") as stream:
                return self.add(stream)
        self._media.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with _temporary(self._media) as (file, temporary):
            while block := source.read(BLOCK):
                digest.update(block)
                size += file.write(block)
            file.flush()
            os.fsync(file.fileno())
            sha256 = digest.hexdigest()
            target = self.path(sha256)
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                temporary.replace(target)
                self._sync_folders(target)
        return sha256, size

    def _sync_folders(self, target: Path) -> None:
        for folder in (target.parent, target.parent.parent, self._media):
            sync_folder(folder)

    def adopt(self, path: Path) -> tuple[str, int]:
        """Take in a file that nobody writes any more; return its SHA-256 and size, safely on disk.

        It is not copied where the filesystem can give a file two names. The old one stays, to be
        removed once all that belongs to the file is kept too.
        """
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
            size = os.fstat(file.fileno()).st_size
        target = self.path(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            target.hardlink_to(path)
        except FileExistsError:
            return sha256, size
        except OSError as error:
            if error.errno not in ONE_NAME_ONLY:
                raise
            return self.add(path)
        self._sync_folders(target)
        return sha256, size

    def path(self, sha256: str) -> Path:
        """Return where the file with this SHA-256 is or would be."""
        if not SHA256.fullmatch(sha256):
            raise Invalid("That is not a SHA-256.", sha256="must be 64 hexadecimal digits")
        return self._media / sha256[:2] / sha256[2:4] / sha256

    def has(self, sha256: str) -> bool:
        """Tell whether the file is here."""
        return self.path(sha256).is_file()

    def size(self, sha256: str) -> int:
        """Return the size of a file in bytes."""
        return self.path(sha256).stat().st_size

    def delete(self, sha256: str) -> None:
        """Remove a file; one that is not here is no fault."""
        self.path(sha256).unlink(missing_ok=True)

    def cached(self, key: str) -> bytes | None:
        """Return what is kept under a key such as `tiles/<sha>/<spec>/0/17.png`, or None."""
        try:
            return self.cache_path(key).read_bytes()
        except FileNotFoundError:
            return None

    def keep(self, key: str, data: bytes) -> None:
        """Keep computed bytes. They appear whole or not at all, and may be lost in a power cut."""
        target = self.cache_path(key)
        try:
            _put(target, data)
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            _put(target, data)

    def cache_path(self, key: str) -> Path:
        """Return the file of a key; a key is names joined by `/`, none of them hidden or `..`."""
        if not KEY.fullmatch(key):
            raise Invalid("That is not a cache key.", key="must be plain names joined by /")
        return self._cache / key

    def forget(self, key: str) -> None:
        """Drop what is kept under a key; nothing there is no fault."""
        self.cache_path(key).unlink(missing_ok=True)


def _put(target: Path, data: bytes) -> None:
    with _temporary(target.parent) as (file, temporary):
        file.write(data)
        file.flush()
        temporary.replace(target)


@contextmanager
def _temporary(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Open a new hidden file in a folder and remove it at the end, unless it was renamed."""
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=folder)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o640)
            yield file, temporary
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def sync_folder(folder: Path) -> None:
    """Put on disk which names a folder has."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
