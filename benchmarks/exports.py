"""Many tags out as one file: how fast, how soon, and what it costs in memory.

A number behind it is how many tags; the figure to keep to is of a million.
"""

import csv
import http.client
import io
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import orjson

from benchmarks._stores import furnished
from benchmarks._table import show
from tagstore.services import tags
from tagstore.values import SYSTEM, TagDraft
from tests import server
from tests.memory import most_resident_bytes, resident_bytes

TAGS = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
LOT, FILES, HOUR_S = 50_000, 100, 3600.0
A_MILLION_S = 15.0
FORMATS = ("csv", "jsonl")
PIECE = 1 << 20
QUERY = """
SELECT tag.id, tag.external_id, media_file.id, media_file.folder, media_file.name, tag_set.name,
tag_class.id, tag_class.label, tag.text, start_s, end_s, tag.low_hz, tag.high_hz, channel, score,
author, status, tag.created_at, tag.updated_at, batch.id, comment, frame_info, tag.info
FROM tag JOIN media_file ON media_file.id = media_file_id JOIN batch ON batch.id = batch_id
JOIN track_author ON track_author.id = track_author_id JOIN tag_set ON tag_set.id = tag_set_id
LEFT JOIN tag_class ON tag_class.id = tag_class_id ORDER BY tag.id
"""
"""What an export says, but for reviews, moments and addresses."""


def furnish(data_dir: Path) -> str:
    """Make a store with the tags of a detector; return the token of whoever may read it."""
    with furnished(data_dir) as (make, project, token):
        files = [make.media_file(project, HOUR_S, folder="pond") for _ in range(FILES)]
        classes = [make.tag_class(project).id for _ in range(10)]
        box: dict[str, Any] = {
            "low_hz": 1500.25,
            "high_hz": 4200.5,
            "score": 0.875,
            "source": "detector 1.0",
        }
        tag_set = make.tag_set(project)
        for first in range(0, TAGS, LOT):
            lot = [
                TagDraft(
                    media_file_id=files[number % FILES].id,
                    tag_set_id=tag_set.id,
                    tag_class_id=classes[number % len(classes)],
                    start_s=number % 36_000 / 10,
                    end_s=number % 36_000 / 10 + 0.05,
                    **box,
                )
                for number in range(first, first + LOT)
            ]
            tags.add_tags(SYSTEM, project, lot)
    return token


def fetch(host: str, token: str, key: str) -> tuple[float, float, int]:
    """Return after how many seconds the first byte and the last were there, and the lines."""
    connection = http.client.HTTPConnection(host, timeout=600)
    began = time.perf_counter()
    connection.request(
        "GET",
        f"/api/v1/exports?project=frogs&format={key}",
        headers={"Authorization": f"Bearer {token}"},
    )
    answer = connection.getresponse()
    piece = answer.read(1)
    first_s = time.perf_counter() - began
    lines = 0
    while piece:
        lines += piece.count(b"\n")
        piece = answer.read(PIECE)
    return first_s, time.perf_counter() - began, lines


def bare(database: Path, key: str) -> float:
    """Return how many seconds sqlite3 and a writer alone take for about the same cells."""
    began = time.perf_counter()
    out = io.StringIO()
    writer = csv.writer(out)
    connection = sqlite3.connect(database)
    for row in connection.execute(QUERY):
        if key == "csv":
            writer.writerow(row)
        else:
            out.write(orjson.dumps(row).decode())
        if out.tell() > PIECE:
            out.seek(0)
            out.truncate()
    connection.close()
    return time.perf_counter() - began


def measured(folder: Path, running: server.Server, token: str, key: str) -> dict[str, Any]:
    """Measure one format."""
    pid = running.process.pid
    host = running.address.removeprefix("http://")  # It is there only when all is ready.
    idle = resident_bytes(pid, decoders=False)
    first_s, whole_s, lines = fetch(host, token, key)
    if lines < TAGS:
        raise RuntimeError(f"Only {lines} lines came.")
    bare_s = bare(folder / "tagstore.db", key)
    return {
        "what": f"{TAGS:,} tags as {key}",
        "s": whole_s,
        "at most": A_MILLION_S * TAGS / 1_000_000,
        "bare s": bare_s,
        "ratio": whole_s / bare_s,
        "first byte s": first_s,
        "at most ": 1.0,
        "MB above idle": (most_resident_bytes(pid, decoders=False) - idle) / 1e6,
        "at most  ": 50.0,
    }


def main() -> None:
    """Measure on a real server in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        token = furnish(Path(name))
        running = server.start(Path(name), "--no-worker")
        try:
            show("exports", [measured(Path(name), running, token, key) for key in FORMATS])
        finally:
            running.kill()


if __name__ == "__main__":
    main()
