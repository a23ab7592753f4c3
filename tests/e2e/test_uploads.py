"""Files on their way in from the browser: over lines that break, paused, left and gone on with."""

import wave
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.script import Script

MEDIA = "/projects/demo/media"
PIECES = "**/api/v1/uploads/*"
FIRST = 8 * 2**20
SECONDS = 300


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A recording of three pieces that no other test sends."""
    file = tmp_path / f"{tmp_path.name}.wav"
    with wave.open(str(file), "wb") as sound:
        sound.setparams((1, 2, 32000, 0, "NONE", ""))
        sound.writeframes(tmp_path.name.encode().ljust(64, b"\0") * (SECONDS * 1000))
    return file


class Line:
    """The line to the server, which can be cut, and what went over it."""

    def __init__(self, page: Page) -> None:
        self.is_cut, self.sent = False, list[tuple[str, str | None]]()
        page.route(PIECES, self.carry)
        page.route("**/api/v1/uploads", self.carry)

    def carry(self, route: Route) -> None:
        """Pass a request on, or break it off; all but the first piece, if the line is cut."""
        request = route.request
        self.sent.append((request.method, request.headers.get("upload-offset")))
        if self.is_cut and request.method in {"PATCH", "HEAD"}:
            route.abort("connectionreset")
        else:
            route.continue_()


def row(page: Page, recording: Path):
    return page.locator(".uploads li", has_text=recording.name)


def is_open(script: Script, name: str) -> bool:
    return name in {each["name"] for each in script.get("uploads")["items"]}


def test_a_line_that_breaks_is_gone_on_with_by_itself(page: Page, recording: Path, script: Script):
    page.goto(MEDIA)
    line = Line(page)
    line.is_cut = True

    page.set_input_files("#files", recording)
    expect(row(page, recording)).to_contain_text("43 % of 19.2 MB")
    line.is_cut = False

    expect(row(page, recording)).to_contain_text("added")
    assert [method for method, _ in line.sent].count("POST") == 1
    assert ("PATCH", str(FIRST)) in line.sent
    expect(page.locator("#media-files-table")).to_contain_text(recording.name)
    assert not is_open(script, recording.name)


def test_offline_and_online_again(page: Page, recording: Path):
    page.goto(MEDIA)
    line = Line(page)
    line.is_cut = True
    page.set_input_files("#files", recording)
    expect(row(page, recording)).to_contain_text("43 %")

    page.context.set_offline(offline=True)
    line.is_cut = False
    page.wait_for_timeout(1500)
    expect(row(page, recording)).not_to_contain_text("added")
    page.context.set_offline(offline=False)

    expect(row(page, recording)).to_contain_text("added")


def test_what_a_page_left_half_way_is_shown_and_gone_on_with(
    page: Page, recording: Path, script: Script
):
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(MEDIA)
    line = Line(page)
    line.is_cut = True
    page.set_input_files("#files", recording)
    expect(row(page, recording)).to_contain_text("43 %")

    page.reload()
    expect(row(page, recording)).to_contain_text("43 % of 19.2 MB is here. Choose the file again")
    assert is_open(script, recording.name)
    line.is_cut = False
    line.sent.clear()
    page.set_input_files("#files", recording)

    expect(row(page, recording)).to_have_count(1)
    expect(row(page, recording)).to_contain_text("added")
    assert [each for each in line.sent if each[0] != "GET"] == [
        ("HEAD", None),
        ("PATCH", str(FIRST)),
        ("PATCH", str(2 * FIRST)),
    ]


def test_by_keyboard_an_upload_is_paused_gone_on_with_and_ended(
    page: Page, recording: Path, script: Script
):
    page.goto(MEDIA)
    line = Line(page)
    line.is_cut = True
    page.set_input_files("#files", recording)
    expect(row(page, recording)).to_contain_text("43 %")

    page.get_by_role("button", name=f"Pause {recording.name}").press("Enter")
    expect(row(page, recording)).to_contain_text("paused at 43 %")
    page.get_by_role("button", name=f"Go on {recording.name}").press("Enter")
    expect(row(page, recording)).to_contain_text("43 % of 19.2 MB")
    page.get_by_role("button", name=f"End {recording.name}").press("Enter")

    expect(row(page, recording)).to_have_count(0)
    page.reload()
    expect(page.locator("drop-upload .drop")).to_be_visible()
    expect(row(page, recording)).to_have_count(0)
    assert not is_open(script, recording.name)


def test_what_was_left_is_ended_from_the_page(page: Page, script: Script):
    script.requests.post(
        "/api/v1/uploads",
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Length": "1000",
            "Upload-Metadata": "project ZGVtbw==,filename bGVmdC53YXY=",
        },
    )
    page.goto(MEDIA)

    left = page.locator(".uploads li", has_text="left.wav")
    expect(left).to_contain_text("0 % of 1.0 kB is here")
    left.get_by_role("button", name="End left.wav").click()

    expect(left).to_have_count(0)
    assert not is_open(script, "left.wav")
