"""All rows from one database to another, whatever their engines."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    bindparam,
    cast,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import REGCLASS

from tagstore.db import Base, db, sqlite_file, transaction
from tagstore.errors import Conflict, NotFound, TagstoreError
from tagstore.services.access import require_admin
from tagstore.services.backups import checksums, snapshots
from tagstore.services.backups.checksums import TableSum
from tagstore.services.depot import depot
from tagstore.services.rows import Columns, insertion, write_to
from tagstore.values import Actor

AT_ONCE = 2000
VERSION = text("SELECT version_num FROM alembic_version")

Told = Callable[[int], object]
"""Whom to tell how many more rows are done."""


def copy_from(actor: Actor, source: Path, told: Told = lambda rows: None) -> list[TableSum]:
    """Copy the store in an SQLite file to our own empty database; all of it or nothing.

    Returns what each table holds, which was compared on both sides.
    """
    require_admin(actor)
    if depot().settings.database_file is not None:
        raise Conflict("TAGSTORE_DATABASE_URL has to name the PostgreSQL database to copy to.")
    if not source.is_file():
        raise NotFound(f"There is no file {source}.")
    if snapshots.is_open_elsewhere(source):
        raise Conflict(f"A server or worker is using {source}. Stop it first.")
    with sqlite_file(source) as connection, transaction(writing=True):
        return fill(actor, connection, told)


def fill(actor: Actor, source: Connection, told: Told = lambda rows: None) -> list[TableSum]:
    """Copy all rows of another database to ours, in the transaction that is open."""
    target = db.session.connection()
    _check_versions(source, target)
    if any(each.rows for each in checksums.of_tables(actor, target)):
        raise Conflict("The database is not empty; nothing was changed. Make a new one.")
    copy(source, target, told)
    sums = list(checksums.of_tables(actor, target))
    if sums != list(checksums.of_tables(actor, source)):
        raise TagstoreError("The copy is not the same as the original. Nothing was kept.")
    return sums


def export(target: Path) -> None:
    """Write all rows as they are at this moment to a new SQLite file."""
    with sqlite_file(target) as goal, transaction(writing=False):
        Base.metadata.create_all(goal)
        goal.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        version = db.session.execute(VERSION).scalar_one()
        goal.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})
        copy(db.session.connection(), goal)


def copy(source: Connection, target: Connection, told: Told = lambda rows: None) -> None:
    """Copy all rows, and which numbers were given out already."""
    for table in Base.metadata.sorted_tables:
        own = _own_keys(table)
        query = select(table).execution_options(yield_per=AT_ONCE)
        for part in source.execute(query).partitions():
            columns: Columns = dict(zip(table.columns.keys(), zip(*part, strict=True), strict=True))
            columns |= {key.name: [None] * len(part) for key in own}
            write_to(target, insertion(table), table, columns)
            told(len(part))
        if own:
            _copy_own_keys(source, target, table, own)
        number = table.autoincrement_column
        if number is not None:
            _go_on_after(target, table, number, _last_number(source, table, number))


def _check_versions(source: Connection, target: Connection) -> None:
    found, wanted = (each.execute(VERSION).scalar_one() for each in (source, target))
    if found != wanted:
        raise Conflict(
            f"The database to copy is at version {found} and the other at {wanted}. "
            "Run `flask db upgrade` on both first."
        )


def _own_keys(table: Table) -> list[Column[Any]]:
    """Return the columns that refer to rows of the same table, which may come later."""
    return [
        column
        for column in table.columns
        if any(key.column.table is table for key in column.foreign_keys)
    ]


def _copy_own_keys(
    source: Connection, target: Connection, table: Table, own: list[Column[Any]]
) -> None:
    number = next(iter(table.primary_key))
    is_set = or_(*(key.is_not(None) for key in own))
    query = select(number.label("number"), *own).where(is_set)
    statement = update(table).where(number == bindparam("number"))
    for part in source.execute(query.execution_options(yield_per=AT_ONCE)).mappings().partitions():
        values: dict[str, Any] = {key.name: bindparam(key.name) for key in own}
        target.execute(statement.values(values), [dict(row) for row in part])


def _last_number(connection: Connection, table: Table, number: Column[int]) -> int:
    """Return the last number that was given out, be its row still there or not."""
    if connection.dialect.name == "sqlite":
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
        given = connection.scalar(query, {"table": table.name})
    else:
        given = connection.scalar(select(func.pg_sequence_last_value(_sequence(table, number))))
    return max(connection.scalar(select(func.max(number))) or 0, given or 0)


def _go_on_after(connection: Connection, table: Table, number: Column[int], last: int) -> None:
    """Let the next number be one that was never given out."""
    if connection.dialect.name == "postgresql":
        if last:
            connection.execute(select(func.setval(_sequence(table, number), last)))
    elif table.dialect_options["sqlite"]["autoincrement"]:
        for words in (
            "DELETE FROM sqlite_sequence WHERE name = :table",
            "INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last)",
        ):
            connection.execute(text(words), {"table": table.name, "last": last})


def _sequence(table: Table, number: Column[int]) -> ColumnElement[str]:
    """Return the sequence that numbers the rows of a table on PostgreSQL."""
    return cast(func.pg_get_serial_sequence(f'"{table.name}"', number.name), REGCLASS)
