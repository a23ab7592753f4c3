"""How PostgreSQL is used: one moment for readers, turns for writers, no waiting for the dead.

A reading transaction sees one moment and cannot write. A writing one sees what others have
committed, statement by statement: constraints decide what is unique, row locks and turns who
comes first. A server that says nothing is asked over a second connection whether it lives.
"""

import select
from collections.abc import Generator
from contextlib import closing
from time import monotonic
from typing import Any, TypeVar, cast

import psycopg
from psycopg import IsolationLevel
from psycopg.abc import PQGen
from sqlalchemy import Connection, Engine, Integer, NullPool, create_engine, event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as NoneFree

from tagstore.intents import Intent, intent

POOL = {"pool_size": 10, "max_overflow": 10, "pool_timeout": 2, "pool_use_lifo": True}
CONNECT_S = 2
SILENCE_S = 1.5
"""So long a server may say nothing until it is asked whether it lives."""
INTERVAL_S = 0.25
SESSION = """
    SET timezone = 'UTC';
    SET lock_timeout = '30s';
    SET idle_in_transaction_session_timeout = '5min';
    SET jit = off
"""
CHANNEL = "tagstore"
TURNS = 0x7A65
"""The first key of our advisory locks; the second is a project's number, 0 for none."""
MIGRATION = -1
"""The second key of whoever migrates."""

IN_THE_WAY = {"40001", "40P01"}
"""Serialization failure and deadlock: another transaction was in the way, and has ended."""
OUT_OF_REACH = ("08", "53", "57")
"""Classes of what a server says that is going, coming, or has no room."""
BUSY = {"55P03"}
"""A lock that did not come in time."""

Result = TypeVar("Result")


class AnySize(Integer):
    """A whole number sent as one of 64 bits: beyond its column's it is not found, not wrong."""

    __visit_name__ = "big_integer"
    render_bind_cast = True


class Steady(psycopg.Connection[Any]):
    """A connection that does not wait for a server that is gone without a word."""

    address: dict[str, Any]

    def wait(self, gen: PQGen[Result], *args: Any, **options: Any) -> Result:
        """Wait for what the generator does, looking after the server when it is long silent."""
        if not args and not options:
            options = {"interval": INTERVAL_S}
        return super().wait(self._looked_after(gen), *args, **options)

    def _looked_after(self, gen: PQGen[Result]) -> PQGen[Result]:
        """Hand on all that the generator asks for; it gets 0 when nothing came."""
        heard = monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready:
                    heard = monotonic()
                elif monotonic() - heard > SILENCE_S:
                    self._ask_whether_it_lives()
                    heard = monotonic()
                wanted = gen.send(ready)
        except StopIteration as end:
            return cast(Result, end.value)

    def _ask_whether_it_lives(self) -> None:
        try:
            psycopg.connect(**self.address).close()
        except psycopg.Error as error:
            if "FATAL" not in str(error):  # One that refuses us in words is alive.
                self.pgconn.finish()
                raise psycopg.OperationalError("the server does not answer") from error


def connect(address: dict[str, Any]) -> Steady:
    """Open a connection that keeps the rules above."""
    address = {**address, "connect_timeout": CONNECT_S}
    connection = Steady.connect(**address, autocommit=True)
    connection.address = address
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        connection.close()
        raise psycopg.OperationalError(f"the database has to be in UTF-8, not {encoding}")
    connection.execute(SESSION)
    connection.set_autocommit(False)
    return connection


def discipline(engine: Engine) -> None:
    """Make every connection of the engine keep the rules above."""
    engine.dialect.colspecs = {**engine.dialect.colspecs, Integer: AnySize}
    _watch(engine)


def for_migrations(engine: Engine) -> Engine:
    """Return another engine, for whoever changes tables or compares them with the models.

    SQLAlchemy's own look at the tables calls functions that take no numbers of 64 bits.
    """
    other = create_engine(engine.url, poolclass=NullPool)
    _watch(other)
    return other


def _watch(engine: Engine) -> None:
    """Open, check and begin with the connections of the engine as the rules say."""

    @event.listens_for(engine, "do_connect")
    def do_connect(_dialect: Any, _record: Any, _args: Any, parameters: Any) -> Steady:
        return connect(parameters)

    @event.listens_for(engine, "checkout")
    def checkout(connection: Steady, _record: Any, _proxy: Any) -> None:
        # A server that went away left its farewell in the socket of an idle connection.
        if connection.closed or select.select([connection], [], [], 0)[0]:
            raise DisconnectionError("The server closed this connection.")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        is_reading = intent.get() is Intent.READ
        level = IsolationLevel.REPEATABLE_READ if is_reading else IsolationLevel.READ_COMMITTED
        driver = cast(Steady, connection.connection.dbapi_connection)
        if driver.isolation_level is not level:
            driver.isolation_level = level
            driver.read_only = is_reading


def take_turn(connection: Connection, number: int) -> None:
    """Wait until no other transaction has this turn, have it to the end, and tell listeners then.

    Whoever numbers events under it commits them in the order of their numbers.
    """
    connection.execute(
        text("SELECT pg_advisory_xact_lock(:turns, :number), pg_notify(:channel, '')"),
        {"turns": TURNS, "number": number % 2**31, "channel": CHANNEL},
    )


def take_migration_turn(connection: Connection) -> None:
    """Wait until nobody else migrates this database."""
    keys = {"turns": TURNS, "number": MIGRATION}
    connection.execute(text("SELECT pg_advisory_xact_lock(:turns, :number)"), keys)


def announcements(engine: Engine, silence_s: float) -> Generator[bool]:
    """Yield True when some process committed events, False when none did for so long.

    It begins with True: what was committed before it listens is told by nobody.
    """
    address = dict(engine.dialect.create_connect_args(engine.url)[1])
    try:
        with closing(connect(address)) as connection:
            connection.set_autocommit(True)
            connection.execute(f"LISTEN {CHANNEL}")
            yield True
            while True:
                is_told = any([*connection.notifies(timeout=silence_s, stop_after=1)])
                if not is_told:
                    connection.execute("SELECT 1")  # A dead connection is silent too.
                yield is_told
    except psycopg.Error as error:
        raise DisconnectionError(str(error)) from error


def is_in_the_way(error: BaseException) -> bool:
    """Return whether another transaction was in the way, so that trying again will do."""
    return _sqlstate(error) in IN_THE_WAY


def is_out_of_reach(error: BaseException) -> bool:
    """Return whether the database was not there to answer, or had no room."""
    if isinstance(error, NoneFree):
        return True
    if not isinstance(error, DBAPIError) or not isinstance(error.orig, psycopg.OperationalError):
        return False
    state = error.orig.sqlstate
    return error.connection_invalidated or state is None or state.startswith(OUT_OF_REACH)


def is_busy(error: BaseException) -> bool:
    """Return whether a lock did not come in time."""
    return _sqlstate(error) in BUSY


def lacks_tables(error: BaseException) -> bool:
    """Return whether a table is not there."""
    return _sqlstate(error) == "42P01"


def _sqlstate(error: BaseException) -> str | None:
    orig = error.orig if isinstance(error, DBAPIError) else None
    return orig.sqlstate if isinstance(orig, psycopg.Error) else None
