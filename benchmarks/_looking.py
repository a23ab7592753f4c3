"""What is measured inside a browser's pages: pictures, frames, and the renderer's memory."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

WATCH = """
  const clock = () => performance.timeOrigin + performance.now();
  addEventListener("click", () => sessionStorage.setItem("clicked", clock()), true);

  // Of 24 places across the middle of the spectrogram: how many are painted.
  function painted() {
    const canvas = document.querySelector(".wb-tiles");
    if (!canvas || canvas.width < 100) return 0;
    const context = canvas.getContext("2d");
    let count = 0;
    for (let place = 0; place < 24; place += 1) {
      const x = Math.floor(((place + 0.5) / 24) * canvas.width);
      const [r, g, b] = context.getImageData(x, Math.floor(canvas.height * 0.9), 1, 1).data;
      if (Math.abs(r - 10) + Math.abs(g - 13) + Math.abs(b - 17) > 12) count += 1;
    }
    return count;
  }

  // Milliseconds from a moment until part, and until all, of the picture has been on the screen.
  window.pictureAfter = (began) => new Promise((done) => {
    let first = null;
    const look = () => {
      const count = painted();
      if (count > 0) first ??= clock() - began;
      if (count === 24) requestAnimationFrame(() => done([first, clock() - began]));
      else requestAnimationFrame(look);
    };
    look();
  });
  window.sinceClick = () => window.pictureAfter(Number(sessionStorage.getItem("clicked")));
  window.picture = window.sinceClick();

  const { json } = Response.prototype;
  window.lists = [];
  Response.prototype.json = async function () {
    const body = await json.call(this);
    if (/\\/tags\\?/.test(this.url)) window.lists.push([body.items.length, body.next !== null]);
    return body;
  };

  window.framesFor = (ms) => new Promise((done) => {
    const gaps = [];
    const end = performance.now() + ms;
    let before = null;
    const step = (now) => {
      if (before !== null) gaps.push(now - before);
      before = now;
      if (now < end) requestAnimationFrame(step);
      else done(gaps);
    };
    requestAnimationFrame(step);
  });
"""


def renderers(browser: Browser) -> list[dict[str, Any]]:
    """Return the number and the processor time of every process that shows pages."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return [each for each in processes if each["type"] == "renderer"]


def renderer_mib(browser: Browser) -> float:
    """Return the memory that the largest renderer has for itself alone (USS)."""
    return max(unique_mib(each["id"]) for each in renderers(browser))


def renderer_ms(browser: Browser) -> float:
    """Return the processor time that renderers have used so far."""
    return sum(each["cpuTime"] for each in renderers(browser)) * 1000


def unique_mib(pid: int) -> float:
    """Return what a process has resident and shares with nobody."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(map(int, re.findall(r"^Private_\w+:\s+(\d+) kB", rollup, re.MULTILINE))) / 1024


def frames_while(page: Page, act: Callable[[], None], ms: int) -> list[float]:
    """Return the gaps between frames, sorted, while something is done on the page."""
    page.evaluate("(ms) => { window.gaps = window.framesFor(ms); }", ms)
    act()
    gaps: list[float] = sorted(page.evaluate("() => window.gaps"))
    return gaps


def tag_lists(page: Page) -> list[tuple[int, bool]]:
    """Return how many tags each answer to this page held, and whether there were more."""
    return [(count, more) for count, more in page.evaluate("() => window.lists")]
