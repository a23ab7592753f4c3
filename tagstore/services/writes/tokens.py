"""Write tokens: leave that managers give to write a project's tags to one destination."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from tagstore import clock
from tagstore.db import db
from tagstore.errors import Forbidden, Invalid, NotFound
from tagstore.models import Project, WriteToken
from tagstore.services import events
from tagstore.services.access import Can, require, require_admin
from tagstore.services.writes.places import checked_destination
from tagstore.values import Actor, is_text

PREFIX = "tqw__"
HINT_LENGTH = 10
LONGEST_NAME = 200


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def add_write_token(
    actor: Actor,
    project: Project,
    name: str,
    destination: str,
    expires_at: datetime | None = None,
) -> str:
    """Make a write token and return its secret, which is shown only now."""
    require(actor, Can.MANAGE, project)
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not is_text(name):
        raise Invalid("That name will not do.", name="must have 1 to 200 characters")
    destination = checked_destination(destination)
    secret = PREFIX + secrets.token_urlsafe(30)
    token = WriteToken(
        project_id=project.id,
        secret_hash=_hash(secret),
        hint=secret[:HINT_LENGTH],
        name=name,
        destination=destination,
        created_by_id=actor.user_id,
        expires_at=expires_at,
    )
    db.session.add(token)
    db.session.flush()  # The event below needs token.id.
    after = {"id": token.id, "name": name, "destination": destination}
    events.record(actor, "write_token.added", project=project, after=after)
    return secret


def list_write_tokens(actor: Actor, project: Project | None = None) -> Sequence[WriteToken]:
    """Return a project's write tokens that are not revoked, newest first; or those of all."""
    found = (
        select(WriteToken)
        .join(WriteToken.project)
        .options(contains_eager(WriteToken.project))
        .where(WriteToken.revoked_at.is_(None))
        .order_by(WriteToken.id.desc())
    )
    if project is None:
        require_admin(actor)
        return db.session.scalars(found).all()
    require(actor, Can.MANAGE, project)
    return db.session.scalars(found.where(WriteToken.project_id == project.id)).all()


def revoke_write_token(actor: Actor, token_id: int, project: Project | None = None) -> None:
    """End a write token, of this project if one is named; what was written stays."""
    token = db.session.get(WriteToken, token_id)
    if token is None or (project is not None and token.project_id != project.id):
        raise NotFound("No such write token.")
    require(actor, Can.MANAGE, token.project)
    token.revoked_at = token.revoked_at or clock.now()
    after = {"id": token.id, "name": token.name}
    events.record(actor, "write_token.revoked", project=token.project, after=after)


def find_write_token(actor: Actor, project: Project, secret: str) -> WriteToken:
    """Return the write token of that secret if it counts now, for this project and this actor."""
    require(actor, Can.TAG, project)
    token = db.session.scalar(
        select(WriteToken).where(
            WriteToken.secret_hash == _hash(secret),
            WriteToken.project_id == project.id,
            WriteToken.revoked_at.is_(None),
            or_(WriteToken.expires_at.is_(None), WriteToken.expires_at > clock.now()),
        )
    )
    if token is None:
        raise Forbidden("That write token is unknown, over, or of another project.")
    return token
