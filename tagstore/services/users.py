"""People and machine accounts."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from tagstore import clock
from tagstore.db import db
from tagstore.errors import Conflict, Forbidden, Invalid, NotFound
from tagstore.models import Session, SignInLink, User
from tagstore.services import events
from tagstore.services.access import require_admin, require_self
from tagstore.services.versions import check_version
from tagstore.values import Actor, fold, is_text

NAME_LENGTH = 100


def add_user(actor: Actor, name: str, password_hash: str | None, *, is_admin: bool = False) -> User:
    """Make a user; without a password one signs in by token only."""
    require_admin(actor)
    name = name.strip()
    if not 1 <= len(name) <= NAME_LENGTH or not is_text(name) or not name.isprintable():
        raise Invalid("That name will not do.", name=f"must have 1 to {NAME_LENGTH} characters")
    if ":" in name:
        raise Invalid("That name will not do.", name="must not have a colon")
    user = User(name=name, name_folded=fold(name), password_hash=password_hash, is_admin=is_admin)
    db.session.add(user)
    try:
        db.session.flush()  # The constraint says whether the name is free.
    except IntegrityError as error:
        raise Conflict("There is a user of that name already.", name="is taken") from error
    events.record(actor, "user.added", after={"id": user.id, "name": name, "is_admin": is_admin})
    return user


def list_users(actor: Actor) -> Sequence[User]:
    """Return everyone, by name."""
    require_admin(actor)
    return db.session.scalars(select(User).order_by(User.name_folded)).all()


def get_user(actor: Actor, name: str) -> User:
    """Return the user of that name."""
    require_admin(actor)
    user = db.session.scalar(select(User).where(User.name_folded == fold(name)))
    if user is None:
        raise NotFound(f"There is no user named {name!r}.")
    return user


def get_user_by_id(actor: Actor, user_id: int) -> User:
    """Return a user by number."""
    require_admin(actor)
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound("No such user.")
    return user


def me(actor: Actor) -> User:
    """Return the one who acts."""
    user = db.session.get(User, actor.user_id or 0)
    if user is None:
        raise NotFound("No such user.")
    return user


def disable_user(actor: Actor, user: User) -> None:
    """Keep a user from signing in and end what is signed in; nothing of theirs is lost."""
    require_admin(actor)
    if user.id == actor.user_id:
        raise Forbidden("You cannot disable yourself.")
    user.disabled_at = clock.now()
    db.session.execute(delete(Session).where(Session.user_id == user.id))
    db.session.execute(delete(SignInLink).where(SignInLink.user_id == user.id))
    events.record(actor, "user.disabled", after={"id": user.id, "name": user.name})


def enable_user(actor: Actor, user: User) -> None:
    """Let a disabled user in again."""
    require_admin(actor)
    user.disabled_at = None
    events.record(actor, "user.enabled", after={"id": user.id, "name": user.name})


def edit_user(
    actor: Actor, user: User, version: int | None = None, *, disabled: bool | None = None
) -> User:
    """Say whether a user may sign in; None leaves that alone."""
    require_admin(actor)
    check_version(user, version)
    if disabled is not None and disabled != (user.disabled_at is not None):
        change = disable_user if disabled else enable_user
        change(actor, user)
    return user


def set_password(actor: Actor, user: User, password_hash: str) -> None:
    """Replace a user's password and end their other sessions."""
    if user.id == actor.user_id:
        require_self(actor)
    else:
        require_admin(actor)
    user.password_hash = password_hash
    db.session.execute(delete(Session).where(Session.user_id == user.id))
    events.record(actor, "user.password_set", after={"id": user.id})


def is_empty() -> bool:
    """Return whether nobody is here yet."""
    return not db.session.scalar(select(func.count()).select_from(User))
