"""PixelShare's dialect: where it lives, whom it trusts, how it says no."""

from flask import request

from tagstore.errors import Unauthenticated
from tagstore.services import credentials
from tagstore.values import Actor
from tagstore.web import auth
from tagstore.web.api.base import Dialect, load, the_app
from tagstore.web.api.pixelshare.bodies import sent
from tagstore.web.api.pixelshare.faults import render_failure
from tagstore.web.api.pixelshare.schemas import with_credentials_schema


def authenticate() -> Actor:
    """Return who asks: by the token in the header, else by what the body says."""
    header = request.headers.get("Authorization")
    if header is None:
        return _actor_from_body()
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("That kind of credential is not taken here.")
    return auth.actor_by_token(token.strip(), the_app().settings)


def _actor_from_body() -> Actor:
    """Return who the body's credentials name: by key, and by name and password failing that."""
    value = sent().value
    given = load(with_credentials_schema, value) if isinstance(value, dict) else {}
    said = given.get("credentials") or {}
    key, name, password = (said.get(part) for part in ("api_key", "user_id", "password"))
    actor = credentials.actor_by_token(key) if key else None
    if actor is None and name and password:
        actor = auth.actor_by_password(name, password, the_app().settings)
    elif actor is None and key:
        actor = auth.actor_by_token(key, the_app().settings)
    if actor is None:
        raise Unauthenticated("No credential was sent.")
    return actor


bp = Dialect(
    "pixelshare", url_prefix="/api/Tags", authenticate=authenticate, render_failure=render_failure
)
