"""The Eluvio dialect: where it lives, whom it trusts, how it says no."""

from http import HTTPStatus

from flask import Response, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import BaseConverter

from tagstore.errors import Unauthenticated
from tagstore.services.contents import QID
from tagstore.values import Actor
from tagstore.web import auth
from tagstore.web.api.base import Dialect, json_response, the_app
from tagstore.web.failures import Failure

START = "/iq__"
WORDS = {
    404: "There is nothing at this address.",
    405: "This address does not take that method; the header Allow says which it does.",
}
UNREACHABLE = "Your credential does not open this content."


class Qid(BaseConverter):
    """A content's id in an address; a malformed one too, so that it is refused in our words."""

    regex = "iq__[^/]*"


class Rest(BaseConverter):
    """A track's name at the end of an address: whatever stands there, slashes too."""

    regex = r"[\s\S]+"
    part_isolating = False


class Id(BaseConverter):
    """A tag's id in an address; what has an address of its own is none."""

    regex = r"(?!(?:upload|stream)\Z)[^/]+"


class EluvioDialect(Dialect):
    """Lives at the root: its addresses begin with a content's id."""

    def owns(self, path: str) -> bool:
        """Return whether a path begins with the id of a content, well formed or not."""
        return path.startswith(START)


def authenticate() -> Actor:
    """Return who asks: by token or password in the header, else by token in the address."""
    settings = the_app().settings
    token = _token()
    if settings.signed_tokens and "." in token:
        return auth.actor_by_signed_token(token, settings)
    actor = auth.actor_from_header(settings)
    if actor is not None:
        return actor
    if not token:
        raise Unauthenticated("Send a token, as a header or as the parameter authorization.")
    return auth.actor_by_token(token, settings)


def _token() -> str:
    """Return the token that was sent; a plus sign in an address may have come as a blank."""
    header = request.headers.get("Authorization")
    if header is None:
        return request.args.get("authorization", "").strip().replace(" ", "+")
    scheme, _, rest = header.partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else ""


def render_failure(failure: Failure) -> Response:
    """Return the failure as one sentence and its code."""
    status = 400 if failure.status == HTTPStatus.UNPROCESSABLE_ENTITY else failure.status
    message = WORDS.get(status, failure.message) if _is_routing(failure) else _sentence(failure)
    if _is_routing(failure) and not QID.fullmatch(request.path.split("/")[1]):
        status, message = 401, UNREACHABLE
    response = json_response({"error": message, "code": status}, status)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="tagstore"'
    return response


def _is_routing(failure: Failure) -> bool:
    """Return whether it is the address or the method that leads nowhere."""
    return isinstance(failure.error, NotFound | MethodNotAllowed)


def _sentence(failure: Failure) -> str:
    """Return what a service says, and of what it cannot take also each field."""
    if failure.status != HTTPStatus.UNPROCESSABLE_ENTITY or not failure.reasons:
        return failure.message
    return "; ".join(f"{n}: {words.rstrip('.')}" for n, words in failure.reasons.items()) + "."


def _know_parts(state: BlueprintSetupState) -> None:
    """Let addresses begin with a qid and end in a track."""
    state.app.url_map.converters |= {"qid": Qid, "track": Rest, "eluvio_id": Id}


bp = EluvioDialect("eluvio", authenticate=authenticate, render_failure=render_failure)
bp.record_once(_know_parts)
