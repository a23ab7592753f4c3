"""Whether Tagstore is alive, and whether it can work."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tagstore.services import health

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def is_alive() -> ResponseReturnValue:
    """Say that the process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
def is_ready() -> ResponseReturnValue:
    """Say whether each thing that Tagstore depends on works."""
    states = health.dependencies()
    ready = all(state == "ok" for state in states.values())
    return {"status": "ok" if ready else "failing", "dependencies": states}, 200 if ready else 503
