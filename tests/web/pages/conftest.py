"""A browser without JavaScript: it signs in and sends forms as people do."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.make import PASSWORD

CSRF = re.compile(r'name="csrf-token" content="([^"]+)"')


class Browser:
    """Opens pages and sends their forms."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def open(self, address: str, **headers: str) -> TestResponse:
        return self.client.get(address, headers=headers)

    def token(self) -> str:
        """Return the proof that our own page sent a form."""
        found = CSRF.search(self.client.get("/login?next=/me", follow_redirects=True).text)
        assert found
        return found[1]

    def send(self, address: str, /, *, part: bool = False, **fields: Any) -> TestResponse:
        """Send a form; `part` asks for what htmx would ask for."""
        headers = {"HX-Request": "true"} if part else {}
        data = {"csrf_token": self.token(), **fields}
        return self.client.post(address, data=data, headers=headers)

    def sign_in(self, name: str, password: str = PASSWORD) -> TestResponse:
        return self.send("/login", username=name, password=password)

    def words(self, address: str) -> str:
        """Return the text of a page without its tags."""
        return text_of(self.open(address).text)


def text_of(html: str) -> str:
    """Return what a person reads."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture
def browser(client: FlaskClient) -> Browser:
    return Browser(client)
