"""Projects and their members."""

from collections.abc import Sequence
from typing import TypedDict, Unpack

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from tagstore.db import db, take_turn
from tagstore.errors import Conflict, Forbidden, Invalid, NotFound
from tagstore.models import MediaFile, Membership, Project, User
from tagstore.services import events
from tagstore.services.access import Can, require, require_self, visible
from tagstore.services.versions import check_version
from tagstore.values import PROJECT_KEY, Actor, Audience, Role, fold, is_text


def add_project(actor: Actor, key: str, name: str = "", owner: User | None = None) -> Project:
    """Make a project; whoever makes it, or the owner named, manages it."""
    owner_id = None if actor.is_system else require_self(actor)
    if owner is not None and actor.is_admin:
        owner_id = owner.id
    if not PROJECT_KEY.fullmatch(key):
        raise Invalid(
            "That key will not do.",
            key="must be 1 to 64 letters, digits, - or _, with at least one letter",
        )
    project = Project(key=key, name=_checked_name(name.strip() or key), created_by_id=owner_id)
    db.session.add(project)
    try:
        db.session.flush()  # The constraint says whether the key is free.
    except IntegrityError as error:
        raise Conflict("There is a project of that key already.", key="is taken") from error
    if owner_id is not None:
        db.session.add(Membership(project_id=project.id, user_id=owner_id, role=Role.MANAGER.value))
    events.record(actor, "project.added", project=project, after={"key": key})
    return project


def list_projects(actor: Actor) -> Sequence[Project]:
    """Return the projects the actor may see, by name."""
    return db.session.scalars(
        visible(actor, select(Project)).order_by(func.lower(Project.name), Project.id)
    ).all()


def get_project(actor: Actor, key_or_id: str | int, action: Can = Can.SEE) -> Project:
    """Return a project by number or key if the actor may do this in it."""
    if isinstance(key_or_id, str) and not PROJECT_KEY.fullmatch(key_or_id):
        raise NotFound("No such project.")
    is_number = isinstance(key_or_id, int)
    condition = Project.id == key_or_id if is_number else Project.key == key_or_id
    return require(actor, action, db.session.scalar(select(Project).where(condition)))


class ProjectChanges(TypedDict, total=False):
    """Changes to a project: a missing key leaves alone."""

    name: str
    description: str
    audience: str


def edit_project(
    actor: Actor, project: Project, version: int | None = None, **changes: Unpack[ProjectChanges]
) -> Project:
    """Change what a project is called and who may read it."""
    require(actor, Can.MANAGE, project)
    check_version(project, version)
    name = _checked_name(changes.get("name", project.name))
    description = changes.get("description", project.description)
    audience = changes.get("audience", project.audience)
    if not is_text(description):
        raise Invalid("That description will not do.", description="must not contain NUL")
    if audience not in set(Audience):
        raise Invalid(
            "There is no such audience.", audience=f"must be one of {', '.join(Audience)}"
        )
    project.name = name
    project.description = description
    project.audience = Audience(audience).value
    db.session.flush()  # The answer shows the new version.
    after = {"name": name, "description": description, "audience": project.audience}
    events.record(actor, "project.edited", project=project, after=after)
    return project


def _checked_name(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= 200 or not is_text(name):
        raise Invalid("That name will not do.", name="must have 1 to 200 characters")
    return name


def list_members(actor: Actor, project: Project) -> Sequence[Membership]:
    """Return who is in the project, by name."""
    require(actor, Can.SEE, project)
    return db.session.scalars(
        select(Membership)
        .where(Membership.project_id == project.id)
        .join(Membership.user)
        .options(joinedload(Membership.user))
        .order_by(User.name_folded)
    ).all()


def get_member(actor: Actor, project: Project, user_id: int) -> Membership:
    """Return what a user is in the project."""
    require(actor, Can.SEE, project)
    membership = db.session.scalar(
        select(Membership)
        .options(joinedload(Membership.user))
        .where(Membership.project_id == project.id, Membership.user_id == user_id)
    )
    if membership is None:
        raise NotFound("No such member.")
    return membership


def grant(
    actor: Actor, project: Project, user_name: str, role: Role, version: int | None = None
) -> Membership:
    """Make a user a member, or change their role."""
    require(actor, Can.MANAGE, project)
    take_turn(project.id)
    user = db.session.scalar(select(User).where(User.name_folded == fold(user_name)))
    if user is None:
        raise NotFound(f"There is no user named {user_name!r}.", user="is unknown")
    membership = db.session.get(Membership, (user.id, project.id))
    if membership is None:
        membership = Membership(project_id=project.id, user_id=user.id, role=role.value)
        db.session.add(membership)
    else:
        check_version(membership, version)
        _keep_a_manager(actor, project, membership, role)
        membership.role = role.value
    db.session.flush()  # The answer shows the user.
    events.record(
        actor, "member.granted", project=project, after={"user": user.name, "role": role.value}
    )
    return membership


def remove_member(actor: Actor, project: Project, user_id: int, version: int | None = None) -> None:
    """Take a user out of the project."""
    require(actor, Can.MANAGE, project)
    take_turn(project.id)
    membership = get_member(actor, project, user_id)
    check_version(membership, version)
    _keep_a_manager(actor, project, membership, None)
    after = {"user": membership.user.name}
    db.session.delete(membership)
    events.record(actor, "member.removed", project=project, after=after)


def _keep_a_manager(actor: Actor, project: Project, leaving: Membership, role: Role | None) -> None:
    """Refuse to leave a project without manager, unless an administrator does so."""
    if leaving.role != Role.MANAGER or role is Role.MANAGER or actor.is_admin:
        return
    managers = db.session.scalar(
        select(func.count())
        .select_from(Membership)
        .where(Membership.project_id == project.id, Membership.role == Role.MANAGER)
    )
    if managers == 1:
        raise Forbidden("A project keeps at least one manager.")


def media_totals(project: Project) -> dict[str, tuple[int, float]]:
    """Return for each kind of media file how many there are and how many seconds they last."""
    rows = db.session.execute(
        select(MediaFile.kind, func.count(), func.coalesce(func.sum(MediaFile.duration_s), 0.0))
        .where(MediaFile.project_id == project.id, MediaFile.deleted_at.is_(None))
        .group_by(MediaFile.kind)
    )
    return {kind: (count, seconds or 0.0) for kind, count, seconds in rows}
