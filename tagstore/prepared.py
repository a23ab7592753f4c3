"""Questions that are always the same: put into words once, and asked as fast as the engine can.

SQLAlchemy takes ten times as long to ask SQLite for a row as SQLite to find it. That is nothing
where a page is made; it is most of a request that asks ten small questions.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice, repeat
from typing import Any, Generic, NamedTuple, TypeVarTuple, cast

from sqlalchemy import Connection, Dialect, Insert, Select, Table, Uuid
from sqlalchemy.types import TypeEngine

from tagstore import sqlite
from tagstore.db import db, the_connection

Columns = TypeVarTuple("Columns")

ROWS_AT_ONCE = 10_000

Rows = Sequence[tuple[*Columns]]

Change = Callable[[Any], Any]
"""What turns a value into what the driver takes, or the other way round."""


class PreparedQuery(Generic[*Columns]):
    """A query without anything that depends on its values, such as a list of unknown length.

    It is asked in the transaction that is open, and sees what was set before.
    """

    def __init__(self, query: Select[*Columns]) -> None:
        self.query = query
        self._words: _Words | None = None

    def rows(self, **values: Any) -> Rows[*Columns]:
        """Return all rows for these values."""
        db.session.flush()
        return self._ask(the_connection(), values)

    def first(self, **values: Any) -> tuple[*Columns] | None:
        """Return the first row, or None."""
        return _first(self.rows(**values))

    def glance(self, **values: Any) -> tuple[*Columns] | None:
        """Return the first row, or None, apart from any transaction, before one has begun."""
        with db.engine.connect() as connection:
            return _first(self._ask(connection, values))

    def _ask(self, connection: Connection, values: dict[str, Any]) -> Rows[*Columns]:
        if connection.dialect.name != "sqlite":
            return cast("Rows[*Columns]", connection.execute(self.query, values).all())
        if self._words is None:
            self._words = _in_words(cast(Any, self.query), connection.dialect)
        return cast("Rows[*Columns]", self._words.ask(connection, values))


def _first(rows: Rows[*Columns]) -> tuple[*Columns] | None:
    return rows[0] if rows else None


class _Words(NamedTuple):
    """A query as SQLite reads it."""

    text: str
    names: tuple[str, ...]
    """Whose values it takes, in order."""
    constants: dict[str, Any]
    before: dict[str, Change]
    """How values of these names are changed for the driver."""
    after: list[tuple[int, Change]]
    """How the columns in these places are changed when they come back."""

    def ask(self, connection: Connection, given: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Return what SQLite finds."""
        values = self.constants | given
        for name, change in self.before.items():
            values[name] = change(values[name])
        rows = sqlite.fetch(connection, self.text, tuple(map(values.__getitem__, self.names)))
        if not rows or not self.after:
            return rows
        columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
        for place, change in self.after:
            columns[place] = map(change, columns[place])
        return list(zip(*columns, strict=True))


def _reading(kind: TypeEngine[Any], dialect: Dialect) -> Change | None:
    """Return how values of a type are read; the numbers of tracks come again and again."""
    change = kind.result_processor(dialect, None)
    return lru_cache(maxsize=4096)(change) if change and isinstance(kind, Uuid) else change


def _in_words(query: Select[Any], dialect: Dialect) -> _Words:
    compiled: Any = query.compile(dialect=dialect)
    names = tuple(compiled.positiontup)
    kinds = {name: compiled.binds[name].type.dialect_impl(dialect) for name in set(names)}
    changes = {name: kind.bind_processor(dialect) for name, kind in kinds.items()}
    columns = [each.type.dialect_impl(dialect) for each in query.selected_columns]
    read = [_reading(kind, dialect) for kind in columns]
    return _Words(
        str(compiled),
        names,
        dict(compiled.params),
        {name: change for name, change in changes.items() if change},
        [(place, change) for place, change in enumerate(read) if change],
    )


def insert_rows(
    connection: Connection, statement: Insert, table: Table, columns: Mapping[str, Sequence[Any]]
) -> None:
    """Carry out an insertion once a row, on SQLite."""
    words, places = _worded(statement, table, tuple(columns), connection.dialect)
    bound = [_bound(change, columns[name]) for name, change in places]
    rows = zip(*bound, strict=False)
    while some := list(islice(rows, ROWS_AT_ONCE)):
        sqlite.write(connection, words, some)


@lru_cache(maxsize=64)
def _worded(
    statement: Insert, table: Table, names: tuple[str, ...], dialect: Dialect
) -> tuple[str, list[tuple[str, Change | None]]]:
    """Return an insertion in the words of the engine, and what it takes, in order."""
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))
    kinds = {name: table.c[name].type.dialect_impl(dialect) for name in names}
    changes = {name: kind.bind_processor(dialect) for name, kind in kinds.items()}
    return str(compiled), [(name, changes[name]) for name in compiled.positiontup]


def _bound(change: Change | None, values: Sequence[Any]) -> Iterable[Any]:
    """Return the values as the driver takes them; one that is always the same is changed once."""
    if change is None:
        return values
    if len(values) > 1 and are_alike(values):
        return repeat(change(values[0]), len(values))
    return map(change, values)


def are_alike(values: Sequence[Any]) -> bool:
    """Return whether all values are the same; of documents, only empty ones are compared."""
    kinds = set(map(type, values))
    if kinds & {dict, list}:
        return len(kinds) == 1 and not any(values)
    return len(kinds) == 1 and len(set(values)) == 1
