"""The page of a media file brings along what our own API would say of it."""

import html
import json
import re

import pytest

from tagstore.services import users
from tagstore.values import SYSTEM, Role

ATTRIBUTE = re.compile(r'data-(media|tracks|classes|tag-sets)="([^"]*)"')


@pytest.fixture
def media_id(work, make):
    with work():
        project = make.project("frogs", ana=Role.ANNOTATOR)
        media_file = make.media_file(project)
        make.tag(media_file, tag_class_id=make.tag_class(project).id)
        return media_file.id


def test_the_page_shows_a_file_its_classes_and_tracks_as_the_api_does(
    browser, client, work, make, media_id
):
    with work():
        token = make.token(users.get_user(SYSTEM, "ana"))
    browser.sign_in("ana")

    page = browser.open(f"/media/{media_id}")

    said = {name: json.loads(html.unescape(text)) for name, text in ATTRIBUTE.findall(page.text)}

    def listed(address):
        answer = client.get(f"/api/v1{address}", headers={"Authorization": f"Bearer {token}"})
        return answer.json

    assert page.status_code == 200
    assert said["media"] == listed(f"/media/{media_id}")
    assert said["tracks"] == listed(f"/media/{media_id}/tracks")["items"]
    assert said["classes"] == listed("/tag-classes?project=frogs")["items"]
    assert said["tag-sets"] == listed("/tag-sets?project=frogs")["items"]
    assert (len(said["tracks"]), said["tracks"][0]["tags"]) == (1, 1)
