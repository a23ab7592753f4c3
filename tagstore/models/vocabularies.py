"""Vocabularies: what a tag may say."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tagstore.db import Base, colour, created, flag, folded, long_text, moment, pk, short_text, word
from tagstore.models.projects import Project
from tagstore.models.users import User


class TagGroup(Base):
    """A vocabulary of a project."""

    __tablename__ = "tag_group"
    __table_args__ = (
        UniqueConstraint("project_id", "key"),
        CheckConstraint("most_per_target IS NULL OR most_per_target > 0", name="most"),
    )

    id: Mapped[pk]
    public_id: Mapped[str] = mapped_column(String(64), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    key: Mapped[word]
    name: Mapped[short_text]
    description: Mapped[long_text]
    closed: Mapped[flag]
    most_per_target: Mapped[int | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[created]
    version: Mapped[int] = mapped_column()

    project: Mapped[Project] = relationship()
    classes: Mapped[list["TagClass"]] = relationship(back_populates="group")

    __mapper_args__ = {"version_id_col": version}


class TagClass(Base):
    """One entry of a vocabulary."""

    __tablename__ = "tag_class"
    __table_args__ = (
        UniqueConstraint("group_id", "identifier"),
        Index("ix_tag_class_project_id", "project_id", "id"),
        CheckConstraint("low_hz IS NULL OR high_hz IS NULL OR low_hz <= high_hz", name="band"),
    )

    id: Mapped[pk]
    public_id: Mapped[str] = mapped_column(String(64), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    group_id: Mapped[int] = mapped_column(ForeignKey("tag_group.id", ondelete="CASCADE"))
    identifier: Mapped[word]
    label: Mapped[short_text]
    label_folded: Mapped[str] = mapped_column(folded(600), index=True)
    color: Mapped[colour]
    hot_key: Mapped[str | None] = mapped_column(String(1))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("tag_class.id", ondelete="SET NULL"))
    low_hz: Mapped[float | None]
    high_hz: Mapped[float | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("tag_class.id"))
    retired_at: Mapped[moment | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[created]
    version: Mapped[int] = mapped_column()

    project: Mapped[Project] = relationship()
    group: Mapped[TagGroup] = relationship(back_populates="classes")
    created_by: Mapped[User | None] = relationship()
    aliases: Mapped[list["TagClassAlias"]] = relationship(
        back_populates="tag_class", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}


class TagClassAlias(Base):
    """Another name of a class."""

    __tablename__ = "tag_class_alias"
    __table_args__ = (UniqueConstraint("tag_class_id", "alias"),)

    id: Mapped[pk]
    tag_class_id: Mapped[int] = mapped_column(ForeignKey("tag_class.id", ondelete="CASCADE"))
    alias: Mapped[short_text]
    alias_folded: Mapped[str] = mapped_column(folded(600), index=True)

    tag_class: Mapped[TagClass] = relationship(back_populates="aliases")
