"""Scripts follow what is looked at, and what is copied of them runs."""

import json
import subprocess
import sys

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.bench import Bench, View


@pytest.fixture
def copying(page: Page) -> Page:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return page


@pytest.fixture
def token(server) -> str:
    return server.flask("tokens", "add", "admin", "--label", "copied")


def copied(part: Locator, language: str) -> str:
    """Press the button beside a script, and return what the clipboard holds then."""
    figure = part.locator("figure").filter(has=part.page.get_by_text(language, exact=True)).first
    figure.get_by_role("button", name="Copy").click()
    expect(figure.get_by_role("button")).to_have_text("Copied")
    return part.page.evaluate("navigator.clipboard.readText()")


def run(program: list[str], token: str) -> str:
    environment = {"PATH": "/usr/bin:/bin", "TOKEN": token}
    return subprocess.run(
        program, env=environment, capture_output=True, text=True, check=True, timeout=60
    ).stdout


def test_the_panel_of_a_list_stays_open_and_follows_its_filters(copying, token):
    copying.goto("/projects/demo/media")
    copying.get_by_text("Use it from a script").click()
    copying.select_option("[name=kind]", "image")
    panel = copying.locator("details.scripts")
    expect(panel).to_contain_text("kind=image")

    answer = json.loads(run(["sh", "-c", copied(panel, "curl")], token))

    names = copying.locator("#media-files-table td.main a").all_inner_texts()
    assert [item["name"] for item in answer["items"]] == names == ["marsh.jpg"]


def test_the_workbench_offers_what_is_in_view_and_filtered(copying, token, media_id, script):
    bench = Bench(copying)
    inside = script.add_tag(media_id, 4.0)
    script.add_tag(media_id, 9.0)
    bench.open(media_id, View(2.5, 6.5, 500, 4000))
    expect(bench.rows).to_have_count(1)

    copying.get_by_role("button", name="Use it from a script").click()
    dialog = copying.get_by_role("dialog", name="Use it from a script")
    lines = run([sys.executable, "-c", copied(dialog, "Python")], token).splitlines()
    dialog.get_by_role("button", name="Close").click()

    expect(dialog).to_have_count(0)
    assert [json.loads(line)["id"] for line in lines] == [inside["id"]]
