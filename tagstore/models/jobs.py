"""Work promised in one transaction and done later."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tagstore.db import Base, created, document, long_text, moment, pk
from tagstore.models.media_files import MediaFile
from tagstore.models.projects import Project
from tagstore.values import OPEN_JOB_STATES

OPEN = text("state IN ('waiting', 'running')")


class Job(Base):
    """A promise of work: what to call with what, how far it is, who holds it until when."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="state"
        ),
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
        Index("ix_job_state_run_after", "state", "run_after"),
        Index(
            "uq_job_sameness",
            "sameness",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[pk]
    function: Mapped[str] = mapped_column(String(100))
    arguments: Mapped[document]
    sameness: Mapped[str | None] = mapped_column(String(255), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    media_file_id: Mapped[int | None] = mapped_column(
        ForeignKey("media_file.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    priority: Mapped[int] = mapped_column(default=0)
    progress: Mapped[float] = mapped_column(default=0.0)
    message: Mapped[long_text]
    tries: Mapped[int] = mapped_column(default=0)
    holder: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[moment | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[created]
    run_after: Mapped[created]
    started_at: Mapped[moment | None]
    finished_at: Mapped[moment | None]

    project: Mapped[Project | None] = relationship(viewonly=True)
    media_file: Mapped[MediaFile | None] = relationship(viewonly=True)

    @property
    def is_open(self) -> bool:
        """Return whether it is still to be done."""
        return self.state in OPEN_JOB_STATES

    @property
    def may_be_retried(self) -> bool:
        """Return whether it did not succeed and nobody is busy with it.

        Who held it when it was cancelled may go on until the next report.
        """
        return self.state == "failed" or (self.state == "cancelled" and self.holder is None)
