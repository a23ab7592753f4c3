"""Tagstore's own API: where it lives, whom it trusts, how it says no."""

from flask import request

from tagstore.errors import Unauthenticated
from tagstore.values import STRANGER, Actor
from tagstore.web import auth
from tagstore.web.api.base import Dialect, the_app
from tagstore.web.api.v1 import repeats
from tagstore.web.api.v1.problems import render_failure
from tagstore.web.app import SAFE


def authenticate() -> Actor:
    """Return who asks: by token or password, else by the browser's session and CSRF token."""
    actor = auth.actor_from_header(the_app().settings)
    if actor is not None:
        return actor
    actor = auth.actor_from_session()
    if request.method not in SAFE:
        if actor is STRANGER:
            raise Unauthenticated("Sign in first, or send a token.")
        auth.csrf.protect()
    return actor


bp = Dialect("v1", url_prefix="/api/v1", authenticate=authenticate, render_failure=render_failure)
bp.before_request(repeats.note_attempt)
