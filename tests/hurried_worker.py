"""A worker in a hurry, in a process of its own: leases end soon, so proofs see what happens then.

It is the worker of `flask worker`, with some jobs more that tests want, and shorter times.
"""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from tagstore import create_app, worker
from tagstore.config import Settings
from tagstore.services.jobs import Progress, job, running
from tests import server

LEASE_S = 3.0
BACKOFF_S = 1
SWEEP_EVERY_S = 1.0
STEP_S = 0.02
PROGRAM = "from tests.hurried_worker import main; main()"


@job
def write_word(progress: Progress, path: str, word: str) -> None:
    """Add a word to a file."""
    with Path(path).open("a") as file:
        file.write(f"{word}\n")


@job
def go_on_until_stopped(progress: Progress, path: str) -> None:
    """Say in a file that this began, and that it ended."""
    write_word(progress, path, "began")
    try:
        while True:
            time.sleep(STEP_S)
            progress.report(0.5, "going on")
    finally:
        write_word(progress, path, "ended")


@job
def kill_the_worker(progress: Progress, path: str) -> None:
    """Die as a worker does that runs out of memory."""
    write_word(progress, path, "began")
    os.kill(os.getpid(), signal.SIGKILL)


class HurriedWorker:
    """Such a process; it starts anew as often as it is told."""

    def __init__(self, settings: Settings, hands: int) -> None:
        self.environment = server.environment(
            settings.data_dir,
            TAGSTORE_DATABASE_URL=settings.database_url,
            TAGSTORE_REDIS_URL=settings.redis_url,
            TAGSTORE_MEDIA_ROOTS=os.pathsep.join(map(str, settings.media_roots)),
            TAGSTORE_WORKERS=str(hands),
        )
        self.log = settings.data_dir / "worker.log"
        self.start()

    def start(self) -> None:
        """Start it; what it says is added to a file in the data directory."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM],
                cwd=server.ROOT,
                env=self.environment,
                stderr=log,
            )

    def kill(self) -> None:
        """Kill it in the middle of whatever it does."""
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        """Stop it where it is, as a machine does that is put to sleep."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on as if nothing had happened."""
        self.process.send_signal(signal.SIGCONT)


def main() -> None:
    """Work until told to stop."""
    running.LEASE, running.BACKOFF_S = timedelta(seconds=LEASE_S), BACKOFF_S
    worker.SWEEP_EVERY_S = SWEEP_EVERY_S
    worker.run(create_app())
