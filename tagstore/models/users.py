"""People, machine accounts and what they prove themselves with."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tagstore.db import Base, BigId, created, document, flag, folded, moment, pk, short_text
from tagstore.values import Actor


class User(Base):
    """A person or a machine account."""

    __tablename__ = "user"

    id: Mapped[pk]
    name: Mapped[short_text] = mapped_column(unique=True)
    name_folded: Mapped[str] = mapped_column(folded(400), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_admin: Mapped[flag]
    disabled_at: Mapped[moment | None]
    created_at: Mapped[created]

    @property
    def version(self) -> int:
        """Return a number for what can change and is shown: whether the user may sign in."""
        return 1 if self.disabled_at is None else 2

    @property
    def actor(self) -> Actor:
        """The user as the one who acts."""
        return Actor(self.id, self.name, is_admin=self.is_admin)


class Session(Base):
    """A browser that is signed in; revoked by deleting the row."""

    __tablename__ = "session"

    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    browser: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[created]
    expires_at: Mapped[moment]

    user: Mapped[User] = relationship()


class SignInLink(Base):
    """An address that signs one user in once."""

    __tablename__ = "sign_in_link"

    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[created]
    expires_at: Mapped[moment]

    user: Mapped[User] = relationship()


class ApiToken(Base):
    """A script's credential; only its hash is kept."""

    __tablename__ = "api_token"

    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    hint: Mapped[str] = mapped_column(String(12))
    label: Mapped[short_text]
    read_only: Mapped[flag]
    created_at: Mapped[created]
    expires_at: Mapped[moment | None]
    revoked_at: Mapped[moment | None]

    user: Mapped[User] = relationship()

    @property
    def version(self) -> int:
        """Return always the same: a token does not change."""
        return 1


class AccessKey(Base):
    """An access key whose secret signs requests.

    `secret_encrypted` is the salt from which the server derives the secret; see
    `services/access_keys/proofs.py`.
    """

    __tablename__ = "access_key"

    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    access: Mapped[str] = mapped_column(String(40), unique=True)
    secret_encrypted: Mapped[bytes]
    created_at: Mapped[created]
    revoked_at: Mapped[moment | None]

    user: Mapped[User] = relationship()


class Wallet(Base):
    """An Ethereum address whose signatures stand for a user."""

    __tablename__ = "wallet"

    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(String(42), unique=True)
    created_at: Mapped[created]

    user: Mapped[User] = relationship()


class FailedAttempt(Base):
    """A credential that was wrong, kept for a minute; `who` hashes the address and the name."""

    __tablename__ = "failed_attempt"
    __table_args__ = (Index("ix_failed_attempt_who_at", "who", "at"),)

    id: Mapped[pk]
    who: Mapped[bytes] = mapped_column(LargeBinary(32))
    at: Mapped[moment]


class ViewSetting(Base):
    """What one user prefers to see in one place."""

    __tablename__ = "view_setting"
    __table_args__ = (UniqueConstraint("user_id", "place"),)

    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    place: Mapped[str] = mapped_column(String(100))
    value: Mapped[document]


class IdempotencyKey(Base):
    """The stored answer to a request that may be sent again."""

    __tablename__ = "idempotency_key"
    __table_args__ = (
        UniqueConstraint("user_id", "key"),
        CheckConstraint("status IS NULL OR status BETWEEN 200 AND 299", name="success"),
    )

    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(255))
    request_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int | None]
    body: Mapped[bytes | None]
    headers: Mapped[document]
    created_at: Mapped[created] = mapped_column(index=True)
