"""The worker: takes promised jobs and does them, until it is told to stop."""

import importlib
import os
import threading
import time
from typing import TYPE_CHECKING

import structlog

from tagstore.db import transaction
from tagstore.services import depot
from tagstore.services.jobs import later, queue, running, sweep

if TYPE_CHECKING:
    from flask import Flask

WORK = (
    "tagstore.services.media_files.work",
    "tagstore.services.imports.working",
    "tagstore.services.jobs.purging",
)
"""The modules whose functions jobs may name."""

SWEEP_EVERY_S = 5.0
NICENESS = 10
PATIENCE_S = 5.0
DAY_S = 24 * 3600.0

log = structlog.get_logger()


def run(app: "Flask") -> None:
    """Do jobs until SIGTERM or SIGINT; what is unfinished then is left to the next worker."""
    for module in WORK:
        importlib.import_module(module)
    os.nice(NICENESS)  # People who wait for a tile come first.
    queue.mend()
    running.stopping.clear()
    stop = threading.Event()
    threading.Thread(target=_sweep, args=(app, stop), name="sweep", daemon=True).start()
    from tagstore.services.jobs.hands import Hands

    try:
        Hands(app.app_context, max(1, depot.depot().settings.workers)).run()
    finally:
        stop.set()
        _wind_down(app)


def _sweep(app: "Flask", stop: threading.Event) -> None:
    """Look for lost promises now and then, and promise the daily clearing up."""
    purged_at = -DAY_S
    while True:
        try:
            with app.app_context():
                sweep()
                if time.monotonic() - purged_at > DAY_S:
                    purged_at = time.monotonic()
                    _promise_purge()
        except Exception as error:
            log.error("the sweep failed", exc_info=error)
        if stop.wait(SWEEP_EVERY_S):
            return


def _promise_purge() -> None:
    from tagstore.services.jobs.purging import purge

    with transaction(writing=True):
        later(purge, sameness="purge", priority=-10)


def _wind_down(app: "Flask") -> None:
    """Let running jobs notice that they are to stop, then give their promises back."""
    running.stopping.set()
    until = time.monotonic() + PATIENCE_S
    while running.busy() and time.monotonic() < until:
        time.sleep(0.05)
    with app.app_context():
        running.let_all_go()
    depot.close()
