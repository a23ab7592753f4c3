"""Files that are fetched: all of one, or nothing."""

from pathlib import Path
from typing import BinaryIO

import httpx

from tagstore_client.errors import TagstoreError
from tagstore_client.line import Line, Params


def fetch(line: Line, address: str, params: Params, path: Path) -> None:
    """Fetch a file to a path, where nothing is changed before all of it has come.

    When the line breaks it goes on where it was, if the server can say that the file is still
    the same, else from the beginning.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            _fetch(line, address, params, file)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _fetch(line: Line, address: str, params: Params, file: BinaryIO) -> None:
    patience, etag, there = line.patience(), "", 0
    while True:
        # Encoded bytes could not be counted.
        headers = {"Accept-Encoding": "identity"}
        if etag and there:
            headers |= {"Range": f"bytes={there}-", "If-Range": etag}
        try:
            with line.stream(address, params, headers) as answer:
                if answer.status_code != httpx.codes.PARTIAL_CONTENT:
                    file.seek(0)
                    file.truncate()
                etag = answer.headers.get("ETag", "")
                for piece in answer.iter_bytes():
                    file.write(piece)
            return
        except (httpx.HTTPError, TagstoreError) as error:
            if etag and file.tell() > there:
                patience.renew()
            there = file.tell()
            patience.bear(error, repeatable=True)
