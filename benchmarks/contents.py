"""Eluvio's bulk and its largest read: tags with boxes in, a hundred thousand tags out."""

import http.client
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks._stores import furnished
from benchmarks._table import show
from benchmarks.bulk import HOUR_S, bare, copy, opened, written
from tests import server
from tests.memory import resident_bytes

TAGS, ROUNDS, STORED = 5_000, 7, 100_000
SLOW_READERS = 4

QUERY = """
SELECT tag.id, batch_id, start_s, end_s, text, name, author, source, frame_info, tag.info
FROM tag JOIN batch ON batch.id = batch_id JOIN track_author AS author_row
ON author_row.id = track_author_id JOIN tag_set ON tag_set.id = tag_set_id
ORDER BY start_s, tag.id
"""


def furnish(folder: Path) -> tuple[str, str]:
    """Make a store with one content of an hour; return its qid and a token."""
    with furnished(folder) as (make, project, token):
        qid = make.media_file(project, HOUR_S).qid
    return qid, token


def body(count: int) -> bytes:
    """Return tags as a tagger of frames writes them, all over the hour."""
    tags = [
        {
            "start_time": number * 3_600_000 // count,
            "end_time": number * 3_600_000 // count + 40,
            "tag": f"person {number % 50}",
            "frame_info": {
                "frame_idx": number,
                "box": {"x1": 0.1, "y1": 0.2, "x2": number % 100 / 200 + 0.2, "y2": 0.75},
            },
            "additional_info": {"model": "faces", "confidence": number % 100 / 100},
        }
        for number in range(count)
    ]
    return json.dumps({"author": "tagger", "track": "people", "tags": tags}).encode()


class Client:
    """Asks one server as one user, on a new connection each time."""

    def __init__(self, address: str, token: str) -> None:
        self.host = address.removeprefix("http://")
        self.headers = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, data: bytes | None = None) -> Iterator[bytes]:
        """Yield the answer piece by piece."""
        connection = http.client.HTTPConnection(self.host, timeout=120)
        connection.request(method, path, data, self.headers)
        answer = connection.getresponse()
        while piece := answer.read1(2**16):
            yield piece
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status}")


def post(folder: Path, client: Client, path: str) -> dict[str, float]:
    """Return what one bulk takes, and a bare executemany of the very same rows, in ms."""
    before, after, database = folder / "before.db", folder / "bare.db", folder / "tagstore.db"
    copy(database, before)
    copy(database, after)
    data = body(TAGS)
    began = time.perf_counter()
    answer = json.loads(b"".join(client.ask("POST", path, data)))
    took = time.perf_counter() - began
    if len(answer["created_tag_ids"]) != TAGS:
        raise RuntimeError("a wrong answer")
    return {"bulk": took * 1000, "bare": bare(after, written(before, database), "ON") * 1000}


def read(client: Client, path: str) -> dict[str, float]:
    """Return when the first byte and the last are there, in ms."""
    began = time.perf_counter()
    pieces = client.ask("GET", f"{path}?limit={STORED}")
    first = next(pieces)
    first_ms = (time.perf_counter() - began) * 1000
    answer = json.loads(first + b"".join(pieces))
    if len(answer["tags"]) != STORED:
        raise RuntimeError("a wrong answer")
    return {"first byte": first_ms, "all": (time.perf_counter() - began) * 1000}


def bare_read(database: Path) -> dict[str, float]:
    """Return what Python alone takes to read and to write the same as JSON, in ms."""
    began = time.perf_counter()
    with opened(database) as connection:
        cursor = connection.execute(QUERY)
        names = [each[0] for each in cursor.description]
        rows = cursor.fetchmany(STORED)
    json.dumps([dict(zip(names, row, strict=True)) for row in rows])
    return {"bare": (time.perf_counter() - began) * 1000}


def read_slowly(address: str, token: str, path: str) -> None:
    """Take the answer a piece at a time, as somebody on a bad line does."""
    for _ in Client(address, token).ask("GET", f"{path}?limit={STORED}"):
        time.sleep(0.002)


def lifted(running: server.Server, token: str, path: str, readers: int) -> float:
    """Return how far some slow readers at once lift the server above what it had, in MiB."""
    pid = running.process.pid
    before = resident_bytes(pid, decoders=False) / 2**20
    threads = [
        threading.Thread(target=read_slowly, args=(running.address, token, path))
        for _ in range(readers)
    ]
    for thread in threads:
        thread.start()
    highest = before
    while any(thread.is_alive() for thread in threads):
        highest = max(highest, resident_bytes(pid, decoders=False) / 2**20)
        time.sleep(0.02)
    return highest - before


def medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    """Return the median of each figure."""
    return {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}


def row(what: str, measured: float, floor: float | None, most: float) -> dict[str, Any]:
    """Return one line of the table."""
    times = "" if floor is None else measured / floor
    return {"what": what, "measured": measured, "× the bare": times, "at most": most}


def measure_writing(folder: Path, token: str, path: str) -> dict[str, float]:
    """Return what bulks take, and leave the content with all its tags."""
    running = server.start(folder, "--no-worker")
    try:
        client = Client(running.address, token)
        b"".join(client.ask("POST", path, body(1)))  # The track and its batch are there now.
        rounds = [post(folder, client, path) for _ in range(ROUNDS)]
        b"".join(client.ask("POST", path, body(STORED - ROUNDS * TAGS)))
    finally:
        running.stop()
    return medians(rounds)


def measure_reading(folder: Path, token: str, path: str) -> dict[str, float]:
    """Return what reading everything takes, in a server that has done nothing else."""
    running = server.start(folder, "--no-worker")
    try:
        client = Client(running.address, token)
        b"".join(client.ask("GET", f"{path}?limit=1"))
        one = lifted(running, token, path, 1)
        rounds = [read(client, path) for _ in range(ROUNDS)]
        many = lifted(running, token, path, SLOW_READERS)
    finally:
        running.stop()
    return {**medians(rounds), "one": one, "many": many}


def main() -> None:
    """Measure on real servers in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        qid, token = furnish(folder)
        bulk = measure_writing(folder, token, f"/{qid}/tags")
        whole = measure_reading(folder, token, f"/{qid}/tags")
        plain = medians([bare_read(folder / "tagstore.db") for _ in range(3)])
    show(
        "contents",
        [
            row(f"{TAGS:,} tags with boxes, ms", bulk["bulk"], bulk["bare"], 1500.0),
            row(f"{STORED:,} tags, first byte, ms", whole["first byte"], plain["bare"], 500.0),
            row(f"{STORED:,} tags, all of them, ms", whole["all"], plain["bare"], 10_000.0),
            row("a slow reader of all, MiB over idle", whole["one"], None, 100.0),
            row(f"{SLOW_READERS} slow readers at once, MiB over idle", whole["many"], None, 200.0),
        ],
    )


if __name__ == "__main__":
    main()
