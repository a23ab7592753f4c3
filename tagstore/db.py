"""The session, the column types and the one place that commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Annotated, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    event,
    text,
)
from sqlalchemy.orm import DeclarativeBase, mapped_column

from tagstore import clock, sqlite


class Base(DeclarativeBase):
    """What every table inherits: names for its constraints, and the column types below."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, aware and in UTC on both sides, whatever the engine gives back."""

    impl = DateTime(timezone=True)
    cache_ok = True
    python_type = datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("A moment needs a zone.")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give SQLite's naive moments their zone back."""
        return value and value.replace(tzinfo=UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")

pk = Annotated[int, mapped_column(BigId, primary_key=True)]
big = Annotated[int, mapped_column(BigInteger)]
short_text = Annotated[str, mapped_column(String(200))]
word = Annotated[str, mapped_column(String(100))]
long_text = Annotated[str, mapped_column(Text, default="", server_default="")]
colour = Annotated[str, mapped_column(String(7))]
document = Annotated[dict[str, Any], mapped_column(JSON, default=dict, server_default=text("'{}'"))]
moment = Annotated[datetime, mapped_column(UtcDateTime)]
created = Annotated[datetime, mapped_column(UtcDateTime, default=clock.now)]
flag = Annotated[bool, mapped_column(default=False, server_default=text("false"))]

db = SQLAlchemy(metadata=Base.metadata)

_AFTERWARDS = "tagstore.afterwards"
_KEPT = "tagstore.kept"
_is_open: ContextVar[bool] = ContextVar("is_open", default=False)

First = Callable[[Connection], None]
"""What is done when a transaction has begun, before anything else in it."""

_first: ContextVar[First | None] = ContextVar("first", default=None)


@event.listens_for(db.session, "after_begin")
def _do_first(_session: Any, _transaction: Any, connection: Connection) -> None:
    first = _first.get()
    if first is not None:
        _first.set(None)
        first(connection)


def after_commit(call: Callable[[], None]) -> None:
    """Call this once what is being done now is kept; never if it is undone."""
    db.session.info.setdefault(_AFTERWARDS, []).append(call)


def keep(thing: Base | None) -> None:
    """Hold on to an object until the transaction ends, so that it is not fetched again."""
    if thing is not None:
        db.session.info.setdefault(_KEPT, set()).add(thing)


@contextmanager
def transaction(*, writing: bool, first: First | None = None) -> Iterator[None]:
    """Keep what the block does if it ends well; undo it all if it raises.

    It begins with its first statement; only then a writing one waits for the write lock,
    and only then `first` is called.
    """
    if _is_open.get():
        raise RuntimeError("The inner of two transactions would end the outer one.")
    was_open = _is_open.set(True)
    before = sqlite.intent.set(sqlite.Intent.WRITE if writing else sqlite.Intent.READ)
    first_before = _first.set(first)
    afterwards: list[Callable[[], None]] = []
    try:
        yield
        db.session.commit()
        afterwards = db.session.info.pop(_AFTERWARDS, [])
    finally:
        sqlite.intent.reset(before)
        _first.reset(first_before)
        _is_open.reset(was_open)
        _end()
    for call in afterwards:
        call()


def _end() -> None:
    """Close the session and give the write lock back, whatever happens."""
    try:
        db.session.info.clear()
        db.session.close()
    finally:
        sqlite.release()


@contextmanager
def apart(*, writing: bool) -> Iterator[None]:
    """Do a short transaction of its own before a request's has begun, or once it is given back."""
    if db.session().in_transaction():
        raise RuntimeError("What was begun must end before something is done apart from it.")
    was_open = _is_open.set(False)
    try:
        with transaction(writing=writing):
            yield
    finally:
        _is_open.reset(was_open)


@contextmanager
def rehearsal() -> Iterator[None]:
    """Undo what the block does, even if it ends well."""
    with db.session.begin_nested() as savepoint:
        yield
        savepoint.rollback()


def give_back() -> None:
    """End a reading transaction early, before slow work that needs no database."""
    db.session.close()


def undo() -> None:
    """Undo what the current transaction did so far."""
    db.session.rollback()
    db.session.info.pop(_AFTERWARDS, None)
