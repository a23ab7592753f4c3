"""Which web server: how each answers while slow clients hold on, how fast, in how much memory."""

import contextlib
import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask

from benchmarks._table import show
from tests.memory import children

SLOW_CLIENTS, SLOW_S, PLAIN_S, PLAIN_CLIENTS = 200, 16.0, 4.0, 8
PORT = 5987
SERVERS = {
    "waitress, 1 process × 600 threads": [
        "-m", "waitress", f"--listen=127.0.0.1:{PORT}", "--threads=600",
        "--connection-limit=3000", "benchmarks.server:app",
    ],
    "granian, 2 workers × 256 threads": [
        "-m", "granian", "--interface=wsgi", "--host=127.0.0.1", f"--port={PORT}", "--workers=2",
        "--blocking-threads=256", "--backpressure=2000", "--no-ws", "--log-level=error",
        "benchmarks.server:app",
    ],
}  # fmt: skip

app = flask.Flask(__name__)


@app.get("/")
def small() -> dict[str, int]:
    """Answer at once, as a cached read does."""
    return {"answer": 42}


@app.post("/take")
def take() -> dict[str, int]:
    """Read the whole body, as every writing request does."""
    return {"length": len(flask.request.get_data())}


def get() -> float:
    """Fetch the small page on a new connection and return how many seconds it took."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    connection.request("GET", "/")
    if connection.getresponse().read() != b'{"answer":42}\n':
        raise RuntimeError("a wrong answer")
    connection.close()
    return time.perf_counter() - began


@contextlib.contextmanager
def serving(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Start a server, wait until it answers, and stop it afterwards."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([sys.executable, *command], stdout=quiet, stderr=quiet)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                get()
                break
            time.sleep(0.1)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def memory_mib(pid: int) -> float:
    """Return the unique and shared-out memory (PSS) of a process and its children, in MiB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    own = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return own / 1024 + sum(map(memory_mib, children(pid)))


def dribble(head: bytes, until: float, connected: threading.Semaphore) -> None:
    """Send a request's head, then one byte every five seconds."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", PORT)) as client:
        client.sendall(head)
        connected.release()
        while time.monotonic() < until:
            time.sleep(5)
            client.sendall(b"x")


def under_slow_clients(head: bytes) -> dict[str, float]:
    """Return how GETs fare (milliseconds) while slow clients send what begins with `head`."""
    until, connected = time.monotonic() + SLOW_S, threading.Semaphore(0)
    work = (head, until, connected)
    clients = [threading.Thread(target=dribble, args=work) for _ in range(SLOW_CLIENTS)]
    for client in clients:
        client.start()
    for _ in clients:
        connected.acquire(timeout=5)
    taken = []
    while time.monotonic() < until:
        try:
            taken.append(get() * 1000)
        except OSError:
            taken.append(30_000.0)
        time.sleep(0.02)
    for client in clients:
        client.join()
    return {"p50": statistics.median(taken), "worst": max(taken)}


def throughput() -> float:
    """Return GETs a second over a few connections that stay open."""
    until, counts = time.monotonic() + PLAIN_S, []

    def ask() -> None:
        connection, count = http.client.HTTPConnection("127.0.0.1", PORT), 0
        while time.monotonic() < until:
            connection.request("GET", "/")
            connection.getresponse().read()
            count += 1
        counts.append(count)

    threads = [threading.Thread(target=ask) for _ in range(PLAIN_CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / PLAIN_S


def measure(name: str, command: list[str]) -> dict[str, Any]:
    """Return one server's row."""
    host = f"Host: 127.0.0.1:{PORT}\r\n".encode()
    with serving(command) as process:
        plain = throughput()
        idle = memory_mib(process.pid)
        heads = under_slow_clients(b"GET / HTTP/1.1\r\n" + host + b"X-Slow: ")
        bodies = under_slow_clients(
            b"POST /take HTTP/1.1\r\n" + host + b"Content-Length: 999\r\n\r\n"
        )
        return {
            "server": name,
            "GET/s": round(plain),
            "slow heads: p50 ms": heads["p50"],
            "worst ms": heads["worst"],
            "slow bodies: p50 ms": bodies["p50"],
            "worst ms ": bodies["worst"],
            "MiB": idle,
            "MiB after": memory_mib(process.pid),
        }


def main() -> None:
    """Measure every server."""
    os.environ["PYTHONPATH"] = "."
    show("server", [measure(name, command) for name, command in SERVERS.items()])


if __name__ == "__main__":
    main()
