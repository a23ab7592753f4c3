"""From what went wrong to an answer: one table of statuses, worded by each edge itself."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import structlog
from flask import Response, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from tagstore import errors
from tagstore.db import is_busy, is_out_of_reach, undo
from tagstore.values import STRANGER

if TYPE_CHECKING:
    from tagstore.web.app import App

STATUSES: dict[type[errors.TagstoreError], int] = {
    errors.Malformed: 400,
    errors.Invalid: 422,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Gone: 410,
    errors.Stale: 412,
    errors.TooLarge: 413,
    errors.Unreadable: 422,
    errors.Locked: 423,
    errors.TooMany: 429,
    errors.Spoilt: 460,
    errors.Busy: 503,
    errors.Full: 507,
}
RETRY_AFTER_S = 2

log = structlog.get_logger()


@dataclass(frozen=True)
class Failure:
    """What every edge needs to know to say no in its own words."""

    status: int
    message: str
    reasons: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    error: Exception | None = None


def failure(error: Exception) -> Failure:
    """Return what an error means to people outside."""
    match error:
        case errors.TooMany():
            headers = {"Retry-After": str(error.retry_after_s)}
            return Failure(429, error.message, headers=headers, error=error)
        case errors.Busy():
            headers = {"Retry-After": str(RETRY_AFTER_S)}
            return Failure(503, error.message, headers=headers, error=error)
        case errors.TagstoreError():
            return Failure(_status(error), error.message, error.details, error=error)
        case StaleDataError():
            message = "Somebody changed this meanwhile. Nothing was changed; load it again."
            return Failure(409, message, error=error)
        case HTTPException():
            return _from_http(error)
        case IntegrityError():
            log.error("constraint", exc_info=error)
            message = "That contradicts what is stored. Nothing was changed."
            return Failure(409, message, error=error)
        case _ if is_busy(error):
            headers = {"Retry-After": str(RETRY_AFTER_S)}
            message = "The store is busy. Nothing was changed; try again."
            return Failure(503, message, headers=headers, error=error)
        case _ if is_out_of_reach(error):
            log.error("database out of reach", reason=str(error))
            headers = {"Retry-After": str(RETRY_AFTER_S)}
            message = "The store's database cannot be reached at the moment. Try again."
            return Failure(503, message, headers=headers, error=error)
    log.error("unexpected", exc_info=error)
    return Failure(500, "Something went wrong here. Nothing was changed.", error=error)


def _status(error: errors.TagstoreError) -> int:
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def _from_http(error: HTTPException) -> Failure:
    headers = {
        name: value
        for name, value in error.get_headers(None, None)
        if name not in {"Content-Type", "Content-Length"}
    }
    if isinstance(error, CSRFError):
        message = "This page is too old to be sent. Load it again; nothing was changed."
        return Failure(400, message, error=error)
    return Failure(error.code or 500, error.description or "", headers=headers, error=error)


def answer(error: Exception) -> ResponseReturnValue:
    """Say no in the words of the edge that was asked."""
    fault = failure(error)
    dialect = cast("App", current_app).dialect_of(request.path)
    response: Response = dialect.render_failure(fault) if dialect else page(fault)
    for name, value in fault.headers.items():
        response.headers.setdefault(name, value)
    return response


def page(fault: Failure) -> Response:
    """Return the page that says what happened; a stranger is asked to sign in first."""
    is_stranger = g.get("actor", STRANGER) is STRANGER
    if is_stranger and fault.status in {401, 403, 404} and request.endpoint:
        return cast(Response, redirect(url_for("sign_in.show", next=request.full_path.rstrip("?"))))
    body = render_template("error.html", failure=fault, request_id=g.get("request_id", ""))
    return Response(body, fault.status, mimetype="text/html")


def init(app: "App") -> None:
    """Answer every error that leaves a view, and those of unknown addresses."""
    app.register_error_handler(Exception, answer)


def take_back() -> None:
    """Undo what the request has begun, so that its form can be shown again."""
    undo()
