"""Tags out of files of another tool: dropped, decided on, stored, seen on the sound, undone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, StorageState, expect

from tests.e2e.bench import WHOLE, Bench
from tests.e2e.script import Script

HERE = "/projects/demo/imports"
COLUMNS = ("Selection", "View", "Channel", "Begin Time (s)", "End Time (s)")
HEAD = (*COLUMNS, "Low Freq (Hz)", "High Freq (Hz)", "Heard")
ROWS = (
    (3.0, 5.0, "Marsh buzzer"),
    (6.0, 8.0, "Marsh buzzr"),
    (13.0, 15.0, "Pond piper"),
    (9.0, 8.0, "Marsh buzzer"),
    (300.0, 301.0, "Marsh buzzer"),
    ("dawn", 2.0, "Marsh buzzer"),
)
"""Three tags, two of unknown classes, and three faults."""

A_FRAME_MS = 200
DROP = """(drop, [name, text]) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([text], name, { type: "text/plain" }));
  drop.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
}"""
LEVEL = """([x, y]) => {
  const canvas = document.querySelector(".wb-tiles");
  const scale = canvas.width / canvas.clientWidth;
  const { data } = canvas.getContext("2d").getImageData((x - 4) * scale, (y - 4) * scale, 8, 8);
  return data.reduce((sum, value) => sum + value, 0) / data.length;
}"""
"""How bright the picture is around a point of it, with what is drawn over it."""
FILLED = 5.0
"""By so much a box makes the silence behind it brighter."""


def table() -> str:
    """Return the rows as Raven writes them."""
    lines = [
        (number, "Spectrogram 1", 1, start, end, 1000, 6000, heard)
        for number, (start, end, heard) in enumerate(ROWS, 1)
    ]
    return "".join("\t".join(map(str, line)) + "\n" for line in (HEAD, *lines))


def levels(bench: Bench) -> list[float]:
    """Return how bright it is amid where the three tags are, and beside them."""
    frame = bench.page.locator(".wb-tiles").bounding_box()
    assert frame is not None
    points = [bench.point(time_s, 4500) for time_s in (4.0, 7.0, 14.0, 17.0)]
    places = [[x - frame["x"], y - frame["y"]] for x, y in points]
    return [bench.page.evaluate(LEVEL, place) for place in places]


def settled(bench: Bench) -> list[float]:
    """Return the levels once the picture stands still: finer tiles come after coarse ones."""
    was, now = [], levels(bench)
    while was != now:
        bench.page.wait_for_timeout(A_FRAME_MS)
        was, now = now, levels(bench)
    return now


def risen(bench: Bench, before: list[float]) -> list[bool]:
    """Tell where it became brighter."""
    return [now > was + FILLED for now, was in zip(levels(bench), before, strict=True)]


@pytest.fixture
def name(media_id: int, script: Script) -> str:
    """What a table about the recording is called."""
    recording: str = script.get(f"media/{media_id}")["name"]
    return recording.replace(".wav", ".Table.1.selections.txt")


def test_a_table_with_faults_is_brought_in_seen_and_undone(
    page: Page,
    browse: Callable[..., Page],
    admin: StorageState,
    media_id: int,
    name: str,
    script: Script,
):
    bench = Bench(browse(storage_state=admin))
    bench.open(media_id, WHOLE)
    expect(bench.rows).to_have_count(0)
    before = settled(bench)

    page.goto(HERE)
    page.locator(".drop").evaluate(DROP, [name, table()])
    page.wait_for_url(re.compile(r"/imports/\d+$"))
    page.get_by_label("Heard").select_option(label="class")
    page.get_by_role("button", name="Read again").click()

    expect(page.get_by_text("2 to decide on")).to_be_visible()
    faults = page.get_by_role("region", name="Faults")
    for line, reason in ((5, "ends at 8 s, before"), (6, "starts at 300 s"), (7, "not a number")):
        row = faults.locator("tr", has_text=reason)
        expect(row.get_by_role("cell").nth(1)).to_have_text(str(line))
    expect(page.get_by_role("button", name=re.compile("^Import"))).to_have_count(0)
    page.get_by_label("What Marsh buzzr means").select_option(label="Marsh buzzer")
    page.get_by_label("What Pond piper means").select_option(label="make it new")
    page.get_by_label("Store the good rows").check()
    page.get_by_role("button", name="Read again").click()
    page.get_by_role("button", name="Import 3 tags").click()
    expect(page.get_by_role("link", name="Undo import")).to_be_visible()

    expect(bench.rows).to_have_count(3)
    expect(bench.rows.last).to_contain_text("Pond piper")
    settled(bench)
    assert risen(bench, before) == [True, True, True, False]
    tags = script.tags(media_id)
    assert [(tag["start_s"], tag["low_hz"], tag["high_hz"]) for tag in tags] == [
        (start, 1000.0, 6000.0) for start in (3.0, 6.0, 13.0)
    ]
    page.locator("#imports-result").get_by_role("link", name=re.compile("tone")).click()
    Bench(page).wait_for_picture()
    expect(Bench(page).rows).to_have_count(3)

    script.edit(tags[0], comment="Near the reeds.")
    page.go_back()
    page.get_by_role("link", name="Undo import").click()
    expect(page.get_by_text("Somebody worked since on 1 tag of this import.")).to_be_visible()
    page.get_by_role("button", name="Undo import").click()
    expect(page.get_by_text("It was undone; its tags show no more.")).to_be_visible()

    expect(bench.rows).to_have_count(0)
    settled(bench)
    assert risen(bench, before) == [False] * 4
    assert script.tags(media_id) == []


def test_two_files_are_chosen_and_one_is_told_its_recording(
    page: Page, media_id: int, script: Script
):
    page.goto(HERE)
    labels = b"1.0\t2.0\tSomething\n"
    files = [
        {"name": each, "mimeType": "text/plain", "buffer": labels} for each in ("q.txt", "r.txt")
    ]

    page.set_input_files("#files", files)
    page.get_by_label("Recording of q.txt").fill(str(media_id))
    page.get_by_label("Words that are no class here").select_option("text")
    page.get_by_label("Store the good rows").check()
    page.get_by_role("button", name="Read again").click()
    page.get_by_role("button", name="Import 1 tag").click()
    expect(page.get_by_role("link", name="Undo import")).to_be_visible()

    assert [tag["text"] for tag in script.tags(media_id)] == ["Something"]
