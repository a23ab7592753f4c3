"""Making, listing and ending access keys."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from tagstore import clock
from tagstore.db import db
from tagstore.errors import NotFound
from tagstore.models import AccessKey, User
from tagstore.services import events
from tagstore.services.access import require_self
from tagstore.services.access_keys.proofs import secret_of
from tagstore.values import Actor

PREFIX = "TS"
SALT_BYTES = 32


@dataclass(frozen=True)
class Pair:
    """A new access key with the secret key that is shown only now."""

    access: str
    secret: str


def add_key(actor: Actor, user: User) -> Pair:
    """Make a key pair for oneself, or, as an administrator, for anyone."""
    if (not actor.is_admin or actor.read_only) and user.id != require_self(actor):
        raise NotFound("No such user.")
    access = PREFIX + base64.b32encode(secrets.token_bytes(12)).decode()[:18]
    salt = secrets.token_bytes(SALT_BYTES)
    key = AccessKey(user_id=user.id, access=access, secret_encrypted=salt)
    db.session.add(key)
    db.session.flush()  # The event below needs key.id.
    events.record(actor, "key.added", after={"id": key.id, "user_id": user.id})
    return Pair(access, secret_of(access, salt))


def list_keys(actor: Actor) -> Sequence[AccessKey]:
    """Return the actor's keys that are not revoked, newest first; the system sees all."""
    return db.session.scalars(
        select(AccessKey)
        .options(joinedload(AccessKey.user))
        .where(_whose(actor), AccessKey.revoked_at.is_(None))
        .order_by(AccessKey.id.desc())
    ).all()


def revoke_key(actor: Actor, key_id: int) -> None:
    """End a key pair."""
    if not actor.is_system:
        require_self(actor)
    key = db.session.scalar(select(AccessKey).where(AccessKey.id == key_id, _whose(actor)))
    if key is None:
        raise NotFound("No such access key.")
    key.revoked_at = key.revoked_at or clock.now()
    events.record(actor, "key.revoked", after={"id": key.id})


def _whose(actor: Actor) -> ColumnElement[bool]:
    return AccessKey.user_id == actor.user_id if not actor.is_system else AccessKey.id > 0
