"""Run migrations on the application's own engine, under the write lock."""

from typing import Any

from alembic import context
from flask import current_app

from tagstore import sqlite
from tagstore.db import UtcDateTime, db


def render_item(kind: str, thing: Any, _autogen: Any) -> str | bool:
    """Write our moments as plain SQLAlchemy, so that old migrations never need our code."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run_migrations() -> None:
    """Bring the database to the newest version, all or nothing."""
    before = sqlite.intent.set(sqlite.Intent.WRITE)
    try:
        with db.engine.connect() as connection:
            context.configure(
                connection=connection,
                target_metadata=db.metadata,
                render_item=render_item,
                **current_app.extensions["migrate"].configure_args,
            )
            with context.begin_transaction():
                context.run_migrations()
    finally:
        sqlite.release()
        sqlite.intent.reset(before)


run_migrations()
