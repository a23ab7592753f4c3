"""How often somebody failed to say who they are, and how long they have to wait for that.

It is in the database, so that it holds whichever process is asked; for a minute, and as a hash.
"""

import hashlib
import math
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, select

from tagstore import clock
from tagstore.db import db, take_turn, transaction
from tagstore.models import FailedAttempt
from tagstore.prepared import PreparedQuery

MOST = 10
WITHIN = timedelta(minutes=1)

_RECENT = PreparedQuery(
    select(func.count(FailedAttempt.id), func.min(FailedAttempt.at)).where(
        FailedAttempt.who == bindparam("who"), FailedAttempt.at > bindparam("since")
    )
)


def wait_s(address: str, key: str) -> int:
    """Return how many seconds somebody has to wait for another try; 0: none."""
    now = clock.now()
    failures, first = _RECENT.glance(who=_who(address, key), since=now - WITHIN) or (0, None)
    if failures < MOST or first is None:
        return 0
    return max(1, math.ceil((first + WITHIN - now).total_seconds()))


def count(address: str, key: str) -> bool:
    """Count a failure, and return whether there was room for it."""
    if wait_s(address, key):
        return False  # Whoever goes on guessing must not keep others from writing.
    with transaction(writing=True):
        return _is_counted(_who(address, key), clock.now())


def _is_counted(who: bytes, now: datetime) -> bool:
    take_turn(None)
    db.session.execute(delete(FailedAttempt).where(FailedAttempt.at <= now - WITHIN))
    failures, _ = _RECENT.first(who=who, since=now - WITHIN) or (0, None)
    if failures >= MOST:
        return False
    db.session.add(FailedAttempt(who=who, at=now))
    return True


def _who(address: str, key: str) -> bytes:
    return hashlib.sha256(f"{address}\0{key}".encode("utf-8", "replace")).digest()
