"""How far imports are."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from tagstore.db import db
from tagstore.models import Batch, Import, Job, MediaFile, Track, TrackAuthor
from tagstore.services.imports import holding, working
from tagstore.services.imports.choices import Choices
from tagstore.services.imports.findings import Findings

PHASES = ("reading", "ready", "storing", "stopped", "committed", "undone", "failed")


@dataclass(frozen=True)
class Standing:
    """How far an import is."""

    row: Import
    phase: str
    """`reading`, `ready`, `storing`, `stopped`, or the state in which it has ended."""
    progress: float
    message: str
    """What a worker says of it, or why it stopped."""
    findings: Findings | None
    choices: Choices

    @property
    def id(self) -> int:
        """Return the import's number."""
        return self.row.id

    @property
    def is_busy(self) -> bool:
        """Tell whether a worker is at it."""
        return self.phase in {"reading", "storing"}

    @property
    def may_be_stored(self) -> bool:
        """Tell whether something would be stored if it was carried out as it stands."""
        found = self.findings
        if self.phase != "ready" or found is None:
            return False
        is_sound = self.choices.good_rows or not found.fault_count
        return is_sound and bool(found.added or found.changed)


def standing(row: Import) -> Standing:
    """Return how far an import is."""
    return standings([row])[0]


def standings(rows: Sequence[Import]) -> list[Standing]:
    """Return how far some imports are."""
    names = [holding.sameness(row.id) for row in rows if row.state == "staged"]
    jobs = db.session.scalars(select(Job).where(Job.sameness.in_(names)).order_by(Job.id))
    newest = {job.sameness: job for job in jobs}
    return [_standing(row, newest.get(holding.sameness(row.id))) for row in rows]


def _standing(row: Import, job: Job | None) -> Standing:
    """Return how far an import is, by the job that was promised for it last."""
    said = row.result.get("findings")
    found = Findings.read(said) if said else None
    choices = Choices.read(row.options)
    if row.state != "staged":
        message = str(row.result.get("message", ""))
        return Standing(row, row.state, 1.0, message, found, choices)
    if job is not None and job.is_open:
        phase = "storing" if job.function == working.store_import.__name__ else "reading"
        return Standing(row, phase, job.progress, job.message, found, choices)
    if found is None:
        return Standing(row, "stopped", 0.0, job.message if job else "", None, choices)
    message = job.message if job and job.state == "failed" else ""
    return Standing(row, "ready", 1.0, message, found, choices)


def recordings_of(row: Import, most: int) -> tuple[list[MediaFile], int]:
    """Return the first media files that tags of an import are on, and how many there are."""
    mine = (
        select(Track.media_file_id)
        .join(TrackAuthor, TrackAuthor.track_id == Track.id)
        .join(Batch, Batch.track_author_id == TrackAuthor.id)
        .where(Batch.import_id == row.id)
    )
    query = select(MediaFile).where(MediaFile.id.in_(mine), MediaFile.deleted_at.is_(None))
    count = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    first = query.order_by(MediaFile.folder, MediaFile.name).limit(most)
    return list(db.session.scalars(first)), count
