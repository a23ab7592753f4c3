"""What the store keeps of its own work: jobs, events, users and tokens, page by page."""

from sqlalchemy import select

from tagstore.models import ApiToken, Event, Job, Project, User
from tagstore.services.access import Can, require, require_admin
from tagstore.services.paging import paged
from tagstore.values import Actor, Page, Part


def page_of_jobs(
    actor: Actor, project: Project | None, part: Part, state: str | None = None
) -> Page[Job]:
    """Return a project's jobs, newest first; those of the whole store to administrators."""
    query = select(Job)
    if project is None:
        require_admin(actor)
    else:
        require(actor, Can.SEE, project)
        query = query.where(Job.project_id == project.id)
    if state is not None:
        query = query.where(Job.state == state)
    return paged(query, [Job.id], part, is_down=True)


def page_of_events(
    actor: Actor, project: Project, part: Part, kind: str | None = None
) -> Page[Event]:
    """Return what happened in a project, newest first."""
    require(actor, Can.SEE, project)
    query = select(Event).where(Event.project_id == project.id)
    if kind is not None:
        query = query.where(Event.kind == kind)
    return paged(query, [Event.seq], part, is_down=True)


def page_of_users(actor: Actor, part: Part) -> Page[User]:
    """Return everyone, by name."""
    require_admin(actor)
    return paged(select(User), [User.name_folded], part)


def page_of_tokens(actor: Actor, part: Part) -> Page[ApiToken]:
    """Return the actor's tokens that are not revoked, newest first."""
    query = select(ApiToken).where(ApiToken.user_id == actor.user_id, ApiToken.revoked_at.is_(None))
    return paged(query, [ApiToken.id], part, is_down=True)
