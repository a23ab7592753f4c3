"""The child side of the sandbox: a process that runs what it is told within its limits.

Started as a file, so that neither the web framework nor the server's own `__main__` is imported.
"""

import fcntl
import importlib
import os
import pickle
import resource
import socket
import struct
import sys
import time
import traceback
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

HEADER = struct.Struct("<cQ")
CALL, ITERATE, NEXT, STOP = b"C", b"I", b"N", b"S"
READY, RESULT, ITEM, END, FAULT, MEMORY = b"G", b"R", b"Y", b"E", b"F", b"M"
ASK, ANSWER = b"A", b"W"
MAX_MESSAGE = 1 << 30


class Lost(Exception):
    """The other side is gone, or does not speak our language."""


def send(channel: socket.socket, tag: bytes, payload: bytes = b"") -> None:
    """Send one message: a tag, a length and the bytes."""
    if len(payload) < 4096:
        channel.sendall(HEADER.pack(tag, len(payload)) + payload)
        return
    channel.sendall(HEADER.pack(tag, len(payload)))
    channel.sendall(payload)


def receive(channel: socket.socket, deadline: float | None = None) -> tuple[bytes, bytearray]:
    """Receive one message before a monotonic time, or raise TimeoutError or Lost."""
    tag, size = HEADER.unpack(_exactly(channel, HEADER.size, deadline))
    if size > MAX_MESSAGE:
        raise Lost
    return tag, _exactly(channel, size, deadline)


def _exactly(channel: socket.socket, size: int, deadline: float | None) -> bytearray:
    content = bytearray(size)
    view, at = memoryview(content), 0
    while at < size:
        if deadline is not None:
            channel.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            got = channel.recv_into(view[at:])
        except ConnectionError as error:
            raise Lost from error
        if got == 0:
            raise Lost
        at += got
    return content


class Line:
    """The child's end: what the parent says comes in order, but for answers to questions."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._early: deque[tuple[bytes, bytearray]] = deque()

    def send(self, tag: bytes, payload: bytes = b"") -> None:
        """Tell the parent something."""
        send(self._channel, tag, payload)

    def receive(self) -> tuple[bytes, bytearray]:
        """Wait for what the parent says next."""
        return self._early.popleft() if self._early else receive(self._channel)

    def ask(self, name: str, arguments: tuple[Any, ...]) -> bytes:
        """Ask the parent in the middle of a call, and wait for the answer."""
        self.send(ASK, pickle.dumps((name, arguments), protocol=5))
        while True:
            tag, payload = receive(self._channel)
            if tag == ANSWER:
                return bytes(payload)
            self._early.append((tag, payload))


def main(descriptor: int, memory_bytes: int, modules: list[str]) -> None:
    """Serve calls until the parent is gone."""
    _die_with_parent()
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    line = Line(socket.socket(fileno=descriptor))
    # A bare package in its place: the real one builds the whole application when imported.
    package = ModuleType("tagstore")
    package.__path__ = [str(Path(__file__).parents[1])]
    sys.modules["tagstore"] = package
    importlib.import_module("tagstore.media.parent").asks.append(line.ask)
    try:
        for module in modules:
            importlib.import_module(module)
    except Exception as error:
        line.send(FAULT, _describe(error))
        return
    line.send(READY)
    try:
        while True:
            tag, payload = line.receive()
            if tag in (CALL, ITERATE):
                _answer(line, tag, payload)
    except Lost:
        return


def _die_with_parent() -> None:
    """Let the kernel end this process when the parent closes our standard input.

    A signal works where a watching thread would not: in a decoder that hangs and holds the GIL.
    """
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)


def _answer(line: Line, tag: bytes, payload: bytearray) -> None:
    try:
        timeout_s, function, arguments = pickle.loads(payload)
        if tag == ITERATE:
            _stream(line, timeout_s, iter(function(*arguments)))
            reply = END, b""
        else:
            _limit_processor(timeout_s)
            reply = RESULT, pickle.dumps(function(*arguments), protocol=5)
    except Lost:
        raise
    except MemoryError:
        reply = MEMORY, b""
    except Exception as error:
        reply = FAULT, _describe(error)
    line.send(*reply)


def _stream(line: Line, timeout_s: float, items: Iterator[Any]) -> None:
    """Send an item for each NEXT, which the parent may send ahead, until STOP or the end."""
    while line.receive()[0] == NEXT:
        _limit_processor(timeout_s)
        try:
            item = next(items)
        except StopIteration:
            return
        line.send(ITEM, pickle.dumps(item, protocol=5))


def _limit_processor(timeout_s: float) -> None:
    """Give this call its processor time; SIGXCPU ends even what nobody waits for any more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = used.ru_utime + used.ru_stime + timeout_s * (os.cpu_count() or 1) + 2
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(allowed), hard))


def _describe(error: Exception) -> bytes:
    story = "".join(traceback.format_exception(error))
    try:
        described = pickle.dumps((type(error), error.args, vars(error), story))
        pickle.loads(described)
    except Exception:
        return pickle.dumps((RuntimeError, (repr(error),), {}, story))
    return described


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
