"""Files on their way in."""

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tagstore.db import Base, big, created, document, moment, pk, short_text
from tagstore.models.projects import Project


class Upload(Base):
    """A file that is being received, piece by piece.

    `offset` bytes were acknowledged. `checksum` is null while it is open; then it is the SHA-256 of
    the media file that it became, or empty if it was refused for the reason in `info`.
    """

    __tablename__ = "upload"
    __table_args__ = (CheckConstraint('"offset" >= 0 AND "offset" <= length', name="offset"),)

    id: Mapped[pk]
    public_id: Mapped[str] = mapped_column(String(64), unique=True)
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[short_text]
    folder: Mapped[str] = mapped_column(String(1000), default="")
    length: Mapped[big]
    offset: Mapped[big] = mapped_column(default=0)
    checksum: Mapped[str | None] = mapped_column(String(100))
    info: Mapped[document]
    media_file_id: Mapped[int | None] = mapped_column(
        ForeignKey("media_file.id", ondelete="SET NULL")
    )
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[created]
    expires_at: Mapped[moment]

    project: Mapped[Project] = relationship()
