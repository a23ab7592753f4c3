"""The workbench by keyboard alone, and with the keys out of the way of those who type."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.bench import PICTURE, WHOLE, View, box_of

TYPED = "?bvm1/[ft."
TYPE_AT_ONCE = """(texts) => {
  const form = document.querySelector(".tag-form");
  for (const [label, text] of Object.entries(texts)) {
    const labels = [...form.querySelectorAll("label")];
    const input = labels.find((each) => each.textContent === label).control;
    input.focus();
    input.value = text;
    input.dispatchEvent(new Event("change"));
  }
}"""
"""Type into several fields before the next frame is drawn."""


def tab_to(bench, selector: str) -> None:
    """Press Tab until the focus is there, with Esc before it to get out of the picture."""
    for _ in range(60):
        if bench.page.evaluate("(there) => document.activeElement.matches(there)", selector):
            return
        bench.press("Escape", "Tab")
    raise AssertionError(f"Tab never came to {selector}.")


def test_a_tag_is_made_placed_and_named_by_keyboard_alone(bench, media_id, script):
    bench.open(media_id, WHOLE)
    tab_to(bench, "[aria-label='Add a tag in the middle of the view']")

    bench.press("Enter")
    bench.page.keyboard.type("buzz")
    expect(bench.palette.get_by_role("option", selected=True)).to_contain_text("Marsh buzzer")
    bench.press("Enter")
    for label, text in {
        "Start": "0:03.5",
        "End": "4.25",
        "Low (Hz)": "1500",
        "High (Hz)": "2,750",
    }.items():
        bench.form.get_by_label(label).focus()
        bench.press("Control+a")
        bench.page.keyboard.type(text)
        bench.press("Enter")
    bench.shows("00:00:03.500", "00:00:04.250", "1500", "2750")
    bench.wait_until_saved()

    (tag,) = script.tags(media_id)
    assert box_of(tag) == [3.5, 4.25, 1500.0, 2750.0]
    assert tag["class_id"] == script.classes()["3"]


def test_a_number_is_held_against_the_one_typed_before_it(bench, media_id, script):
    tag = script.add_tag(media_id, 4.0)
    bench.open(media_id, WHOLE)
    bench.select(tag["id"])
    bench.shows("00:00:04.000")

    bench.page.evaluate(TYPE_AT_ONCE, {"Start": "1", "End": "2"})
    bench.shows("00:00:01.000", "00:00:02.000")
    bench.wait_until_saved()

    (changed,) = script.tags(media_id)
    assert (changed["start_s"], changed["end_s"]) == (1.0, 2.0)


@pytest.mark.parametrize(
    ("label", "text", "reason"),
    [
        ("Start", "12", "Must be before the end"),
        ("End", "soon", "A time, such as 12:31.25"),
        ("Low (Hz)", "3000", "Low must be below high"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused_beside_its_field(
    bench, media_id, script, label, text, reason
):
    tag = script.add_tag(media_id, 4.0)
    bench.open(media_id, WHOLE)
    bench.select(tag["id"])
    field = bench.form.get_by_label(label, exact=True)
    before = field.input_value()

    field.fill(text)
    bench.press("Enter")

    expect(field).to_have_accessible_description(reason)
    expect(field).to_have_attribute("aria-invalid", "true")
    bench.press("Escape")
    expect(field).to_have_value(before)
    assert script.get(f"tags/{tag['id']}")["version"] == tag["version"]


def test_tab_walks_through_the_tags_of_the_picture_and_escape_lets_it_out(bench, media_id, script):
    for start_s in (2.0, 6.0, 12.0):
        script.add_tag(media_id, start_s)
    bench.open(media_id, WHOLE)
    expect(bench.rows).to_have_count(3)
    tab_to(bench, PICTURE)
    said = bench.page.locator("#wb-selected")

    start = bench.form.get_by_label("Start")
    for key, second in (("Tab", 2), ("Tab", 6), ("Tab", 12), ("Tab", 2), ("Shift+Tab", 12)):
        bench.press(key)
        expect(start).to_have_value(f"00:00:{second:02d}.000")
    expect(said).to_contain_text("Selected: Hollow fluteling, 00:00:12.000 to 00:00:13.000")
    bench.press("Escape", "Tab")

    assert not bench.page.evaluate("(it) => document.activeElement.matches(it)", PICTURE)


def test_enter_goes_from_a_tag_in_the_picture_to_its_numbers(bench, media_id, script):
    script.add_tag(media_id, 4.0)
    bench.open(media_id, WHOLE)
    expect(bench.rows).to_have_count(1)
    tab_to(bench, PICTURE)

    bench.press("Tab")
    bench.shows("00:00:04.000")
    bench.press("Enter")
    bench.page.keyboard.type("3.25")
    bench.press("Enter")
    bench.wait_until_saved()

    assert box_of(script.tags(media_id)[0]) == [3.25, 5.0, 1000.0, 2000.0]


def test_tab_walks_through_the_tags_of_an_image(bench, script):
    image = script.get("media?project=demo&kind=image")["items"][0]
    bench.page.goto(f"/media/{image['id']}")
    expect(bench.rows).not_to_have_count(0)
    tab_to(bench, ".wb-frame")

    bench.press("Tab", "Tab")

    first, second = script.tags(image["id"])[:2]
    expect(bench.page).to_have_url(re.compile(f"tag={second['id']}"))
    assert first["id"] != second["id"]


def test_arrows_nudge_the_selected_tag_and_undo_takes_them_back(bench, media_id, script):
    tag = script.add_tag(media_id, 4.0)
    bench.open(media_id, WHOLE)
    bench.select(tag["id"])
    bench.focus()

    bench.press("ArrowRight", "ArrowRight", "Shift+ArrowUp", "Alt+ArrowRight")
    bench.wait_until_saved()
    nudged = script.get(f"tags/{tag['id']}")
    while bench.page.get_by_role("button", name="Undo", exact=True).is_enabled():
        bench.press("Control+z")
    bench.wait_until_saved()

    assert box_of(nudged) == pytest.approx([4.04, 5.06, 1080.0, 2080.0])
    assert box_of(script.get(f"tags/{tag['id']}")) == box_of(tag)


def test_keys_seek_duplicate_and_tag_at_the_playhead(bench, media_id, script):
    bench.open(media_id, WHOLE)
    bench.focus()

    bench.press("ArrowRight", "ArrowRight", "Shift+ArrowRight", "Alt+ArrowLeft")
    expect(bench.page.locator("output.time")).to_have_text("00:00:06.990")
    bench.press("m", "1")
    bench.wait_until_saved()
    bench.press("Control+d")
    expect(bench.rows).to_have_count(2)
    bench.wait_until_saved()

    assert [tag["start_s"] for tag in script.tags(media_id)] == pytest.approx([6.99, 6.99])


def test_the_question_mark_shows_the_keys(bench, media_id):
    bench.open(media_id, WHOLE)

    bench.press("?")

    dialog = bench.page.get_by_role("dialog", name="Shortcut keys")
    expect(dialog).to_contain_text("Play or pause")
    expect(dialog.locator("kbd", has_text="Ctrl+Z").first).to_be_visible()
    bench.press("Escape")
    expect(dialog).to_have_count(0)


def test_keys_work_as_soon_as_the_picture_is_there(bench, media_id):
    held = []
    bench.page.route("**/controls.js", lambda route: held.append(route))
    bench.open(media_id, WHOLE)

    bench.press("?")

    dialog = bench.page.get_by_role("dialog", name="Shortcut keys")
    expect(dialog).to_contain_text("Play or pause")
    bench.press("Escape")
    (controls,) = held
    controls.continue_()
    expect(bench.page.get_by_role("button", name="Draw")).to_be_visible()


def test_the_slash_finds_a_class_by_typing(bench, media_id, script):
    tag = script.add_tag(media_id, 4.0)
    bench.open(media_id, WHOLE)
    bench.select(tag["id"])

    bench.press("/")
    bench.page.keyboard.type("glass")
    bench.press("Enter")
    bench.wait_until_saved()

    expect(bench.form.locator("h2")).to_have_text("Glass kinglet")
    assert script.get(f"tags/{tag['id']}")["class_id"] == script.classes()["5"]


@pytest.mark.parametrize("field", ["Filter", "Go to a time, such as 12:31.25", "Comment"])
def test_keys_are_letters_in_a_text_field(bench, media_id, script, field):
    tag = script.add_tag(media_id, 4.0)
    bench.open(media_id, WHOLE)
    bench.select(tag["id"])
    input_ = bench.page.get_by_label(field).first

    input_.click()
    bench.page.keyboard.type(TYPED)
    typed = input_.input_value()
    bench.press("Space", "Delete", "Home", "ArrowRight", "Control+z", "Backspace")

    assert typed == TYPED
    expect(bench.page.locator("dialog, .palette")).to_have_count(0)
    expect(bench.page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(bench.page.get_by_role("button", name="Draw")).to_have_attribute("aria-pressed", "true")
    (after,) = script.tags(media_id)
    assert box_of(after) == box_of(tag)
    assert after["class_id"] == tag["class_id"]


def test_switched_off_keys_do_nothing(bench, media_id):
    bench.open(media_id, View(5, 15, 0, 8000))
    bench.page.get_by_role("button", name="Spectrogram settings").click()
    bench.page.get_by_label("Shortcut keys").first.uncheck()
    bench.press("Escape")
    bench.focus()

    bench.press("?", "f", "m")

    expect(bench.page.locator("dialog[open], .palette")).to_have_count(0)
    assert bench.look() == View(5, 15, 0, 8000)
