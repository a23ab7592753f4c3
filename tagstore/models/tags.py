"""Tags, what reviewers said of them, and how many there are where."""

import uuid

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tagstore.db import Base, big, created, document, flag, moment, pk
from tagstore.models.media_files import MediaFile
from tagstore.models.tag_sets import Batch
from tagstore.models.users import User
from tagstore.models.vocabularies import TagClass

WHOLE_FILE = 99
"""The `span_level` of a tag that covers the whole file, whatever its length."""

LONGEST_WORD = 64
"""So many characters of a word are kept and compared."""

HAS_PARENT = text("parent_id IS NOT NULL")
HAS_EXTERNAL_ID = text("deleted_at IS NULL AND external_id IS NOT NULL")


class Tag(Base):
    """One statement about a stretch of a media file, in seconds from its start and hertz."""

    __tablename__ = "tag"
    __table_args__ = (
        ForeignKeyConstraint(
            ["batch_id", "source"], ["batch_source.batch_id", "batch_source.source"]
        ),
        CheckConstraint("(start_s IS NULL) = (end_s IS NULL)", name="span"),
        CheckConstraint("start_s >= 0 AND start_s <= end_s", name="ordered"),
        CheckConstraint("low_hz >= 0", name="low"),
        CheckConstraint("low_hz <= high_hz", name="band"),
        CheckConstraint("channel >= 1", name="channel"),
        CheckConstraint("tag_class_id IS NULL OR text IS NULL", name="words"),
        CheckConstraint("status IN ('proposed', 'accepted', 'rejected', 'unsure')", name="status"),
        Index("ix_tag_media_file_id_span", "media_file_id", "span_level", "start_s"),
        Index("ix_tag_track_id", "track_id"),
        Index("ix_tag_batch_id", "batch_id", "id"),
        Index("ix_tag_tag_set_id", "tag_set_id", "id"),
        Index("ix_tag_tag_class_id", "tag_class_id", "id"),
        Index(
            "ix_tag_parent_id", "parent_id", sqlite_where=HAS_PARENT, postgresql_where=HAS_PARENT
        ),
        Index(
            "uq_tag_tag_set_id_external_id",
            "tag_set_id",
            "external_id",
            unique=True,
            sqlite_where=HAS_EXTERNAL_ID,
            postgresql_where=HAS_EXTERNAL_ID,
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[pk]
    media_file_id: Mapped[int] = mapped_column(ForeignKey("media_file.id", ondelete="CASCADE"))
    tag_set_id: Mapped[int] = mapped_column(ForeignKey("tag_set.id", ondelete="CASCADE"))
    track_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("track.id", ondelete="CASCADE"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(String(255), default="")
    tag_class_id: Mapped[int | None] = mapped_column(ForeignKey("tag_class.id"))
    text: Mapped[str | None] = mapped_column(Text)
    text_folded: Mapped[str | None] = mapped_column(Text)
    start_s: Mapped[float | None]
    end_s: Mapped[float | None]
    span_level: Mapped[int] = mapped_column(default=WHOLE_FILE)
    low_hz: Mapped[float | None]
    high_hz: Mapped[float | None]
    channel: Mapped[int | None]
    frame_info: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    score: Mapped[float | None]
    kind: Mapped[big] = mapped_column(default=0)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("tag.id", ondelete="SET NULL"))
    machine_tagged: Mapped[flag]
    user_tagged: Mapped[flag]
    randomly_chosen: Mapped[flag]
    info: Mapped[document]
    external_id: Mapped[str | None] = mapped_column(String(255))
    comment: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str | None] = mapped_column(String(10))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[created]
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    updated_at: Mapped[created]
    deleted_at: Mapped[moment | None]
    version: Mapped[int] = mapped_column()

    media_file: Mapped[MediaFile] = relationship()
    batch: Mapped[Batch] = relationship()
    tag_class: Mapped[TagClass | None] = relationship()
    created_by: Mapped[User | None] = relationship(foreign_keys=[created_by_id])
    updated_by: Mapped[User | None] = relationship(foreign_keys=[updated_by_id])

    __mapper_args__ = {"version_id_col": version}

    @property
    def author(self) -> str:
        """Under whose name the tag stands."""
        return self.batch.track_author.author

    @property
    def creator(self) -> str | None:
        """Who made it, by name."""
        return self.created_by.name if self.created_by else None

    @property
    def editor(self) -> str | None:
        """Who changed it last, by name."""
        return self.updated_by.name if self.updated_by else None

    @property
    def words(self) -> str:
        """What the tag says: its class's current label, or its free text."""
        return self.tag_class.label if self.tag_class else self.text or ""


class TagWord(Base):
    """A word that a tag says in free text, kept as it changes, so that its tags are found.

    It goes with its tag, without a foreign key: that would be looked at for every word written.
    """

    __tablename__ = "tag_word"
    __table_args__ = (
        Index("ix_tag_word_tag_id", "tag_id", "word"),
        {"sqlite_with_rowid": False},
    )

    project_id: Mapped[big] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(String(LONGEST_WORD), primary_key=True)
    tag_id: Mapped[big] = mapped_column(primary_key=True)


class Review(Base):
    """What one person said of one tag."""

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("tag_id", "user_id"),
        CheckConstraint("verdict IN ('correct', 'incorrect', 'unsure')", name="verdict"),
    )

    id: Mapped[pk]
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    verdict: Mapped[str] = mapped_column(String(10))
    at: Mapped[created]


class TagCount(Base):
    """How many tags of one class begin in one stretch of a media file, kept as they change."""

    __tablename__ = "tag_count"

    media_file_id: Mapped[int] = mapped_column(
        ForeignKey("media_file.id", ondelete="CASCADE"), primary_key=True
    )
    bin: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(
        ForeignKey("batch.id", ondelete="CASCADE"), primary_key=True
    )
    source: Mapped[str] = mapped_column(String(255), primary_key=True)
    tag_class_id: Mapped[int] = mapped_column(primary_key=True, default=0)
    tags: Mapped[int]
