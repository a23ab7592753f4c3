"""Who may do what: one enum, one table, three questions."""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeVar, TypeVarTuple

from sqlalchemy import Select, bindparam, event, or_, select
from sqlalchemy.orm import Session

from tagstore.db import db, remembered
from tagstore.errors import Forbidden, NotFound, Unauthenticated
from tagstore.models import Membership, Project
from tagstore.prepared import PreparedQuery
from tagstore.values import Actor, Audience, Role

Columns = TypeVarTuple("Columns")


class Can(StrEnum):
    """What one may be allowed to do in a project."""

    SEE = "project:see"
    """Open it, hear its media files and read its tags."""

    TAG = "project:tag"
    """Add and change tags and tag sets, and delete one's own."""

    MANAGE = "project:manage"
    """Delete others' tags; change classes, media files, settings and members."""


class Guarded(Protocol):
    """What decides on who may do what in a project: the project, or these columns of it."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def key(self) -> str:
        """Its key."""

    @property
    def audience(self) -> str:
        """Who may see it without being a member."""


class Gate(NamedTuple):
    """What decides on it, without the project."""

    id: int
    key: str
    audience: str


Door = TypeVar("Door", bound=Guarded)

GATE = (Project.id, Project.key, Project.audience)
"""What a query must ask for to make a `Gate`."""

_ROLE = PreparedQuery(
    select(Membership.role).where(
        Membership.user_id == bindparam("user_id"), Membership.project_id == bindparam("project_id")
    )
)


def role_in(actor: Actor, project: Guarded) -> Role | None:
    """Return the actor's role in the project, an administrator's being manager."""
    if actor.is_admin:
        return Role.MANAGER
    if actor.user_id is None:
        return None
    roles, member = remembered(), (Membership, actor.user_id, project.id)
    if member not in roles:
        row = _ROLE.first(user_id=actor.user_id, project_id=project.id)
        roles[member] = Role(row[0]) if row else None
    found: Role | None = roles[member]
    return found


@event.listens_for(db.session, "after_flush")
def _forget_roles(session: Session, _context: object) -> None:
    """Look roles up again once somebody's was changed."""
    if any(
        isinstance(each, Membership) for each in (*session.new, *session.dirty, *session.deleted)
    ):
        remembered().clear()


def _sees(actor: Actor, project: Guarded) -> bool:
    if project.audience == Audience.WORLD:
        return True
    if project.audience == Audience.SIGNED_IN and actor.user_id is not None:
        return True
    return role_in(actor, project) is not None


def _tags(actor: Actor, project: Guarded) -> bool:
    return role_in(actor, project) in {Role.ANNOTATOR, Role.MANAGER}


def _manages(actor: Actor, project: Guarded) -> bool:
    return role_in(actor, project) is Role.MANAGER


RULES: dict[Can, Callable[[Actor, Guarded], bool]] = {
    Can.SEE: _sees,
    Can.TAG: _tags,
    Can.MANAGE: _manages,
}


def may(actor: Actor, action: Can, project: Guarded) -> bool:
    """Return whether the actor may do this in the project."""
    if actor.read_only and action is not Can.SEE:
        return False
    if actor.only_project is not None and project.key != actor.only_project:
        return False
    return RULES[action](actor, project)


def require(actor: Actor, action: Can, project: Door | None) -> Door:
    """Return the project if the actor may do this in it, or raise."""
    if project is None or not may(actor, Can.SEE, project):
        raise NotFound("No such project.")
    if not may(actor, action, project):
        raise Forbidden("You may not do that in this project.")
    return project


def require_watcher(actor: Actor) -> None:
    """Raise unless the actor is an administrator, be it with a credential that only reads."""
    if actor.user_id is None and not actor.is_system:
        raise Unauthenticated("Sign in first.")
    if not actor.is_admin or actor.only_project is not None:
        raise Forbidden("Only administrators may do that.")


def require_admin(actor: Actor) -> None:
    """Raise unless the actor is an administrator who may change things."""
    require_watcher(actor)
    if actor.read_only:
        raise Forbidden("Only administrators may do that.")


def require_self(actor: Actor) -> int:
    """Return the actor's own user id, or raise when there is none or nothing may be changed."""
    if actor.user_id is None:
        raise Unauthenticated("Sign in first.")
    if actor.read_only:
        raise Forbidden("This credential only reads.")
    if actor.only_project is not None:
        raise Forbidden("This credential counts in one project only.")
    return actor.user_id


def visible(actor: Actor, query: Select[*Columns]) -> Select[*Columns]:
    """Narrow a query that involves Project to the projects the actor may see."""
    if actor.only_project is not None:
        query = query.where(Project.key == actor.only_project)
    if actor.is_admin:
        return query
    audiences = [Audience.WORLD.value]
    if actor.user_id is not None:
        audiences.append(Audience.SIGNED_IN.value)
    mine = select(Membership.project_id).where(Membership.user_id == actor.user_id)
    return query.where(or_(Project.audience.in_(audiences), Project.id.in_(mine)))
