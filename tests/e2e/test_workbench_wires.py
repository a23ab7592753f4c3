"""The open workbench while scripts write on every wire: their tags appear as they are made."""

import pytest
from playwright.sync_api import expect

from tests.e2e.bench import WHOLE
from tests.e2e.script import Script


class Speaker:
    """Somebody who says one tag of a recording on any wire."""

    def __init__(self, script: Script, media_id: int) -> None:
        self.script, self.media_id = script, media_id
        self.qid = script.get(f"media/{media_id}")["qid"]
        self.tag_class = script.get("tag-classes?project=demo")["items"][0]

    def post(self, path: str, body: object) -> None:
        answer = self.script.requests.post(path, data=body)
        assert answer.ok, answer.text()

    def arlo(self) -> str:
        self.script.add_tags(self.media_id, 1)
        return "Amber trillfinch"

    def bedrock(self) -> str:
        assignment = {"scopeId": "demo", "targetType": "resource", "targetId": self.qid}
        self.post("/tag-assignments", {**assignment, "tagId": self.tag_class["public_id"]})
        return str(self.tag_class["label"])

    def pixelshare(self) -> str:
        self.post("/api/Tags", {"Tag": {"PhotoId": self.media_id, "Value": "by PixelShare"}})
        return "by PixelShare"

    def eluvio(self) -> str:
        tag = {"start_time": 3000, "end_time": 4000, "tag": "by Eluvio"}
        self.post(f"/{self.qid}/tags", {"author": "tagger", "track": "calls", "tags": [tag]})
        return "by Eluvio"

    def own(self) -> str:
        self.script.add_tag(self.media_id, 5.0, class_id=None, text="by ourselves")
        return "by ourselves"


@pytest.fixture
def speaker(script: Script, media_id: int) -> Speaker:
    return Speaker(script, media_id)


@pytest.mark.parametrize("wire", ["arlo", "bedrock", "pixelshare", "eluvio", "own"])
def test_a_tag_of_any_wire_appears_on_the_open_page(bench, media_id, speaker, wire):
    bench.open(media_id, WHOLE)
    expect(bench.rows).to_have_count(0)
    bench.page.evaluate("document.isTheSamePage = true")

    words = getattr(speaker, wire)()

    expect(bench.rows).to_have_count(1)
    expect(bench.rows).to_contain_text(words)
    assert bench.page.evaluate("document.isTheSamePage")


def test_the_tags_of_all_wires_stand_side_by_side(bench, media_id, speaker):
    bench.open(media_id, WHOLE)

    said = [getattr(speaker, wire)() for wire in ("arlo", "bedrock", "pixelshare", "eluvio", "own")]

    expect(bench.rows).to_have_count(5)
    for words in said:
        expect(bench.rows.filter(has_text=words).first).to_be_visible()
