"""Many rows at once, column by column: no object, no dictionary a row."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Insert,
    SQLColumnExpression,
    Table,
    Text,
    TypeDecorator,
    bindparam,
    column,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from tagstore.db import db, the_connection
from tagstore.prepared import PreparedQuery, insert_rows

MOST_IN_ONE_QUERY = 10_000

Columns = dict[str, Sequence[Any]]

T = TypeVar("T")


def chunks(values: Iterable[T], most: int = MOST_IN_ONE_QUERY) -> Iterator[list[T]]:
    """Split values into lists that one query can hold."""
    ordered = list(values)
    for start in range(0, len(ordered), most):
        yield ordered[start : start + most]


class Numbers(TypeDecorator[Sequence[int]]):
    """Whole numbers in one value: an array, or for SQLite, which has none, their JSON."""

    impl = ARRAY(BigInteger)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what an engine takes."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else self.impl_instance)

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> Any:
        """Return the numbers as an engine takes them."""
        numbers = list(value or ())
        return orjson.dumps(numbers).decode() if dialect.name == "sqlite" else numbers


class Given(FunctionElement[int]):
    """The numbers to be given as `ids`, as the rows of a query."""

    inherit_cache = True

    def __init__(self) -> None:
        super().__init__(bindparam("ids", type_=Numbers))


@compiles(Given, "sqlite")
def _given_as_json(given: Given, compiler: SQLCompiler, **options: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(given.clauses, **options)}))"


@compiles(Given, "postgresql")
def _given_as_array(given: Given, compiler: SQLCompiler, **options: Any) -> str:
    return f"(SELECT unnest({compiler.process(given.clauses, **options)}))"


def among(number: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Return the condition that a number is one of those to be given as `ids`.

    They are one value, however many they are: the statement is the same each time.
    """
    return number.op("IN", is_comparison=True)(Given())


def by_number(kind: type[T], numbers: Iterable[int]) -> dict[int, T]:
    """Return things of a kind by these numbers, as far as they are there."""
    number = cast(Any, kind).id
    found = db.session.execute(select(number, kind).where(among(number)), {"ids": list(numbers)})
    return dict(found.all())


def insert_numbered(table: Table, columns: Columns) -> list[int]:
    """Insert rows into a table that numbers them, and return their numbers in order."""
    count = len(next(iter(columns.values())))
    is_sqlite = the_connection().dialect.name == "sqlite"
    ids = _next_numbers(table, count) if is_sqlite else _drawn_numbers(table, count)
    write(insertion(table), table, {"id": ids, **columns})
    return list(ids)


@lru_cache(maxsize=64)
def insertion(table: Table) -> Insert:
    """Return the plain insertion into a table, the same each time: it is put into words once."""
    return insert(table)


def write(statement: Insert, table: Table, columns: Columns) -> None:
    """Execute an insertion once a row, in one go, the fastest way that the engine has."""
    write_to(the_connection(), statement, table, columns)


def write_to(connection: Connection, statement: Insert, table: Table, columns: Columns) -> None:
    """Do the same in another database."""
    if connection.dialect.name != "sqlite":
        _write_arrays(connection, statement, table, columns)
    else:
        insert_rows(connection, statement, table, columns)


def _write_arrays(
    connection: Connection, statement: Insert, table: Table, columns: Columns
) -> None:
    """Send each column as one array, which PostgreSQL takes apart into rows."""
    arrays = {f"all_{name}": list(values) for name, values in columns.items()}
    connection.execute(_from_arrays(statement, table, tuple(columns)), arrays)


@lru_cache(maxsize=64)
def _from_arrays(statement: Insert, table: Table, names: tuple[str, ...]) -> Insert:
    """Return an insertion that takes its columns so."""
    kinds = [table.c[name].type for name in names]
    arrays = [
        bindparam(f"all_{name}", type_=ARRAY(kind, dimensions=1))
        for name, kind in zip(names, kinds, strict=True)
    ]
    rows = func.unnest(*arrays).table_valued(*map(column, names, kinds)).render_derived()
    return statement.from_select(list(names), select(rows))


def _drawn_numbers(table: Table, count: int) -> list[int]:
    """Return numbers that PostgreSQL gives to nobody else."""
    sequence = func.pg_get_serial_sequence(table.fullname, "id")
    drawn = select(func.nextval(sequence)).select_from(func.generate_series(1, count))
    return sorted(db.session.scalars(drawn))


def _next_numbers(table: Table, count: int) -> range:
    """Return numbers never used before, as SQLite would; the write lock keeps them free."""
    last = max(number or 0 for row in _used_numbers(table).rows() for number in row)
    return range(last + 1, last + 1 + count)


@lru_cache(maxsize=64)
def _used_numbers(table: Table) -> PreparedQuery[Any, Any]:
    """Return the question for the last number that is in use, and the last that ever was."""
    used = select(func.max(table.c.id)).scalar_subquery()
    ever = (
        select(column("seq"))
        .select_from(text("sqlite_sequence"))
        .where(column("name") == table.name)
        .scalar_subquery()
    )
    return PreparedQuery(select(used, ever))
