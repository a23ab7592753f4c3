"""The workbench as a person handles it: by what is seen, with the mouse and the keyboard."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

PICTURE = ".workbench-canvas"
LANES = ".wb-lane-canvas"

BRIGHTEST = """() => {
  const canvas = document.querySelector(".wb-tiles");
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const levels = new Set();
  let [x, y, count, most] = [0, 0, 0, 0];
  for (let at = 0; at < data.length; at += 4) {
    const level = data[at] + data[at + 1] + data[at + 2];
    levels.add(level);
    if (level < most) continue;
    if (level > most) [x, y, count, most] = [0, 0, 0, level];
    x += (at / 4) % width;
    y += Math.floor(at / 4 / width);
    count += 1;
  }
  return { x: x / count / width, y: y / count / height, most, levels: levels.size };
}"""
"""The middle of the brightest pixels as shares of the picture, and how many shades there are."""


@dataclass(frozen=True)
class View:
    """What part of the sound the picture shows."""

    start_s: float
    end_s: float
    low_hz: float
    high_hz: float


WHOLE = View(0, 20, 0, 8000)
"""All of a recording of a script's."""


def box_of(tag: dict[str, Any]) -> list[float | None]:
    """Return a tag's edges in time and frequency."""
    return [tag[name] for name in ("start_s", "end_s", "low_hz", "high_hz")]


class Bench:
    """A page with the workbench on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.view = View(0, 1, 0, 1)

    def open(self, media_id: int, view: View) -> None:
        """Open a media file at a view, and wait for its picture."""
        self.view = view
        times = f"t={view.start_s:g}-{view.end_s:g}"
        self.page.goto(f"/media/{media_id}?{times}&f={view.low_hz:g}-{view.high_hz:g}")
        self.wait_for_picture()

    def wait_for_picture(self) -> None:
        """Wait until the canvas shows a spectrogram: many shades, some of them bright."""
        self.page.locator(".wb-tiles").wait_for()
        self.page.wait_for_function(
            f"() => {{ const seen = ({BRIGHTEST})();"
            " return seen.levels > 100 && seen.most > 250; }"
        )

    def brightest(self) -> tuple[float, float]:
        """Return the seconds and hertz of what is brightest in the picture."""
        seen = self.page.evaluate(BRIGHTEST)
        view = self.view
        time_s = view.start_s + seen["x"] * (view.end_s - view.start_s)
        return time_s, view.high_hz - seen["y"] * (view.high_hz - view.low_hz)

    def look(self) -> View:
        """Read the view off the address, once it stands still."""
        self.page.wait_for_function(
            "() => new Promise((done) => { const was = location.href;"
            " setTimeout(() => done(was === location.href), 400); })"
        )
        times = re.search(r"[?&]t=([\d.]+)-([\d.]+)", self.page.url)
        range_ = re.search(r"[?&]f=([\d.]+)-([\d.]+)", self.page.url)
        assert times is not None
        low, high = (float(range_[1]), float(range_[2])) if range_ else (0.0, self.top_hz)
        self.view = View(float(times[1]), float(times[2]), low, high)
        return self.view

    def axis(self) -> str:
        """Return the picture of the times under the sound."""
        picture: str = self.page.evaluate("document.querySelector('.wb-times').toDataURL()")
        return picture

    @property
    def media(self) -> dict[str, Any]:
        """The facts that the page was given."""
        found: dict[str, Any] = self.page.evaluate(
            "JSON.parse(document.querySelector('tag-workbench').dataset.media)"
        )
        return found

    @property
    def top_hz(self) -> float:
        return float(self.media["sample_rate"]) / 2

    @property
    def per_pixel(self) -> tuple[float, float]:
        """Return the seconds and the hertz of a pixel."""
        box = self._box(PICTURE)
        view = self.view
        times = (view.end_s - view.start_s) / box["width"]
        return times, (view.high_hz - view.low_hz) / box["height"]

    def within_a_pixel(self, *edges: float) -> list[Any]:
        """Return what equals the edges of a box that was drawn there."""
        per_x, per_y = self.per_pixel
        slacks = (per_x, per_x, per_y, per_y)
        return [pytest.approx(edge, abs=slack) for edge, slack in zip(edges, slacks, strict=False)]

    def point(self, time_s: float, hz: float) -> tuple[float, float]:
        """Return where in the window a moment and a frequency are."""
        box = self._box(PICTURE)
        per_x, per_y = self.per_pixel
        x = box["x"] + (time_s - self.view.start_s) / per_x
        return round(x), round(box["y"] + (self.view.high_hz - hz) / per_y)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press, pull and let go, with a stop on the way."""
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        mouse.move(*end)
        mouse.up()

    def draw(self, start: tuple[float, float], end: tuple[float, float], hot_key: str) -> None:
        """Draw a box between two moments and frequencies, and name it by its hot key."""
        self.drag(self.point(*start), self.point(*end))
        expect(self.palette).to_be_visible()
        self.page.keyboard.press(hot_key)
        self.wait_until_saved()

    def draw_range(self, start_s: float, end_s: float, lane: int, hot_key: str) -> None:
        """Draw a range in a lane, and name it by its hot key."""
        box = self._box(LANES)
        y = box["y"] + 44 * lane + 22
        self.drag((self.point(start_s, 0)[0], y), (self.point(end_s, 0)[0], y))
        expect(self.palette).to_be_visible()
        self.page.keyboard.press(hot_key)
        self.wait_until_saved()

    def select(self, number: int) -> None:
        """Click a tag's row in the list."""
        self.page.locator(f"#tag-row-{number}").click()
        expect(self.form.locator("h2")).to_be_visible()

    def shows(self, *edges: str) -> None:
        """Wait until the form shows these numbers: start, end, low, high."""
        for label, text in zip(("Start", "End", "Low (Hz)", "High (Hz)"), edges, strict=False):
            expect(self.form.get_by_label(label, exact=True)).to_have_value(text)

    def wait_until_saved(self) -> None:
        expect(self.save_state).to_have_attribute("data-state", "saved")

    @property
    def save_state(self) -> Locator:
        return self.page.locator(".save-state")

    @property
    def palette(self) -> Locator:
        return self.page.locator(".palette")

    @property
    def form(self) -> Locator:
        """The selected tag in numbers."""
        return self.page.locator(".tag-form")

    @property
    def rows(self) -> Locator:
        """The tags in view, as far as the list shows them."""
        return self.page.locator(".tag-row")

    @property
    def playhead_s(self) -> float:
        """Where the playhead is, by the read-out; the pointer must be off the picture."""
        hours, minutes, seconds = self.page.locator("output.time").inner_text().split(":")
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def focus(self) -> None:
        """Put the keyboard into the picture."""
        self.page.locator(PICTURE).focus()

    def leave(self) -> None:
        """Take the pointer off the picture, so that the read-out tells of the playhead."""
        self.page.mouse.move(700, 20)

    def _box(self, selector: str) -> dict[str, float]:
        box = self.page.locator(selector).bounding_box()
        assert box is not None
        return dict(box)
