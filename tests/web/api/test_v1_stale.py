"""A stale change through our own API: refused, with the thing as it is now in the answer."""

import pytest
from sqlalchemy import event

from tagstore.db import db
from tagstore.models import Project, Tag
from tagstore.services import users
from tagstore.values import SYSTEM, Role
from tests.side_by_side import threads

API = "/api/v1"


@pytest.fixture
def ask(client, work, make):
    with work():
        media_file = make.media_file(make.project("frogs", mo=Role.MANAGER))
        token = make.token(users.get_user(SYSTEM, "mo"))
        media_id = media_file.id

    def send(method, path, **options):
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        return client.open(f"{API}{path}", method=method, headers=headers, **options)

    tag = {"media_id": media_id, "tag_set": "mine", "text": "wren", "start_s": 0, "end_s": 1}
    assert send("POST", "/tags", json=tag).status_code == 201
    made = send("POST", "/tag-classes", json={"project": "frogs", "identifier": "wren"})
    assert made.status_code == 201
    return send


@pytest.mark.parametrize(
    ("path", "field", "old", "new"),
    [
        ("/tags/1", "comment", "first", "second"),
        ("/tag-sets/1", "name", "first", "second"),
        ("/tag-classes/1", "label", "first", "second"),
    ],
)
def test_a_stale_change_is_refused_and_shows_how_the_thing_is_now(ask, path, field, old, new):
    seen = {"If-Match": '"1"'}
    ask("PATCH", path, json={field: old}, headers=seen)

    stale = ask("PATCH", path, json={field: new}, headers=seen)

    assert (stale.status_code, stale.json["current"]) == (412, ask("GET", path).json)
    assert stale.json["current"][field] == old


@pytest.mark.only("postgresql")
def test_a_change_that_others_overtook_is_told_so_as_if_it_had_come_later(api, work, make):
    with work():
        project = db.session.get_one(Project, api.project_id)
        tag_id = make.tag(make.media_file(project), text="wren").id
    overtaken = []

    @event.listens_for(db.session, "before_flush")
    def overtake(session, *_):
        if overtaken or not any(isinstance(each, Tag) for each in session.dirty):
            return
        overtaken.append(True)

        def edit():
            with work():
                db.session.get_one(Tag, tag_id).comment = "mine first"

        with threads(edit):
            pass

    try:
        answer = api.patch(f"/tags/{tag_id}", {"text": "robin"}, If_Match='"1"')
    finally:
        event.remove(db.session, "before_flush", overtake)

    assert overtaken == [True]
    assert answer.status_code == 412
    with work():
        assert db.session.get_one(Tag, tag_id).text == "wren"
