"""Who you are here."""

from flask import Response, g

from tagstore.errors import Unauthenticated
from tagstore.values import STRANGER
from tagstore.web.api.base import json_response
from tagstore.web.api.v1 import bp


@bp.get("/me")
def show_me() -> Response:
    """Show whom the credential names."""
    if g.actor is STRANGER:
        raise Unauthenticated("Sign in first.")
    actor = g.actor
    shown = {"id": actor.user_id, "name": actor.name, "is_admin": actor.is_admin}
    return json_response({**shown, "read_only": actor.read_only})
