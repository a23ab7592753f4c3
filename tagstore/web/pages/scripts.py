"""Ready scripts: calls of our own API for what a page shows, as a curl command and in Python."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from flask import current_app, g, request

from tagstore.values import STRANGER
from tagstore.web.app import App

AT_ONCE = 1000
"""How many items a list that comes in pages is asked for at once."""

SAID_WHO = "'Bearer ' + os.environ['TOKEN']"
"""How a Python program says whose it is."""


@dataclass(frozen=True)
class Script:
    """One call in two languages; `title` says what it does."""

    title: str
    curl: str
    python: str


def read_one(title: str, path: str) -> Script:
    """Return how to read one object."""
    return _read(title, path, {}, ["print(json.dumps(json.load(answer), indent=2))"])


def read_list(title: str, path: str, **query: Any) -> Script:
    """Return how to read a list that comes whole."""
    loop = ["for item in json.load(answer)['items']:", "    print(json.dumps(item))"]
    return _read(title, path, query, loop)


def read_pages(title: str, path: str, **query: Any) -> Script:
    """Return how to read a list that comes in pages; curl reads the first of them."""
    asked = {**_wire(query), "limit": AT_ONCE}
    address = _address(path)
    lines = [
        *_beginning(address, "from urllib.parse import urlencode"),
        f"query = {_literal(asked)}",
        "while query.get('cursor', 'first'):",
        "    page_address = address + '?' + urlencode(query)",
        f"    with urlopen({_request('page_address')}) as answer:",
        "        page = json.load(answer)",
        "    for item in page['items']:",
        "        print(json.dumps(item))",
        "    query['cursor'] = page['next']",
    ]
    return Script(title, _curl(f"{address}?{urlencode(asked)}"), "\n".join(lines))


def add(title: str, path: str, **body: Any) -> Script:
    """Return how to add something, which nobody does without a token."""
    address = _address(path)
    sent = _printable(json.dumps(body, ensure_ascii=False))
    curl = _curl(address, '-H "Content-Type: application/json"', f"-d {shlex.quote(sent)}")
    lines = [
        *_beginning(address),
        "headers['Content-Type'] = 'application/json'",
        f"body = {_literal(body)}",
        "request = Request(address, json.dumps(body).encode(), headers)",
        "with urlopen(request) as answer:",
        "    print(json.dumps(json.load(answer), indent=2))",
    ]
    return Script(title, curl, "\n".join(lines))


def _read(title: str, path: str, query: Mapping[str, Any], say: list[str]) -> Script:
    asked = urlencode(_wire(query))
    address = _address(path) + (f"?{asked}" if asked else "")
    lines = [
        *_beginning(address),
        f"with urlopen({_request('address')}) as answer:",
        *(f"    {line}" for line in say),
    ]
    return Script(title, _curl(address), "\n".join(lines))


def _beginning(address: str, *imports: str) -> list[str]:
    if not _needs_token():
        return [
            "import json",
            *imports,
            "from urllib.request import urlopen",
            "",
            f"address = {address!r}",
        ]
    return [
        "import json",
        "import os",
        *imports,
        "from urllib.request import Request, urlopen",
        "",
        f"address = {address!r}",
        f"headers = {{'Authorization': {SAID_WHO}}}",
    ]


def _request(address: str) -> str:
    return f"Request({address}, headers=headers)" if _needs_token() else address


def _curl(address: str, *options: str) -> str:
    token = ['-H "Authorization: Bearer $TOKEN"'] if _needs_token() else []
    return " \\\n  ".join([f"curl -sS {shlex.quote(address)}", *token, *options])


def _needs_token() -> bool:
    """Tell whether a script has to say who it is: what a stranger sees, everybody may read."""
    return g.get("actor", STRANGER) is not STRANGER


def _address(path: str) -> str:
    """Return the whole address of something in the API, as people reach this server."""
    settings = cast(App, current_app).settings
    return f"{(settings.public_url or request.url_root).rstrip('/')}/api/v1/{path}"


def _wire(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that are set, in the words of the API, which knows no exponents."""
    return {name: _word(value) for name, value in query.items() if value is not None}


def _word(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and "e" in repr(value):
        return f"{value:.9f}"
    return value


def _literal(values: Mapping[str, Any]) -> str:
    """Return a dictionary as one writes it in Python, an entry a line."""
    entries = "".join(f"    {name!r}: {value!r},\n" for name, value in values.items())
    return f"{{\n{entries}}}"


def _printable(text: str) -> str:
    """Return JSON in which nothing is invisible: what does not print is written as an escape."""
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
