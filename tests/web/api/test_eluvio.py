"""The Eluvio dialect: who is let in, and how it says no."""

import pytest

from tagstore.services import contents, users
from tagstore.values import SYSTEM, Audience, Role
from tests.make import PASSWORD

QID = "iq__3Zi4NjhZfjUEdiMGfHduW5kLr3HY"
CLOSED = {"error": "Your credential does not open this content.", "code": 401}


@pytest.fixture
def tokens(work, make):
    """A content that Vera may see, and the tokens of her and of Otto, who may not."""
    with work():
        project = make.project("frogs", vera=Role.VIEWER)
        make.project("birds", otto=Role.MANAGER)
        make.media_file(project).qid = QID
        return {name: make.token(users.get_user(SYSTEM, name)) for name in ("vera", "otto")}


def test_every_credential_that_is_taken_opens_a_content(client, tokens):
    by_bearer = {"headers": {"Authorization": f"Bearer {tokens['vera']}"}}
    by_basic = {"auth": ("vera", PASSWORD)}
    by_address = {"query_string": {"authorization": f" {tokens['vera']}\n"}}

    answers = [client.get(f"/{QID}/tracks", **by) for by in (by_bearer, by_basic, by_address)]

    assert [(each.status_code, each.json) for each in answers] == [(200, {"tracks": []})] * 3


@pytest.mark.parametrize("query", [{}, {"authorization": " "}, {"authorization": "ts_wrong"}])
def test_who_has_no_credential_is_refused(query, client, tokens):
    answer = client.get(f"/{QID}/tracks", query_string=query)

    assert answer.status_code == 401
    assert answer.json["code"] == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="tagstore"'


@pytest.mark.parametrize(
    "path",
    [
        "/iq__4Zi4NjhZfjUEdiMGfHduW5kLr3HY/tracks",
        "/iq__short/tracks",
        "/iq__/tracks",
        "/iq__",
        "/iq__short/nothing",
        "/iq__short/tags/1/2",
        "/iq__2Zi4NjhZfjUEdiMGfHduW5kLr3H%20/tracks",
    ],
)
def test_a_content_that_is_not_there_reads_like_one_that_is_not_yours(path, client, tokens):
    headers = {"Authorization": f"Bearer {tokens['vera']}"}

    assert (client.get(path, headers=headers).json) == CLOSED


def test_who_may_not_see_a_content_is_refused(client, tokens):
    headers = {"Authorization": f"Bearer {tokens['otto']}"}

    answer = client.get(f"/{QID}/tracks", headers=headers)

    assert (answer.status_code, answer.json) == (401, CLOSED)


def test_what_the_world_may_read_still_wants_a_credential(client, work, make):
    with work():
        project = make.project("frogs")
        project.audience = Audience.WORLD
        make.media_file(project).qid = QID

    assert client.get(f"/{QID}/tracks").status_code == 401


def test_the_browsers_cookie_opens_nothing(client, tokens):
    page = client.get("/login").text
    csrf_token = page.split('name="csrf-token" content="')[1].split('"')[0]
    form = {"username": "vera", "password": PASSWORD, "csrf_token": csrf_token}
    assert client.post("/login", data=form).status_code == 302

    assert client.get(f"/{QID}/tracks").status_code == 401


def test_another_method_is_told_which_there_are(client, tokens):
    headers = {"Authorization": f"Bearer {tokens['vera']}"}

    answer = client.put(f"/{QID}/tracks", headers=headers)

    assert answer.status_code == 405
    assert answer.json["code"] == 405
    assert {"GET", "HEAD", "OPTIONS"} <= set(answer.headers["Allow"].split(", "))


def test_an_unknown_address_below_a_content_is_refused_in_these_words(client, tokens):
    answer = client.get(f"/{QID}/nothing", headers={"Authorization": f"Bearer {tokens['vera']}"})

    assert (answer.status_code, answer.json["code"]) == (404, 404)


def test_a_token_in_the_address_reaches_no_log(client, tokens, capfd):
    client.get(f"/{QID}/tracks", query_string={"authorization": tokens["vera"]})
    client.get(f"/{QID}/nothing", query_string={"authorization": f" {tokens['vera']}"})
    client.get(f"/{QID}/tracks", query_string={"authorization": "ts_nobodys-but-still-secret"})

    written = "".join(capfd.readouterr())
    assert '"event": "request"' in written
    assert tokens["vera"] not in written
    assert "still-secret" not in written


def test_tracks_come_in_the_order_in_which_they_were_made(client, tokens, work, make):
    with work():
        media_file = contents.get_content(SYSTEM, QID)
        sets = [make.tag_set(media_file.project, name) for name in ("shot_detection", "b")]
        sets[1].color, sets[1].label, sets[1].description = "#ff5733", "Bees", "By hand"
        later = make.tag(media_file, tag_set_id=sets[1].id)
        first = make.tag(media_file, tag_set_id=sets[0].id)
        expected = [
            [str(later.track_id), "b", "Bees", "#ff5733", "By hand"],
            [str(first.track_id), "shot_detection", "Shot Detection", "#9460dd", ""],
        ]

    answer = client.get(f"/{QID}/tracks", headers={"Authorization": f"Bearer {tokens['vera']}"})

    keys = ["id", "qid", "name", "label", "color", "description"]
    assert [list(each) for each in answer.json["tracks"]] == [keys, keys]
    assert [[t["id"], *list(t.values())[2:]] for t in answer.json["tracks"]] == expected
