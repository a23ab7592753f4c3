"""One web process: it answers whoever comes to an address that was taken before."""

import ctypes
import errno
import mmap
import os
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

import waitress
from flask import Flask

from tagstore import waiting
from tagstore.cli.framing import Channel
from tagstore.cli.turns import Turns
from tagstore.config import Settings
from tagstore.errors import TagstoreError
from tagstore.services import events
from tagstore.services.depot import depot, sandbox

THREADS = 600
AT_ONCE_ALONE, AT_ONCE_WITH_SERVERS = 1, 4
"""On how many requests to work at once; with other servers, there is time while these answer."""
CONNECTIONS = 3000
BACKLOG = 1024
RECEIVE_AT_ONCE = 256 * 1024
"""Waitress's own 8 KiB cost an upload three quarters of its speed."""
HEAD_START_S = 0.001
PATIENCE_S, PAUSE_S = 1.0, 0.02
"""How long to wait for an address whose last holder was killed just now."""


def take(bind: str) -> socket.socket:
    """Take the address, or say in one line why not; nobody is let in yet."""
    host, _, port = bind.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    until = time.monotonic() + PATIENCE_S
    while True:
        address = socket.socket(family, socket.SOCK_STREAM)
        address.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            address.bind((host.strip("[]"), int(port)))
            return address
        except (OSError, OverflowError, ValueError) as error:
            address.close()
            is_taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
            if not is_taken or time.monotonic() > until:
                raise TagstoreError(f"Cannot listen on {bind}: {error}.") from error
        time.sleep(PAUSE_S)


class Door(socket.socket):
    """An address where several processes wait: who has more connections lets others go first."""

    def __init__(self, address: socket.socket, loads: "memoryview[int]", number: int) -> None:
        super().__init__(fileno=os.dup(address.fileno()))
        self._loads, self._number = loads, number
        self.count: Callable[[], int] = int
        """Returns how many connections this process has."""

    def accept(self) -> tuple[socket.socket, Any]:
        """Take a connection, if no other process has taken it meanwhile."""
        self._loads[self._number] = self.count()
        if self._loads[self._number] > min(self._loads):
            time.sleep(HEAD_START_S)
        taken = super().accept()
        self._loads[self._number] += 1
        return taken


def doors(address: socket.socket, number: int) -> list[Door]:
    """Open an address that was taken, for so many forks of this process."""
    address.listen(BACKLOG)
    loads = memoryview(mmap.mmap(-1, number * ctypes.sizeof(ctypes.c_int))).cast("i")
    return [Door(address, loads, each) for each in range(number)]


def answer(app: Flask, door: Door) -> None:
    """Answer all who come, until SIGTERM."""
    sandbox()  # The decoders start now, so that the first picture need not wait for them.
    server = _server(app, door, depot().settings)
    door.count = lambda: len(server.active_channels)
    with app.app_context():
        _end_on_signal(events.newsroom())
    server.run()


def _server(app: Flask, door: Door, settings: Settings) -> Any:
    is_alone = settings.database_file is not None and settings.bucket is None
    turns = Turns(THREADS, AT_ONCE_ALONE if is_alone else AT_ONCE_WITH_SERVERS)
    waiting.listen(turns.step_aside)
    server = waitress.create_server(
        app,
        _dispatcher=turns,
        sockets=[door],
        backlog=BACKLOG,
        connection_limit=CONNECTIONS,
        asyncore_use_poll=True,  # select() cannot have more than 1024 files open.
        max_request_body_size=settings.max_upload,
        channel_timeout=120,
        recv_bytes=RECEIVE_AT_ONCE,
        ident=None,
        clear_untrusted_proxy_headers=False,
    )
    server.channel_class = Channel
    return server


def _end_on_signal(newsroom: events.Newsroom) -> None:
    """Let whoever follows something go first: the server waits for all that it is doing."""

    def interrupt(*_: Any) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # Once will do.
        newsroom.close()
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
