"""A large recording that need not be kept anywhere, and who sends it piece by piece over tus."""

import base64
import contextlib
import hashlib
import http.client
import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

BLOCK = 1 << 20
PIECE = 16 * BLOCK
HEAD = 80
"""The bytes before the samples in an RF64 file as written here."""


@dataclass(frozen=True)
class Recording:
    """A sound of `size` bytes, 16 bits at 48 kHz; no block of it is like another."""

    size: int
    noise: bytes = field(default=random.Random(20260422).randbytes(BLOCK), repr=False)

    def read(self, start: int, size: int) -> bytes:
        """Return some of its bytes."""
        first, end = start // BLOCK, min(start + size, self.size)
        data = b"".join(part for n in range(first, -(-end // BLOCK)) for part in self._block(n))
        return data[start - first * BLOCK : end - first * BLOCK]

    def _block(self, number: int) -> tuple[bytes, bytes, memoryview]:
        begins = self._head() if number == 0 else b""
        return begins, struct.pack("<Q", number), memoryview(self.noise)[len(begins) + 8 :]

    def _head(self) -> bytes:
        samples = self.size - HEAD
        sizes = struct.pack("<QQQI", self.size - 8, samples, samples // 2, 0)
        shape = struct.pack("<HHIIHH", 1, 1, 48000, 96000, 2, 16)
        parts = (
            *(b"RF64\xff\xff\xff\xffWAVE", b"ds64", struct.pack("<I", 28), sizes),
            *(b"fmt ", struct.pack("<I", 16), shape, b"data\xff\xff\xff\xff"),
        )
        return b"".join(parts)

    def pieces(self, size: int = BLOCK) -> Iterator[bytes]:
        """Yield all its bytes, some at a time."""
        for start in range(0, self.size, size):
            yield self.read(start, size)

    @property
    def sha256(self) -> str:
        """What all its bytes hash to."""
        digest = hashlib.sha256()
        for block in self.pieces():
            digest.update(block)
        return digest.hexdigest()


class Sender:
    """Somebody who sends a recording to a project, and goes on when the line broke."""

    def __init__(self, address: str, token: str, recording: Recording) -> None:
        self.host, self.recording = address.removeprefix("http://"), recording
        self.headers = {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}
        self.place = ""
        self.media = ""
        self._connection: http.client.HTTPConnection | None = None

    def begin(self, **metadata: str) -> None:
        """Announce the recording."""
        said = {"project": "frogs", "filename": "long.wav", **metadata}
        encoded = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in said.items())
        length = str(self.recording.size)
        answer = self.ask("POST", "/api/v1/uploads", **announcing(length, encoded))
        assert answer.status == 201
        self.place = answer.headers["Location"]

    def ask(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> http.client.HTTPResponse:
        """Ask for something on the connection that is open, or on a new one."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self.host, timeout=300)
        self._connection.request(method, path, body, self.headers | headers)
        answer = self._connection.getresponse()
        answer.read()
        return answer

    def offset(self) -> int:
        """Ask how much is there."""
        answer = self.ask("HEAD", self.place)
        assert answer.status == 200
        return int(answer.headers["Upload-Offset"])

    def send(self, offset: int, size: int = PIECE) -> int:
        """Send a piece and return how much is there then."""
        piece = self.recording.read(offset, size)
        answer = self.ask("PATCH", self.place, piece, **going_on(offset))
        assert answer.status == 204, answer.status
        self.media = answer.headers.get("Media-Location", "")
        return int(answer.headers["Upload-Offset"])

    def break_off(self, offset: int, sent: int, size: int = PIECE) -> None:
        """Begin to send a piece, and cut the line when some bytes of it are sent."""
        piece = self.recording.read(offset, size)
        connection = http.client.HTTPConnection(self.host, timeout=60)
        connection.putrequest("PATCH", self.place)
        headers = self.headers | going_on(offset) | {"Content-Length": str(len(piece))}
        for name, text in headers.items():
            connection.putheader(name, text)
        connection.endheaders()
        connection.send(piece[:sent])
        connection.close()

    def hang_up(self) -> None:
        """Close the connection."""
        with contextlib.suppress(OSError):
            if self._connection:
                self._connection.close()
        self._connection = None

    def fetch_sha256(self) -> str:
        """Fetch the media file and return what its bytes hash to."""
        connection = http.client.HTTPConnection(self.host, timeout=60)
        connection.request("GET", f"{self.media}/file", headers=self.headers)
        answer = connection.getresponse()
        assert answer.status == 200
        return hashlib.file_digest(answer, "sha256").hexdigest()


def announcing(length: str, metadata: str) -> dict[str, str]:
    """Return the headers that announce a file."""
    return {"Upload-Length": length, "Upload-Metadata": metadata}


def going_on(offset: int) -> dict[str, str]:
    """Return the headers of a piece."""
    return {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
