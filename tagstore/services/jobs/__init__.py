"""Work promised in one transaction and done later by a worker."""

from tagstore.services.jobs.listing import JobList, list_jobs
from tagstore.services.jobs.promises import cancel, get_job, is_promised, job, later, retry
from tagstore.services.jobs.running import Progress, run, sweep, work

__all__ = [
    "JobList",
    "Progress",
    "cancel",
    "get_job",
    "is_promised",
    "job",
    "later",
    "list_jobs",
    "retry",
    "run",
    "sweep",
    "work",
]
