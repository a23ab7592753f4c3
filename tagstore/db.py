"""The session, the column types and the one place that commits."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, cast

import orjson
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    create_engine,
    event,
    text,
)
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeEngine

from tagstore import clock, postgres, sqlite
from tagstore.intents import Intent, intent


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

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Return what makes a moment of the text that SQLite keeps, or of PostgreSQL's moment."""
        return lambda kept: None if kept is None else in_utc(kept)


@lru_cache(maxsize=4096)
def in_utc(kept: datetime | str) -> datetime:
    """Return a moment that an engine gave back, aware and in UTC; many tags have the same."""
    at = datetime.fromisoformat(kept) if isinstance(kept, str) else kept
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")


def folded(length: int) -> TypeEngine[str]:
    """Return the type of a text without regard to case, which may be longer than the text."""
    return String(length).with_variant(Text(), "postgresql")


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

ENGINE_OPTIONS = {
    "json_serializer": lambda value: orjson.dumps(value).decode(),
    "json_deserializer": orjson.loads,
    "hide_parameters": True,  # Faults of the database are logged; what people sent is not.
}

db = SQLAlchemy(metadata=Base.metadata)

_AFTERWARDS = "tagstore.afterwards"
_CONNECTION = "tagstore.connection"
_REMEMBERED = "tagstore.remembered"
_TURNS = "tagstore.turns"
_is_open: ContextVar[bool] = ContextVar("is_open", default=False)

First = Callable[[Connection], None]
"""What is done when a transaction has begun, before anything else in it."""

_first: ContextVar[First | None] = ContextVar("first", default=None)


@event.listens_for(db.session, "after_begin")
def _do_first(session: Any, _transaction: Any, connection: Connection) -> None:
    session.info[_CONNECTION] = connection
    first = _first.get()
    if first is not None:
        _first.set(None)
        first(connection)


@event.listens_for(db.session, "after_transaction_end")
def _forget_connection(session: Any, transaction: Any) -> None:
    if transaction.parent is None:
        session.info.pop(_CONNECTION, None)


def the_connection() -> Connection:
    """Return the connection of the transaction that is open, or begins here; it is often asked."""
    session = db.session()
    found = session.info.get(_CONNECTION)
    return session.connection() if found is None else cast(Connection, found)


def after_commit(call: Callable[[], None]) -> None:
    """Call this once what is being done now is kept; never if it is undone."""
    db.session.info.setdefault(_AFTERWARDS, []).append(call)


def remembered() -> dict[Any, Any]:
    """Return what was looked up in this transaction and need not be again, by what it was."""
    found: dict[Any, Any] = db.session.info.setdefault(_REMEMBERED, {})
    return found


def take_turn(*project_ids: int | None) -> None:
    """Keep whoever else takes the turn of these projects waiting until this transaction ends.

    For what looks at several rows before it changes one. On SQLite whoever writes is alone anyway.
    """
    connection = the_connection()
    if connection.dialect.name != "postgresql":
        return
    turns = db.session.info.setdefault(_TURNS, set())
    for number in sorted({project_id or 0 for project_id in project_ids} - turns):
        postgres.take_turn(connection, number)
        turns.add(number)


@contextmanager
def transaction(*, writing: bool, first: First | None = None) -> Iterator[None]:
    """Keep what the block does if it ends well; undo it all if it raises.

    It begins with its first statement; only then a writing one waits for the write lock,
    and only then `first` is called.
    """
    if _is_open.get():
        raise RuntimeError("The inner of two transactions would end the outer one.")
    was_open = _is_open.set(True)
    before = intent.set(Intent.WRITE if writing else Intent.READ)
    first_before = _first.set(first)
    afterwards: list[Callable[[], None]] = []
    try:
        yield
        if writing:
            db.session.commit()
        else:
            db.session.flush()  # It fails if something was changed; there is nothing to keep.
        afterwards = db.session.info.pop(_AFTERWARDS, [])
    finally:
        intent.reset(before)
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
    """Undo what the block does, even if it ends well; nothing of it is done afterwards either."""
    afterwards = list(db.session.info.get(_AFTERWARDS, []))
    with db.session.begin_nested() as savepoint:
        yield
        savepoint.rollback()
    db.session.info[_AFTERWARDS] = afterwards


@contextmanager
def sqlite_file(path: Path) -> Iterator[Connection]:
    """Open an SQLite file that nobody else uses, in a transaction of its own."""
    engine = create_engine(f"sqlite:///{path.absolute()}", **ENGINE_OPTIONS)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def give_back() -> None:
    """End a reading transaction early, before slow work that needs no database."""
    db.session.close()
    db.session.info.pop(_REMEMBERED, None)


def undo() -> None:
    """Undo what the current transaction did so far."""
    db.session.rollback()
    db.session.info.pop(_AFTERWARDS, None)
    db.session.info.pop(_REMEMBERED, None)
    db.session.info.pop(_TURNS, None)


def is_passing(error: BaseException) -> bool:
    """Return whether only other transactions were in the way, so that trying again will do.

    On SQLite there are none: whoever writes is alone.
    """
    if db.engine.dialect.name != "postgresql":
        return False
    return postgres.is_in_the_way(error) or isinstance(error, IntegrityError | StaleDataError)


def is_out_of_reach(error: BaseException) -> bool:
    """Return whether the database was not there to answer."""
    return postgres.is_out_of_reach(error)


def lacks_tables(error: BaseException) -> bool:
    """Return whether nobody has made the tables yet."""
    return "no such table" in str(error) or postgres.lacks_tables(error)


def is_busy(error: BaseException) -> bool:
    """Return whether others kept the database too long from doing this."""
    is_locked = isinstance(error, OperationalError) and "locked" in str(error.orig)
    return is_locked or postgres.is_busy(error) or postgres.is_in_the_way(error)


def announcements(engine: Engine, silence_s: float) -> Generator[bool]:
    """Yield True when some process committed events, False when none did for so long.

    Only PostgreSQL tells; it begins with True, for what was committed before anybody listened.
    """
    return postgres.announcements(engine, silence_s)
