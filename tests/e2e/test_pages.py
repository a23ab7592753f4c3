"""The pages around the workbench, as a person uses them."""

import re
import wave
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

HERE = "/projects/demo"
SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 600_000}
HALF_WAY = """() => {
  const bar = document.querySelector(".uploads progress");
  const { textContent } = document.querySelector(".uploads .words");
  return bar && bar.value > 0 && bar.value < 1 && /^\\d+ % of /.test(textContent);
}"""
PAGES = (
    "/",
    "/new-project",
    HERE,
    f"{HERE}/media",
    f"{HERE}/media?view=grid",
    f"{HERE}/tags",
    f"{HERE}/exports?format=clips-wav",
    f"{HERE}/tag-sets",
    f"{HERE}/classes",
    f"{HERE}/members",
    f"{HERE}/settings",
    "/media/1/script?t=2-7",
    "/me",
    "/admin/users",
    "/admin/jobs",
)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A recording, and something that is none."""
    recording, letter = tmp_path / "added in the browser.wav", tmp_path / "letter.txt"
    with wave.open(str(recording), "wb") as sound:
        sound.setparams((1, 2, 16000, 0, "NONE", ""))
        sound.writeframes(bytes(32000))
    letter.write_text("Dear reader, this is not a recording.")
    return [recording, letter]


def test_files_are_added_side_by_side_and_what_is_no_media_is_refused(page: Page, files):
    page.goto(f"{HERE}/media")

    page.set_input_files("#files", files)

    row = page.locator(".uploads li")
    expect(row.filter(has_text="added in the browser.wav")).to_contain_text("added")
    expect(row.filter(has_text="letter.txt")).to_contain_text("not a sound, video or picture")
    expect(page.locator("#media-files-table")).to_contain_text("added in the browser.wav")
    expect(page.locator("#media-files-table")).not_to_contain_text("letter.txt")


def test_a_large_file_shows_how_far_it_has_come(page: Page, tmp_path: Path):
    file = tmp_path / "an hour of nothing.wav"
    with wave.open(str(file), "wb") as sound:
        sound.setparams((1, 2, 16000, 0, "NONE", ""))
        sound.writeframes(bytes(600_000))
    page.goto(f"{HERE}/media")
    line = page.context.new_cdp_session(page)
    line.send("Network.emulateNetworkConditions", SLOW)

    page.set_input_files("#files", file)

    page.wait_for_function(HALF_WAY)
    expect(page.locator(".uploads li")).to_contain_text("added")
    expect(page.locator(".uploads progress")).to_have_count(0)


def test_files_are_dropped_onto_the_page(page: Page, files):
    page.goto(f"{HERE}/media?folder=dropped")
    box = page.locator(".drop").bounding_box()
    assert box is not None
    place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    data = {"items": [], "files": [str(files[0])], "dragOperationsMask": 1}
    line = page.context.new_cdp_session(page)

    for step in ("dragEnter", "dragOver", "drop"):
        line.send("Input.dispatchDragEvent", {"type": step, **place, "data": data})

    row = page.locator(".uploads li", has_text="added in the browser.wav")
    expect(row).to_contain_text("added")


def test_a_text_called_wav_is_refused_and_says_why(page: Page, tmp_path: Path):
    file = tmp_path / "not really.wav"
    file.write_text("Dear reader, this is not a recording.")
    page.goto(f"{HERE}/media")

    page.set_input_files("#files", file)

    row = page.locator(".uploads li")
    expect(row).to_have_class(re.compile("refused"))
    expect(row).to_contain_text("not a sound, video or picture")


def test_a_found_tag_opens_in_its_file(page: Page):
    page.goto(f"{HERE}/tags?q=Glass")
    row = page.locator("#tags-table tbody tr").first
    expect(row).to_contain_text("Glass kinglet")

    row.get_by_role("link", name="Glass kinglet").click()

    expect(page.locator(".tag-form h2")).to_have_text("Glass kinglet")
    expect(page).to_have_url(re.compile(r"/media/\d+\?.*tag=\d+"))


def test_a_class_is_added_renamed_and_retired(page: Page):
    page.goto(f"{HERE}/classes")
    page.get_by_label("Identifier").fill("reed_ghost")
    page.click("text=Add the class")
    page.click("[aria-label='Change reed_ghost']")
    page.fill("#edit-label", "Reed ghost")
    page.click("text=Save")
    row = page.locator("tr", has_text="reed_ghost")
    expect(row).to_contain_text("Reed ghost")

    row.get_by_role("button", name="Retire").click()

    expect(row).to_contain_text("retired")


def test_a_hidden_tag_set_is_marked_and_shown_again(page: Page):
    page.goto(f"{HERE}/tag-sets")
    row = page.locator("tr", has_text="detector 1.0")
    page.click("[aria-label='Hide detector 1.0']")
    expect(row).to_contain_text("hidden")

    page.click("[aria-label='Show detector 1.0']")

    expect(row).not_to_contain_text("hidden")


def test_a_deleted_tag_set_comes_back_by_undo_without_leaving_the_page(page: Page):
    page.goto(f"{HERE}/tag-sets")
    page.evaluate("window.stays = true")
    page.fill("section.card [name=name]", "second opinion")
    page.click("text=Add the tag set")
    page.click("[aria-label='Delete second opinion']")
    expect(page.locator("table")).not_to_contain_text("second opinion")
    stayed = page.evaluate("window.stays")

    page.click("toast-list >> text=Undo")

    expect(page.locator("table")).to_contain_text("second opinion")
    assert stayed


def test_a_refused_name_comes_back_with_its_reason_in_place(page: Page):
    page.goto(f"{HERE}/classes")
    taken = page.locator("tbody tr code").first.inner_text()

    page.fill("section.card [name=identifier]", taken)
    page.click("text=Add the class")

    expect(page.locator("#identifier-note")).to_have_text("is taken")
    expect(page.locator("#identifier")).to_have_value(taken)


def test_filters_stand_in_the_address_and_the_back_button_takes_them_back(page: Page):
    page.goto(f"{HERE}/media")
    page.select_option("[name=kind]", "image")
    expect(page).to_have_url(f"{page.url.split('?')[0]}?kind=image")
    narrowed = page.locator("#media-files-table tbody tr").count()

    page.fill("#media-q", "nothing is called so")
    expect(page.locator("#media-files-table")).to_contain_text("No files fit these filters")
    page.go_back()

    expect(page.locator("#media-files-table tbody tr")).to_have_count(narrowed)
    expect(page.locator("#media-q")).to_have_value("")


def test_clips_of_a_class_are_downloaded_from_what_was_searched(page: Page):
    page.goto(f"{HERE}/tags?q=amber")
    page.click("text=Export these")
    expect(page.locator("#q")).to_have_value("amber")
    page.select_option("#format", "clips-wav")
    expect(page.locator("#offer")).to_contain_text("clips")
    page.fill("#padding_s", "0.5")
    expect(page.locator("#offer")).to_contain_text("or a little less")
    made = re.search(r"makes (\d+) clips", page.locator("#offer").inner_text())

    with page.expect_download() as download:
        page.click("text=Download")

    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.testzip() is None
        clips = [name for name in archive.namelist() if name.endswith(".wav")]
    assert made
    assert len(clips) == int(made[1]) > 0


def test_the_chosen_theme_is_kept(page: Page):
    before = page.evaluate("getComputedStyle(document.documentElement).colorScheme")

    page.click("theme-switch button")
    page.reload()

    after = page.evaluate("getComputedStyle(document.documentElement).colorScheme")
    assert {before, after} == {"light", "dark"}


def test_no_page_scrolls_sideways_on_a_narrow_screen(page: Page):
    page.set_viewport_size({"width": 320, "height": 640})
    widths, answers = {}, set()

    for address in PAGES:
        answer = page.goto(address)
        answers.add(answer and answer.status)
        page.evaluate("document.querySelectorAll('main details').forEach((it) => (it.open = true))")
        widths[address] = page.evaluate("document.documentElement.scrollWidth")

    assert answers == {200}
    assert {address: width for address, width in widths.items() if width > 320} == {}


def test_menus_close_on_escape_and_give_the_focus_back(page: Page):
    page.click("drop-menu summary")
    expect(page.locator("drop-menu .menu")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.locator("drop-menu .menu")).to_be_hidden()
    expect(page.locator("drop-menu summary")).to_be_focused()
