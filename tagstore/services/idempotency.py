"""Requests that may come again: the answer to one is kept for a day, with what it changed.

A request with a key claims it first of all in its transaction, by a row in a unique index. Its
twin waits there (on SQLite before, for the write lock) until the first is done, and is given
that one's answer. Claim, change and answer are kept by one commit or by none: a crash parts
none of them, and what failed leaves the key free.

An answer may hold a secret that is shown only once, so each is encrypted under a key that needs
the server's own secret: a copy of the database alone gives nothing away.
"""

import hashlib
import hmac
import secrets
import zlib
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from Crypto.Cipher import AES
from sqlalchemy import Connection, Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from tagstore import clock
from tagstore.config import secret_key
from tagstore.db import db
from tagstore.errors import Conflict, Invalid, TooLarge
from tagstore.models import IdempotencyKey
from tagstore.services.depot import depot

KEPT = timedelta(hours=24)
LARGEST_ANSWER = 64 * 2**20
PURPOSE = b"tagstore answer\0"
NONCE, SEAL = 12, 16
UNKEPT = {"Content-Length", "Set-Cookie"}
KEYS = cast(Table, IdempotencyKey.__table__)


class Answered(Exception):
    """The request was answered before, like this."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        super().__init__()
        self.status, self.headers, self.body = status, headers, body


@dataclass(frozen=True)
class Attempt:
    """One try at a request that its sender may make again."""

    user_id: int
    key: str
    request_hash: bytes
    """SHA-256 of all that the request says."""

    def claim(self, connection: Connection) -> None:
        """Take the key for this transaction, or raise what was answered to it before."""
        mine = (KEYS.c.user_id == self.user_id, KEYS.c.key == self.key)
        old = KEYS.c.created_at <= clock.now() - KEPT
        connection.execute(delete(KEYS).where(*mine, old))
        is_postgresql = connection.dialect.name == "postgresql"
        insert = postgresql.insert if is_postgresql else sqlite.insert
        row = {"user_id": self.user_id, "key": self.key, "request_hash": self.request_hash}
        statement = insert(KEYS).values(**row, headers={}, created_at=clock.now())
        claimed = statement.on_conflict_do_nothing().returning(KEYS.c.id)
        if connection.execute(claimed).first() is not None:
            return
        columns = (KEYS.c.request_hash, KEYS.c.status, KEYS.c.headers, KEYS.c.body)
        request_hash, status, headers, body = connection.execute(
            select(*columns).where(*mine)
        ).one()
        if request_hash != self.request_hash:
            message = "That Idempotency-Key came with another request before. Take a new one."
            raise Invalid(message, **{"Idempotency-Key": "belongs to another request"})
        raise Answered(status, headers, self._opened(body))

    def keep(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """Store the answer, in the transaction that it tells of."""
        if len(body) > LARGEST_ANSWER:
            raise TooLarge(
                f"The answer is larger than {LARGEST_ANSWER} bytes, too large to be kept for a "
                "retry. Nothing was changed; send less at once, or no Idempotency-Key."
            )
        kept = {name: text for name, text in headers.items() if name not in UNKEPT}
        db.session.execute(
            update(KEYS)
            .where(KEYS.c.user_id == self.user_id, KEYS.c.key == self.key)
            .values(status=status, headers=kept, body=self._sealed(body))
        )

    def _sealed(self, body: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE)
        cipher = AES.new(self._secret(), AES.MODE_GCM, nonce=nonce, mac_len=SEAL)
        sealed, seal = cipher.encrypt_and_digest(zlib.compress(body, 1))
        return nonce + seal + sealed

    def _opened(self, stored: bytes) -> bytes:
        nonce, seal, sealed = stored[:NONCE], stored[NONCE : NONCE + SEAL], stored[NONCE + SEAL :]
        cipher = AES.new(self._secret(), AES.MODE_GCM, nonce=nonce, mac_len=SEAL)
        try:
            return zlib.decompress(cipher.decrypt_and_verify(sealed, seal))
        except ValueError as error:
            message = (
                "That Idempotency-Key was answered, but the server's secret has changed since "
                "and the answer cannot be read. Nothing was done again."
            )
            raise Conflict(message) from error

    def _secret(self) -> bytes:
        message = PURPOSE + f"{self.user_id} {self.key}".encode()
        return hmac.digest(secret_key(depot().settings).encode(), message, hashlib.sha256)


def forget_old() -> None:
    """Remove the answers that nobody is given any more."""
    db.session.execute(delete(KEYS).where(KEYS.c.created_at <= clock.now() - KEPT))
