"""flask serve, flask worker and flask demo: what runs."""

import ctypes
import gc
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from functools import partial
from pathlib import Path

import click
from flask_migrate import upgrade

from tagstore import metrics
from tagstore import worker as job_worker
from tagstore.cli import crew, web
from tagstore.cli.base import faults_told, reading, standalone, the_app, writing
from tagstore.config import Settings
from tagstore.errors import Conflict
from tagstore.services import credentials, users
from tagstore.services import demo as demo_project
from tagstore.services.depot import depot
from tagstore.services.passwords import hash_password
from tagstore.values import SYSTEM

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
    taken = web.take(bind or settings.bind)
    host, port = taken.getsockname()[:2]
    address = f"http://{host}:{port}"
    crew.do_apart(partial(_first_start, settings, address))
    doors = web.doors(taken, settings.processes or crew.usual_size())
    _share_memory()
    gc.freeze()  # What is loaded by now stays: looking for garbage in it cost 40 ms a time.
    gc.set_threshold(GARBAGE_EVERY)  # A bulk makes a million things and no garbage in circles.
    with tempfile.TemporaryDirectory(prefix="tagstore-") as folder:
        metrics.count_together(Path(folder))
        beside = _start_worker() if worker else None
        try:
            crew.keep_working(
                [partial(web.answer, app, door) for door in doors],
                tell=lambda: click.echo(f"ready {address}", err=True),
            )
        finally:
            if beside is not None:
                beside.terminate()
                beside.wait()


def _share_memory() -> None:
    """Let all threads take memory from one place; what one gave back no other would use else."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 1)


def _start_worker() -> "subprocess.Popen[bytes]":
    """Start a worker that Ctrl-C does not reach, and that ends when this process does."""
    command = [sys.executable, "-m", "flask", "worker", "--until-eof"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)


def _first_start(settings: Settings, address: str) -> None:
    """Bring the database up to date; if the store is empty, make an administrator and a demo."""
    with faults_told():
        upgrade()
        with reading():
            is_begun = not users.is_empty()
        if not is_begun:
            _begin_store(settings, address)


def _begin_store(settings: Settings, address: str) -> None:
    """Make an administrator and, if wished, a demo project."""
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
