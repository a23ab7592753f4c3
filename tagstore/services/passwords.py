"""Hashing passwords: slow on purpose, so at most two at once and never under the write lock."""

import fcntl
import hmac
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from queue import SimpleQueue

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tagstore import waiting
from tagstore.errors import Invalid
from tagstore.values import is_text

SHORTEST = 8
LONGEST = 1000
REMEMBERED_S = 60
MOST_REMEMBERED = 1000
AT_ONCE = 2

_hasher = PasswordHasher()
_free: SimpleQueue[int] = SimpleQueue()
"""The places that no thread of this process has."""
_places, _name = tempfile.mkstemp()
"""A file whose first bytes are the places; this process and its forks lock the one they have."""
_pepper = os.urandom(32)
_remembered: dict[bytes, float] = {}

os.unlink(_name)
for _each in range(AT_ONCE):
    _free.put(_each)


@contextmanager
def _place() -> Iterator[None]:
    """Wait for one of the places of those who hash; the system frees what a killed process had."""
    waiting.begins()
    place = _free.get()
    try:
        fcntl.lockf(_places, fcntl.LOCK_EX, 1, place)
        try:
            yield
        finally:
            fcntl.lockf(_places, fcntl.LOCK_UN, 1, place)
    finally:
        _free.put(place)


def use_cost(time_cost: int, memory_kib: int) -> None:
    """Choose what one hash costs from now on; hashes made before still verify."""
    global _hasher
    _hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password that is long enough."""
    if not SHORTEST <= len(password) <= LONGEST or not is_text(password):
        raise Invalid(
            "That password will not do.",
            password=f"must have {SHORTEST} to {LONGEST} characters",
        )
    with _place():
        return _hasher.hash(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Return whether the password is the one; costs the same when there is no hash."""
    if len(password) > LONGEST:
        return False
    with _place():
        try:
            return _hasher.verify(password_hash or _nobody(), password) and bool(password_hash)
        except (VerificationError, InvalidHashError):
            return False


def verify_remembered(password_hash: str | None, password: str) -> bool:
    """Verify, remembering a success for a minute, as an HMAC under a key of this process."""
    mark = hmac.digest(_pepper, f"{password_hash}\0{password}".encode(), sha256)
    if _remembered.get(mark, 0.0) > time.monotonic():
        return True
    if not verify(password_hash, password):
        return False
    if len(_remembered) >= MOST_REMEMBERED:
        _remembered.clear()
    _remembered[mark] = time.monotonic() + REMEMBERED_S
    return True


_nobody_hash: list[str] = []


def _nobody() -> str:
    """Return a hash that no password fits, made once."""
    if not _nobody_hash:
        _nobody_hash.append(_hasher.hash(os.urandom(16).hex()))
    return _nobody_hash[0]
