"""The users of the store, for administrators."""

from typing import Any

from flask import g, url_for
from flask.typing import ResponseReturnValue

from tagstore.services import access, credentials, passwords, users
from tagstore.web.pages.flow import Pages, attempt, go, tell
from tagstore.web.pages.forms import UserForm
from tagstore.web.render import render

bp = Pages("users")


@bp.get("/admin/users")
def index() -> ResponseReturnValue:
    """List everyone."""
    return _page(UserForm(formdata=None))


@bp.post("/admin/users")
def add() -> ResponseReturnValue:
    """Make a user; without a password they come in by a one-time address."""
    access.require_admin(g.actor)
    form = UserForm()
    if not attempt(form, lambda: _add(form)):
        return _page(form, 422)
    tell(f"Added the user {form.name.data}.")
    return go("users.index")


def _add(form: UserForm) -> None:
    password = form.password.data
    password_hash = passwords.hash_password(password) if password else None
    users.add_user(g.actor, form.name.data, password_hash, is_admin=form.is_admin.data)


@bp.post("/admin/users/<int:user_id>/disable")
def disable(user_id: int) -> ResponseReturnValue:
    """Keep a user from signing in."""
    user = users.get_user_by_id(g.actor, user_id)
    users.disable_user(g.actor, user)
    tell(f"{user.name} can no longer sign in.", undo=url_for("users.enable", user_id=user_id))
    return go("users.index")


@bp.post("/admin/users/<int:user_id>/enable")
def enable(user_id: int) -> ResponseReturnValue:
    """Let a disabled user in again."""
    user = users.get_user_by_id(g.actor, user_id)
    users.enable_user(g.actor, user)
    tell(f"{user.name} can sign in again.")
    return go("users.index")


@bp.post("/admin/users/<int:user_id>/link")
def make_link(user_id: int) -> ResponseReturnValue:
    """Make an address that signs the user in once, and show it, this once."""
    user = users.get_user_by_id(g.actor, user_id)
    secret = credentials.make_sign_in_link(user)
    link = url_for("sign_in.show_link", secret=secret, _external=True)
    return _page(UserForm(formdata=None), 201, link=link, link_for=user.name)


def _page(form: UserForm, status: int = 200, **context: Any) -> ResponseReturnValue:
    found = users.list_users(g.actor)
    shown = {"link": None, "link_for": None, **context}
    return render("users/list.html", "users/_table.html", status, users=found, form=form, **shown)
