"""Who is asking: by cookie on the pages, by token everywhere else."""

from ipaddress import ip_address

from flask import Flask, g, request
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.http import parse_list_header

from tagstore.config import Settings
from tagstore.errors import TooMany, Unauthenticated
from tagstore.services import access_keys, attempts, credentials, wallets
from tagstore.values import STRANGER, Actor, fold

LONGEST_NAME = 200
PASSED_ON = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")
"""Headers by which a proxy tells that it passes on what somebody else asked."""

csrf = CSRFProtect()
login_manager = LoginManager()


class SignedIn(UserMixin):
    """The holder of a session, as Flask-Login wants to see them."""

    def __init__(self, actor: Actor, secret: str) -> None:
        self.actor = actor
        self.secret = secret

    def get_id(self) -> str:
        """Return what the cookie carries: the session's secret, never the user's number."""
        return self.secret


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_signed_in(secret: str) -> SignedIn | None:
    """Return who holds this session, if it was not revoked."""
    actor = credentials.actor_by_session(secret)
    return SignedIn(actor, secret) if actor else None


def init(app: Flask) -> None:
    """Let the application know who is asking before any view runs."""
    csrf.init_app(app)
    login_manager.init_app(app)


def actor_from_session() -> Actor:
    """Return who is signed in with this browser, or the stranger."""
    return current_user.actor if current_user.is_authenticated else STRANGER


def actor_from_header(settings: Settings) -> Actor | None:
    """Return whom the Authorization header names, None without one; a wrong one raises."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, rest = header.partition(" ")
    if scheme.lower() in {"bearer", "token"}:
        return actor_by_token(rest.strip(), settings)
    if scheme.lower() == "basic" and settings.basic_auth and request.authorization:
        name = request.authorization.username or ""
        return actor_by_password(name, request.authorization.password or "", settings)
    raise Unauthenticated("That kind of credential is not taken here.")


def actor_by_token(token: str, settings: Settings) -> Actor:
    """Return whose token this is; failures are counted against the address.

    A good token works even there: looking it up costs nothing that guessing could exhaust.
    """
    actor = credentials.actor_by_token(token)
    if actor is None:
        _count_failure("token", settings)
        raise Unauthenticated("That token is not valid here.")
    return actor


def actor_by_signature(access: str, message: bytes, signature: str, settings: Settings) -> Actor:
    """Return whose access key signed the message; failures are counted against the address."""
    actor = access_keys.actor_by_signature(access, message, signature)
    if actor is None:
        _count_failure("signature", settings)
        raise Unauthenticated("That signature is not valid here.")
    return actor


def actor_by_signed_token(token: str, settings: Settings) -> Actor:
    """Return whose wallet signed this token; failures are counted against the address."""
    actor = wallets.actor_by_signed_token(token)
    if actor is None:
        _count_failure("signed token", settings)
        raise Unauthenticated("That signed token is not valid here.")
    return actor


def actor_by_password(name: str, password: str, settings: Settings) -> Actor:
    """Return the user of that name and password; failures are counted by address and name."""
    key = f"name {fold(name[:LONGEST_NAME])}"
    _refuse_after_too_many(key, settings)
    actor = credentials.actor_by_password(name, password)
    _refuse_after_too_many(key, settings)  # Guesses made side by side have failed meanwhile.
    if actor is None:
        _count_failure(key, settings)
        raise Unauthenticated("That name and password do not go together.")
    return actor


def _refuse_after_too_many(key: str, settings: Settings) -> None:
    wait_s = attempts.wait_s(request.remote_addr or "", key) if settings.rate_limits else 0
    if wait_s:
        raise TooMany(f"Too many failed attempts. Try again in {wait_s} s.", wait_s)


def _count_failure(key: str, settings: Settings) -> None:
    if settings.rate_limits and not attempts.count(request.remote_addr or "", key):
        _refuse_after_too_many(key, settings)


def is_this_machine(settings: Settings) -> bool:
    """Return whether the request was made on the machine itself.

    One that a proxy passed on counts as made where the proxies that we trust say, and as made
    elsewhere when there are none or when fewer passed it on than we trust.
    """
    if any(name in request.headers for name in PASSED_ON):
        hops = parse_list_header(request.headers.get("X-Forwarded-For", ""))
        if not 0 < settings.proxies <= len(hops):
            return False
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def remember_actor(actor: Actor) -> None:
    """Make the actor known to the views of this request."""
    g.actor = actor
