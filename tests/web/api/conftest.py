"""A project, the people of it, and a script of each that speaks our own API."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from tagstore.db import db
from tagstore.services import projects, users
from tagstore.values import SYSTEM, Role
from tagstore.web.app import App
from tests.conftest import Work
from tests.make import Make
from tests.web.api.described import Described

PEOPLE = {"mo": Role.MANAGER, "ana": Role.ANNOTATOR, "bo": Role.ANNOTATOR, "vera": Role.VIEWER}


class Scripts:
    """Sends requests to our own API, as whoever is named; Mo manages the project frogs."""

    def __init__(self, app: App, client: FlaskClient, work: Work, make: Make) -> None:
        self.app, self.client = app, client
        self.described = Described(client)
        with work():
            self.project_id = make.project("frogs", **PEOPLE).id
            make.project("birds", otto=Role.MANAGER)
            self.tokens = {
                name: make.token(users.get_user(SYSTEM, name)) for name in (*PEOPLE, "otto")
            }

    def send(
        self, method: str, path: str, body: Any = None, who: str = "mo", **headers: str
    ) -> TestResponse:
        """Send a request; `If_Match="…"` sets that header, `who=""` is a stranger."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if who:
            sent["Authorization"] = f"Bearer {self.tokens[who]}"
        options = {} if body is None else {"json": body}
        answer = self.client.open(f"/api/v1{path}", method=method, headers=sent, **options)
        self.described.check(method, f"/api/v1{path}", answer)
        return answer

    def get(self, path: str, who: str = "mo", **headers: str) -> TestResponse:
        return self.send("GET", path, None, who, **headers)

    def post(self, path: str, body: Any = None, who: str = "mo", **headers: str) -> TestResponse:
        return self.send("POST", path, body, who, **headers)

    def patch(self, path: str, body: Any, who: str = "mo", **headers: str) -> TestResponse:
        return self.send("PATCH", path, body, who, **headers)

    def delete(self, path: str, who: str = "mo", **headers: str) -> TestResponse:
        return self.send("DELETE", path, None, who, **headers)

    def faults(self, answer: TestResponse) -> dict[str, str]:
        """Return what a refusal blames, by pointer."""
        assert answer.status_code == 422
        return {each["pointer"]: each["detail"] for each in answer.json["errors"]}


@pytest.fixture
def api(app: App, client: FlaskClient, work: Work, make: Make) -> Scripts:
    return Scripts(app, client, work, make)


@pytest.fixture
def statements(app: App) -> Callable[[Callable[[], Any]], int]:
    """Return a function that counts the statements of a call."""

    def count(call: Callable[[], Any]) -> int:
        counted: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            counted.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        call()
        event.remove(engine, "before_cursor_execute", note)
        return len(counted)

    return count


CONTENT = "iq__3Zi4NjhZfjUEdiMGfHduW5kLr3HY"


class Content:
    """Sends requests about one content of the project frogs, as whoever is named."""

    def __init__(self, api: Scripts, work: Work, make: Make) -> None:
        self.api, self.qid = api, CONTENT
        with work():
            project = projects.get_project(SYSTEM, "frogs")
            media_file = make.media_file(project, 60.0, qid=CONTENT, frame_rate=25.0)
            self.media_id = media_file.id

    def send(self, method: str, path: str, body: Any = None, who: str = "ana") -> TestResponse:
        """Send a body as the editor does, which says that it is plain text."""
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body)
        headers = {"Authorization": f"Bearer {self.api.tokens[who]}", "Content-Type": "text/plain"}
        return self.api.client.open(f"/{self.qid}{path}", method=method, headers=headers, data=data)

    def get(self, path: str, who: str = "ana") -> Any:
        """Return what is read."""
        answer = self.send("GET", path, who=who)
        assert answer.status_code == 200, answer.text
        return answer.json

    def add(self, *tags: dict[str, Any], **fields: Any) -> list[str]:
        """Put tags on the content and return their ids."""
        place = {} if "batch_id" in fields else {"author": "tagger", "track": "shots"}
        answer = self.send("POST", "/tags", {**place, **fields, "tags": tags})
        assert answer.status_code == 200, answer.text
        ids: list[str] = answer.json["created_tag_ids"]
        return ids

    def ids(self, query: str = "") -> list[str]:
        """Return the ids of the tags that a list holds."""
        return [tag["id"] for tag in self.get(f"/tags{query}")["tags"]]

    def refused(self, method: str, path: str, body: Any = None, who: str = "ana") -> Any:
        """Return status and sentence of a refusal."""
        answer = self.send(method, path, body, who)
        assert answer.json["code"] == answer.status_code
        assert list(answer.json) == ["error", "code"]
        return answer.status_code, answer.json["error"]


@pytest.fixture
def content(api: Scripts, work: Work, make: Make) -> Content:
    return Content(api, work, make)
