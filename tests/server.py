"""A real server process, as `make run` starts it, on a free port and a folder of its own."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from tagstore.config import Settings

ROOT = Path(__file__).parent.parent
START_S = 120.0
STOP_S = 20.0


@dataclass
class Server:
    """A running `flask serve`; `lines` is what it wrote on stderr."""

    data_dir: Path
    options: tuple[str, ...]
    settings: dict[str, str]
    lines: list[str] = field(default_factory=list)
    process: "subprocess.Popen[str]" = field(init=False)

    def __post_init__(self) -> None:
        self._start("127.0.0.1:0")

    @property
    def address(self) -> str:
        """Where it listens, read off its own ready line."""
        return self.said(r"ready (http://\S+)")

    def said(self, pattern: str) -> str:
        """Wait until it has written what matches, and return the first group."""
        return self._wait(pattern, 0)

    def _wait(self, pattern: str, before: int) -> str:
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            for line in self.lines[before:]:
                match = re.search(pattern, line)
                if match:
                    return match[1]
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError(f"The server never said {pattern!r}:\n" + "\n".join(self.lines))

    def flask(self, *arguments: str, stdin: str = "", **settings: str) -> str:
        """Run a command beside it, set as it is, and return what it prints."""
        return run_flask(self.data_dir, *arguments, stdin=stdin, **self.settings | settings)

    def start_again(self) -> None:
        """Start it once more where it was, after it has ended, and wait until it is ready."""
        address = self.address.removeprefix("http://")
        before = len(self.lines)
        self._start(address)
        self._wait(rf"ready http://({address})", before)

    def stop(self) -> int:
        """Stop it as Ctrl-C does, and return its exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(STOP_S)

    def kill(self) -> None:
        """Kill it in the middle of whatever it does."""
        self.process.kill()
        self.process.wait(STOP_S)

    def _start(self, address: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flask", "serve", "--bind", address, *self.options],
            cwd=ROOT,
            env=environment(self.data_dir, **self.settings),
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        assert process.stderr is not None
        for line in process.stderr:
            self.lines.append(line.rstrip("\n"))


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """Return the environment of a process that works on this folder."""
    ours = {name: text for name, text in os.environ.items() if not name.startswith("TAGSTORE_")}
    return {**ours, "TAGSTORE_DATA_DIR": str(data_dir), "TAGSTORE_LOG": "json", **settings}


def run_flask(data_dir: Path, *arguments: str, stdin: str = "", **settings: str) -> str:
    """Run a flask command on a data folder and return what it prints."""
    return subprocess.run(
        [sys.executable, "-m", "flask", *arguments],
        cwd=ROOT,
        env=environment(data_dir, **settings),
        input=stdin,
        text=True,
        check=True,
        capture_output=True,
        timeout=120,
    ).stdout.strip()


def start(data_dir: Path, *options: str, **settings: str) -> Server:
    """Start a server on a data folder; TAGSTORE_DEMO is off unless it is set."""
    return Server(data_dir, options, {"TAGSTORE_DEMO": "0", **settings})


def start_on(settings: Settings, *options: str, **more: str) -> Server:
    """Start a server on the data folder, the database and the Redis of a test's settings."""
    urls = {
        "TAGSTORE_DATABASE_URL": settings.database_url,
        "TAGSTORE_REDIS_URL": settings.redis_url,
    }
    return start(settings.data_dir, *options, **urls, **more)
