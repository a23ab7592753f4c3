"""ARLO's dialect: where it lives, whom it trusts, how it says no."""

from flask import Response

from tagstore.errors import InvalidItems, Unauthenticated
from tagstore.values import Actor
from tagstore.web import auth
from tagstore.web.api.arlo import faults
from tagstore.web.api.base import Dialect, json_response, the_app
from tagstore.web.failures import Failure


def authenticate() -> Actor:
    """Return who asks: by token or password, never by the browser's cookie."""
    actor = auth.actor_from_header(the_app().settings)
    if actor is None:
        raise Unauthenticated("Authentication credentials were not provided.")
    return actor


def render_failure(failure: Failure) -> Response:
    """Return the failure as Django REST Framework would."""
    if isinstance(failure.error, InvalidItems):
        return json_response(faults.aligned(failure.error), 400)
    if isinstance(failure.error, faults.BadFields):
        return json_response(failure.error.messages, 400)
    if failure.reasons and failure.status in {409, 422}:
        return json_response(faults.by_field(failure), 400)
    status = 400 if failure.status == 422 else failure.status
    response = json_response({"detail": faults.detail(failure)}, status)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Token"
    return response


bp = Dialect("arlo", url_prefix="/api/v0", authenticate=authenticate, render_failure=render_failure)
