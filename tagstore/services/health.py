"""Whether what Tagstore depends on works."""

import os

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tagstore.db import db, is_out_of_reach
from tagstore.services.depot import depot


def dependencies() -> dict[str, str]:
    """Return each dependency and its state, `ok` or a word on what is wrong."""
    return {"database": _database(), "storage": _storage()}


def _database() -> str:
    try:
        db.session.execute(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError as error:
        return "cannot be reached" if is_out_of_reach(error) else "cannot be read"
    return "ok"


def _storage() -> str:
    folder = depot().settings.media_dir
    return "ok" if os.access(folder, os.W_OK) else "cannot be written"
