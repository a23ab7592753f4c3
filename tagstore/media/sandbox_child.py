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
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

HEADER = struct.Struct("<cQ")
CALL, ITERATE, NEXT, STOP = b"C", b"I", b"N", b"S"
READY, RESULT, ITEM, END, FAULT, MEMORY = b"G", b"R", b"Y", b"E", b"F", b"M"
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


def main(descriptor: int, memory_bytes: int, modules: list[str]) -> None:
    """Serve calls until the parent is gone."""
    _die_with_parent()
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    channel = socket.socket(fileno=descriptor)
    # A bare package in its place: the real one builds the whole application when imported.
    package = ModuleType("tagstore")
    package.__path__ = [str(Path(__file__).parents[1])]
    sys.modules["tagstore"] = package
    try:
        for module in modules:
            importlib.import_module(module)
    except Exception as error:
        send(channel, FAULT, _describe(error))
        return
    send(channel, READY)
    try:
        while True:
            tag, payload = receive(channel)
            if tag in (CALL, ITERATE):
                _answer(channel, tag, payload)
    except Lost:
        return


def _die_with_parent() -> None:
    """Let the kernel end this process when the parent closes our standard input.

    A signal works where a watching thread would not: in a decoder that hangs and holds the GIL.
    """
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)


def _answer(channel: socket.socket, tag: bytes, payload: bytearray) -> None:
    try:
        timeout_s, function, arguments = pickle.loads(payload)
        if tag == ITERATE:
            _stream(channel, timeout_s, iter(function(*arguments)))
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
    send(channel, *reply)


def _stream(channel: socket.socket, timeout_s: float, items: Iterator[Any]) -> None:
    """Send an item for each NEXT, which the parent may send ahead, until STOP or the end."""
    while receive(channel)[0] == NEXT:
        _limit_processor(timeout_s)
        try:
            item = next(items)
        except StopIteration:
            return
        send(channel, ITEM, pickle.dumps(item, protocol=5))


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
