"""The workbench as a person uses it: seeing, hearing, tagging."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.bench import WHOLE, Bench, View, box_of
from tests.e2e.script import TONE_HZ

LISTEN = """
  const play = HTMLMediaElement.prototype.play;
  window.sounds = [];
  HTMLMediaElement.prototype.play = function () {
    window.sounds.push(this);
    return play.call(this);
  };
"""
"""Remember what plays, since sound has no picture that a test could look at."""


def test_a_person_signs_in_hears_the_dawn_chorus_and_tags_it(browse, password, script):
    page: Page = browse()
    page.add_init_script(LISTEN)
    bench = Bench(page)

    page.goto("/login")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Dawn at the pond").first.click()
    page.get_by_role("link", name="Media", exact=True).click()
    page.locator("tr", has_text="pond-07.wav").get_by_role("link").last.click()
    bench.wait_for_picture()
    page.keyboard.press("Space")
    page.wait_for_function("() => window.sounds.some((sound) => sound.currentTime > 0.4)")
    heard_s = page.evaluate("window.sounds.at(-1).currentTime")
    playhead_s = bench.playhead_s
    page.keyboard.press("Space")
    bench.focus()
    bench.press("+", "+", "Home")
    view = bench.look()
    bench.draw((4.0, 4000), (6.0, 8000), "3")
    bench.drag(bench.point(6.0, 6000), bench.point(7.0, 6000))
    bench.press("2", "Control+z", "Control+z", "Control+y", "Control+y")
    bench.wait_until_saved()
    expect(page).to_have_url(re.compile("tag="))
    page.reload()
    bench.wait_for_picture()

    assert playhead_s == pytest.approx(heard_s, abs=0.3)
    assert view.end_s - view.start_s < 60
    expect(bench.form.locator("h2")).to_have_text("Amber trillfinch")
    number = int(page.url.rpartition("tag=")[2])
    tag = script.get(f"tags/{number}")
    assert tag["class_id"] == script.classes()["2"]
    assert box_of(tag) == bench.within_a_pixel(4.0, 7.0, 4000, 8000)


def test_the_picture_shows_a_tone_where_it_sounds(bench, media_id):
    bench.open(media_id, WHOLE)

    time_s, hz = bench.brightest()

    assert time_s == pytest.approx(10.0, abs=0.2)
    assert hz == pytest.approx(TONE_HZ, abs=40)


def test_a_drawn_box_is_what_was_drawn_within_a_pixel(bench, media_id, script):
    bench.open(media_id, WHOLE)

    bench.draw((3.0, 2000), (5.5, 4500), "1")

    (tag,) = script.tags(media_id)
    assert box_of(tag) == bench.within_a_pixel(3.0, 5.5, 2000, 4500)
    assert tag["class_id"] == script.classes()["1"]
    expect(bench.rows).to_have_count(1)


@pytest.mark.parametrize(
    ("grip", "to", "edges"),
    [
        ((6.0, 3000), (7.0, 3000), (4.0, 7.0, 2000, 4000)),
        ((4.0, 3000), (3.0, 3000), (3.0, 6.0, 2000, 4000)),
        ((5.0, 4000), (5.0, 5000), (4.0, 6.0, 2000, 5000)),
        ((4.0, 2000), (3.5, 1500), (3.5, 6.0, 1500, 4000)),
        ((5.0, 3000), (8.0, 4000), (7.0, 9.0, 3000, 5000)),
    ],
    ids=["its end", "its start", "its top", "its corner", "its inside"],
)
def test_a_selected_box_is_changed_by(bench, media_id, script, grip, to, edges):
    script.add_tag(media_id, 4.0, end_s=6.0, low_hz=2000, high_hz=4000)
    bench.open(media_id, WHOLE)
    expect(bench.rows).to_have_count(1)
    bench.page.mouse.click(*bench.point(5.2, 3300))
    expect(bench.form.locator("h2")).to_have_text("Hollow fluteling")

    bench.drag(bench.point(*grip), bench.point(*to))
    bench.wait_until_saved()

    (tag,) = script.tags(media_id)
    assert box_of(tag) == bench.within_a_pixel(*edges)


def test_a_range_drawn_in_a_lane_has_times_only(bench, media_id, script):
    bench.open(media_id, WHOLE)

    bench.draw_range(2.0, 6.0, lane=1, hot_key="4")

    (tag,) = script.tags(media_id)
    assert box_of(tag) == [*bench.within_a_pixel(2.0, 6.0), None, None]
    assert tag["tag_set_id"] == script.get("tag-sets?project=demo")["items"][1]["id"]


def test_a_deleted_tag_comes_back_by_undo_as_the_same_tag(bench, media_id, script):
    bench.open(media_id, WHOLE)
    bench.draw((3.0, 2000), (5.0, 4000), "1")
    (before,) = script.tags(media_id)
    bench.press("Delete")
    expect(bench.rows).to_have_count(0)
    bench.wait_until_saved()
    gone = script.tags(media_id)

    bench.press("Control+z")
    expect(bench.rows).to_have_count(1)
    bench.wait_until_saved()

    (after,) = script.tags(media_id)
    assert gone == []
    assert after["id"] == before["id"]
    assert box_of(after) == box_of(before)


def test_wheel_and_keys_zoom_and_pan_and_the_address_follows(bench, media_id):
    bench.open(media_id, WHOLE)
    axes = [bench.axis()]
    bench.page.mouse.move(*bench.point(10.0, 3000))
    bench.page.keyboard.down("Control")
    bench.page.mouse.wheel(0, -400)
    bench.page.keyboard.up("Control")
    zoomed = bench.look()
    axes.append(bench.axis())
    bench.page.mouse.wheel(300, 0)
    panned = bench.look()
    axes.append(bench.axis())
    bench.press("f")
    whole = bench.look()

    span = zoomed.end_s - zoomed.start_s
    assert span < 12
    assert (10 - zoomed.start_s) / span == pytest.approx(0.5, abs=0.01)
    assert panned.end_s - panned.start_s == pytest.approx(span, abs=0.002)
    assert panned.start_s > zoomed.start_s
    assert whole == WHOLE
    assert len(set(axes)) == 3


def test_a_reload_right_after_the_last_change_comes_back_to_it(bench, media_id, script):
    tag = script.add_tag(media_id, 4.0)
    bench.open(media_id, WHOLE)
    bench.select(tag["id"])
    zoom_and_reload = """() => {
      const key = new KeyboardEvent("keydown", { key: "e", bubbles: true });
      document.querySelector(".workbench-canvas").dispatchEvent(key);
      location.reload();
    }"""

    with bench.page.expect_navigation():
        bench.page.evaluate(zoom_and_reload)
    bench.wait_for_picture()
    view = bench.look()

    assert (view.start_s, view.end_s) != (0, 20)
    assert view.start_s < 4 < 5 < view.end_s
    expect(bench.page).to_have_url(re.compile(rf"tag={tag['id']}$"))
    expect(bench.form.locator("h2")).to_have_text("Hollow fluteling")


def test_another_recording_is_never_opened_where_this_one_was_left(bench, media_id, script):
    bench.open(media_id, WHOLE)
    other = script.add_recording()
    bench.press("+")

    bench.page.goto(f"/media/{other}?t=2-5")
    bench.wait_for_picture()

    view = bench.look()
    assert (view.start_s, view.end_s) == (2, 5)


def test_the_picture_is_still_the_sound_after_zooming(bench, media_id):
    bench.open(media_id, View(8.5, 11.5, 2000, 4000))

    _, hz = bench.brightest()

    assert hz == pytest.approx(TONE_HZ, abs=20)


def test_the_sound_stops_at_the_end_of_a_played_tag(bench, media_id, script):
    bench.page.add_init_script(LISTEN)
    script.add_tag(media_id, 5.0, end_s=5.5)
    bench.open(media_id, WHOLE)
    bench.leave()
    bench.press("]")

    bench.press("Shift+Space")
    expect(bench.page.get_by_role("button", name="Pause")).to_be_visible()
    expect(bench.page.get_by_role("button", name="Play", exact=True)).to_be_visible()

    assert bench.playhead_s == pytest.approx(5.5, abs=0.1)
