"""One's own page: password, tokens, keys, wallets, sessions."""

from typing import Any, cast

from flask import current_app, g, request, session
from flask.typing import ResponseReturnValue

from tagstore.errors import Invalid, TooMany, Unauthenticated
from tagstore.models import Wallet
from tagstore.services import access_keys, credentials, passwords, users, wallets
from tagstore.web import auth
from tagstore.web.app import App
from tagstore.web.pages.flow import Pages, attempt, go, tell
from tagstore.web.pages.forms import (
    KeyForm,
    PasswordForm,
    TokenForm,
    WalletForm,
    WalletProofForm,
    end_of,
)
from tagstore.web.pages.sign_in import let_in
from tagstore.web.render import render

bp = Pages("me")


@bp.before_request
def check_the_present_password() -> None:
    """Check it before the request's transaction, which must not wait for a hash."""
    g.proven = None
    if request.endpoint != "me.change_password":
        return
    settings = cast(App, current_app).settings
    try:
        g.proven = auth.actor_by_password(g.actor.name, request.form.get("current", ""), settings)
    except (Unauthenticated, TooMany) as error:
        g.unproven = error.message


@bp.get("/me")
def show() -> ResponseReturnValue:
    """Show who one is here and what one holds."""
    return _page("me/_tokens.html")


@bp.post("/me/password")
def change_password() -> ResponseReturnValue:
    """Replace one's password; every other browser is signed out."""
    form = PasswordForm()
    if not attempt(form, lambda: _replace_password(form.password.data)):
        return _page("me/_password.html", 422, password_form=form)
    let_in(g.actor)
    tell("Password changed. Other browsers are signed out.")
    return go("me.show")


def _replace_password(password: str) -> None:
    password_hash = passwords.hash_password(password)
    me = users.me(g.actor)
    if me.password_hash and not g.proven:
        raise Invalid("That is not your present password.", current="is not the one")
    users.set_password(g.actor, me, password_hash)


@bp.post("/me/tokens")
def add_token() -> ResponseReturnValue:
    """Make a token and show it, this once."""
    form = TokenForm()
    made: list[str] = []
    if not attempt(form, lambda: made.append(_add_token(form))):
        return _page("me/_tokens.html", 422, token_form=form)
    return _page("me/_tokens.html", 201, secret=made[0])


def _add_token(form: TokenForm) -> str:
    expires_at = end_of(form.expires_on.data)
    read_only = form.read_only.data
    me = users.me(g.actor)
    return credentials.add_token(
        g.actor, me, form.label.data, read_only=read_only, expires_at=expires_at
    )


@bp.post("/me/tokens/<int:token_id>/revoke")
def revoke_token(token_id: int) -> ResponseReturnValue:
    """End a token."""
    credentials.revoke_token(g.actor, token_id)
    tell("Token revoked. Scripts that use it are refused from now on.")
    return go("me.show")


@bp.post("/me/keys")
def add_key() -> ResponseReturnValue:
    """Make a key pair and show it, this once."""
    form = KeyForm()
    made: list[access_keys.Pair] = []
    if not attempt(form, lambda: made.append(access_keys.add_key(g.actor, users.me(g.actor)))):
        return _page("me/_keys.html", 422, key_form=form)
    return _page("me/_keys.html", 201, pair=made[0])


@bp.post("/me/keys/<int:key_id>/revoke")
def revoke_key(key_id: int) -> ResponseReturnValue:
    """End a key pair."""
    access_keys.revoke_key(g.actor, key_id)
    tell("Access key revoked. What is signed with it is refused from now on.")
    return go("me.show")


@bp.post("/me/wallets/challenge")
def challenge_wallet() -> ResponseReturnValue:
    """Show the text that an address is to sign."""
    form = WalletForm()
    asked: list[str] = []
    if not attempt(form, lambda: asked.append(wallets.challenge(g.actor, form.address.data))):
        return _page("me/_wallets.html", 422, wallet_form=form)
    return _page("me/_wallets.html", proof_form=WalletProofForm(None, text=asked[0]))


@bp.post("/me/wallets")
def add_wallet() -> ResponseReturnValue:
    """Register an address that has signed its text."""
    form = WalletProofForm()
    made: list[Wallet] = []
    text, signature = form.text.data or "", form.signature.data or ""
    if not attempt(form, lambda: made.append(wallets.add_wallet(g.actor, text, signature))):
        return _page("me/_wallets.html", 422, proof_form=form)
    return _page("me/_wallets.html", 201, registered=made[0])


@bp.post("/me/wallets/<int:wallet_id>/remove")
def remove_wallet(wallet_id: int) -> ResponseReturnValue:
    """Let an address stand for oneself no longer."""
    wallets.remove_wallet(g.actor, wallet_id)
    tell("Wallet removed. Tokens that it signs are refused from now on.")
    return go("me.show")


@bp.post("/me/sessions/<int:session_id>/revoke")
def revoke_session(session_id: int) -> ResponseReturnValue:
    """Sign out another browser."""
    credentials.revoke_session(g.actor, session_id)
    tell("That browser is signed out.")
    return go("me.show")


def _page(part: str, status: int = 200, **context: Any) -> ResponseReturnValue:
    me = users.me(g.actor)
    secret = session.get("_user_id", "")
    browsers = credentials.list_sessions(g.actor)
    empty = {
        "password_form": PasswordForm(formdata=None),
        "token_form": TokenForm(formdata=None),
        "secret": None,
        "key_form": KeyForm(formdata=None),
        "pair": None,
        "wallet_form": WalletForm(formdata=None),
        "proof_form": None,
        "registered": None,
    }
    return render(
        "me/show.html",
        part,
        status,
        **{**empty, **context},
        me=me,
        tokens=credentials.list_tokens(g.actor),
        keys=access_keys.list_keys(g.actor),
        wallets=wallets.list_wallets(g.actor),
        takes_signed_tokens=cast(App, current_app).settings.signed_tokens,
        sessions=[(each, credentials.is_session(each, secret)) for each in browsers],
    )
