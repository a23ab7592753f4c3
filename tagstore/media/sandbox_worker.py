"""The parent side of the sandbox: one child process and what is said to it."""

import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from tagstore.errors import Unreadable
from tagstore.media import sandbox_child as wire

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 2.0
MEMORY = {
    "MALLOC_ARENA_MAX": "2",  # Each arena reserves 64 MiB of the address space that we limit.
    # Blocks of some MiB are used again, which saves a fifth of a tile's time in page faults.
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
}
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_MAX_THREADS"), "1"
)
PRIVATE = ("AWS_", "TAGSTORE_")
"""How the names of variables begin that are no business of a decoder: secrets, mostly."""

Answer = Callable[[str, tuple[Any, ...]], bytes]
"""Answers what a child asks in the middle of a call; see tagstore.media.parent."""


class Child:
    """One process, for one caller at a time.

    Whatever ends it is told as Unreadable; errors raised by the function come as they are, and
    so do those of answering it, with which its call is over.
    """

    def __init__(self, memory_bytes: int, modules: list[str], answer: Answer) -> None:
        self._channel, theirs = socket.socketpair()
        with theirs:
            descriptor = theirs.fileno()
            self._process = subprocess.Popen(
                [sys.executable, "-P", wire.__file__, str(descriptor), str(memory_bytes), *modules],
                stdin=subprocess.PIPE,  # Never written: its closing tells the child of our death.
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[descriptor],
                env=_environment(),
                start_new_session=True,
            )
        self._ready = False
        self._memory_bytes = memory_bytes
        self._answer = answer
        self.busy = False
        """Whether it has not finished what it was asked; such a child is not lent again."""

    def alive(self) -> bool:
        """Tell whether the process still runs."""
        return self._process.poll() is None

    def end(self) -> None:
        """Kill the process and forget it."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._channel.close()

    def call(self, payload: bytes, timeout_s: float) -> Any:
        """Ask for one result."""
        self._ask(wire.CALL, payload)
        _, content = self._reply(timeout_s)
        self.busy = False
        return pickle.loads(content)

    def stream(self, payload: bytes, timeout_s: float) -> Iterator[Any]:
        """Ask for items, always one ahead of who consumes them."""
        self._ask(wire.ITERATE, payload)
        self._send(wire.NEXT)
        try:
            while True:
                self._send(wire.NEXT)
                tag, content = self._reply(timeout_s)
                if tag == wire.END:
                    self.busy = False
                    return
                yield pickle.loads(content)
        except GeneratorExit:
            self._stop()
            raise

    def _stop(self) -> None:
        with suppress(Exception):
            self._send(wire.STOP)
            while self._reply(STOP_TIMEOUT_S)[0] != wire.END:
                pass
            self.busy = False

    def _ask(self, tag: bytes, payload: bytes) -> None:
        self.busy = True
        if not self._ready:
            self._reply(START_TIMEOUT_S)
            self._ready = True
        self._send(tag, payload)

    def _send(self, tag: bytes, payload: bytes = b"") -> None:
        self._channel.settimeout(START_TIMEOUT_S)
        # A child that died says so at the next reply.
        with suppress(OSError):
            wire.send(self._channel, tag, payload)

    def _reply(self, timeout_s: float) -> tuple[bytes, bytearray]:
        until = time.monotonic() + timeout_s
        tag, content = self._hear(until, timeout_s)
        while tag == wire.ASK:
            self._send(wire.ANSWER, self._answer(*pickle.loads(content)))
            tag, content = self._hear(until, timeout_s)
        if tag == wire.MEMORY:
            gibibytes = self._memory_bytes / (1 << 30)
            raise Unreadable(f"Decoding needs more than {gibibytes:.3g} GiB of memory.")
        if tag == wire.FAULT:
            self.busy = not self._ready
            raise _rebuilt(content)
        return tag, content

    def _hear(self, until: float, timeout_s: float) -> tuple[bytes, bytearray]:
        try:
            return wire.receive(self._channel, until)
        except TimeoutError as error:
            raise Unreadable(f"Decoding took longer than {timeout_s:g} s.") from error
        except (wire.Lost, OSError) as error:
            raise Unreadable(self._last_words()) from error

    def _last_words(self) -> str:
        try:
            code = self._process.wait(timeout=STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            return "The decoder stopped answering."
        if code == -signal.SIGXCPU:
            return "Decoding took more processor time than it is allowed."
        if code == -signal.SIGKILL:
            return "Decoding was stopped by the system, most likely for lack of memory."
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return f"The file crashed its decoder ({name})."


def _rebuilt(content: bytearray) -> Exception:
    kind, arguments, state, story = pickle.loads(content)
    error: Exception = kind.__new__(kind, *arguments)
    error.args = arguments
    vars(error).update(state)
    error.add_note(f"In the sandbox:\n{story}")
    return error


def _environment() -> dict[str, str]:
    path = os.pathsep.join(str(Path(entry).resolve()) for entry in sys.path)
    ours = {name: text for name, text in os.environ.items() if not name.startswith(PRIVATE)}
    return {**ours, **ONE_THREAD, **MEMORY, "PYTHONPATH": path}
