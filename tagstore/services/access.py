"""Who may do what: one enum, one table, three questions."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVarTuple

from sqlalchemy import Select, or_, select

from tagstore.db import db, keep
from tagstore.errors import Forbidden, NotFound, Unauthenticated
from tagstore.models import Membership, Project
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


def role_in(actor: Actor, project: Project) -> Role | None:
    """Return the actor's role in the project, an administrator's being manager."""
    if actor.is_admin:
        return Role.MANAGER
    if actor.user_id is None:
        return None
    membership = db.session.get(Membership, (actor.user_id, project.id))
    keep(membership)
    return Role(membership.role) if membership else None


def _sees(actor: Actor, project: Project) -> bool:
    if project.audience == Audience.WORLD:
        return True
    if project.audience == Audience.SIGNED_IN and actor.user_id is not None:
        return True
    return role_in(actor, project) is not None


def _tags(actor: Actor, project: Project) -> bool:
    return role_in(actor, project) in {Role.ANNOTATOR, Role.MANAGER}


def _manages(actor: Actor, project: Project) -> bool:
    return role_in(actor, project) is Role.MANAGER


RULES: dict[Can, Callable[[Actor, Project], bool]] = {
    Can.SEE: _sees,
    Can.TAG: _tags,
    Can.MANAGE: _manages,
}


def may(actor: Actor, action: Can, project: Project) -> bool:
    """Return whether the actor may do this in the project."""
    if actor.read_only and action is not Can.SEE:
        return False
    if actor.only_project is not None and project.key != actor.only_project:
        return False
    return RULES[action](actor, project)


def require(actor: Actor, action: Can, project: Project | None) -> Project:
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
