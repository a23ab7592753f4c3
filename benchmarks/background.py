"""What everybody else notices while the pictures of a 24-hour recording are drawn."""

import http.client
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks._table import show
from benchmarks.requests import furnish
from benchmarks.tiles import write_day
from tests import server

READERS, FOR_S, PAUSE_S = 4, 15.0, 0.05
PATHS = ("/api/v1/tags/7", "/api/v1/media/1/tags?limit=100", "/healthz")


class Reader:
    """A script that asks for something now and then, on one connection."""

    def __init__(self, running: server.Server, token: str) -> None:
        self.connection = http.client.HTTPConnection(
            running.address.removeprefix("http://"), timeout=60
        )
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> bytes:
        """Fetch something that must be there."""
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {said[:200]!r}")
        return said


@contextmanager
def furnished(folder: Path) -> Iterator[tuple[server.Server, str]]:
    """Serve a project whose pictures are all drawn, with a worker; yield ana's token too."""
    token = furnish(folder / "data")
    running = server.start(folder / "data", TAGSTORE_MEDIA_ROOTS=str(folder))
    try:
        yield running, token
    finally:
        running.kill()


def answers(running: server.Server, token: str) -> list[float]:
    """Return how many milliseconds each answer took for a while, in order of length."""
    taken: list[float] = []
    until = time.perf_counter() + FOR_S

    def read() -> None:
        reader = Reader(running, token)
        while time.perf_counter() < until:
            for path in PATHS:
                began = time.perf_counter()
                reader.get(path)
                taken.append((time.perf_counter() - began) * 1000)
                time.sleep(PAUSE_S)

    threads = [threading.Thread(target=read) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(taken)


def pictures_of(running: server.Server, token: str, media_id: str) -> str:
    """Return how far the pictures of a media file are."""
    return str(json.loads(Reader(running, token).get(f"/api/v1/media/{media_id}"))["pictures"])


def main() -> None:
    """Measure on a real server in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as name, furnished(Path(name)) as (running, token):
        day = Path(name, "day.wav")
        write_day(day)
        answers(running, token)  # Everything is awake now.
        before = answers(running, token)
        added = running.flask("media", "add", str(day), "--project", "frogs", "--in-place")
        media_id = added.split()[0]
        meanwhile = answers(running, token)
        if pictures_of(running, token, media_id) != "building":
            raise RuntimeError("The pictures were drawn before anyone could notice.")
    rows = []
    for what, share in (("median", 0.5), ("p99", 0.99)):
        calm, busy = (taken[int(len(taken) * share)] for taken in (before, meanwhile))
        rows.append({
            "what": f"{what} of {READERS} readers",
            "with nothing to draw, ms": calm,
            "while 24 hours are drawn, ms": busy,
            "ratio": busy / calm,
            "at most": 2.0 if what == "p99" else "",
        })  # fmt: skip
    show("background", rows)


if __name__ == "__main__":
    main()
