"""Tiles on the wire: cold against the bare transform, cached, for 16 viewers, of 24 hours."""

import contextlib
import http.client
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import soundfile

from benchmarks._table import show
from benchmarks.tiles import SPEC, bare, write_day, write_hour
from tagstore.media.spectrogram import TILE_COLUMNS, SpectrogramSpec, grey_zstd
from tests.memory import largest_bytes

PORT = 5986
TILES, VIEWERS, EACH = 30, 16, 12
DENSER = SpectrogramSpec(1024, 256)
FLASK = [sys.executable, "-m", "flask"]


class Client:
    """One connection that stays open, as a browser's does."""

    def __init__(self, token: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        self.headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "zstd"}

    def get(self, path: str) -> bytes:
        """Fetch something that must be there."""
        self.connection.request("GET", f"/api/v1/media/{path}", headers=self.headers)
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {data[:200]!r}")
        return data


def tile(media_id: int, level: int, index: int) -> str:
    """Return a tile's address below a media file's."""
    return f"{media_id}/tiles/{SPEC}/{level}/{index}.zst"


def milliseconds(act: Callable[[], Any]) -> float:
    """Return how long something takes."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[tuple[int, str]]:
    """Serve an hour and a day of sound; yield the process's number and a token."""
    write_hour(folder / "hour.wav")
    write_day(folder / "day.wav")
    os.environ |= {
        "TAGSTORE_DATA_DIR": str(folder / "data"),
        "TAGSTORE_DEMO": "0",
        "TAGSTORE_MEDIA_ROOTS": str(folder),
    }
    command = [*FLASK, "serve", "--no-worker", "--bind", f"127.0.0.1:{PORT}"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            while not re.search("^ready", (folder / "log").read_text(), re.MULTILINE):
                time.sleep(0.1)
            run("projects", "add", "bench")
            run("media", "add", folder / "hour.wav", "--project", "bench", "--in-place")
            run("media", "add", folder / "day.wav", "--project", "bench", "--in-place")
            yield process.pid, run("tokens", "add", "admin")
        finally:
            process.terminate()
            process.wait(30)


def run(*arguments: object) -> str:
    """Run one of our commands and return what it prints."""
    command = [*FLASK, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def cold_and_cached(client: Client, path: Path) -> tuple[float, float, float]:
    """Return the medians of a cold tile, a cached one, and the bare transform of the same."""
    wanted = [tile(1, 0, 7 * number) for number in range(TILES)]
    cold = [milliseconds(lambda at=each: client.get(at)) for each in wanted]
    cached = [milliseconds(lambda at=each: client.get(at)) for each in wanted]
    with soundfile.SoundFile(path) as file:
        plain = [
            milliseconds(lambda n=n: grey_zstd(bare(file, 7 * n * TILE_COLUMNS, TILE_COLUMNS)))
            for n in range(TILES)
        ]
    return statistics.median(cold), statistics.median(cached), statistics.median(plain)


def first_screen(token: str) -> float:
    """Return how long the first screen of the day takes: facts, two tiles, overview, waveform."""
    paths = ["2", tile(2, 12, 0), tile(2, 12, 1), tile(2, 13, 0), "2/peaks?bins=1600"]
    clients = [Client(token) for _ in paths]
    with ThreadPoolExecutor(len(paths)) as pool:
        return milliseconds(lambda: list(pool.map(Client.get, clients, paths)))


def many_viewers(token: str) -> list[float]:
    """Return how long each cold tile takes when many people look at different places."""
    taken: list[float] = []
    start = threading.Barrier(VIEWERS)

    def look(viewer: int) -> None:
        client = Client(token)
        client.get("1")
        start.wait()
        for number in range(EACH):
            path = f"1/tiles/{DENSER}/0/{viewer * EACH + number}.zst"
            taken.append(milliseconds(lambda path=path: client.get(path)))

    threads = [threading.Thread(target=look, args=(viewer,)) for viewer in range(VIEWERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(taken)


def main() -> None:
    """Measure on a real server in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as name, serving(Path(name)) as (pid, token):
        client = Client(token)
        day_ms = first_screen(token)
        client.get(tile(1, 0, 300))  # The decoders are awake now.
        cold, cached, plain = cold_and_cached(client, Path(name) / "hour.wav")
        taken = many_viewers(token)
        p99 = taken[int(len(taken) * 0.99)]
        rows = [
            {"what": "cold tile, ms", "measured": cold, "at most": 2.5 * plain},
            {"what": "bare transform of the same, ms", "measured": plain, "at most": ""},
            {"what": "cached tile, ms", "measured": cached, "at most": 10.0},
            {"what": "first screen of 24 hours, ms", "measured": day_ms, "at most": 1000.0},
            {"what": f"{VIEWERS} viewers, cold, p50 ms", "measured": taken[len(taken) // 2],
             "at most": ""},
            {"what": f"{VIEWERS} viewers, cold, p99 ms", "measured": p99, "at most": 300.0},
            {"what": "largest web process, MiB", "measured": largest_bytes(pid) / 2**20,
             "at most": 400.0},
        ]  # fmt: skip
    show("serving", rows)


if __name__ == "__main__":
    main()
