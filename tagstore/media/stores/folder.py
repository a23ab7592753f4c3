"""A store in a folder of this machine."""

import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from tagstore.errors import NotFound
from tagstore.media.origins import Origin
from tagstore.media.store import BLOCK, CACHE, MEDIA, MISSING, SHA256, Source, checked_key, place_of

ONE_NAME_ONLY = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EXDEV, errno.EMLINK}
"""What a filesystem says that gives no file a second name, or not there."""


class FolderStore:
    """A store in a folder. It can be sent to a decoding child."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._media = root / MEDIA
        self._cache = root / CACHE

    def add(self, source: Path | BinaryIO) -> tuple[str, int]:
        """Copy a file or a stream in; it is hashed while it is copied, so it is read once."""
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
            put_on_disk(folder)

    def adopt(self, path: Path) -> tuple[str, int]:
        """Give a file a second name, or copy it where the filesystem cannot."""
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

    def put_back(self, sha256: str, source: Source) -> None:
        """Keep bytes under a SHA-256; whoever restores syncs the disk himself."""
        target = self.path(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        with _temporary(target.parent) as (file, temporary):
            while block := source.read(BLOCK):
                file.write(block)
            file.flush()
            temporary.replace(target)

    def origin(self, sha256: str, size: int | None = None) -> Origin:
        """Return the path of a file."""
        return self.path(sha256)

    def path(self, sha256: str) -> Path:
        """Return where the file with this SHA-256 is or would be."""
        return self._media / place_of(sha256)

    def has(self, sha256: str) -> bool:
        """Tell whether a file is here."""
        return self.path(sha256).is_file()

    def size(self, sha256: str) -> int:
        """Return the size of a file in bytes, or raise NotFound."""
        try:
            return self.path(sha256).stat().st_size
        except FileNotFoundError:
            raise NotFound(MISSING) from None

    def sizes(self) -> Iterator[tuple[str, int]]:
        """Yield the SHA-256 and size of every file that is here."""
        for path in self._media.glob("*/*/*"):
            if SHA256.fullmatch(path.name):
                yield path.name, path.stat().st_size

    def delete(self, sha256: str) -> None:
        """Remove a file; one that is not here is no fault."""
        self.path(sha256).unlink(missing_ok=True)

    def cached(self, key: str) -> bytes | None:
        """Return what is kept under a key, or None."""
        try:
            return self.cache_path(key).read_bytes()
        except FileNotFoundError:
            return None

    def keep(self, key: str, data: bytes) -> None:
        """Keep computed bytes, which may be lost in a power cut."""
        target = self.cache_path(key)
        try:
            _put(target, data)
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            _put(target, data)

    def kept(self, key: str) -> Origin | None:
        """Return the path of what is kept under a key, or None."""
        path = self.cache_path(key)
        return path if path.is_file() else None

    @contextmanager
    def making(self, key: str) -> Iterator[Path]:
        """Lend a hidden file beside the place of a key."""
        target = self.cache_path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        with _temporary(target.parent) as (_, temporary):
            yield temporary
            temporary.replace(target)

    def cache_path(self, key: str) -> Path:
        """Return the file of a key."""
        return self._cache / checked_key(key)

    def forget(self, key: str) -> None:
        """Drop what is kept under a key; nothing there is no fault."""
        self.cache_path(key).unlink(missing_ok=True)

    def forget_below(self, key: str) -> None:
        """Drop the folder of a key."""
        shutil.rmtree(self.cache_path(key), ignore_errors=True)

    def sweep(self, older_than_s: float) -> None:
        """Remove the hidden files that killed processes have left."""
        before = time.time() - older_than_s
        for path in self.root.rglob(".*.part"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()

    def state(self) -> str:
        """Return whether the folder can be written."""
        return "ok" if os.access(self.root, os.W_OK) else "cannot be written"

    def answer(self, name: str, arguments: tuple[Any, ...]) -> bytes:
        """Refuse: a child reads and writes the folder itself."""
        raise NotFound(MISSING)


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


def put_on_disk(path: Path) -> None:
    """Put on disk what a file holds, or which names a folder has."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
