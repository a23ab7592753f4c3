"""Tag sets, their tracks on media files, and the batches that tags come in."""

import hashlib
import json
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tagstore.db import Base, colour, created, document, flag, long_text, moment, pk, short_text
from tagstore.models.media_files import LIVE, MediaFile
from tagstore.models.projects import Project
from tagstore.models.users import User


class TagSet(Base):
    """A named layer of tags through a whole project."""

    __tablename__ = "tag_set"
    __table_args__ = (
        Index(
            "uq_tag_set_project_id_name",
            "project_id",
            "name",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
    )

    id: Mapped[pk]
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    name: Mapped[short_text]
    label: Mapped[short_text | None]
    color: Mapped[colour | None]
    description: Mapped[long_text]
    hidden: Mapped[flag]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[created]
    deleted_at: Mapped[moment | None]
    version: Mapped[int] = mapped_column()

    project: Mapped[Project] = relationship()
    created_by: Mapped[User | None] = relationship()

    __mapper_args__ = {"version_id_col": version}


class Track(Base):
    """A tag set on one media file; what it does not say itself the tag set says."""

    __tablename__ = "track"
    __table_args__ = (
        Index(
            "uq_track_tag_set_id_media_file_id",
            "tag_set_id",
            "media_file_id",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        Index("ix_track_media_file_id", "media_file_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    tag_set_id: Mapped[int] = mapped_column(ForeignKey("tag_set.id", ondelete="CASCADE"))
    media_file_id: Mapped[int] = mapped_column(ForeignKey("media_file.id", ondelete="CASCADE"))
    label: Mapped[short_text | None]
    color: Mapped[colour | None]
    description: Mapped[str | None]
    created_at: Mapped[created]
    deleted_at: Mapped[moment | None]
    version: Mapped[int] = mapped_column()

    tag_set: Mapped[TagSet] = relationship()
    media_file: Mapped[MediaFile] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def looks_version(self) -> int:
        """How often it was changed, or the tag set that speaks for it."""
        return self.version + self.tag_set.version


class TrackAuthor(Base):
    """One author's work on one track; `run` counts how often it was begun anew."""

    __tablename__ = "track_author"
    __table_args__ = (UniqueConstraint("track_id", "author"),)

    id: Mapped[pk]
    track_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("track.id", ondelete="CASCADE"))
    author: Mapped[short_text]
    run: Mapped[int] = mapped_column(default=1)

    track: Mapped[Track] = relationship()


class Import(Base):
    """A file of tags brought in as a whole, shown once committed, taken back as a whole."""

    __tablename__ = "import"
    __table_args__ = (
        CheckConstraint("state IN ('staged', 'committed', 'undone', 'failed')", name="state"),
    )

    id: Mapped[pk]
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(String(10), default="staged")
    format: Mapped[str] = mapped_column(String(30))
    file_names: Mapped[document]
    options: Mapped[document]
    result: Mapped[document]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[created]
    committed_at: Mapped[moment | None]
    undone_at: Mapped[moment | None]

    project: Mapped[Project] = relationship()
    created_by: Mapped[User | None] = relationship()


class Batch(Base):
    """One author's lot of tags on a track."""

    __tablename__ = "batch"
    __table_args__ = (
        Index("ix_batch_track_author_id_run_id", "track_author_id", "run", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[pk]
    track_author_id: Mapped[int] = mapped_column(ForeignKey("track_author.id", ondelete="CASCADE"))
    run: Mapped[int]
    replaces: Mapped[flag]
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("import.id", ondelete="SET NULL"), index=True
    )
    info: Mapped[document]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[created]
    deleted_at: Mapped[moment | None]

    track_author: Mapped[TrackAuthor] = relationship()
    created_by: Mapped[User | None] = relationship()

    @property
    def version(self) -> int:
        """Return a number for the info, which is all that can change."""
        text = json.dumps(self.info, sort_keys=True).encode()
        return int.from_bytes(hashlib.sha256(text).digest()[:6])


class BatchSource(Base):
    """A source that a batch has written tags of; `shown` says whether they count now."""

    __tablename__ = "batch_source"

    batch_id: Mapped[int] = mapped_column(
        ForeignKey("batch.id", ondelete="CASCADE"), primary_key=True
    )
    source: Mapped[str] = mapped_column(String(255), primary_key=True)
    shown: Mapped[bool] = mapped_column(default=True)
