"""The DIS dialect: where it lives, whom it trusts, how it says no."""

from flask import Response, request
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from tagstore.errors import Unauthenticated
from tagstore.values import Actor
from tagstore.web import auth
from tagstore.web.api.base import Dialect, json_response, the_app
from tagstore.web.api.dis import faults, signatures
from tagstore.web.failures import Failure


class Key(BaseConverter):
    """A tag's key at the end of an address: whatever stands there, slashes too."""

    regex = r"[\s\S]+"
    part_isolating = False


def authenticate() -> Actor:
    """Return who asks: by token or by the official SDK's signature."""
    settings = the_app().settings
    token = request.headers.get("X-Auth-Token")
    if token is not None:
        return auth.actor_by_token(token.strip(), settings)
    header = request.headers.get("Authorization", "")
    scheme = header.partition(" ")[0].lower()
    if scheme == signatures.ALGORITHM.lower():
        return auth.actor_by_signature(*signatures.read(request), settings)
    actor = auth.actor_from_header(settings) if scheme == "bearer" else None
    if actor is None:
        raise Unauthenticated("Send an API token as X-Auth-Token, or sign the request.")
    return actor


def render_failure(failure: Failure) -> Response:
    """Return the failure as the Data Ingestion Service would."""
    body = {"error_code": faults.code_of(failure), "error_msg": faults.message_of(failure)}
    response = json_response(body, faults.status_of(failure))
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = signatures.ALGORITHM
    return response


bp = Dialect("dis", url_prefix="/v2", authenticate=authenticate, render_failure=render_failure)


@bp.record
def _know_keys(state: BlueprintSetupState) -> None:
    """Let addresses end in a key."""
    state.app.url_map.converters["dis_key"] = Key
