"""Secret keys, and what is signed with them.

A secret key is not stored, not even encrypted: it is HMAC-SHA256 of its access key and a random
salt under the server's own secret key, so that it can be made again whenever a signature is to
be checked, and a copy of the database alone gives nothing away.
"""

import base64
import hashlib
import hmac

from sqlalchemy import select

from tagstore.config import secret_key
from tagstore.db import db, transaction
from tagstore.models import AccessKey, User
from tagstore.services.depot import depot
from tagstore.values import Actor

PURPOSE = b"tagstore access key\0"
LONGEST_ACCESS = 40
SECRET_LENGTH = 40


def secret_of(access: str, salt: bytes) -> str:
    """Return the secret key that belongs to an access key: 200 bits in letters and digits."""
    message = PURPOSE + access.encode() + b"\0" + salt
    digest = hmac.digest(secret_key(depot().settings).encode(), message, hashlib.sha256)
    return base64.b32encode(digest).decode()[:SECRET_LENGTH]


def actor_by_signature(access: str, message: bytes, signature: str) -> Actor | None:
    """Return who signed the message with HMAC-SHA256 (`signature` in hex), or None."""
    if len(access) > LONGEST_ACCESS or not access.isascii() or not signature.isascii():
        return None
    with transaction(writing=False):
        row = db.session.execute(
            select(User.id, User.name, User.is_admin, AccessKey.secret_encrypted)
            .join(AccessKey, AccessKey.user_id == User.id)
            .where(
                AccessKey.access == access,
                AccessKey.revoked_at.is_(None),
                User.disabled_at.is_(None),
            )
        ).first()
    if row is None:
        return None
    expected = hmac.new(secret_of(access, row[3]).encode(), message, hashlib.sha256).hexdigest()
    is_good = hmac.compare_digest(expected, signature.lower())
    return Actor(row[0], row[1], is_admin=row[2]) if is_good else None
