"""flask serve, flask worker and flask demo: what runs."""

import ctypes
import gc
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from typing import Any

import click
import waitress
from flask import Flask
from flask_migrate import upgrade

from tagstore import waiting
from tagstore import worker as job_worker
from tagstore.cli.base import reading, standalone, the_app, writing
from tagstore.cli.framing import Channel
from tagstore.cli.turns import Turns
from tagstore.config import Settings
from tagstore.errors import Conflict, TagstoreError
from tagstore.services import credentials, events, users
from tagstore.services import demo as demo_project
from tagstore.services.depot import depot, sandbox
from tagstore.services.passwords import hash_password
from tagstore.values import SYSTEM

THREADS = 600
AT_ONCE_ALONE, AT_ONCE_WITH_SERVERS = 1, 4
"""On how many requests to work at once; with other servers, there is time while these answer."""
CONNECTIONS = 3000
RECEIVE_AT_ONCE = 256 * 1024
"""Waitress's own 8 KiB cost an upload three quarters of its speed."""
GARBAGE_EVERY = 100_000
M_ARENA_MAX = -8
"""What glibc's malloc.h calls the option."""

ADMIN = "admin"


@standalone("serve")
@click.option("--bind", help="HOST:PORT; default: the setting.")
@click.option("--worker/--no-worker", default=True, help="Whether to run a worker beside.")
def serve(bind: str | None, worker: bool) -> None:
    """Serve pages and API, with a worker beside, until Ctrl-C."""
    app = the_app()
    settings = depot().settings
    listening = _listen(bind or settings.bind)
    host, port = listening.getsockname()[:2]
    address = f"http://{host}:{port}"
    upgrade()
    sandbox()  # The decoders start now, so that the first picture need not wait for them.
    _first_start(settings, address)
    beside = _start_worker() if worker else None
    with app.app_context():
        _end_streams_on_signals(events.newsroom())
    _share_memory()
    gc.freeze()  # What is loaded by now stays: looking for garbage in it cost 40 ms a time.
    gc.set_threshold(GARBAGE_EVERY)  # A bulk makes a million things and no garbage in circles.
    server = _server(app, listening, settings)
    click.echo(f"ready {address}", err=True)
    try:
        server.run()
    finally:
        if beside is not None:
            beside.terminate()
            beside.wait()


def _server(app: Flask, listening: socket.socket, settings: Settings) -> Any:
    """Return the web server for an address that was taken."""
    is_alone = settings.database_file is not None and settings.bucket is None
    turns = Turns(THREADS, AT_ONCE_ALONE if is_alone else AT_ONCE_WITH_SERVERS)
    waiting.listen(turns.step_aside)
    server = waitress.create_server(
        app,
        _dispatcher=turns,
        sockets=[listening],
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


def _end_streams_on_signals(newsroom: events.Newsroom) -> None:
    """Let whoever follows something go first: the server waits for all that it is doing."""

    def interrupt(*_: Any) -> None:
        newsroom.close()
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGINT, interrupt)


def _share_memory() -> None:
    """Let all threads take memory from one place; what one gave back no other would use else."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 1)


def _listen(bind: str) -> socket.socket:
    """Take the address, or say in one line why not."""
    host, _, port = bind.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host.strip("[]"), int(port)))
    except (OSError, OverflowError, ValueError) as error:
        listening.close()
        raise TagstoreError(f"Cannot listen on {bind}: {error}.") from error
    return listening


def _start_worker() -> "subprocess.Popen[bytes]":
    """Start a worker that Ctrl-C does not reach, and that ends when this process does."""
    command = [sys.executable, "-m", "flask", "worker", "--until-eof"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)


def _first_start(settings: Settings, address: str) -> None:
    """Make an administrator and, if wished, a demo project in an empty store."""
    with reading():
        if not users.is_empty():
            return
    password = secrets.token_urlsafe(9)
    password_hash = hash_password(password)
    try:
        with writing():
            admin = users.add_user(SYSTEM, ADMIN, password_hash, is_admin=True)
            link = credentials.make_sign_in_link(admin)
            actor = admin.actor
    except Conflict:
        return  # Another server of this store was started at the same time, and is faster.
    click.echo(f"user      {ADMIN}", err=True)
    click.echo(f"password  {password}", err=True)
    click.echo(f"sign in   {settings.public_url or address}/login/{link}  (works once)", err=True)
    if settings.demo:  # Last: it takes a while, and fails where the storage is away.
        demo_project.make_demo(actor)


@standalone("worker")
@click.option("--until-eof", is_flag=True, hidden=True, help="Stop when standard input ends.")
def worker(until_eof: bool) -> None:
    """Run jobs until told to stop."""
    if until_eof:
        threading.Thread(target=_stop_at_eof, daemon=True).start()
    job_worker.run(the_app())


def _stop_at_eof() -> None:
    """Stop this process when whoever started it is gone, however that ended."""
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGTERM)


@standalone("demo")
def demo() -> None:
    """Make the demo project."""
    demo_project.make_demo(SYSTEM)
    click.echo("The project demo is there.", err=True)
