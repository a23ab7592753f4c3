"""The file of a backup: a tar with a header first and the SHA-256 of every member last."""

import hashlib
import os
import re
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO, cast

import orjson

from tagstore import clock
from tagstore.errors import Invalid
from tagstore.media.origins import Origin

FORMAT = 1
HEADER = "tagstore-backup.json"
DATABASE = "tagstore.db"
SECRET_KEY = "secret_key"
IN_PLACE = "in-place.jsonl"
SUMS = "SHA256SUMS"
MEMBER = re.compile(
    r"tagstore\.db|secret_key|in-place\.jsonl"
    r"|media/([0-9a-f]{2})/([0-9a-f]{2})/(?P<sha256>\1\2[0-9a-f]{60})"
)
"""Nothing of another name is ever unpacked."""
LARGEST_HEADER = 1 << 16
BLOCK = 1 << 20

Told = Callable[[int], object]
"""Whom to tell how many more bytes are done."""


@dataclass(frozen=True)
class Header:
    """What a backup says of itself."""

    format: int
    schema: str
    made_at: str


class Tar(tarfile.TarFile):
    """A tar that can forget its members, so that a million of them take no memory."""

    members: list[tarfile.TarInfo]

    def forget(self) -> None:
        """Drop what was remembered of the members so far."""
        self.members = []


class Hashing:
    """A stream that hashes what is read from it, and tells how much that was."""

    def __init__(self, stream: IO[bytes], told: Told) -> None:
        self._stream = stream
        self._told = told
        self._digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes."""
        block = self._stream.read(size)
        self._digest.update(block)
        self._told(len(block))
        return block

    @property
    def sha256(self) -> str:
        """The SHA-256 of all that was read."""
        return self._digest.hexdigest()


class Writer:
    """Adds members one after the other; memory does not grow with their number."""

    def __init__(self, tar: Tar, sums: IO[bytes], told: Told) -> None:
        self._tar = tar
        self._sums = sums
        self._told = told

    def add(self, name: str, stream: IO[bytes], size: int) -> str:
        """Add so many bytes of a stream and return their SHA-256."""
        hashing = Hashing(stream, self._told)
        self._put(name, cast(IO[bytes], hashing), size)
        self._sums.write(_line(hashing.sha256, name))
        return hashing.sha256

    def add_file(self, name: str, origin: Origin) -> str:
        """Add a file and return its SHA-256."""
        with origin.open("rb") as stream:
            return self.add(name, stream, origin.stat().st_size)

    def add_bytes(self, name: str, data: bytes) -> None:
        """Add a small member."""
        self.add(name, BytesIO(data), len(data))

    def end(self) -> None:
        """Add the sums, without which a backup counts as cut short."""
        size = self._sums.tell()
        self._sums.seek(0)
        self._put(SUMS, self._sums, size)

    def _put(self, name: str, stream: IO[bytes], size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, 0o600, int(clock.now().timestamp())
        self._tar.addfile(member, stream)
        self._tar.forget()


@contextmanager
def writing(path: Path, header: Header, told: Told) -> Iterator[Writer]:
    """Write a backup to a new file that only its owner may read."""
    with (
        new_file(path, 0o600) as file,
        tempfile.TemporaryFile() as sums,
        Tar(fileobj=file, mode="w", copybufsize=BLOCK) as tar,
    ):
        writer = Writer(tar, sums, told)
        writer.add_bytes(HEADER, orjson.dumps(asdict(header)))
        yield writer
        writer.end()


class Reader:
    """Reads a backup from its start to its end; nothing in it is believed before the end."""

    def __init__(self, path: Path, tar: Tar, told: Told) -> None:
        self._path = path
        self._tar = tar
        self._told = told
        self.header, self._header_sha256 = self._read_header()

    def unpack(self, take: Callable[[str, Hashing], None]) -> None:
        """Give every member to `take`, which may read it; raise unless all of it is whole."""
        with tempfile.TemporaryFile() as sums:
            sums.write(_line(self._header_sha256, HEADER))
            while (member := self._next()) is not None:
                if member.name == SUMS:
                    self._compare(member, sums)
                    return
                sums.write(_line(self._unpack(member, take), member.name))
        raise Invalid(f"{self._path} is cut short.")

    def _unpack(self, member: tarfile.TarInfo, take: Callable[[str, Hashing], None]) -> str:
        found = MEMBER.fullmatch(member.name)
        if found is None:
            raise Invalid(f"{self._path} holds {member.name!r}, which no backup of ours does.")
        hashing = Hashing(self._open(member), self._told)
        take(member.name, hashing)
        while hashing.read(BLOCK):
            pass
        return hashing.sha256

    def _compare(self, member: tarfile.TarInfo, sums: IO[bytes]) -> None:
        promised, size = self._open(member), sums.tell()
        sums.seek(0)
        is_same = member.size == size
        while is_same and (block := sums.read(BLOCK)):
            is_same = promised.read(len(block)) == block
        if not is_same:
            raise Invalid(f"{self._path} is damaged: its contents are not those of its sums.")

    def _read_header(self) -> tuple[Header, str]:
        member = self._next()
        if member is None or member.name != HEADER or member.size > LARGEST_HEADER:
            raise Invalid(f"{self._path} is no backup of Tagstore.")
        data = self._open(member).read()
        fields = orjson.loads(data)
        if not isinstance(fields, dict) or not isinstance(fields.get("format"), int):
            raise Invalid(f"{self._path} is no backup of Tagstore.")
        header = Header(fields["format"], str(fields.get("schema")), str(fields.get("made_at")))
        return header, hashlib.sha256(data).hexdigest()

    def _next(self) -> tarfile.TarInfo | None:
        member = self._tar.next()
        self._tar.forget()
        if member is not None and (member.type != tarfile.REGTYPE or member.issparse()):
            raise Invalid(f"{self._path} holds {member.name!r}, which is no plain file.")
        return member

    def _open(self, member: tarfile.TarInfo) -> IO[bytes]:
        return cast(IO[bytes], self._tar.extractfile(member))


@contextmanager
def reading(path: Path, told: Told) -> Iterator[Reader]:
    """Open a backup; whatever is wrong with the file is `Invalid`."""
    try:
        with Tar.open(path, "r:") as tar:
            yield Reader(path, tar, told)
    except tarfile.ReadError as error:
        raise Invalid(f"{path} is cut short, or no backup of Tagstore.") from error
    except (tarfile.TarError, orjson.JSONDecodeError, EOFError, UnicodeError) as error:
        raise Invalid(f"{path} is damaged.") from error


def _line(sha256: str, name: str) -> bytes:
    """Return a line as `sha256sum --check` reads it."""
    return f"{sha256}  {name}\n".encode()


def new_file(path: Path, mode: int) -> BinaryIO:
    """Open a file that is not there yet; nobody sees it with another mode."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb")
