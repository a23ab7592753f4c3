"""Run migrations on the application's own engine, under the write lock."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from tagstore import postgres, sqlite
from tagstore.db import UtcDateTime, db
from tagstore.intents import Intent, intent


def render_item(kind: str, thing: Any, _autogen: Any) -> str | bool:
    """Write our moments as plain SQLAlchemy, so that old migrations never need our code."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def order_by_code_point(connection: Connection) -> None:
    """Sort all text on PostgreSQL as SQLite does, whatever order the database was made with."""
    others = text(
        """
        SELECT attrelid::regclass, attname, format_type(atttypid, atttypmod)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        JOIN pg_collation ON pg_collation.oid = attcollation
        WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
        AND NOT attisdropped AND collname <> 'C'
        """
    )
    alters: dict[str, list[str]] = {}
    for table, column, kind in connection.execute(others):
        alters.setdefault(table, []).append(f'ALTER "{column}" TYPE {kind} COLLATE "C"')
    for table, parts in alters.items():
        connection.execute(text(f"ALTER TABLE {table} {', '.join(parts)}"))


def run_migrations() -> None:
    """Bring the database to the newest version, all or nothing."""
    is_postgresql = db.engine.dialect.name == "postgresql"
    engine = postgres.for_migrations(db.engine) if is_postgresql else db.engine
    before = intent.set(Intent.WRITE)
    try:
        with engine.connect() as connection:
            context.configure(
                connection=connection,
                target_metadata=db.metadata,
                render_item=render_item,
                **current_app.extensions["migrate"].configure_args,
            )
            with context.begin_transaction():
                if is_postgresql:
                    postgres.take_migration_turn(connection)
                context.run_migrations()
                if is_postgresql:
                    order_by_code_point(connection)
    finally:
        sqlite.release()
        intent.reset(before)


run_migrations()
