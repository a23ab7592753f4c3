"""Projects."""

from typing import Any

from flask import g

from tagstore.models import Project
from tagstore.services import listings, projects
from tagstore.values import Page
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.operations import Operation
from tagstore.web.api.v1.queries import PAGED
from tagstore.web.api.v1.shapes import PROJECT


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
