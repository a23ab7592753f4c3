"""Files that are sent: in pieces by tus, none of which is sent twice when the line breaks."""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import httpx

from tagstore_client.errors import TagstoreError
from tagstore_client.line import Line

Progress = Callable[[int, int], object]
"""Is told how many bytes of how many have arrived."""

PIECE = 16_000_000
TUS = {"Tus-Resumable": "1.0.0"}
MOST = re.compile(r"max-append-size=(\d+)")
AGAIN = frozenset({409, 423, 460})
"""Refusals of a piece after which the server says from where to go on."""


@dataclass
class Upload:
    """A file on its way; `place` is where it goes, `offset` how much of it is there."""

    line: Line
    place: str
    length: int
    piece: int
    progress: Progress
    offset: int = 0

    def send(self, file: BinaryIO) -> int:
        """Send what is not there yet, and return the number of the media file that it became."""
        patience = self.line.patience()
        while True:
            try:
                answer = self._send_piece(file)
                patience.renew()
            except (httpx.HTTPError, TagstoreError) as error:
                patience.bear(error, repeatable=True, also=AGAIN)
                answer = self.line.ask("HEAD", self.place, headers=TUS)
            self.offset = int(answer.headers["Upload-Offset"])
            self.progress(self.offset, self.length)
            if became := answer.headers.get("Media-Location"):
                return int(became.rpartition("/")[2])

    def _send_piece(self, file: BinaryIO) -> httpx.Response:
        file.seek(self.offset)
        piece = file.read(min(self.piece, self.length - self.offset))
        if not piece:
            raise ValueError("The file has become shorter while it was sent.")
        digest = base64.b64encode(hashlib.sha256(piece).digest()).decode()
        headers = {
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(self.offset),
            "Upload-Checksum": f"sha256 {digest}",
        }
        return self.line.once("PATCH", self.place, headers=TUS | headers, content=piece)


def upload(line: Line, path: Path, said: dict[str, str], progress: Progress) -> int:
    """Send a file, of which this is said, and return the number of the media file it became."""
    words = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in said.items())
    with path.open("rb") as file:
        length = path.stat().st_size
        headers = {"Upload-Length": str(length), "Upload-Metadata": words}
        answer = line.ask("POST", "/uploads", headers=TUS | headers)
        place = f"/uploads/{answer.headers['Location'].rpartition('/')[2]}"
        most = MOST.search(answer.headers.get("Upload-Limit", ""))
        piece = min(PIECE, int(most[1])) if most else PIECE
        return Upload(line, place, length, piece, progress).send(file)
