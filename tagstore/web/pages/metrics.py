"""The numbers that a monitoring system reads, for this machine and for administrators."""

from typing import cast

from flask import Blueprint, Response, current_app, g
from flask.typing import ResponseReturnValue

from tagstore import metrics
from tagstore.services import monitoring
from tagstore.values import SYSTEM
from tagstore.web import auth
from tagstore.web.app import App
from tagstore.web.failures import failure

bp = Blueprint("metrics", __name__)


@bp.before_request
def know_the_watcher() -> None:
    """Learn who asks: this machine may without saying so, else a credential or a session counts."""
    settings = cast(App, current_app).settings
    if auth.is_this_machine(settings):
        g.watcher = SYSTEM
    else:
        g.watcher = g.actor = auth.actor_from_header(settings) or g.actor


@bp.get("/metrics")
def show() -> ResponseReturnValue:
    """Show what this process counted and how the store stands, as Prometheus reads it."""
    body = metrics.text(monitoring.readings(g.watcher))
    return Response(body, content_type=metrics.CONTENT_TYPE, headers={"Cache-Control": "no-store"})


@bp.errorhandler(Exception)
def refuse(error: Exception) -> ResponseReturnValue:
    """Say no in one line: a program asks, which no page to sign in on would help."""
    fault = failure(error)
    headers = {"WWW-Authenticate": 'Bearer realm="tagstore"'} if fault.status == 401 else {}
    words = f"{fault.message}\n"
    return Response(words, fault.status, {**headers, **fault.headers}, mimetype="text/plain")
