"""Hashing passwords: slow on purpose, so at most two at once and never under the write lock."""

import hmac
import os
import threading
import time
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tagstore import waiting
from tagstore.errors import Invalid
from tagstore.values import is_text

SHORTEST = 8
LONGEST = 1000
REMEMBERED_S = 60
MOST_REMEMBERED = 1000

_hasher = PasswordHasher()
_turns = threading.BoundedSemaphore(2)
_pepper = os.urandom(32)
_remembered: dict[bytes, float] = {}


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
    with _turns:
        return _hasher.hash(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Return whether the password is the one; costs the same when there is no hash."""
    if len(password) > LONGEST:
        return False
    waiting.begins()
    with _turns:
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
