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
    verdict = health.verdict(states)
    return {"status": verdict, "dependencies": states}, 503 if verdict == "failing" else 200
