"""The line to Redis, for what processes share beside the database.

Nothing that must not be lost is kept there. Whoever finds it away does without: nobody waits for
it longer than a moment, and after a failure it is left alone for another.
"""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from time import monotonic
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.engine import make_url

from tagstore import metrics
from tagstore.config import Settings, secret_key
from tagstore.services.depot import depot

if TYPE_CHECKING:
    from redis import Redis

PATIENCE_S = 0.5
ALONE_S = 1.0
SAID_AGAIN_S = 60.0
CONNECTIONS = 20
PURPOSE = b"tagstore redis\0"

log = structlog.get_logger()


class Away(Exception):
    """It does not answer, or does not do what it is asked."""


class Line:
    """What this process asks Redis through."""

    def __init__(self, settings: Settings) -> None:
        # Imported here: whoever has no Redis does not pay for it.
        from redis import BlockingConnectionPool, Redis, RedisError
        from redis.backoff import NoBackoff
        from redis.exceptions import ConnectionError as Cut
        from redis.retry import Retry

        self.store = _store(settings)
        self.pool = BlockingConnectionPool.from_url(
            settings.redis_url,
            max_connections=CONNECTIONS,
            timeout=PATIENCE_S,
            socket_connect_timeout=PATIENCE_S,
            socket_timeout=PATIENCE_S,
            # Once: an idle connection may have been cut since. Silence is not asked again.
            retry=Retry(NoBackoff(), 1, (Cut,)),
        )
        self._redis = Redis(connection_pool=self.pool)
        self._error = RedisError
        self._alone_until = self._said_until = 0.0
        self._is_said = False

    @contextmanager
    def asking(self) -> Iterator["Redis"]:
        """Yield a client; whatever goes wrong with it is `Away`, and said once."""
        if monotonic() < self._alone_until:
            raise Away
        try:
            yield self._redis
        except self._error as error:
            self._lost(error)
            raise Away from error
        if self._is_said:
            self._is_said = False
            log.warning("Redis answers again")

    def _lost(self, error: Exception) -> None:
        metrics.count_redis_failure()
        self._alone_until = monotonic() + ALONE_S
        if monotonic() > self._said_until:
            self._said_until, self._is_said = monotonic() + SAID_AGAIN_S, True
            log.warning("Redis is away; nothing is lost without it", reason=str(error))


def line() -> Line | None:
    """Return the line of this process, None where no Redis is set."""
    settings = depot().settings
    return _line(settings) if settings.redis_url else None


def is_up() -> bool:
    """Return whether it answers; where none is set there is nothing to ask."""
    found = line()
    if found is None:
        return False
    try:
        with found.asking() as redis:
            return bool(redis.ping())
    except Away:
        return False


@lru_cache(maxsize=1)
def _line(settings: Settings) -> Line:
    return Line(settings)


def _store(settings: Settings) -> str:
    """Return a name that all processes of a store give it, and no other store of its Redis.

    They share the secret key in any case, while each may spell the database's address its own way.
    """
    database = make_url(settings.sqlalchemy_url).database or ""
    return hmac.new(secret_key(settings).encode(), PURPOSE + database.encode(), sha256).hexdigest()[
        :12
    ]
