"""Many rows at once, column by column: no object, no dictionary a row."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, repeat
from typing import Any, TypeVar

from sqlalchemy import Column, Dialect, Insert, Table, column, func, insert, select, text

from tagstore.db import db

MOST_IN_ONE_QUERY = 10_000

Columns = dict[str, Sequence[Any]]

T = TypeVar("T")


def chunks(values: Iterable[T], most: int = MOST_IN_ONE_QUERY) -> Iterator[list[T]]:
    """Split values into lists that one query can hold."""
    ordered = list(values)
    for start in range(0, len(ordered), most):
        yield ordered[start : start + most]


def insert_numbered(table: Table, columns: Columns) -> list[int]:
    """Insert rows into a table that numbers them, and return their numbers in order."""
    count = len(next(iter(columns.values())))
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        ids = _next_numbers(table, count)
        write(insert(table), table, {"id": ids, **columns})
        return list(ids)
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(connection.execute(statement, _dictionaries(columns)).scalars())


def write(statement: Insert, table: Table, columns: Columns) -> None:
    """Execute an insertion once a row, in one go, the fastest way that the engine has."""
    connection = db.session.connection()
    compiled: Any = statement.compile(dialect=connection.dialect, column_keys=list(columns))
    if not compiled.positional:
        connection.execute(statement, _dictionaries(columns))
        return
    bound = [
        _bound(table.c[name], columns[name], connection.dialect) for name in compiled.positiontup
    ]
    rows = zip(*bound, strict=False)
    while some := list(islice(rows, MOST_IN_ONE_QUERY)):
        connection.exec_driver_sql(str(compiled), some)


def _next_numbers(table: Table, count: int) -> range:
    """Return numbers never used before, as SQLite would; the write lock keeps them free."""
    used = select(func.max(table.c.id)).scalar_subquery()
    ever = (
        select(column("seq"))
        .select_from(text("sqlite_sequence"))
        .where(column("name") == table.name)
        .scalar_subquery()
    )
    last = max(number or 0 for number in db.session.execute(select(used, ever)).one())
    return range(last + 1, last + 1 + count)


def _bound(place: Column[Any], values: Sequence[Any], dialect: Dialect) -> Iterable[Any]:
    """Return the values as the driver takes them; one that is always the same is turned once."""
    process = place.type.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return values
    if are_alike(values):
        return repeat(process(values[0]), len(values))
    return map(process, values)


def are_alike(values: Sequence[Any]) -> bool:
    """Return whether all values are the same; of documents, only empty ones are compared."""
    kinds = set(map(type, values))
    if kinds & {dict, list}:
        return len(kinds) == 1 and not any(values)
    return len(kinds) == 1 and len(set(values)) == 1


def _dictionaries(columns: Columns) -> list[dict[str, Any]]:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
