"""The workbench for readers, for pictures and film, on narrow screens and in both themes."""

import statistics

import pytest
from playwright.sync_api import expect

from tagstore.media.synthesis.video import CROSSING_S, FRAME_RATE, RADIUS, WIDTH
from tests.e2e.bench import WHOLE, Bench, View

FRAME = ".wb-frame"
BALL = """() => {
  const video = document.querySelector("video");
  const canvas = document.createElement("canvas");
  const [width, height] = [video.videoWidth, video.videoHeight];
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  let [sum, count] = [0, 0];
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 1] < data[at] + 40) continue;
    sum += (at / 4) % width;
    count += 1;
  }
  return sum / count;
}"""
"""Where the middle of the film's green ball is, in pixels from the left."""

SHOWN = """(at_s) => {
  const { seeking, readyState, currentTime } = document.querySelector("video");
  return !seeking && readyState >= 2 && Math.abs(currentTime - at_s) < 0.05;
}"""

FRAMES = 20
APART_S = """(frames) => new Promise((done) => {
  const apart_s = [];
  const look = () => requestAnimationFrame(() => {
    const film_s = document.querySelector("video").currentTime;
    setTimeout(() => {  // The frame has been drawn, whichever of us was asked first.
      const shown = document.querySelector("output.time").textContent.split(":").map(Number);
      apart_s.push(Math.abs(shown[0] * 3600 + shown[1] * 60 + shown[2] - film_s));
      if (apart_s.length < frames) look();
      else done(apart_s);
    });
  });
  look();
})"""
"""How far from each other the time that is shown and the film's are, frame by frame."""


def media_of(script, kind: str) -> int:
    """Return the number of the demo's one file of a kind."""
    number: int = script.get(f"media?project=demo&kind={kind}")["items"][0]["id"]
    return number


@pytest.fixture
def reading(browse, guest) -> Bench:
    """The workbench of one who may only look."""
    return Bench(browse(storage_state=guest))


def test_a_viewer_has_no_tools_to_change_anything(reading, media_id, script):
    tag = script.add_tag(media_id, 4.0)
    reading.open(media_id, WHOLE)

    reading.drag(reading.point(8, 2000), reading.point(10, 4000))
    reading.press("b", "m", "]", "2", "Delete", "ArrowRight")

    expect(reading.form).to_contain_text("00:00:04.000 – 00:00:05.000")
    expect(reading.palette).to_have_count(0)
    expect(reading.form.locator("input, select, textarea")).to_have_count(0)
    for name in ("Draw", "Undo", "Redo", "Delete", "Add a tag in the middle of the view"):
        expect(reading.page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    expect(reading.save_state).to_have_count(0)
    assert script.tags(media_id) == [tag]


def test_a_viewer_hears_and_finds_what_others_have_tagged(reading, media_id, script):
    script.add_tag(media_id, 4.0)
    reading.open(media_id, WHOLE)
    reading.leave()

    reading.page.mouse.click(*reading.point(4.5, 1500))
    reading.press("c")

    expect(reading.form.locator("h2")).to_have_text("Hollow fluteling")
    expect(reading.page.get_by_role("button", name="Pause")).to_be_visible()


def test_a_rectangle_is_drawn_on_an_image(bench, script):
    media_id = media_of(script, "image")
    known = {tag["id"] for tag in script.tags(media_id)}
    bench.page.goto(f"/media/{media_id}")
    expect(bench.rows).to_have_count(len(known))
    frame = bench.page.locator(FRAME).bounding_box()
    media = bench.media
    zoom = min(frame["width"] / media["width"], frame["height"] / media["height"])
    left = frame["x"] + (frame["width"] - media["width"] * zoom) / 2
    top = frame["y"] + (frame["height"] - media["height"] * zoom) / 2

    bench.drag((left + 100, top + 60), (left + 300, top + 200))
    bench.press("8")
    bench.wait_until_saved()

    (tag,) = (each for each in script.tags(media_id) if each["id"] not in known)
    wide, high = media["width"] * zoom, media["height"] * zoom
    assert tag["frame_info"]["frame_idx"] == 0
    assert tag["frame_info"]["box"] == {
        "x1": pytest.approx(100 / wide, abs=1 / wide),
        "y1": pytest.approx(60 / high, abs=1 / high),
        "x2": pytest.approx(300 / wide, abs=1 / wide),
        "y2": pytest.approx(200 / high, abs=1 / high),
    }
    assert [tag["start_s"], tag["low_hz"]] == [None, None]


def test_a_film_plays_in_step_with_its_sound(bench, script):
    bench.page.goto(f"/media/{media_of(script, 'video')}")
    bench.wait_for_picture()
    bench.leave()

    bench.press("Space")
    bench.page.wait_for_function("() => document.querySelector('video').currentTime > 1")
    apart_s = bench.page.evaluate(APART_S, FRAMES)
    bench.press("Space")

    assert statistics.median(apart_s) < 0.1


@pytest.mark.parametrize("frame", [27, 57])
def test_a_film_shows_the_very_frame_of_the_moment(bench, script, frame):
    at_s = (frame + 0.5) / FRAME_RATE
    crossings = frame / FRAME_RATE / CROSSING_S
    share = crossings if crossings < 1 else 2 - crossings
    bench.page.goto(f"/media/{media_of(script, 'video')}")
    bench.wait_for_picture()

    bench.page.get_by_label("Go to a time").fill(str(at_s))
    bench.press("Enter")
    bench.page.wait_for_function(SHOWN, arg=at_s)

    there = RADIUS + share * (WIDTH - 2 * RADIUS)
    assert bench.page.evaluate(BALL) == pytest.approx(there, abs=3)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["audio", "video", "image"])
def test_a_narrow_screen_needs_no_sideways_scrolling(browse, admin, script, kind, theme):
    window = {"width": 320, "height": 640}
    page = browse(storage_state=admin, viewport=window, color_scheme=theme, has_touch=True)
    page.goto(f"/media/{media_of(script, kind)}")
    bench = Bench(page)
    expect(bench.rows.first).to_be_visible()
    if kind != "image":
        bench.wait_for_picture()

    wide = page.evaluate("[document.documentElement.scrollWidth, document.body.scrollWidth]")
    scheme = page.evaluate("getComputedStyle(document.documentElement).colorScheme")

    assert wide == [320, 320]
    assert scheme == theme


def test_colours_change_without_asking_for_tiles_again(bench, media_id):
    bench.open(media_id, View(0, 20, 0, 8000))
    before = bench.brightest()
    asked: list[str] = []
    bench.page.on("request", lambda request: asked.append(request.url))

    bench.page.get_by_label("Colours").first.select_option("grey")
    bench.page.get_by_role("button", name="Spectrogram settings").click()
    bench.page.get_by_label("Contrast").fill("1.5")
    bench.page.get_by_label("Frequency scale").select_option("mel")
    bench.press("Escape")
    bench.look()

    assert [url for url in asked if "/tiles/" in url] == []
    _, hz = bench.brightest()
    assert before[1] == pytest.approx(3000, abs=40)
    assert hz > 4000
