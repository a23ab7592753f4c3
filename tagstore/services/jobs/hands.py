"""The worker's hands: huey's threads, which take one number after the other and do its job."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import structlog
from huey.consumer import Consumer, Scheduler, Worker
from sqlalchemy.exc import SQLAlchemyError

from tagstore.services.jobs import queue, running

FIRST_WAIT_S = 0.05
LONGEST_WAIT_S = 0.4
GROWTH = 1.3

Context = Callable[[], AbstractContextManager[Any]]

log = structlog.get_logger()


class Hand(Worker):
    """One thread that does jobs."""

    def __init__(self, context: Context, **options: Any) -> None:
        super().__init__(**options)
        self._context = context

    def loop(self, now: Any = None) -> None:
        """Do one job, or wait a little where there is none."""
        try:
            with self._context():
                found = running.work()
        except SQLAlchemyError as error:
            log.warning("the database took no job's end or beginning", reason=str(error))
            found = False
        if found:
            self.delay = self.default_delay
        else:
            self.sleep()


class Idle(Scheduler):
    """The thread that would look for times to do something at; the jobs table has them."""

    def loop(self, now: Any = None) -> None:
        """Wait."""
        self.stop_flag.wait()


class Hands(Consumer):
    """All hands of a worker, until it is told to stop."""

    scheduler_class = Idle

    def __init__(self, context: Context, number: int) -> None:
        self._context = context
        super().__init__(
            queue.opened().huey,
            workers=number,
            periodic=False,
            initial_delay=FIRST_WAIT_S,
            backoff=GROWTH,
            max_delay=LONGEST_WAIT_S,
            shutdown_timeout=0,
        )

    def _create_worker(self) -> Hand:
        return Hand(
            self._context,
            huey=self.huey,
            stop_flag=self.stop_flag,
            default_delay=self.default_delay,
            max_delay=self.max_delay,
            backoff=self.backoff,
        )
