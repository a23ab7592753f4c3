"""One web process: it answers whoever comes to an address that was taken before."""

import errno
import signal
import socket
import time
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
PATIENCE_S, PAUSE_S = 1.0, 0.02
"""How long to wait for an address whose last holder was killed just now."""


def listen(bind: str) -> socket.socket:
    """Take the address, or say in one line why not."""
    host, _, port = bind.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    until = time.monotonic() + PATIENCE_S
    while True:
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host.strip("[]"), int(port)))
            listening.listen(BACKLOG)
            return listening
        except (OSError, OverflowError, ValueError) as error:
            listening.close()
            is_taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
            if not is_taken or time.monotonic() > until:
                raise TagstoreError(f"Cannot listen on {bind}: {error}.") from error
        time.sleep(PAUSE_S)


def answer(app: Flask, listening: socket.socket) -> None:
    """Answer all who come, until SIGTERM."""
    sandbox()  # The decoders start now, so that the first picture need not wait for them.
    server = _server(app, listening, depot().settings)
    with app.app_context():
        _end_on_signal(events.newsroom())
    server.run()


def _server(app: Flask, listening: socket.socket, settings: Settings) -> Any:
    is_alone = settings.database_file is not None and settings.bucket is None
    turns = Turns(THREADS, AT_ONCE_ALONE if is_alone else AT_ONCE_WITH_SERVERS)
    waiting.listen(turns.step_aside)
    server = waitress.create_server(
        app,
        _dispatcher=turns,
        sockets=[listening],
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
