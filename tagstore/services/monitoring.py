"""What can be read off the store at any moment, for whoever watches it."""

from typing import Any, cast

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from tagstore import clock
from tagstore.config import VERSION
from tagstore.db import db, undo
from tagstore.models import Job
from tagstore.services import redis_line
from tagstore.services.access import require_watcher
from tagstore.values import JOB_STATES, Actor


def readings(actor: Actor) -> list[Metric]:
    """Return what there is now; without what the database knows while it cannot be read."""
    require_watcher(actor)
    info = GaugeMetricFamily("tagstore_info", "The version that runs.", labels=["version"])
    info.add_metric([VERSION], 1)
    return [info, *_of_this_process(), *_of_the_store()]


def _of_this_process() -> list[Metric]:
    found: list[Metric] = []
    if redis_line.line() is not None:
        words = "Whether Redis answers; missing where none is set."
        found.append(GaugeMetricFamily("tagstore_redis_up", words, redis_line.is_up()))
    words = "Database connections that the process which answers uses at the moment."
    in_use = cast(Any, db.engine.pool).checkedout()
    found.append(GaugeMetricFamily("tagstore_database_connections", words, in_use))
    return found


def _of_the_store() -> list[Metric]:
    """Return how the jobs stand, by one statement that an index answers."""
    query = select(Job.state, func.count(), func.min(Job.run_after)).group_by(Job.state)
    is_up = "Whether this process can read the database."
    try:
        rows = {state: (jobs, first) for state, jobs, first in db.session.execute(query)}
    except SQLAlchemyError:
        undo()
        return [GaugeMetricFamily("tagstore_database_up", is_up, 0)]
    jobs = GaugeMetricFamily("tagstore_jobs", "Jobs of the last 30 days.", labels=["state"])
    for state in JOB_STATES:
        jobs.add_metric([state], rows.get(state, (0, None))[0])
    now = clock.now()
    _, first = rows.get("waiting", (0, now))
    words = "How long the job that has waited longest could have been begun; 0 when none waits."
    overdue_s = max(0.0, (now - first).total_seconds())
    overdue = GaugeMetricFamily("tagstore_jobs_overdue_seconds", words, overdue_s)
    return [GaugeMetricFamily("tagstore_database_up", is_up, 1), jobs, overdue]
