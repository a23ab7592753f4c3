"""Whether what Tagstore depends on works."""

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tagstore.db import db, is_out_of_reach
from tagstore.services import redis_line
from tagstore.services.depot import depot

OK = "ok"
SPARED = {"redis"}
"""What everything works without, if more slowly or with less knowledge of other processes."""


def dependencies() -> dict[str, str]:
    """Return each dependency and its state, `ok` or a word on what is wrong."""
    states = {"database": _database(), "storage": depot().store.state()}
    if redis_line.line() is not None:
        states["redis"] = OK if redis_line.is_up() else "cannot be reached"
    return states


def verdict(states: dict[str, str]) -> str:
    """Return `ok`, `degraded` where nobody has to notice, or `failing`."""
    wrong = {name for name, state in states.items() if state != OK}
    return OK if not wrong else "degraded" if wrong <= SPARED else "failing"


def _database() -> str:
    try:
        db.session.execute(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError as error:
        return "cannot be reached" if is_out_of_reach(error) else "cannot be read"
    return OK
