"""A checksum of everything the database holds, the same on every engine.

Each row is hashed as the values that it means, not as its engine keeps them, and the hashes are
added up: engines disagree on the order of texts, and none has to sort.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Table, select

from tagstore.db import Base, db
from tagstore.services.access import require_admin
from tagstore.values import Actor

ROWS_AT_ONCE = 1000
MODULUS = 2**256


@dataclass(frozen=True)
class TableSum:
    """What one table holds: how many rows, and the sum of their hashes in hex."""

    table: str
    rows: int
    digest: str


def of_tables(actor: Actor, connection: Connection | None = None) -> Iterator[TableSum]:
    """Yield the checksum of every table, by name; of another database if one is given."""
    require_admin(actor)
    for name in sorted(Base.metadata.tables):
        yield _sum(connection or db.session.connection(), Base.metadata.tables[name])


def _sum(connection: Connection, table: Table) -> TableSum:
    columns = sorted(table.columns, key=lambda column: column.name)
    count = total = 0
    query = select(*columns).execution_options(yield_per=ROWS_AT_ONCE)
    for row in connection.execute(query):
        line = orjson.dumps(list(map(_plain, row)), option=orjson.OPT_SORT_KEYS)
        total = (total + int.from_bytes(hashlib.sha256(line).digest())) % MODULUS
        count += 1
    return TableSum(table.name, count, f"{total:064x}")


def _plain(value: Any) -> Any:
    """Return a value as something that JSON writes in one way only."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else value
