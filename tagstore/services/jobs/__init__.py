"""Work promised in one transaction and done later by a worker."""

from tagstore.services.jobs.promises import cancel, job, later, list_jobs
from tagstore.services.jobs.running import Progress, run, sweep

__all__ = ["Progress", "cancel", "job", "later", "list_jobs", "run", "sweep"]
