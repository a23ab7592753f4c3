"""Signing in and out."""

from typing import cast

from flask import current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user, logout_user

from tagstore.errors import TooMany, Unauthenticated
from tagstore.services import credentials
from tagstore.values import STRANGER, Actor
from tagstore.web import auth
from tagstore.web.app import App
from tagstore.web.failures import failure
from tagstore.web.pages.flow import Pages, go, local
from tagstore.web.pages.forms import SignInForm
from tagstore.web.render import blame, render

bp = Pages("sign_in")


@bp.before_request
def check_the_password() -> None:
    """Check it before the request's transaction, which must not wait for a hash."""
    if request.endpoint != "sign_in.enter":
        return
    g.form, g.proven, g.status, g.headers = SignInForm(), None, 422, {}
    if not g.form.validate():
        return
    settings = cast(App, current_app).settings
    try:
        g.proven = auth.actor_by_password(g.form.username.data, g.form.password.data, settings)
    except (Unauthenticated, TooMany) as error:
        blame(g.form, error)
        fault = failure(error)
        g.status, g.headers = fault.status, fault.headers


@bp.get("/login")
def show() -> ResponseReturnValue:
    """Ask who it is."""
    goal = local(request.args.get("next"))
    if g.actor is not STRANGER:
        return redirect(goal)
    form = SignInForm(formdata=None, next=goal)
    return render("sign_in/show.html", "sign_in/_form.html", form=form, secret=None)


@bp.post("/login")
def enter() -> ResponseReturnValue:
    """Let in whoever proved to be who they say."""
    if g.proven is None:
        page, part = "sign_in/show.html", "sign_in/_form.html"
        response = render(page, part, g.status, form=g.form, secret=None)
        response.headers.update(g.headers)
        return response
    let_in(g.proven)
    return redirect(local(g.form.next.data))


@bp.get("/login/<secret>")
def show_link(secret: str) -> ResponseReturnValue:
    """Offer to use a one-time address; looking at it does not use it up."""
    return render("sign_in/show.html", "sign_in/_form.html", form=None, secret=secret)


@bp.post("/login/<secret>")
def enter_by_link(secret: str) -> ResponseReturnValue:
    """Let in whoever holds a one-time address."""
    let_in(credentials.use_sign_in_link(secret))
    return go("me.show")


@bp.post("/logout")
def leave() -> ResponseReturnValue:
    """End this browser's session."""
    credentials.close_session(session.get("_user_id", ""))
    logout_user()
    session.clear()
    return redirect(url_for("sign_in.show"))


def let_in(actor: Actor) -> None:
    """Give this browser a session of its own, in place of whatever it had."""
    browser = request.headers.get("User-Agent", "")
    secret = credentials.open_session(actor, browser, request.remote_addr or "")
    session.clear()
    session.permanent = True
    login_user(auth.SignedIn(actor, secret))
