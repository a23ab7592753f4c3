"""Pages for those who see, hear or compute otherwise: axe finds nothing, scripts may be off."""

import subprocess
import tarfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.bench import Bench

AXE = "axe-core@4.14.1"
CACHE = Path("build/axe")
GRAVE = {"serious", "critical"}

PAGES = (
    "/",
    "/projects/demo",
    "/projects/demo/media",
    "/projects/demo/media?view=grid",
    "/projects/demo/tags",
    "/projects/demo/tag-sets",
    "/projects/demo/classes",
    "/projects/demo/imports",
    "/projects/demo/exports?format=raven",
    "/projects/demo/exports?format=pictures&padding_s=none",
    "/projects/demo/members",
    "/projects/demo/settings",
    "/media/1/script?t=2-7",
    "/me",
    "/admin/users",
    "/admin/jobs",
    "/nothing/here",
)
ODD_TABLE = (
    "file,start,end,low_f,high_f,label\n"
    "interview.flac,1,2,0.5,3,Unheard\ninterview.flac,9,8,1,2,Ink duck\nnowhere.wav,1,2,1,2,x\n"
)
"""A table with a new class, a fault, a recording that is not there, and kilohertz."""

RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.map(({ id, impact, nodes }) =>
    [impact, id, ...nodes.slice(0, 4).map(({ target }) => target.join(" "))]);
}"""


@pytest.fixture(scope="module")
def axe() -> str:
    """The text of axe-core, fetched once."""
    CACHE.mkdir(parents=True, exist_ok=True)
    packed = CACHE / f"{AXE.replace('@', '-')}.tgz"
    if not packed.exists():
        fetch = ["npm", "pack", AXE, "--pack-destination", str(CACHE)]
        try:
            subprocess.run(fetch, check=True, capture_output=True, timeout=60)
        except (OSError, subprocess.SubprocessError) as error:
            pytest.skip(f"axe-core could not be fetched with npm: {error}")
    with tarfile.open(packed) as archive:
        script = archive.extractfile("package/axe.min.js")
        assert script is not None
        return script.read().decode()


def graves(page: Page, axe: str) -> list[list[str]]:
    """Return the serious violations on a page with its panels open, each with where it is."""
    page.evaluate("document.querySelectorAll('main details').forEach((it) => (it.open = true))")
    page.evaluate(axe)
    return [found for found in page.evaluate(RUN) if found[0] in GRAVE]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(browse, admin, axe, theme):
    page = browse(storage_state=admin, color_scheme=theme, reduced_motion="reduce")
    found = {}

    for address in PAGES:
        page.goto(address)
        found[address] = graves(page, axe)

    assert {address: faults for address, faults in found.items() if faults} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_an_import(browse, admin, script, axe, theme):
    page = browse(storage_state=admin, color_scheme=theme, reduced_motion="reduce")

    page.goto(script.add_import("odd.csv", ODD_TABLE))
    expect(page.get_by_text("to decide on")).to_be_visible()

    assert graves(page, axe) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_where_one_signs_in(browse, axe, theme):
    page = browse(color_scheme=theme)
    page.goto("/login")

    assert graves(page, axe) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["audio", "video", "image"])
def test_axe_finds_nothing_serious_on_the_workbench(browse, admin, script, axe, kind, theme):
    number = script.get(f"media?project=demo&kind={kind}")["items"][0]["id"]
    page = browse(storage_state=admin, color_scheme=theme)
    page.goto(f"/media/{number}")
    bench = Bench(page)
    bench.rows.first.click()
    found = graves(page, axe)

    bench.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    found += graves(page, axe)
    bench.press("Escape")
    page.get_by_role("button", name="Use it from a script").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found += graves(page, axe)

    assert found == []


def test_pages_are_read_and_searched_without_scripts(browse, password, script):
    numbers = {
        each["label"]: each["id"] for each in script.get("tag-classes?project=demo")["items"]
    }
    ducks = script.get(f"tags?project=demo&class={numbers['Ink duck']}")["total"]
    page = browse(java_script_enabled=False)
    page.goto("/projects/demo/media")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#media-files-table")).to_contain_text("pond-07.wav")

    page.get_by_label("Kind").select_option("image")
    page.get_by_role("button", name="Find").click()
    names = page.locator("#media-files-table td.main a").all_inner_texts()
    page.goto("/projects/demo/tags")
    page.locator("select[name=class]").select_option(label="Ink duck")
    page.get_by_role("button", name="Find").click()

    assert names == ["marsh.jpg"]
    assert ducks >= 4
    expect(page.locator("#tags-table tbody tr")).to_have_count(ducks)


def test_files_and_tag_sets_are_added_without_scripts(browse, admin, script, tmp_path):
    page = browse(storage_state=admin, java_script_enabled=False)
    sound = tmp_path / "without a script.wav"
    sound.write_bytes(script.sound())
    page.goto("/projects/demo/media")

    page.set_input_files("#files", sound)
    page.get_by_role("button", name="Add media").click()
    expect(page.locator("#media-files-table")).to_contain_text("without a script.wav")
    page.goto("/projects/demo/tag-sets")
    page.fill("section.card [name=name]", "made by hand")
    page.get_by_role("button", name="Add the tag set").click()

    expect(page.locator("table")).to_contain_text("made by hand")
