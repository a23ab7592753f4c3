"""Work that was promised, and how far it is."""

from typing import Any

from flask import g

from tagstore.models import Job
from tagstore.services import jobs, listings, projects
from tagstore.values import JOB_STATES, Page
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.operations import Operation
from tagstore.web.api.v1.queries import Paged, Words, one_of
from tagstore.web.api.v1.shapes import JOB


class JobFilters(Paged):
    """Which jobs are wanted."""

    project = Words(metadata={"description": "The project's key; without, all, for admins."})
    state = Words(validate=one_of(*JOB_STATES))


@bp.get("/jobs")
@Operation(query=JobFilters(), lists=JOB, signed_in=True, also={403: "All are for admins."})
def list_jobs(query: dict[str, Any]) -> Page[Job]:
    """List a project's jobs, newest first; administrators may list all."""
    key = query.get("project")
    project = None if key is None else projects.get_project(g.actor, key)
    return listings.page_of_jobs(g.actor, project, query["part"], query.get("state"))


@bp.get("/jobs/<int:job_id>")
@Operation(shows=JOB)
def get_job(job_id: int) -> Job:
    """Show a job."""
    return jobs.get_job(g.actor, job_id)


@bp.post("/jobs/<int:job_id>/cancel")
@Operation(shows=JOB)
def cancel_job(job_id: int) -> Job:
    """Take a job back; one that runs stops at its next report."""
    return jobs.cancel(g.actor, job_id)
