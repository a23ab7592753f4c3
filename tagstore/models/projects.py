"""Projects: what people share and have rights on."""

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tagstore.db import Base, created, long_text, moment, pk, short_text
from tagstore.models.users import User
from tagstore.values import Role


class Project(Base):
    """A body of media files, tags and vocabularies with its members."""

    __tablename__ = "project"
    __table_args__ = (
        CheckConstraint("audience IN ('members', 'signed_in', 'world')", name="audience"),
    )

    id: Mapped[pk]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[short_text]
    description: Mapped[long_text]
    audience: Mapped[str] = mapped_column(String(10), default="members")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[created]
    version: Mapped[int] = mapped_column()

    members: Mapped[list["Membership"]] = relationship(back_populates="project")

    __mapper_args__ = {"version_id_col": version}


class Membership(Base):
    """A user's role in a project."""

    __tablename__ = "membership"
    __table_args__ = (CheckConstraint("role IN ('viewer', 'annotator', 'manager')", name="role"),)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[created]

    project: Mapped[Project] = relationship(back_populates="members")
    user: Mapped[User] = relationship()

    @property
    def version(self) -> int:
        """Return a number for the role, which is all that can change."""
        return list(Role).index(Role(self.role)) + 1


class WriteToken(Base):
    """Leave to write a project's tags to one destination."""

    __tablename__ = "write_token"

    id: Mapped[pk]
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    hint: Mapped[str] = mapped_column(String(12))
    name: Mapped[short_text]
    destination: Mapped[str] = mapped_column(String(1000))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[created]
    expires_at: Mapped[moment | None]
    revoked_at: Mapped[moment | None]

    project: Mapped[Project] = relationship()
