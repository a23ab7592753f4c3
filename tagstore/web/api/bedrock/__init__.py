"""Bedrock's dialect: where it lives, whom it trusts, how it says no."""

from http import HTTPStatus

from flask import Response, request
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from tagstore.errors import ConflictItems, InvalidItems, Unauthenticated
from tagstore.values import Actor
from tagstore.web import auth
from tagstore.web.api.base import Dialect, json_response, the_app
from tagstore.web.api.bedrock.fields import pointer
from tagstore.web.failures import Failure

PREFIXES = ("/tags", "/tag-groups", "/tag-assignments")
PROBLEM = "application/problem+json"


class PublicId(BaseConverter):
    """An id in an address: `batch` is none, so that another method there is 405."""

    regex = r"(?!batch\Z)[A-Za-z0-9_.:-]{1,64}"


def authenticate() -> Actor:
    """Return who asks: by bearer token, never by the browser's cookie."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Send a bearer token.")
    return auth.actor_by_token(token.strip(), the_app().settings)


def render_failure(failure: Failure) -> Response:
    """Return the failure as problem details (RFC 9457), every fault by its pointer."""
    problem = {
        "type": "about:blank",
        "title": HTTPStatus(failure.status).phrase,
        "status": failure.status,
        "detail": failure.message,
        "errors": _errors(failure),
    }
    response = json_response(problem, failure.status, PROBLEM)
    if failure.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _errors(failure: Failure) -> list[dict[str, str]]:
    if isinstance(failure.error, InvalidItems | ConflictItems):
        is_bulk = request.path.endswith("/batch")
        return [
            {
                "pointer": (f"/{fault.index}" if is_bulk else "") + pointer(fault.field),
                "code": fault.code,
                "detail": fault.message,
            }
            for fault in failure.error.faults
        ]
    code = "taken" if failure.status == HTTPStatus.CONFLICT else "invalid"
    return [
        {"pointer": pointer(name), "code": code, "detail": reason}
        for name, reason in failure.reasons.items()
    ]


def _know_ids(state: BlueprintSetupState) -> None:
    """Let addresses hold public ids."""
    state.app.url_map.converters["public_id"] = PublicId


bp = Dialect("bedrock", prefixes=PREFIXES, authenticate=authenticate, render_failure=render_failure)
bp.record_once(_know_ids)
