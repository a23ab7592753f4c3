"""PostgreSQL's own partitions, tried on copies of the table of tags: by project, none to 256."""

import itertools
import random
import re
import statistics
import time
from typing import Any

import psycopg
from psycopg import sql

PROJECTS, ROWS, SINGLES, ROUNDS = 256, 128_000, 3000, 11

SOURCE = """
CREATE TABLE source AS SELECT tag.*, (media_file_id % {projects})::bigint AS project_id
FROM tag WHERE start_s < 1500 ORDER BY id LIMIT {rows};
ALTER TABLE source ADD PRIMARY KEY (id);
ANALYZE source
"""
COPY = """
CREATE TABLE {table} (
  LIKE tag INCLUDING DEFAULTS INCLUDING CONSTRAINTS, project_id bigint NOT NULL
) {partitions}
"""
IN_WINDOW = """
SELECT id FROM {table}
WHERE media_file_id = {file} AND span_level = -1 AND start_s >= 600 AND start_s < 1200
"""

Row = dict[str, Any]
Connection = psycopg.Connection[Any]


def measure(url: str) -> list[Row]:
    """Fill copies of the table that are cut in several ways; return what each costs."""
    with psycopg.connect(url, autocommit=True) as connection:
        _run(connection, SOURCE.format(projects=PROJECTS, rows=ROWS + SINGLES))
        shapes = ["not at all", *(f"hash, {count}" for count in (1, 16, 256)), "list, 256"]
        return [_measured(connection, shape) for shape in shapes]


def _run(connection: Connection, words: str) -> None:
    connection.execute(sql.SQL(words))


def _measured(connection: Connection, shape: str) -> Row:
    table = "cut_" + re.sub(r"\W+", "_", shape)
    _make(connection, table, shape)
    last = connection.execute(
        sql.SQL("SELECT id FROM source ORDER BY id OFFSET %s LIMIT 1"), [ROWS - 1]
    ).fetchone()[0]
    began = time.perf_counter()
    _run(connection, f"INSERT INTO {table} SELECT * FROM source WHERE id <= {last}")
    bulk_s = time.perf_counter() - began
    single_s = _add_singly(connection, table, last)
    _run(connection, f"ANALYZE {table}")
    file, project = connection.execute(
        sql.SQL(f"SELECT media_file_id, project_id FROM {table} WHERE id = {last}")
    ).fetchone()
    window = IN_WINDOW.format(table=table, file=file)
    pruned = _explained(connection, f"{window} AND project_id = {project}")
    blind = _explained(connection, window)
    by_id = _explained(connection, f"SELECT * FROM {table} WHERE id = {last}")
    return {
        "cut by project": shape,
        "bulk, rows/s": round(ROWS / bulk_s),
        "singly, rows/s": round(1 / single_s),
        **_worded("window with project", pruned),
        **_worded("without", blind),
        **_worded("one tag by number", by_id),
        "removing a project, ms": _remove(connection, table, shape, project),
    }


def _make(connection: Connection, table: str, shape: str) -> None:
    """Copy the definition of the table of tags with all its indexes, cut as wanted."""
    kind, _, count = shape.partition(", ")
    cut = f"PARTITION BY {kind.upper()} (project_id)" if count else ""
    _run(connection, COPY.format(table=table, partitions=cut))
    for number in range(int(count or 0)):
        by_hash = f"WITH (MODULUS {count}, REMAINDER {number})"
        values = by_hash if kind == "hash" else f"IN ({number})"
        _run(connection, f"CREATE TABLE {table}_{number} PARTITION OF {table} FOR VALUES {values}")
    indexes = connection.execute(
        sql.SQL("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'tag'")
    )
    for name, words in indexes.fetchall():
        words = words.replace(name, f"{table}_{name}").replace(" ON public.tag ", f" ON {table} ")
        if "UNIQUE" in words:  # What is unique has to hold what the table is cut by.
            words = words.replace("btree (", "btree (project_id, ")
        _run(connection, words)


def _add_singly(connection: Connection, table: str, last: int) -> float:
    """Add rows in a transaction each; return the median of the seconds that one takes."""
    rest = connection.execute(sql.SQL("SELECT id FROM source WHERE id > %s"), [last]).fetchall()
    words = sql.SQL(f"INSERT INTO {table} SELECT * FROM source WHERE id = %s")
    random.Random(7).shuffle(rest)
    taken = []
    for number in rest:
        began = time.perf_counter()
        connection.execute(words, number, prepare=True)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def _explained(connection: Connection, words: str) -> tuple[int, float, float]:
    """Return how many partitions a query looks at, milliseconds to plan and to execute."""
    found = []
    for _ in range(ROUNDS):
        answer = connection.execute(sql.SQL(f"EXPLAIN (ANALYZE, FORMAT JSON) {words}"))
        plan = answer.fetchone()[0][0]
        found.append((plan["Planning Time"], plan["Execution Time"]))
    plans, runs = zip(*found, strict=True)
    return len(set(_relations(plan["Plan"]))), statistics.median(plans), statistics.median(runs)


def _relations(plan: dict[str, Any]) -> list[str]:
    """Return the tables that a plan looks at."""
    own = [plan["Relation Name"]] if "Relation Name" in plan else []
    return own + list(itertools.chain.from_iterable(map(_relations, plan.get("Plans", ()))))


def _worded(what: str, found: tuple[int, float, float]) -> Row:
    parts, plan_ms, run_ms = found
    return {f"{what}: tables": parts, f"{what}: ms": plan_ms + run_ms}


def _remove(connection: Connection, table: str, shape: str, project: int) -> float:
    """Remove a project's tags, as its table where it has one; return the milliseconds."""
    own, shared = (
        f"DROP TABLE {table}_{project}",
        f"DELETE FROM {table} WHERE project_id = {project}",
    )
    words = own if shape.startswith("list") else shared
    began = time.perf_counter()
    _run(connection, words)
    return (time.perf_counter() - began) * 1000
