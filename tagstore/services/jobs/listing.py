"""The jobs of the store for administrators: what runs, what comes next, what has ended."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from tagstore.db import db
from tagstore.models import Job, MediaFile
from tagstore.services.access import require_admin
from tagstore.services.paging import Numbered, nearest_page
from tagstore.values import JOB_STATES, Actor

SECTIONS = (
    (("running",), (Job.id.desc(),)),
    (("waiting",), (Job.priority.desc(), Job.id)),
    (("done", "failed", "cancelled"), (Job.id.desc(),)),
)
"""What comes first in the list, and by what each is sorted; what waits, as it will be taken."""


@dataclass(frozen=True)
class JobList(Numbered):
    """One page of the jobs, and how many there are in each state."""

    jobs: Sequence[Job]
    counts: dict[str, int]


def list_jobs(actor: Actor, state: str | None = None, number: int = 1, size: int = 50) -> JobList:
    """Return a numbered page of the jobs in one state or in any, open ones first."""
    require_admin(actor)
    counts = _counts()
    wanted = JOB_STATES if state is None else (state,)
    total = sum(counts[each] for each in wanted)
    number = nearest_page(number, total, size)
    skip, found = (number - 1) * size, list[Job]()
    query = select(Job).options(
        joinedload(Job.project),
        joinedload(Job.media_file).load_only(MediaFile.name, MediaFile.deleted_at),
    )
    for states, order in SECTIONS:
        asked = [each for each in states if each in wanted]
        there, room = sum(counts[each] for each in asked), size - len(found)
        if skip < there and room:
            some = query.where(Job.state.in_(asked)).order_by(*order).limit(room).offset(skip)
            found += db.session.scalars(some)
        skip = max(0, skip - there)
    return JobList(number, size, total, found, counts)


def _counts() -> dict[str, int]:
    rows = db.session.execute(select(Job.state, func.count()).group_by(Job.state))
    return dict.fromkeys(JOB_STATES, 0) | dict(rows.all())
