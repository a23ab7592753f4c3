"""Projects and their members."""

from typing import Any

from flask import g

from tagstore.models import Membership, Project
from tagstore.services import listings, projects
from tagstore.values import Page, Role
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.operations import Operation
from tagstore.web.api.v1.queries import PAGED
from tagstore.web.api.v1.schemas import (
    NewMemberSchema,
    NewProjectSchema,
    ProjectSchema,
    RoleSchema,
)
from tagstore.web.api.v1.shapes import MEMBER, PROJECT

new_project_schema = NewProjectSchema()
project_changes_schema = ProjectSchema(partial=True)
new_member_schema = NewMemberSchema()
member_schema = RoleSchema()
member_changes_schema = RoleSchema(partial=True)


@bp.get("/projects")
@Operation(query=PAGED, lists=PROJECT)
def list_projects(query: dict[str, Any]) -> Page[Project]:
    """List the projects that you may see."""
    return listings.page_of_projects(g.actor, query["part"])


@bp.get("/projects/<project_key>")
@Operation(shows=PROJECT)
def get_project(project_key: str) -> Project:
    """Show a project."""
    return projects.get_project(g.actor, project_key)


@bp.post("/projects")
@Operation(body=new_project_schema, shows=PROJECT, status=201)
def add_project(body: dict[str, Any]) -> Project:
    """Make a project; whoever makes it manages it."""
    return projects.add_project(g.actor, **body)


@bp.patch("/projects/<project_key>")
@Operation(body=project_changes_schema, shows=PROJECT, versioned=True)
def edit_project(project_key: str, body: dict[str, Any], version: int | None) -> Project:
    """Change some fields of a project."""
    project = projects.get_project(g.actor, project_key)
    return projects.edit_project(g.actor, project, version, **body)


@bp.get("/projects/<project_key>/members")
@Operation(query=PAGED, lists=MEMBER)
def list_members(project_key: str, query: dict[str, Any]) -> Page[Membership]:
    """List who is in a project."""
    project = projects.get_project(g.actor, project_key)
    return listings.page_of_members(g.actor, project, query["part"])


@bp.post("/projects/<project_key>/members")
@Operation(body=new_member_schema, shows=MEMBER, status=201)
def add_member(project_key: str, body: dict[str, Any]) -> Membership:
    """Make a user a member, or change their role."""
    project = projects.get_project(g.actor, project_key)
    return projects.grant(g.actor, project, body["user"], Role(body["role"]))


@bp.get("/projects/<project_key>/members/<int:user_id>")
@Operation(shows=MEMBER)
def get_member(project_key: str, user_id: int) -> Membership:
    """Show what a user is in a project."""
    return projects.get_member(g.actor, projects.get_project(g.actor, project_key), user_id)


@bp.put("/projects/<project_key>/members/<int:user_id>")
@Operation(body=member_schema, shows=MEMBER, versioned=True)
def put_member(
    project_key: str, user_id: int, body: dict[str, Any], version: int | None
) -> Membership:
    """Say anew what a member is."""
    return _change_role(project_key, user_id, body, version)


@bp.patch("/projects/<project_key>/members/<int:user_id>")
@Operation(body=member_changes_schema, shows=MEMBER, versioned=True)
def edit_member(
    project_key: str, user_id: int, body: dict[str, Any], version: int | None
) -> Membership:
    """Change what a member is."""
    return _change_role(project_key, user_id, body, version)


def _change_role(
    project_key: str, user_id: int, body: dict[str, Any], version: int | None
) -> Membership:
    project = projects.get_project(g.actor, project_key)
    member = projects.get_member(g.actor, project, user_id)
    role = Role(body.get("role", member.role))
    return projects.grant(g.actor, project, member.user.name, role, version)


@bp.delete("/projects/<project_key>/members/<int:user_id>")
@Operation(versioned=True)
def remove_member(project_key: str, user_id: int, version: int | None) -> None:
    """Take a user out of a project; their tags stay."""
    project = projects.get_project(g.actor, project_key)
    projects.remove_member(g.actor, project, user_id, version)
