"""A store in a bucket of S3, which several machines may share."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import file_digest
from hashlib import sha256 as new_sha256
from io import BufferedRandom
from pathlib import Path
from typing import Any, BinaryIO

from tagstore.errors import NotFound
from tagstore.media import parent
from tagstore.media.origins import Origin
from tagstore.media.store import BLOCK, CACHE, MEDIA, MISSING, Source, checked_key, place_of
from tagstore.media.stores.bucket import Bucket
from tagstore.media.stores.remote import Remote


class S3Store:
    """A store below a prefix of a bucket. Sent to a decoding child, it is a cache there.

    What is added must be named by its hash before it can be written, so it is read twice: the
    source itself where it can be rewound, else a nameless copy in the scratch folder.
    """

    def __init__(self, bucket: Bucket, scratch: Path) -> None:
        self._bucket = bucket
        self._scratch = scratch

    def __reduce__(self) -> tuple[Any, ...]:
        return FarCache, ()

    def add(self, source: Path | BinaryIO) -> tuple[str, int]:
        """Hash a file or a stream and upload it, unless the same bytes are there."""
        if isinstance(source, Path):
            with source.open("rb") as stream:
                return self.add(stream)
        if not source.seekable():
            with self._copied(source) as copy:
                return self.add(copy)
        start = source.tell()
        digest, size = new_sha256(), 0
        while block := source.read(BLOCK):
            digest.update(block)
            size += len(block)
        sha256 = digest.hexdigest()
        key = _media_key(sha256)
        if self._bucket.size(key) != size:
            source.seek(start)
            self._bucket.upload(key, source)
        return sha256, size

    def adopt(self, path: Path) -> tuple[str, int]:
        """Upload a file as any other."""
        return self.add(path)

    def put_back(self, sha256: str, source: Source) -> None:
        """Upload bytes under a SHA-256; those that are not its own only where there are none."""
        key = _media_key(sha256)
        with self._copied(source) as copy:
            is_own = file_digest(copy, "sha256").hexdigest() == sha256
            if is_own or self._bucket.size(key) is None:
                copy.seek(0)
                self._bucket.upload(key, copy)

    def origin(self, sha256: str, size: int | None = None) -> Origin:
        """Return where a file is fetched from."""
        size = self.size(sha256) if size is None else size
        return Remote(_media_key(sha256), size, self._bucket.fetch)

    def has(self, sha256: str) -> bool:
        """Tell whether a file is here."""
        return self._bucket.size(_media_key(sha256)) is not None

    def size(self, sha256: str) -> int:
        """Return the size of a file in bytes, or raise NotFound."""
        size = self._bucket.size(_media_key(sha256))
        if size is None:
            raise NotFound(MISSING)
        return size

    def sizes(self) -> Iterator[tuple[str, int]]:
        """Yield the SHA-256 and size of every file that is here."""
        for key, size in self._bucket.list(f"{MEDIA}/"):
            yield key.rpartition("/")[2], size

    def delete(self, sha256: str) -> None:
        """Remove a file; one that is not here is no fault."""
        self._bucket.delete(_media_key(sha256))

    def cached(self, key: str) -> bytes | None:
        """Return what is kept under a key, or None."""
        return self._bucket.get(_cache_key(key))

    def kept(self, key: str) -> Origin | None:
        """Return where what is kept under a key is fetched from, or None."""
        size = self._bucket.size(_cache_key(key))
        return None if size is None else Remote(_cache_key(key), size, self._bucket.fetch)

    def keep(self, key: str, data: bytes) -> None:
        """Keep computed bytes."""
        self._bucket.put(_cache_key(key), data)

    @contextmanager
    def making(self, key: str) -> Iterator[Path]:
        """Lend a file in the scratch folder, and upload it."""
        target = _cache_key(key)
        self._scratch.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder:
            path = Path(folder, "made")
            yield path
            with path.open("rb") as file:
                self._bucket.upload(target, file)

    def forget(self, key: str) -> None:
        """Drop what is kept under a key; nothing there is no fault."""
        self._bucket.delete(_cache_key(key))

    def forget_below(self, key: str) -> None:
        """Drop everything whose key goes on from this one after a `/`."""
        for found, _ in self._bucket.list(_cache_key(key) + "/"):
            self._bucket.delete(found)

    def sweep(self, older_than_s: float) -> None:
        """Throw away the parts of uploads that were never ended, and what was never uploaded."""
        self._bucket.abort_uploads(older_than_s)
        before = time.time() - older_than_s
        for folder in self._scratch.glob("*/"):
            with suppress(FileNotFoundError):
                if folder.stat().st_mtime < before:
                    shutil.rmtree(folder)

    def state(self) -> str:
        """Return `ok`, or a few words on what is wrong."""
        return self._bucket.state()

    def answer(self, name: str, arguments: tuple[Any, ...]) -> bytes:
        """Do what a decoding child asks for; see tagstore.media.parent."""
        if name == "fetch":
            return self._bucket.fetch(*arguments)
        self.keep(*arguments)
        return b""

    @contextmanager
    def _copied(self, source: Source) -> Iterator[BufferedRandom]:
        """Copy a stream to a nameless file that can be rewound."""
        self._scratch.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=self._scratch) as copy:
            while block := source.read(BLOCK):
                copy.write(block)
            copy.seek(0)
            yield copy


class FarCache:
    """The cache of a store that only the parent can reach."""

    def keep(self, key: str, data: bytes) -> None:
        """Have the parent keep computed bytes."""
        parent.keep(key, data)


def _media_key(sha256: str) -> str:
    return f"{MEDIA}/{place_of(sha256)}"


def _cache_key(key: str) -> str:
    return f"{CACHE}/{checked_key(key)}"
