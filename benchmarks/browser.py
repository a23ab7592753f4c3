"""The workbench in Chromium, painted by the processor: pictures, memory, frames."""

import json
import os
import shutil
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from benchmarks._looking import WATCH, frames_while, renderer_mib, renderer_ms, tag_lists
from benchmarks._sounds import write_day, write_hour
from benchmarks._table import show
from tests.server import Server, run_flask, start

CLICKS, TAGS, AT_ONCE, HOUR_S = 5, 100_000, 10_000, 3600.0
PAN_MS, MOST_TAGS = 5000, 1500
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WINDOW = {"width": 1440, "height": 900}
Row = dict[str, Any]


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Serve hours and a day that nobody has looked at, in a project named bench."""
    for turn in range(CLICKS):
        write_hour(folder / f"hour-{turn}.wav", turn)
    write_day(folder / "day.wav")
    server = start(folder / "data", "--no-worker", TAGSTORE_MEDIA_ROOTS=str(folder))
    try:
        server.said(r"(ready)")
        server.flask("projects", "add", "bench")
        files = sorted(map(str, folder.glob("*.wav")))
        add = ("media", "add", *files, "--project", "bench", "--in-place")
        run_flask(server.data_dir, *add, TAGSTORE_MEDIA_ROOTS=str(folder))
        yield server
    finally:
        server.stop()


class Looker:
    """Somebody signed in, with an empty cache for each page."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.browser, self.server = browser, server
        page = browser.new_page(base_url=server.address)
        page.goto("/login")
        page.get_by_label("Name").fill("admin")
        page.get_by_label("Password").fill(server.said(r"password\s+(\S+)"))
        page.keyboard.press("Enter")
        page.wait_for_url("**/")
        self.cookies: StorageState = page.context.storage_state()
        page.context.close()

    @contextmanager
    def page(self) -> Iterator[Page]:
        """Open a page of a browser that has cached nothing."""
        context = self.browser.new_context(
            base_url=self.server.address, viewport=WINDOW, storage_state=self.cookies
        )
        context.add_init_script(WATCH)
        yield context.new_page()
        context.close()

    def click(self, page: Page, name: str) -> tuple[float, float]:
        """Click a file in the list; milliseconds to the first and to the whole picture."""
        page.goto("/projects/bench/media")
        page.get_by_role("link", name=name).click()
        page.wait_for_url("**/media/*")
        first, whole = page.evaluate("() => window.picture")
        return first, whole


def first_pictures(looker: Looker) -> list[Row]:
    """Click on hours that nobody has seen, and on one again."""
    cold, again = [], []
    for turn in range(CLICKS):
        with looker.page() as page:
            cold.append(looker.click(page, f"hour-{turn}.wav"))
    for _ in range(CLICKS):
        with looker.page() as page:
            again.append(looker.click(page, "hour-0.wav"))
    first, whole = (statistics.median(side) for side in zip(*cold, strict=True))
    return [
        row("an hour, click to first tile, ms", first, None),
        row("an hour, click to whole picture, ms", whole, 700),
        row("… seen before, by an empty browser, ms", statistics.median(w for _, w in again), 700),
    ]


def memory(looker: Looker) -> list[Row]:
    """Pan through an hour, a screen at a time, then through some of it near and far."""
    most = 0.0
    with looker.page() as page:
        looker.click(page, "hour-0.wav")
        page.mouse.move(700, 400)
        for zoom, screens in ((None, 65), ("+", 30), ("+", 30), ("f", 1)):
            if zoom:
                page.keyboard.press(zoom)
            for _ in range(screens):
                page.mouse.wheel(1000, 0)
                page.evaluate("() => window.pictureAfter(0)")
                most = max(most, renderer_mib(looker.browser))
        last = renderer_mib(looker.browser)
    return [
        row("renderer after panning through an hour, MiB", last, 300),
        row("… at most meanwhile, MiB", most, 300),
    ]


def fill(server: Server, media_id: int) -> None:
    """Put a hundred thousand tags into a file, as a script does."""
    token = server.flask("tokens", "add", "admin")

    def post(path: str, body: Any) -> Any:
        headers = {"Content-Type": "application/json", "Authorization": f"Token {token}"}
        data = json.dumps(body).encode()
        request = urllib.request.Request(f"{server.address}{path}", data, headers)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    tag_set = post("/api/v1/tag-sets", {"project": "bench", "name": "detections"})["id"]
    names = [f"species {letter}" for letter in "abcdefgh"]
    kinds = [
        post("/api/v1/tag-classes", {"project": "bench", "identifier": name})["id"]
        for name in names
    ]
    for first in range(0, TAGS, AT_ONCE):
        numbers = range(first, first + AT_ONCE)
        tags = [tag(number, media_id, tag_set, kinds[number % 8]) for number in numbers]
        post("/api/v0/bulkTagCreate/1/", tags)


