"""Pages and their parts: one address serves both."""

from typing import Any

from flask import Response, make_response, render_template, request
from flask_wtf import FlaskForm

from tagstore.errors import TagstoreError


def render(page: str, partial: str, status: int = 200, **context: Any) -> Response:
    """Return the whole page, or only the part when htmx asks for one."""
    wants_part = "HX-Request" in request.headers and "HX-History-Restore-Request" not in (
        request.headers
    )
    response = make_response(render_template(partial if wants_part else page, **context), status)
    response.headers["Vary"] = "HX-Request"
    response.headers["Cache-Control"] = "no-store"
    return response


def blame(form: FlaskForm, error: TagstoreError) -> None:
    """Put each reason beside the field it is about, and the message above when there is none."""
    for field, reason in error.details.items():
        if field in form:
            form[field].errors = [*form[field].errors, reason]
    if not any(field in form for field in error.details):
        form.form_errors = [*form.form_errors, error.message]
