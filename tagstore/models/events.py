"""What happened, in order."""

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tagstore.db import Base, created, pk


class Event(Base):
    """Something that happened, written in the same transaction as the change itself.

    A bulk is one event; `after["ids"]` holds what it made.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_project_id_seq", "project_id", "seq"),
        Index("ix_event_media_file_id_seq", "media_file_id", "seq"),
        Index("ix_event_at", "at"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[pk]
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    media_file_id: Mapped[int | None] = mapped_column(
        ForeignKey("media_file.id", ondelete="CASCADE")
    )
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    actor_name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[created]
    request_id: Mapped[str] = mapped_column(String(64), default="")
    undo_of: Mapped[int | None] = mapped_column(ForeignKey("event.seq", ondelete="SET NULL"))
    before: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
