"""The bell that rings when something was committed, here or in another process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from tagstore.db import announcements

SILENCE_S = 1.0
AGAIN_S = 1.0

log = structlog.get_logger()


class Bell:
    """Rings when something was committed; waiters never miss a ring."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.rings = 0

    def ring(self) -> None:
        """Wake everyone who waits."""
        with self._changed:
            self.rings += 1
            self._changed.notify_all()

    def wait(self, heard: int, timeout_s: float) -> int:
        """Return the number of rings as soon as it differs from those heard, or in time."""
        with self._changed:
            self._changed.wait_for(lambda: self.rings != heard, timeout_s)
            return self.rings


bell = Bell()


class Wire:
    """Rings the bell for what other processes commit, where the database tells of it."""

    def __init__(self) -> None:
        self.is_up = False
        self._stop = threading.Event()

    def listen(self, engine: Engine) -> None:
        """Ring whenever the database tells of something; dial again when the line is dead."""
        while not self._stop.is_set():
            try:
                for is_told in announcements(engine, SILENCE_S):
                    self.is_up = True
                    if is_told:
                        bell.ring()
                    if self._stop.is_set():
                        return
            except SQLAlchemyError as error:
                log.warning("cannot listen for events", reason=str(error))
            self.is_up = False
            bell.ring()  # Whoever waits for the wire begins to look.
            self._stop.wait(AGAIN_S)

    def cut(self) -> None:
        """Stop listening, soon."""
        self._stop.set()


@contextmanager
def listening(engine: Engine) -> Iterator[Wire]:
    """Listen meanwhile, if there is anybody who tells: SQLite tells nobody, one has to look."""
    wire = Wire()
    if engine.dialect.name == "postgresql":
        threading.Thread(target=wire.listen, args=(engine,), name="wire", daemon=True).start()
    try:
        yield wire
    finally:
        wire.cut()
