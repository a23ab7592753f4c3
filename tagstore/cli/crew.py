"""Processes that do the same side by side: begun alike, replaced when one ends, ended together.

They are forks of one that only watches, so that what was loaded before is in memory once. What a
fork must not take along, threads, connections and child processes, each begins for itself.
"""

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from typing import Any

import structlog

from tagstore import metrics

MOST_BY_DEFAULT = 2
"""More take memory that a laptop has other uses for."""
PAUSE_S = 1.0
"""Between the end of a process and its successor, should it end again at once."""
ENDING = {signal.SIGINT, signal.SIGTERM}

log = structlog.get_logger()


def usual_size() -> int:
    """Return how many processes there are where nobody says it: one a core, but few."""
    return min(MOST_BY_DEFAULT, os.cpu_count() or 1)


def do_apart(work: Callable[[], None]) -> None:
    """Do something in a process of its own, which leaves nothing open; if it fails, so do we."""
    process = _begin(work)
    process.join()
    if process.exitcode:
        sys.exit(process.exitcode)


def keep_working(works: Sequence[Callable[[], None]], tell: Callable[[], None]) -> None:
    """Have each work done by a process until a signal comes; return when all have ended.

    `tell` is called once they have begun.
    """
    for ending in ENDING:  # A shell starts what it puts in the background deaf to Ctrl-C.
        signal.signal(ending, signal.default_int_handler)
    crew: list[ForkProcess] = []
    try:
        crew += map(_begin, works)
        tell()
        while True:
            wait([each.sentinel for each in crew])
            for place, work in enumerate(works):
                if not crew[place].is_alive():
                    crew[place] = _follow(crew[place], work)
    except KeyboardInterrupt:
        for each in crew:
            each.terminate()
        for each in crew:
            each.join()


def _follow(ended: ForkProcess, work: Callable[[], None]) -> ForkProcess:
    """Start a process in the place of one that has ended."""
    log.error("a web process ended; another follows", pid=ended.pid, code=ended.exitcode)
    metrics.forget_process(int(ended.pid or 0))
    time.sleep(PAUSE_S)
    return _begin(work)


def _begin(work: Callable[[], None]) -> ForkProcess:
    """Start a process; no signal reaches it before it knows what to do then."""
    process = multiprocessing.get_context("fork").Process(target=_work, args=(work,), daemon=True)
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    return process


def _work(work: Callable[[], None]) -> None:
    """Work, until it is done or the process that watches ends it. Ctrl-C is for that one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    threading.Thread(target=_end_with_parent, name="watch", daemon=True).start()
    work()


def _end_with_parent() -> None:
    """End at once when the process that watches is gone: who starts it anew needs the address."""
    parent: Any = multiprocessing.parent_process()
    parent.join()
    os.kill(os.getpid(), signal.SIGKILL)
