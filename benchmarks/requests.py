"""One tag a request, from sixteen clients at once, against a bare application and bare commits."""

import http.client
import json
import multiprocessing
import re
import selectors
import socket
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import waitress

from benchmarks._stores import furnished
from benchmarks._table import show
from tagstore.services import tags
from tagstore.values import SYSTEM
from tests import server

CLIENTS, WARM_S, FOR_S, TAGS = 16, 2.0, 6.0, 1000
PLACE = {"media_id": 2, "tag_set_id": 1, "start_s": 1.0, "end_s": 2.0, "text": "wren"}
spawn = multiprocessing.get_context("spawn")

Ask = tuple[str, str, bytes | None, int]
"""A method, a path, a body and the status that is right."""

ASKS: dict[str, tuple[Ask, float, float | None]] = {
    "POST a tag": (("POST", "/api/v1/tags", json.dumps(PLACE).encode(), 201), 1000, 30),
    "GET a tag": (("GET", "/api/v1/tags/7", None, 200), 2000, 25),
    "GET a list of 100": (("GET", "/api/v1/media/1/tags?limit=100", None, 200), 800, None),
}
"""What is asked, how often a second it should be answered, and how late at most, in ms."""


def furnish(data_dir: Path) -> str:
    """Make a store with two recordings, one of a thousand tags; return the token of who tags."""
    with furnished(data_dir) as (make, project, token):
        media_file = make.media_file(project, duration_s=3600.0)
        make.media_file(project, duration_s=3600.0)
        make.tag_set(project)
        places = [{"start_s": 1.0 + number, "end_s": 2.0 + number} for number in range(TAGS)]
        tags.add_tags(SYSTEM, project, [make.draft(media_file, **place) for place in places])
    return token


# The clients: one process that asks on sixteen connections, and costs next to nothing itself


class Client:
    """A connection on which the same is asked over and over, as soon as it is answered."""

    def __init__(self, port: int, request: bytes, status: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self._request, self._right = request, f"HTTP/1.1 {status} ".encode()
        self.taken: list[float] = []
        self.ask()

    def ask(self) -> None:
        """Ask once more."""
        self._came, self._length = bytearray(), 0
        self._began = time.perf_counter()
        self.socket.sendall(self._request)

    def read(self) -> bool:
        """Read what has come; True when the answer is whole."""
        self._came += self.socket.recv(2**18)
        if not self._length:
            head, end, _ = self._came.partition(b"\r\n\r\n")
            if not end:
                return False
            self._length = len(head) + 4 + int(LENGTH.search(head)[1])
        if len(self._came) < self._length:
            return False
        if not self._came.startswith(self._right):
            raise RuntimeError(f"Not right: {bytes(self._came[:500])!r}")
        self.taken.append(time.perf_counter() - self._began)
        return True


LENGTH = re.compile(rb"(?i)\r\ncontent-length: *([0-9]+)")


def ask_all(port: int, token: str, ask: Ask, pipe: Any) -> None:
    """Ask the same from sixteen connections; once warm, note how long each answer took; send it."""
    method, path, body, status = ask
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    request = f"{head}\r\n".encode() + (body or b"")
    clients = [Client(port, request, status) for _ in range(CLIENTS)]
    with selectors.DefaultSelector() as ready:
        for client in clients:
            ready.register(client.socket, selectors.EVENT_READ, client)
        for lasts_s in (WARM_S, FOR_S):
            for client in clients:
                client.taken.clear()
            until = time.perf_counter() + lasts_s
            while time.perf_counter() < until:
                for key, _ in ready.select(timeout=60):
                    if key.data.read():
                        key.data.ask()
    pipe.send([each for client in clients for each in client.taken])


def load(port: int, token: str, ask: Ask) -> tuple[float, float]:
    """Return answers a second, and in how many ms 99 of 100 came."""
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=ask_all, args=(port, token, ask, theirs), daemon=True)
    process.start()
    taken = sorted(ours.recv())
    process.join()
    return len(taken) / FOR_S, taken[int(len(taken) * 0.99)] * 1000


# The floors


def bare(body: bytes, status: str) -> Callable[..., Iterable[bytes]]:
    """Return an application that always gives the same answer."""

    def application(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        environ["wsgi.input"].read()
        start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    return application


def serve_bare(body: bytes, status: str, pipe: Any) -> None:
    """Serve the same answer for ever, with the same web server; send where."""
    quick = waitress.create_server(
        bare(body, status), host="127.0.0.1", port=0, threads=CLIENTS, asyncore_use_poll=True
    )
    pipe.send(int(quick.effective_port))
    quick.run()


def floor(address: str, token: str, ask: Ask) -> float:
    """Return how often a second the very same answer is given when nothing is done for it."""
    method, path, body, status = ask
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request(method, path, body, headers)
    said = connection.getresponse().read()
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=serve_bare, args=(said, f"{status} OK", theirs), daemon=True)
    process.start()
    try:
        return load(ours.recv(), token, ask)[0]
    finally:
        process.kill()


def commits(folder: Path) -> float:
    """Return how many rows a second SQLite alone puts safely on this disk, one a transaction."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE tag (id INTEGER PRIMARY KEY, text TEXT)")
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < 2:
        connection.execute("INSERT INTO tag (text) VALUES ('wren')")
        count += 1
    connection.close()
    return count / 2


def main() -> None:
    """Measure on a real server in a folder that is gone afterwards."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        token = furnish(Path(name))
        running = server.start(Path(name), "--no-worker")
        try:
            for what, (ask, least, most_ms) in ASKS.items():
                a_second, p99 = load(int(running.address.rpartition(":")[2]), token, ask)
                bare_a_second = floor(running.address, token, ask)
                rows.append({
                    "what": f"{what}, {CLIENTS} clients",
                    "a second": a_second,
                    "at least": least,
                    "p99 ms": p99,
                    "at most": most_ms or "",
                    "waitress alone a second": bare_a_second,
                    "ratio": bare_a_second / a_second,
                })  # fmt: skip
        finally:
            running.kill()
        rows.append({
            **dict.fromkeys(rows[0], ""),
            "what": "SQLite alone, one row a transaction",
            "a second": commits(Path(name)),
        })  # fmt: skip
    show("requests", rows)


if __name__ == "__main__":
    main()
