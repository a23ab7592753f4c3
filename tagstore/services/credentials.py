"""What people and scripts prove themselves with: sessions, tokens, passwords.

The `actor_by_…` functions run before a request's own transaction, each in a short read of its
own that is closed again, so that nobody holds the write lock while a password is checked.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, delete, or_, select
from sqlalchemy.orm import joinedload

from tagstore import clock
from tagstore.db import db, transaction
from tagstore.errors import Invalid, NotFound
from tagstore.models import ApiToken, Session, SignInLink, User
from tagstore.prepared import PreparedQuery
from tagstore.services import events, passwords
from tagstore.services.access import require_self
from tagstore.services.versions import check_version
from tagstore.values import Actor, fold, is_text

SESSION_LASTS = timedelta(days=30)
USED = "This sign-in address has been used or has expired."
LINK_LASTS = timedelta(hours=24)
TOKEN_PREFIX = "ts_"

_OWNER_OF_TOKEN = PreparedQuery(
    select(User.id, User.name, User.is_admin, ApiToken.read_only)
    .join(ApiToken.user)
    .where(
        ApiToken.secret_hash == bindparam("secret_hash"),
        ApiToken.revoked_at.is_(None),
        User.disabled_at.is_(None),
        or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > bindparam("now")),
    )
)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def actor_by_token(token: str) -> Actor | None:
    """Return whose token this is, or None."""
    row = _OWNER_OF_TOKEN.glance(secret_hash=_hash(token), now=clock.now())
    return Actor(row[0], row[1], is_admin=row[2], read_only=row[3]) if row else None


def actor_by_session(secret: str) -> Actor | None:
    """Return who is signed in with this session, or None."""
    with transaction(writing=False):
        user = db.session.scalar(
            select(User)
            .join(Session, Session.user_id == User.id)
            .where(
                Session.secret_hash == _hash(secret),
                Session.expires_at > clock.now(),
                User.disabled_at.is_(None),
            )
        )
        return user.actor if user else None


def actor_by_password(name: str, password: str) -> Actor | None:
    """Return the user of that name if the password is theirs, or None."""
    if not is_text(name) or not is_text(password):
        return None
    with transaction(writing=False):
        user = db.session.scalar(select(User).where(User.name_folded == fold(name)))
        actor = user.actor if user and user.disabled_at is None else None
        password_hash = user.password_hash if actor and user else None
    return actor if passwords.verify_remembered(password_hash, password) else None


def open_session(actor: Actor, browser: str, address: str) -> str:
    """Sign the actor in and return the session's secret."""
    secret = secrets.token_urlsafe(32)
    now = clock.now()
    db.session.execute(delete(Session).where(Session.expires_at < now))
    db.session.add(
        Session(
            user_id=actor.user_id,
            secret_hash=_hash(secret),
            browser=browser[:300],
            address=address[:60],
            expires_at=now + SESSION_LASTS,
        )
    )
    return secret


def close_session(secret: str) -> None:
    """Sign out the browser that holds this secret."""
    db.session.execute(delete(Session).where(Session.secret_hash == _hash(secret)))


def list_sessions(actor: Actor) -> Sequence[Session]:
    """Return where the actor is signed in, newest first."""
    return db.session.scalars(
        select(Session).where(Session.user_id == actor.user_id).order_by(Session.id.desc())
    ).all()


def is_session(session: Session, secret: str) -> bool:
    """Return whether this is the session that holds the secret."""
    return secrets.compare_digest(session.secret_hash, _hash(secret))


def revoke_session(actor: Actor, session_id: int) -> None:
    """End one of the actor's own sessions."""
    user_id = require_self(actor)
    session = db.session.get(Session, session_id)
    if session is None or session.user_id != user_id:
        raise NotFound("No such session.")
    db.session.delete(session)


def make_sign_in_link(user: User) -> str:
    """Return the secret of an address that signs the user in once."""
    secret = secrets.token_urlsafe(24)
    db.session.add(
        SignInLink(secret_hash=_hash(secret), user_id=user.id, expires_at=clock.now() + LINK_LASTS)
    )
    return secret


def use_sign_in_link(secret: str) -> Actor:
    """Return whom the link signs in; it works only once."""
    link = db.session.get(SignInLink, _hash(secret))
    if link is None or link.expires_at < clock.now() or link.user.disabled_at is not None:
        raise NotFound(USED)
    actor, mine = link.user.actor, SignInLink.secret_hash == link.secret_hash
    used = delete(SignInLink).where(mine).returning(SignInLink.user_id)
    if db.session.execute(used).first() is None:
        raise NotFound(USED)  # Somebody else was faster.
    return actor


def add_token(
    actor: Actor,
    user: User,
    label: str,
    *,
    read_only: bool = False,
    expires_at: datetime | None = None,
) -> str:
    """Make an API token for oneself (or, as an administrator, for anyone); shown only now."""
    return make_token(actor, user, label, read_only=read_only, expires_at=expires_at)[1]


def make_token(
    actor: Actor,
    user: User,
    label: str,
    *,
    read_only: bool = False,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Make an API token and return it with its secret, which nobody can read up later."""
    if (not actor.is_admin or actor.read_only) and user.id != require_self(actor):
        raise NotFound("No such user.")
    if len(label) > 200 or not is_text(label):
        raise Invalid("That label will not do.", label="must have at most 200 characters")
    secret = TOKEN_PREFIX + secrets.token_urlsafe(30)
    token = ApiToken(
        user_id=user.id,
        secret_hash=_hash(secret),
        hint=secret[:8],
        label=label,
        read_only=read_only,
        expires_at=expires_at,
    )
    db.session.add(token)
    db.session.flush()  # The event below needs token.id.
    events.record(actor, "token.added", after={"id": token.id, "user_id": user.id, "label": label})
    return token, secret


def _whose(actor: Actor) -> ColumnElement[bool]:
    return ApiToken.user_id == actor.user_id if not actor.is_system else ApiToken.id > 0


def list_tokens(actor: Actor) -> Sequence[ApiToken]:
    """Return the actor's tokens that are not revoked, newest first; the system sees all."""
    return db.session.scalars(
        select(ApiToken)
        .options(joinedload(ApiToken.user))
        .where(_whose(actor), ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.id.desc())
    ).all()


def get_token(actor: Actor, token_id: int) -> ApiToken:
    """Return one of the actor's own tokens that is not revoked."""
    token = db.session.scalar(
        select(ApiToken).where(
            ApiToken.id == token_id, _whose(actor), ApiToken.revoked_at.is_(None)
        )
    )
    if token is None:
        raise NotFound("No such token.")
    return token


def revoke_token(actor: Actor, token_id: int, version: int | None = None) -> None:
    """End a token."""
    if not actor.is_system:
        require_self(actor)
    token = get_token(actor, token_id)
    check_version(token, version)
    token.revoked_at = clock.now()
    events.record(actor, "token.revoked", after={"id": token.id})
