"""POST /{qid}/write: what is answered, and what is refused."""

import pytest

from tagstore.services import contents, users, writes
from tagstore.values import SYSTEM, Role

QID = "iq__3Zi4NjhZfjUEdiMGfHduW5kLr3HY"
OTHER = "iq__4Zi4NjhZfjUEdiMGfHduW5kLr3HY"


class House:
    def __init__(self, client, tokens, secret):
        self.client, self.tokens, self.secret = client, tokens, secret

    def write(self, who="ana", qid=QID, **query):
        return self.client.post(
            f"/{qid}/write",
            query_string=query or {"write_token": self.secret},
            headers={"Authorization": f"Bearer {self.tokens[who]}"},
        )


@pytest.fixture
def house(client, work, make):
    """Ana tags frogs, Vera looks, Otto manages birds; a content with a tag, a token for frogs."""
    people = {"mo": Role.MANAGER, "ana": Role.ANNOTATOR, "vera": Role.VIEWER}
    with work():
        project = make.project("frogs", **people)
        birds = make.project("birds", otto=Role.MANAGER)
        make.media_file(project).qid = QID
        make.media_file(birds).qid = OTHER
        make.tag(contents.get_content(SYSTEM, QID))
        tokens = {name: make.token(users.get_user(SYSTEM, name)) for name in [*people, "otto"]}
        tokens["ana, reading"] = make.token(users.get_user(SYSTEM, "ana"), read_only=True)
        return House(client, tokens, writes.add_write_token(SYSTEM, project, "editors", "out"))


def test_a_write_answers_which_files_it_left(house, settings):
    answer = house.write()

    files = ["video_tags/video-tags-tracks-0000.json", "tags.json"]
    assert (answer.status_code, answer.json) == (200, {"message": "Wrote 2 files.", "files": files})
    assert [name for name in files if not (settings.exports_dir / "out" / name).is_file()] == []


@pytest.mark.parametrize("query", [{"x": ""}, {"write_token": ""}, {"write_token": " \n"}])
def test_without_write_token_it_is_a_bad_request(house, query):
    answer = house.write(**query)

    assert (answer.status_code, answer.json) == (
        400,
        {"error": "Say where to write, as the parameter write_token.", "code": 400},
    )


@pytest.mark.parametrize(
    ("who", "qid", "query"),
    [
        ("ana", QID, {"write_token": "tqw__nobodys"}),
        ("vera", QID, {}),
        ("ana, reading", QID, {}),
        ("otto", OTHER, {}),
    ],
)
def test_who_may_not_write_there_is_forbidden(house, who, qid, query, settings):
    answer = house.write(who, qid, **query)

    assert (answer.status_code, answer.json["code"]) == (403, 403)
    assert not settings.exports_dir.exists()


@pytest.mark.parametrize("qid", [QID, "iq__short", "iq__5Zi4NjhZfjUEdiMGfHduW5kLr3HY"])
def test_a_content_that_is_not_yours_or_not_there_is_closed(house, qid):
    assert house.write("otto", qid).status_code == 401


def test_the_write_token_reaches_no_log_and_no_event(house, capfd):
    house.write()
    house.write(write_token="tqw__still-secret")
    house.write("otto", write_token=house.secret)

    written = "".join(capfd.readouterr())
    assert '"event": "request"' in written
    assert house.secret not in written
    assert "still-secret" not in written
