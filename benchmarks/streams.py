"""Live tags: how soon a reader has them, and what five hundred readers cost everybody else."""

import asyncio
import http.client
import json
import multiprocessing
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from typing import Any

import waitress

from benchmarks._stores import furnished
from benchmarks._table import show
from tests import server

READERS, FOR_S, TAGS_A_SECOND, GETS_A_SECOND = 500, 20.0, 4, 20
QID = "iq__3Zi4NjhZfjUEdiMGfHduW5kLr3HY"
spawn = multiprocessing.get_context("spawn")
EVENT = re.compile(rb'"tag":"sent (\d+)"|"sent": (\d+)')


@dataclass
class Taken:
    """How long things took, in milliseconds."""

    posts: list[float] = field(default_factory=list)
    gets: list[float] = field(default_factory=list)
    streams: list[float] = field(default_factory=list)


def furnish(data_dir: Path) -> str:
    """Make a store with one content, and return the token of whoever tags it."""
    with furnished(data_dir) as (make, project, token):
        make.media_file(project, duration_s=None).qid = QID
        make.tag_set(project)
    return token


# Readers: one process, raw sockets


async def read(port: int, path: str, token: str, heard: list[tuple[int, int]], ready: Any) -> None:
    """Follow a stream; note when each event was whole on the wire, and when it was sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
    writer.write(head.encode())
    answer = await reader.readuntil(b"\r\n\r\n")
    if not answer.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"refused: {answer!r}")
    ready.release()
    while True:
        chunk = await reader.readuntil(b"\n\n")
        now = time.monotonic_ns()
        for match in EVENT.finditer(chunk):
            heard.append((int(match[1] or match[2]), now))


def read_all(count: int, port: int, path: str, token: str, ready: Any, pipe: Any) -> None:
    """Follow with many readers until something comes through the pipe; send what they heard."""
    heard: list[tuple[int, int]] = []

    async def follow() -> None:
        readers = [asyncio.create_task(read(port, path, token, heard, ready)) for _ in range(count)]
        await asyncio.to_thread(pipe.recv)
        for reader in readers:
            reader.cancel()

    asyncio.run(follow())
    pipe.send(heard)


class Readers:
    """Many readers in a process of their own."""

    def __init__(self, count: int, port: int, path: str, token: str = "") -> None:
        self.pipe, theirs = spawn.Pipe()
        ready = spawn.Semaphore(0)
        self.count = count
        self.process = spawn.Process(
            target=read_all, args=(count, port, path, token, ready, theirs), daemon=True
        )
        self.process.start()
        for number in range(count):
            if not ready.acquire(timeout=60):
                raise RuntimeError(f"only {number} readers were let in")

    def stop(self) -> list[tuple[int, int]]:
        """Return what they heard, each with its moment."""
        self.pipe.send(None)
        heard: list[tuple[int, int]] = self.pipe.recv()
        self.process.join()
        return heard


# The load


def paced(a_second: float, for_s: float, act: Callable[[], float]) -> list[float]:
    """Do something at a steady pace and return how long each took."""
    taken = []
    began = time.monotonic()
    for number in range(int(a_second * for_s)):
        time.sleep(max(0.0, began + number / a_second - time.monotonic()))
        taken.append(act())
    return taken


class Client:
    """One connection that stays open."""

    def __init__(self, port: int, token: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.answered_at: dict[int, int] = {}

    def ask(self, method: str, path: str, body: Any = None) -> float:
        """Ask for something that must succeed; return how many milliseconds it took."""
        began = time.monotonic_ns()
        data = None if body is None else json.dumps(body)
        self.connection.request(method, path, data, self.headers)
        answer = self.connection.getresponse()
        said = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{path}: {answer.status} {said[:200]!r}")
        return (time.monotonic_ns() - began) / 1e6

    def add_tag(self) -> float:
        """Make a tag that says when it was sent, and note when that was answered."""
        now = time.monotonic_ns()
        place = {"media_id": 1, "tag_set_id": 1, "start_s": 1.0, "end_s": 2.0}
        took = self.ask("POST", "/api/v1/tags", {**place, "text": f"sent {now}"})
        self.answered_at[now] = time.monotonic_ns()
        return took

    def get_tag(self) -> float:
        """Read one tag."""
        return self.ask("GET", "/api/v1/tags/1")


def under_load(port: int, token: str, readers: int) -> Taken:
    """Make and read tags at a steady pace while so many follow; return how long all took."""
    following = Readers(readers, port, f"/{QID}/tags/stream", token) if readers else None
    poster, getter, taken = Client(port, token), Client(port, token), Taken()

    def get() -> None:
        taken.gets = paced(GETS_A_SECOND, FOR_S, getter.get_tag)

    beside = threading.Thread(target=get)
    beside.start()
    taken.posts = paced(TAGS_A_SECOND, FOR_S, poster.add_tag)
    beside.join()
    if following:
        time.sleep(1)
        heard = following.stop()
        if len(heard) != readers * len(taken.posts):
            raise RuntimeError(f"{len(heard)} events heard, not {readers * len(taken.posts)}")
        taken.streams = [(now - sent) / 1e6 for sent, now in heard]
    return taken


# The floor: waitress alone


class Floor:
    """A bare application that sends as many events, straight from memory."""

    def __init__(self) -> None:
        self.queues: list[Queue[bytes]] = []
        bare = waitress.create_server(
            self,
            host="127.0.0.1",
            port=0,
            threads=600,
            connection_limit=3000,
            asyncore_use_poll=True,
        )
        self.port = int(bare.effective_port)
        threading.Thread(target=bare.run, daemon=True).start()

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        """Answer with a stream."""
        start("200 OK", [("Content-Type", "text/event-stream")])
        queue: Queue[bytes] = Queue()
        self.queues.append(queue)
        yield b": begun\n"
        while True:
            yield queue.get()

    def send(self) -> float:
        """Send one event to everybody."""
        now = time.monotonic_ns()
        data = json.dumps({"sent": now, "filling": "x" * 300})
        for queue in self.queues:
            queue.put(f"id: {now}\ndata: {data}\n\n".encode())
        return 0.0

    def measure(self, readers: int) -> list[float]:
        """Return how long events take through waitress and nothing else."""
        self.queues.clear()
        following = Readers(readers, self.port, "/")
        paced(TAGS_A_SECOND, FOR_S / 2, self.send)
        time.sleep(1)
        return [(now - sent) / 1e6 for sent, now in following.stop()]


def p99(taken: list[float]) -> float:
    """Return what all but one in a hundred took at most."""
    return sorted(taken)[int(len(taken) * 0.99)]


def row(what: str, measured: float, floor: float | None, most: float | None) -> dict[str, Any]:
    """Return a line of the table."""
    return {
        "what": what,
        "measured": measured,
        "floor": "" if floor is None else floor,
        "ratio": "" if floor is None else measured / floor,
        "at most": "" if most is None else most,
    }


def main() -> None:
    """Measure on a real server in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        token = furnish(Path(name))
        running = server.start(Path(name), "--no-worker")
        try:
            port = int(running.address.rpartition(":")[2])
            Client(port, token).add_tag()
            quiet = under_load(port, token, 0)
            one = under_load(port, token, 1)
            many = under_load(port, token, READERS)
        finally:
            running.kill()
    floor = Floor()
    bare_one, bare_many = floor.measure(1), floor.measure(READERS)
    median = statistics.median
    show("streams", [
        row("1 reader, sent to read, p50 ms", median(one.streams), median(bare_one), 200.0),
        row("1 reader, p99 ms", p99(one.streams), p99(bare_one), None),
        row(f"{READERS} readers, sent to read, p50 ms", median(many.streams), median(bare_many),
            None),
        row(f"{READERS} readers, p99 ms", p99(many.streams), p99(bare_many), 1000.0),
        row("POST a tag, nobody reads, p99 ms", p99(quiet.posts), None, None),
        row(f"POST a tag, {READERS} read, p99 ms", p99(many.posts), p99(quiet.posts),
            2 * p99(quiet.posts)),
        row("GET a tag, nobody reads, p99 ms", p99(quiet.gets), None, None),
        row(f"GET a tag, {READERS} read, p99 ms", p99(many.gets), p99(quiet.gets),
            2 * p99(quiet.gets)),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
