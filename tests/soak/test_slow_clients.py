"""Two hundred clients that send a byte every five seconds keep nobody else waiting."""

import contextlib
import http.client
import os
import socket
import threading
import time

import pytest

from tests import server

pytestmark = pytest.mark.soak

CLIENTS = 200
FOR_S = 60.0 if os.environ.get("SOAK") else 12.0
EVERY_S = 5.0
LONGEST_S = 1.0
OFTEN = 0.95

HEADS = b"GET /api/v0/project/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
BODIES = (
    b"POST /api/v0/bulkTagCreate/1/ HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n["
)


def dribble(address: tuple[str, int], head: bytes, until: float, ready: threading.Barrier) -> None:
    """Send what a request begins with, and then a byte now and then."""
    with socket.create_connection(address) as client:
        client.sendall(head)
        ready.wait()
        with contextlib.suppress(OSError):
            while time.monotonic() < until:
                time.sleep(EVERY_S)
                client.sendall(b" ")


def took_s(address: tuple[str, int]) -> float:
    """Return the seconds that an unrelated GET takes on a new connection."""
    began = time.monotonic()
    connection = http.client.HTTPConnection(*address, timeout=30)
    connection.request("GET", "/healthz")
    status = connection.getresponse().status
    connection.close()
    assert status == 200
    return time.monotonic() - began


@pytest.mark.only("sqlite")  # It is about the web server; no request here asks the database.
@pytest.mark.parametrize("head", [HEADS, BODIES], ids=["heads", "bodies"])
def test_slow_clients_keep_nobody_else_waiting(app, settings, head):
    running = server.start_on(settings, "--no-worker")
    host, port = running.address.removeprefix("http://").split(":")
    address, until = (host, int(port)), time.monotonic() + FOR_S
    ready = threading.Barrier(CLIENTS + 1)
    clients = [
        threading.Thread(target=dribble, args=(address, head, until, ready), daemon=True)
        for _ in range(CLIENTS)
    ]

    taken = []
    try:
        for client in clients:
            client.start()
        ready.wait(30)
        while time.monotonic() < until:
            taken.append(took_s(address))
            time.sleep(0.1)
    finally:
        running.kill()

    assert len(taken) > FOR_S / (LONGEST_S + 0.1)
    assert max(taken) < EVERY_S
    assert sorted(taken)[int(OFTEN * len(taken))] < LONGEST_S
