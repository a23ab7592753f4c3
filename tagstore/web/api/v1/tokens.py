"""One's own API tokens."""

from typing import Any

from flask import g

from tagstore.models import ApiToken
from tagstore.services import credentials, listings, users
from tagstore.values import Page
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.operations import Operation
from tagstore.web.api.v1.queries import PAGED
from tagstore.web.api.v1.schemas import NewTokenSchema
from tagstore.web.api.v1.shapes import MADE_TOKEN, TOKEN, MadeToken

new_token_schema = NewTokenSchema()


@bp.get("/tokens")
@Operation(query=PAGED, lists=TOKEN, signed_in=True)
def list_tokens(query: dict[str, Any]) -> Page[ApiToken]:
    """List your tokens, newest first."""
    return listings.page_of_tokens(g.actor, query["part"])


@bp.post("/tokens")
@Operation(body=new_token_schema, shows=MADE_TOKEN, status=201)
def add_token(body: dict[str, Any]) -> MadeToken:
    """Make a token for yourself; its secret is shown this once."""
    return MadeToken(*credentials.make_token(g.actor, users.me(g.actor), **body))


@bp.get("/tokens/<int:token_id>")
@Operation(shows=TOKEN, signed_in=True)
def get_token(token_id: int) -> ApiToken:
    """Show one of your tokens, without its secret."""
    return credentials.get_token(g.actor, token_id)


@bp.delete("/tokens/<int:token_id>")
@Operation(versioned=True)
def revoke_token(token_id: int, version: int | None) -> None:
    """End one of your tokens."""
    credentials.revoke_token(g.actor, token_id, version)
