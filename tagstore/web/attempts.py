"""How often somebody failed to say who they are, and how long they have to wait for that.

Each process counts for itself, and where there is a Redis in that for all: either count refuses
when it is full. So a process has its own while Redis is away, or when Redis has forgotten.
"""

import math
import time
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter

from tagstore.services import redis_line
from tagstore.services.redis_line import Away, Line

MOST = RateLimitItemPerMinute(10)

Answer = TypeVar("Answer")

_storage = MemoryStorage()
_own = MovingWindowRateLimiter(_storage)


def wait_s(address: str, key: str) -> int:
    """Return how many seconds somebody has to wait for another try; 0: none."""

    def ask(limiter: MovingWindowRateLimiter) -> int:
        if limiter.test(MOST, address, key):
            return 0
        reset = limiter.get_window_stats(MOST, address, key).reset_time
        return max(1, math.ceil(reset - time.time()))

    return max(ask(_own), _ask_shared(ask, 0))


def count(address: str, key: str) -> bool:
    """Count a failure, and return whether there was room for it."""

    def ask(limiter: MovingWindowRateLimiter) -> bool:
        return limiter.hit(MOST, address, key)

    has_room = ask(_own)
    return _ask_shared(ask, True) and has_room


def forget() -> None:
    """Forget what this process has counted."""
    _storage.reset()


def _ask_shared(ask: Callable[[MovingWindowRateLimiter], Answer], otherwise: Answer) -> Answer:
    """Return what the count in Redis says, or else what is given."""
    line = redis_line.line()
    if line is None:
        return otherwise
    try:
        with line.asking():
            return ask(_shared(line))
    except Away:
        return otherwise


@lru_cache(maxsize=1)
def _shared(line: Line) -> MovingWindowRateLimiter:
    storage = RedisStorage(
        line.url, connection_pool=line.pool, key_prefix=f"tagstore:{line.store}:failures"
    )
    return MovingWindowRateLimiter(storage)
