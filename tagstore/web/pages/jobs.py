"""The work that was promised, for administrators: how far it is, what failed and why."""

from flask import g, request
from flask.typing import ResponseReturnValue

from tagstore import clock
from tagstore.services import jobs
from tagstore.values import JOB_STATES
from tagstore.web.pages.flow import Pages, asked_number, go, tell
from tagstore.web.render import render

WORK = {
    "draw_pictures": "Draw the spectrogram",
    "hash_in_place": "Take the checksum",
    "make_proxy": "Copy the sound of a film",
    "free_names": "Free the external ids of an import that was undone",
    "purge": "Remove what was deleted long ago",
    "read_import": "Read the files of an import",
    "store_import": "Store the tags of an import",
}
"""What people call a job, by the name of its function."""

bp = Pages("jobs")


@bp.get("/admin/jobs")
def index() -> ResponseReturnValue:
    """List jobs, open ones first."""
    found = jobs.list_jobs(g.actor, _state(), asked_number("page") or 1)
    return render(
        "jobs/list.html",
        "jobs/_table.html",
        found=found,
        state=_state(),
        states=JOB_STATES,
        work=WORK,
        now=clock.now(),
    )


@bp.post("/admin/jobs/<int:job_id>/cancel")
def cancel(job_id: int) -> ResponseReturnValue:
    """Take a job back."""
    job = jobs.cancel(g.actor, job_id)
    tell("The job stops at its next report." if job.holder else "Cancelled the job.")
    return _back()


@bp.post("/admin/jobs/<int:job_id>/retry")
def retry(job_id: int) -> ResponseReturnValue:
    """Let what failed be tried again."""
    jobs.retry(g.actor, job_id)
    tell("The job is tried again.")
    return _back()


def _state() -> str | None:
    """Return the state to which the list is narrowed; what is none narrows nothing."""
    state = request.args.get("state")
    return state if state in JOB_STATES else None


def _back() -> ResponseReturnValue:
    return go("jobs.index", state=_state(), page=asked_number("page"))
