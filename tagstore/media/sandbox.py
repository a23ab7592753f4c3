"""Decoding of untrusted files in child processes with limits on time and memory."""

import pickle
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from tagstore.errors import Busy, NotFound
from tagstore.media.sandbox_worker import Answer, Child

T = TypeVar("T")


def refuse(name: str, arguments: tuple[Any, ...]) -> bytes:
    """Answer nothing: such children read files of this machine only."""
    raise NotFound("There is nobody to ask for that.")


class Sandbox:
    """A pool of children that run module-level functions. May be called from any thread.

    A child that hangs, crashes or wants too much memory is ended and replaced, and its caller is
    told Unreadable with the reason. Errors of our own (TagstoreError) travel as they are.

    Parameters
    ----------
    workers : int
        How many children; further callers wait their turn, first come, first served.
    memory_bytes : int
        The address space of a child.
    queue : int
        How many callers may wait before the next is told Busy.
    answer : callable
        Answers what children ask for; what it raises ends the call that it was needed for.
    """

    def __init__(
        self,
        workers: int = 2,
        memory_bytes: int = 2 << 30,
        *,
        queue: int = 2000,
        answer: Answer = refuse,
    ) -> None:
        self._memory_bytes = memory_bytes
        self._queue = queue
        self._answer = answer
        self._modules: list[str] = []
        self._lock = threading.Lock()
        self._idle: list[Child | None] = [None] * workers
        self._waiting: deque[Ticket] = deque()
        self._closed = False
        self._children: set[Child] = set()
        self._finalizer = weakref.finalize(self, _end_all, self._children)

    def run(self, function: Callable[..., T], *arguments: Any, timeout_s: float = 30.0) -> T:
        """Return `function(*arguments)`, computed in a child.

        Parameters
        ----------
        function : callable
            Found by its module and name, so not a lambda; it and its results are pickled.
        timeout_s : float
            Wall time for the call itself; waiting for a free child does not count.

        Raises
        ------
        Unreadable
            When the child exceeded its time or memory, or crashed.
        Busy
            When too many callers wait already.
        """
        call = pickle.dumps((timeout_s, function, arguments), protocol=5)
        with self._lend() as child:
            result: T = child.call(call, timeout_s)
            return result

    def iterate(
        self, function: Callable[..., Iterable[T]], *arguments: Any, timeout_s: float = 60.0
    ) -> Iterator[T]:
        """Yield what a generator function yields in a child, which works one item ahead.

        `timeout_s` holds for each item. Whoever stops early stops the child's generator too.
        """
        call = pickle.dumps((timeout_s, function, arguments), protocol=5)
        with self._lend() as child:
            yield from child.stream(call, timeout_s)

    def warm(self, modules: Iterable[str] = ()) -> None:
        """Start the children now and let them import modules; does not wait for them."""
        with self._lock:
            self._modules = list(modules)
            missing = sum(child is None for child in self._idle)
            self._idle = [child for child in self._idle if child is not None]
        for _ in range(missing):
            self._give_back(self._start())

    def close(self) -> None:
        """End all children; whoever waits is told Busy."""
        with self._lock:
            self._closed = True
            waiting, self._waiting = list(self._waiting), deque()
        for ticket in waiting:
            ticket.called.set()
        _end_all(self._children)

    @contextmanager
    def _lend(self) -> Iterator[Child]:
        child = self._take()
        try:
            if child is None or not child.alive():
                self._drop(child)
                child = self._start()
            yield child
        finally:
            if child is not None and child.busy:
                self._drop(child)
                child = None
                # The next caller tries again when no process can be started now.
                with suppress(OSError, Busy):
                    child = self._start()
            self._give_back(child)

    def _take(self) -> Child | None:
        ticket = Ticket()
        with self._lock:
            if self._closed:
                raise Busy("Tagstore is shutting down.")
            if self._idle and not self._waiting:
                return self._idle.pop()
            if len(self._waiting) >= self._queue:
                raise Busy("Too many files are being decoded; try again in a moment.")
            self._waiting.append(ticket)
        try:
            ticket.called.wait()
        except BaseException:
            self._withdraw(ticket)
            raise
        if not ticket.served:
            raise Busy("Tagstore is shutting down.")
        return ticket.child

    def _withdraw(self, ticket: "Ticket") -> None:
        with self._lock, suppress(ValueError):
            self._waiting.remove(ticket)
        if ticket.served:
            self._give_back(ticket.child)

    def _give_back(self, child: Child | None) -> None:
        with self._lock:
            if not self._waiting:
                self._idle.append(child)
                return
            ticket = self._waiting.popleft()
            ticket.child, ticket.served = child, True
        ticket.called.set()

    def _start(self) -> Child:
        child = Child(self._memory_bytes, self._modules, self._answer)
        self._children.add(child)
        if self._closed:
            self._drop(child)
            raise Busy("Tagstore is shutting down.")
        return child

    def _drop(self, child: Child | None) -> None:
        if child is not None:
            self._children.discard(child)
            child.end()


class Ticket:
    """A place in the queue."""

    def __init__(self) -> None:
        self.called = threading.Event()
        self.served = False
        self.child: Child | None = None


def _end_all(children: set[Child]) -> None:
    while children:
        with suppress(KeyError):
            children.pop().end()
