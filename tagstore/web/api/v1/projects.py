"""Projects."""

from flask import Response, g

from tagstore.services import projects
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.answers import many, one, query
from tagstore.web.api.v1.schemas import dump_project


@bp.get("/projects")
def list_projects() -> Response:
    """List the projects that you may see."""
    query()
    found = projects.list_projects(g.actor)
    return many([dump_project(each) for each in found], total=len(found))


@bp.get("/projects/<project_key>")
def get_project(project_key: str) -> Response:
    """Show a project."""
    return one(projects.get_project(g.actor, project_key))
