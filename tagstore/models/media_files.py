"""Stored sound, video and images."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tagstore.db import Base, big, created, document, folded, long_text, moment, pk, short_text
from tagstore.models.projects import Project
from tagstore.models.users import User

LIVE = text("deleted_at IS NULL")


class MediaFile(Base):
    """One sound, video or image, or a reference to one that is kept elsewhere."""

    __tablename__ = "media_file"
    __table_args__ = (
        CheckConstraint("kind IN ('audio', 'video', 'image', 'external')", name="kind"),
        CheckConstraint("state IN ('new', 'ready', 'failed', 'missing', 'changed')", name="state"),
        CheckConstraint("pictures IN ('none', 'building', 'ready')", name="pictures"),
        CheckConstraint("duration_s IS NULL OR duration_s >= 0", name="duration"),
        Index(
            "uq_media_file_project_id_sha256",
            "project_id",
            "sha256",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        Index("ix_media_file_project_id_folder_name", "project_id", "folder", "name_folded"),
        Index("ix_media_file_project_id_recorded_at", "project_id", "recorded_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[pk]
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    qid: Mapped[str] = mapped_column(String(44), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[short_text]
    name_folded: Mapped[str] = mapped_column(folded(400))
    folder: Mapped[str] = mapped_column(String(1000), default="")
    mimetype: Mapped[str] = mapped_column(String(100), default="application/octet-stream")
    format: Mapped[str] = mapped_column(String(30), default="")
    codec: Mapped[str] = mapped_column(String(30), default="")
    size: Mapped[big | None]
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    in_place_path: Mapped[str | None] = mapped_column(String(4000))
    in_place_mtime_ns: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10), default="new")
    reason: Mapped[long_text]
    pictures: Mapped[str] = mapped_column(String(10), default="none")
    has_proxy: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    duration_s: Mapped[float | None]
    sample_rate: Mapped[int | None]
    samples: Mapped[big | None]
    channels: Mapped[int | None]
    bit_depth: Mapped[int | None]
    frame_rate: Mapped[float | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    recorded_at: Mapped[moment | None]
    utc_offset_s: Mapped[int | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    info: Mapped[document]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[created]
    deleted_at: Mapped[moment | None]
    version: Mapped[int] = mapped_column()

    project: Mapped[Project] = relationship()
    created_by: Mapped[User | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def path(self) -> str:
        """Folder and name, as people see it."""
        return f"{self.folder}/{self.name}" if self.folder else self.name

    @property
    def has_sound(self) -> bool:
        """Whether there is something to hear and a spectrogram to see."""
        return self.sample_rate is not None
