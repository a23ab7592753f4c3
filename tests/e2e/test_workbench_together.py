"""The workbench while others work too, and while the server is away."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, Request, expect

from tests.e2e.bench import WHOLE, Bench, View, box_of
from tests.e2e.script import Script
from tests.server import Server

BULK = 10_000
MOST_ITEMS = 1500
THEIRS = {"low_hz": 1200.0, "high_hz": 2200.0}


def without_news(bench: Bench) -> None:
    """Keep news of others from the page, as a broken line does."""
    bench.page.route("**/events", lambda route: route.abort())


def conflict(bench: Bench, media_id: int, script: Script) -> int:
    """Change the end of a tag whose frequencies somebody else has changed; return its number."""
    tag = script.add_tag(media_id, 4.0, end_s=6.0)
    without_news(bench)
    bench.open(media_id, WHOLE)
    bench.select(tag["id"])
    script.edit(tag, **THEIRS)
    bench.form.get_by_label("End").fill("7")
    bench.page.keyboard.press("Enter")
    expect(bench.page.locator("dialog.conflict")).to_be_visible()
    return tag["id"]


def items_in(request: Request) -> list[int]:
    """Return how many tags an answer held, when it was one of tags."""
    answer = request.response()
    return [len(answer.json()["items"])] if answer and "/tags?" in request.url else []


def test_a_second_browser_sees_every_change_without_a_reload(
    bench, browse: Callable[..., Page], admin, media_id
):
    other = Bench(browse(storage_state=admin))
    other.open(media_id, WHOLE)
    bench.open(media_id, WHOLE)

    bench.draw((3.0, 2000), (5.0, 4000), "1")
    expect(other.rows).to_have_text(re.compile("Hollow fluteling"))
    other.rows.click()
    bench.press("2")
    expect(other.form.locator("h2")).to_have_text("Amber trillfinch")
    bench.press("Delete")
    expect(other.rows).to_have_count(0)
    bench.press("Control+z")
    expect(other.rows).to_have_text(re.compile("Amber trillfinch"))


def test_ten_thousand_tags_of_a_script_appear_on_the_open_page(bench, media_id, script):
    counts: list[int] = []
    bench.page.on("requestfinished", lambda request: counts.extend(items_in(request)))
    bench.open(media_id, WHOLE)
    expect(bench.page.locator(".tag-list .count")).to_have_text("0 of 0")

    script.add_tags(media_id, BULK)

    expect(bench.page.locator(".tag-list .count")).to_have_text("10,000 of 10k")
    expect(bench.page.locator(".list-note")).to_contain_text("Too many tags to list")
    bench.open(media_id, View(9.5, 11.0, 0, 8000))
    expect(bench.rows.first).to_contain_text("Amber trillfinch")
    panel = bench.page.evaluate(
        "['scrollWidth', 'clientWidth'].map((it) => document.querySelector('.wb-panel')[it])"
    )
    assert 0 < max(counts) <= MOST_ITEMS
    assert panel[0] == panel[1]


def test_a_conflict_is_shown_with_both_versions_and_nothing_is_overwritten(bench, media_id, script):
    number = conflict(bench, media_id, script)

    cells = bench.page.locator("dialog.conflict").locator("th, td").all_inner_texts()
    stored = script.get(f"tags/{number}")

    assert [cells[at : at + 3] for at in range(0, len(cells), 3)] == [
        ["", "Theirs", "Yours"],
        ["End", "00:00:06.000", "00:00:07.000"],
        ["Low", "1.2 kHz", "not changed"],
        ["High", "2.2 kHz", "not changed"],
    ]
    assert box_of(stored) == [4.0, 6.0, 1200.0, 2200.0]
    expect(bench.save_state).to_have_attribute("data-state", "conflict")


def test_a_conflict_fits_a_narrow_screen(bench, media_id, script):
    conflict(bench, media_id, script)

    bench.page.set_viewport_size({"width": 320, "height": 640})
    wide = bench.page.evaluate(
        "['dialog.conflict', 'header.bar'].map((it) => document.querySelector(it))"
        ".map((it) => [it.scrollWidth - it.clientWidth, it.clientHeight])"
    )

    (dialog_beyond, _), (bar_beyond, bar_height) = wide
    assert (dialog_beyond, bar_beyond) == (0, 0)
    assert bar_height < 80
    expect(bench.save_state).to_have_accessible_name("Conflict: decide")


def test_keeping_theirs_gives_up_mine(bench, media_id, script):
    number = conflict(bench, media_id, script)

    bench.page.get_by_role("button", name="Keep theirs").click()

    bench.wait_until_saved()
    bench.shows("00:00:04.000", "00:00:06.000", "1200", "2200")
    assert box_of(script.get(f"tags/{number}")) == [4.0, 6.0, 1200.0, 2200.0]


def test_saving_mine_changes_what_i_changed_and_leaves_the_rest_as_theirs(bench, media_id, script):
    number = conflict(bench, media_id, script)

    bench.page.get_by_role("button", name="Save my changes").click()

    bench.wait_until_saved()
    bench.shows("00:00:04.000", "00:00:07.000", "1200", "2200")
    assert box_of(script.get(f"tags/{number}")) == [4.0, 7.0, 1200.0, 2200.0]


def test_a_change_of_a_tag_that_someone_deleted_is_no_silent_loss(bench, media_id, script):
    tag = script.add_tag(media_id, 4.0)
    without_news(bench)
    bench.open(media_id, WHOLE)
    bench.select(tag["id"])
    script.remove(tag)

    bench.press("3")

    dialog = bench.page.locator("dialog.conflict")
    expect(dialog).to_contain_text("Someone else has deleted this tag.")
    dialog.get_by_role("button", name="Restore it with my changes").click()
    bench.wait_until_saved()
    (after,) = script.tags(media_id)
    assert (after["id"], after["class_id"]) == (tag["id"], script.classes()["3"])


def test_what_the_server_refuses_to_take_is_kept_and_sent_by_retry(bench, media_id, script):
    bench.open(media_id, WHOLE)
    bench.page.route("**/api/v1/tags", lambda route: route.fulfill(status=503, json={}))
    bench.drag(bench.point(3.0, 2000), bench.point(5.0, 4000))
    bench.press("1")
    expect(bench.save_state).to_have_text("Not saved: retry")
    expect(bench.rows).to_contain_text("not saved")
    before = script.tags(media_id)
    bench.page.unroute("**/api/v1/tags")

    bench.save_state.click()
    bench.wait_until_saved()

    (after,) = script.tags(media_id)
    assert before == []
    assert box_of(after) == bench.within_a_pixel(3.0, 5.0, 2000, 4000)


def test_changes_made_while_the_server_is_down_are_saved_when_it_is_back(
    bench, media_id, script, server: Server
):
    bench.open(media_id, WHOLE)
    bench.draw((3.0, 2000), (5.0, 4000), "1")
    server.kill()
    bench.press("2")
    bench.drag(bench.point(8.0, 2000), bench.point(9.0, 4000))
    bench.press("3")
    expect(bench.save_state).to_have_text("Not saved: retry")
    expect(bench.rows).to_have_count(2)

    server.start_again()
    expect(bench.save_state).to_have_attribute("data-state", "saved")

    classes = script.classes()
    kept = [(tag["class_id"], round(tag["start_s"])) for tag in script.tags(media_id)]
    assert kept == [(classes["2"], 3), (classes["3"], 8)]
