"""Who you are here."""

from flask import g

from tagstore.values import Actor
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.operations import Operation
from tagstore.web.api.v1.shapes import ME


@bp.get("/me")
@Operation(shows=ME, signed_in=True)
def show_me() -> Actor:
    """Show whom the credential names."""
    actor: Actor = g.actor
    return actor
