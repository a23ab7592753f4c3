"""How pages go on: who is let in, how forms go in, what is said afterwards, and where to."""

import json
from collections.abc import Callable
from typing import Any, cast

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    get_flashed_messages,
    redirect,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from tagstore.errors import Conflict, Invalid, NotFound, Stale
from tagstore.values import LARGEST_INTEGER, STRANGER
from tagstore.web import failures
from tagstore.web.render import blame

COMPLAINTS = (Invalid, Conflict)


class Pages(Blueprint):
    """The pages about one noun."""

    def __init__(self, name: str) -> None:
        super().__init__(name, f"tagstore.web.pages.{name}")
        self.register_error_handler(Exception, refuse)
        self.after_request(say)


def refuse(error: Exception) -> ResponseReturnValue:
    """Say no: by a page, or to htmx by a message beside the page that is there."""
    fault = failures.failure(error)
    if "HX-Request" not in request.headers:
        response = failures.page(fault)
    elif fault.status in {401, 403, 404} and g.get("actor", STRANGER) is STRANGER:
        response = Response("", 401, {"HX-Redirect": url_for("sign_in.show")})
    else:
        response = Response("", fault.status, {"HX-Reswap": "none", "Vary": "HX-Request"})
        _trigger(response, [{"text": fault.message, "danger": True}])
    for name, value in fault.headers.items():
        response.headers.setdefault(name, value)
    return response


def attempt(form: FlaskForm, act: Callable[[], object]) -> bool:
    """Do it if the form is whole; put complaints beside their fields and take back the rest."""
    if not form.validate():
        return False
    try:
        act()
    except Stale as error:
        failures.take_back()
        _show_what_changed(form, error.current)
        return False
    except (*COMPLAINTS, NotFound) as error:
        if isinstance(error, NotFound) and not error.details:
            raise
        failures.take_back()
        blame(form, error)
        return False
    return True


def refusal(form: FlaskForm) -> int:
    """Return the status of a page that shows a form again: somebody was faster, or it is wrong."""
    return int(getattr(form, "refusal", 422))


def settle(
    form: FlaskForm,
    act: Callable[[], object],
    *,
    told: str,
    goal: str,
    again: Callable[[int], ResponseReturnValue],
) -> ResponseReturnValue:
    """Do what a form asks for, say so and lead on; else show it again with the complaints."""
    if not attempt(form, act):
        return again(refusal(form))
    tell(told)
    return redirect(goal, 303)


def _show_what_changed(form: FlaskForm, current: Any) -> None:
    """Say what is there now where it differs; sent once more, the form takes its place."""
    there = [
        f"{field.label.text.partition(':')[0]} is {_as_words(getattr(current, field.name))}"
        for field in form
        if field.name not in {"version", "csrf_token"}
        and (getattr(current, field.name) or None) != (field.data or None)
    ]
    now = f"Now {'; '.join(there)}. " if there else "Now it is as you want it. "
    words = f"Somebody changed this meanwhile, so nothing was saved. {now}Save again to have yours."
    form.form_errors = [*form.form_errors, words]
    form.version.data, form.version.raw_data = current.version, None
    form.refusal = 412


def _as_words(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:.12g}"
    return f"“{value}”" if value else "empty"


def tell(text: str, undo: str | None = None) -> None:
    """Say something beside the next page, with an address that undoes it."""
    flash(cast(str, {"text": text, "undo": undo}), "")


def go(endpoint: str, **values: Any) -> ResponseReturnValue:
    """Lead on to a page after a change; htmx gets its part."""
    return redirect(url_for(endpoint, **values), 303)


def say(response: Response) -> Response:
    """Send what is to be said with a part of a page, in the header that htmx understands."""
    if "HX-Request" in request.headers and response.status_code == 200:
        messages = [_as_message(each) for each in get_flashed_messages()]
        if messages:
            _trigger(response, messages)
    return response


def _as_message(message: Any) -> dict[str, Any]:
    return message if isinstance(message, dict) else {"text": message}


def _trigger(response: Response, messages: list[dict[str, Any]]) -> None:
    detail = {"target": "toast-list", "messages": messages}
    response.headers["HX-Trigger"] = json.dumps({"toast:told": detail})


def address(**changes: Any) -> str:
    """Return this page's own address with some of its parameters changed; None takes one out."""
    kept = {name: value for name, value in request.args.items() if not name.startswith("_")}
    return url_for(request.endpoint or "", **{**kept, **changes, **(request.view_args or {})})


def asked_number(name: str) -> int | None:
    """Return a number of the address; what is none, or too large for one, asks for nothing."""
    number = request.args.get(name, type=int)
    return number if number is not None and abs(number) <= LARGEST_INTEGER else None


def local(goal: str | None) -> str:
    """Return an address to go on to, if it lies within this site."""
    if goal and goal.startswith("/") and not goal.startswith(("//", "/\\")):
        return goal
    return "/"
