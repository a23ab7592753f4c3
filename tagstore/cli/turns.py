"""Whose turn it is: the web server works on few requests at once, first come, first served.

Python computes one thing at a time. Sixteen requests side by side hand the interpreter's lock to
each other at every row that SQLite gives, and each is ready only when nearly all are. A turn ends
with the request, after `QUICK_S`, when its thread is about to wait for another one, or when it
begins an answer that may last.
"""

import threading
import time
from typing import Any

from waitress.task import ThreadedTaskDispatcher, WSGITask

QUICK_S = 0.02
"""Who takes longer keeps others waiting, or waits itself: the next one begins beside."""


class Turns(ThreadedTaskDispatcher):  # type: ignore[misc]
    """The server's threads: as many as there are requests, of which few are begun at once."""

    def __init__(self, threads: int, at_once: int) -> None:
        super().__init__()
        self._at_once = at_once
        self._begun: dict[int, float] = {}
        """Whose turn it is, by thread, and since when."""
        self._is_watched = False
        """Whether a thread sees to it that nobody's turn lasts too long."""
        self.set_thread_count(threads)

    def handler_thread(self, thread_no: int) -> None:
        """Serve one request after the other."""
        while (task := self._next(thread_no)) is not None:
            try:
                task.service()
            except BaseException:
                self.logger.exception("Exception when servicing %r", task)

    def add_task(self, task: Any) -> None:
        """Let a request wait for its turn."""
        with self.lock:
            self.queue.append(task)
            self._call()

    def step_aside(self) -> None:
        """Let the next request begin, though this thread's is not over."""
        with self.lock:
            if self._begun.pop(threading.get_ident(), None) is not None:
                self._call()

    def _next(self, thread_no: int) -> Any:
        """Return the request whose turn has come; None when the server stops."""
        me = threading.get_ident()
        with self.lock:
            self._begun.pop(me, None)
            while not self.stop_count:
                if self.queue and self._is_room():
                    self._begun[me] = time.monotonic()
                    task = self.queue.popleft()
                    self._call()
                    return task
                self._rest()
            self.stop_count -= 1
            self.threads.discard(thread_no)
            self.thread_exit_cv.notify()
        return None

    def _is_room(self) -> bool:
        late = time.monotonic() - QUICK_S
        self._begun = {thread: since for thread, since in self._begun.items() if since > late}
        return len(self._begun) < self._at_once

    def _call(self) -> None:
        """Wake a thread if one is needed: for a request that may begin, or to keep watch."""
        if self.queue and (len(self._begun) < self._at_once or not self._is_watched):
            self.queue_cv.notify()

    def _rest(self) -> None:
        """Wait to be called; while requests wait, one thread looks whether their turn has come."""
        if not self.queue or self._is_watched:
            self.queue_cv.wait()
            return
        self._is_watched = True
        self.queue_cv.wait(QUICK_S)
        self._is_watched = False


class Task(WSGITask):  # type: ignore[misc]
    """A request whose turn ends when it begins an answer of unknown length, which may last."""

    def write(self, data: bytes) -> None:
        """Send some of the answer."""
        if not self.wrote_header and self.content_length is None:
            self.channel.server.task_dispatcher.step_aside()
        super().write(data)