def tag(number: int, media_id: int, tag_set: int, kind: int) -> dict[str, Any]:
    """Return one of many tags all over an hour."""
    start_s = number * HOUR_S / (TAGS + 30)
    return {
        "mediaFile": media_id,
        "tagSet": tag_set,
        "tagClass": kind,
        "startTime": round(start_s, 3),
        "endTime": round(start_s + 0.2 + number % 7 / 10, 3),
        "minFrequency": 500 + number % 11 * 1500,
        "maxFrequency": 2500 + number % 11 * 1700,
        "strength": number % 100 / 100,
        "machineTagged": number % 2 == 0,
    }


def fluency(looker: Looker, media_id: int) -> list[Row]:
    """Pan and zoom for five seconds each where there are a hundred thousand tags."""
    rows = []
    lists: list[tuple[int, bool]] = []
    with looker.page() as page:
        for what, view, act in (
            ("panning by wheel, boxes", "1000-1040", wheel),
            ("panning by wheel, nearly too many", "1000-1060", wheel),
            ("panning by wheel, densities", "1000-1300", wheel),
            ("walking by keys, boxes", "1000-1040", keys("]")),
            ("zooming by keys", "1000-1040", keys("-", "-", "-", "+", "+", "+")),
        ):
            page.goto(f"/media/{media_id}?t={view}")
            page.evaluate("() => window.pictureAfter(0)")
            page.mouse.move(700, 400)
            before = renderer_ms(looker.browser)
            gaps = frames_while(page, lambda act=act, page=page: act(page), PAN_MS)
            worked = (renderer_ms(looker.browser) - before) / len(gaps)
            rows.append(row(f"{what}: median frame, ms", statistics.median(gaps), 20))
            rows.append(row(f"{what}: p95, ms", gaps[int(len(gaps) * 0.95)], 33))
            rows.append(row("… processor time a frame, ms", worked, None))
            lists += tag_lists(page)
    rows.append(row("most tags in an answer", max(count for count, _ in lists), MOST_TAGS))
    rows.append(row("answers with more than was shown", sum(more for _, more in lists), 0))
    return rows


def wheel(page: Page) -> None:
    """Turn the wheel sideways, as a touchpad does, there and back."""
    until = time.monotonic() + PAN_MS / 1000
    while time.monotonic() < until:
        page.mouse.wheel(30, 0)


def keys(*names: str) -> Callable[[Page], None]:
    """Press keys in turn, thirty times a second as a held key repeats."""

    def press(page: Page) -> None:
        until = time.monotonic() + PAN_MS / 1000
        while time.monotonic() < until:
            for name in names:
                page.keyboard.press(name)
                page.wait_for_timeout(33)

    return press


def a_day(looker: Looker) -> list[Row]:
    """Open 24 hours that nobody has looked at, then zoom out to all of them."""
    with looker.page() as page:
        _, whole = looker.click(page, "day.wav")
        page.evaluate(
            """() => addEventListener("keydown", () => {
              const began = performance.timeOrigin + performance.now();
              const later = (act) => requestAnimationFrame(() => requestAnimationFrame(act));
              window.out = new Promise((done) =>
                later(() => window.pictureAfter(began).then(done)));
            }, { capture: true, once: true })"""
        )
        page.keyboard.press("f")
        _, out = page.evaluate("() => window.out")
    return [
        row("24 hours, click to whole picture, ms", whole, 1000),
        row("24 hours, zoomed out to all of them, ms", out, 1000),
    ]


def row(what: str, measured: float, at_most: float | None) -> Row:
    """Return a line of the table."""
    return {"what": what, "measured": measured, "at most": "" if at_most is None else at_most}


def main() -> None:
    """Measure in a folder that is gone afterwards."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with (
        tempfile.TemporaryDirectory() as name,
        serving(Path(name)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        looker = Looker(browser, server)
        rows = [*a_day(looker), *first_pictures(looker), *memory(looker)]
        fill(server, 2)
        rows += fluency(looker, 2)
        browser.close()
    show("browser", rows)


if __name__ == "__main__":
    main()
