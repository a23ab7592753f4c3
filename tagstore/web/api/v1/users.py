"""Users, for administrators."""

from typing import Any

from flask import g

from tagstore.models import User
from tagstore.services import access, listings, passwords, users
from tagstore.values import Page
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.operations import Operation
from tagstore.web.api.v1.queries import PAGED
from tagstore.web.api.v1.schemas import NewUserSchema, UserSchema
from tagstore.web.api.v1.shapes import USER

ADMINS_ONLY = {403: "Only administrators may do that."}

new_user_schema = NewUserSchema()
user_changes_schema = UserSchema(partial=True)


@bp.get("/users")
@Operation(query=PAGED, lists=USER, signed_in=True, also=ADMINS_ONLY)
def list_users(query: dict[str, Any]) -> Page[User]:
    """List everyone."""
    return listings.page_of_users(g.actor, query["part"])


@bp.post("/users")
@Operation(body=new_user_schema, shows=USER, status=201)
def add_user(body: dict[str, Any]) -> User:
    """Make a user; without a password one comes in by token only."""
    access.require_admin(g.actor)
    password = body.get("password")
    password_hash = None if password is None else passwords.hash_password(password)
    return users.add_user(g.actor, body["name"], password_hash, is_admin=body["is_admin"])


@bp.get("/users/<int:user_id>")
@Operation(shows=USER, signed_in=True, also=ADMINS_ONLY)
def get_user(user_id: int) -> User:
    """Show a user."""
    return users.get_user_by_id(g.actor, user_id)


@bp.patch("/users/<int:user_id>")
@Operation(body=user_changes_schema, shows=USER, versioned=True)
def edit_user(user_id: int, body: dict[str, Any], version: int | None) -> User:
    """Keep a user from signing in, or let them in again."""
    user = users.get_user_by_id(g.actor, user_id)
    return users.edit_user(g.actor, user, version, **body)
