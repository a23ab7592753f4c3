"""The scripts that pages offer are true: taken from the pages, they run and do what is said."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, replace
from html import unescape

import pytest

from tagstore.db import transaction
from tagstore.services import projects
from tagstore.values import SYSTEM, Audience, Role
from tagstore.web.app import App
from tagstore.web.pages import scripts
from tests import server
from tests.make import Make
from tests.web.pages.conftest import Browser

HOSTILE = "O'Brien's \"wren\" $(touch pwned) `id` \\ %41 &x=1 #ü 🐸\u202e"
PROJECTS = {"sh": "by-curl", "python": "by-python"}
PROGRAMS = {"sh": ["sh", "-eu", "-c"], "python": [sys.executable, "-c"]}
SECTION = re.compile(r'<section class="script">(.*?)</section>', re.DOTALL)
TITLE = re.compile(r"<h3>(.*?)</h3>")
CODE = re.compile(r"<pre><code>(.*?)</code></pre>", re.DOTALL)
COPIED = re.compile(r'<copy-button value="(.*?)">', re.DOTALL)


def scripts_of(page: str) -> dict[str, dict[str, str]]:
    """Return what a page offers: for each title the curl command and the Python program."""
    found = {}
    for section in SECTION.findall(page):
        shown = [unescape(code) for code in CODE.findall(section)]
        assert shown == [unescape(code) for code in COPIED.findall(section)]
        found[TITLE.findall(section)[0]] = dict(zip(PROGRAMS, shown, strict=True))
    return found


@dataclass
class House:
    """A server with two projects of the same content, and its pages as this process draws them."""

    app: App
    running: server.Server
    token: str

    def page(self, address: str, name: str | None = "ana", **headers: str) -> str:
        browser = Browser(self.app.test_client())
        if name:
            browser.sign_in(name)
        answer = browser.open(address, **headers)
        assert answer.status_code == 200
        return answer.text

    def run(self, language: str, code: str, folder, **environment: str) -> str:
        """Run a script as somebody who has copied it."""
        path = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        done = subprocess.run(
            [*PROGRAMS[language], code],
            cwd=folder,
            env={**path, "TOKEN": self.token, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert list(folder.iterdir()) == []
        return done.stdout

    def items(self, language: str, code: str, folder, **environment: str) -> list[dict]:
        """Run a script that lists, and return what it has listed."""
        said = self.run(language, code, folder, **environment)
        return (
            json.loads(said)["items"]
            if language == "sh"
            else list(map(json.loads, said.splitlines()))
        )


def fill(make: Make, key: str) -> None:
    project = make.project(key)
    projects.edit_project(SYSTEM, project, name=key, description="", audience=Audience.WORLD)
    projects.grant(SYSTEM, project, "ana", Role.MANAGER)
    projects.grant(SYSTEM, project, "vic", Role.VIEWER)
    wren, robin = make.tag_class(project, HOSTILE), make.tag_class(project, "robin")
    tag_set = make.tag_set(project, HOSTILE)
    sound = {"kind": "audio", "sample_rate": 48000}
    first = make.media_file(project, 60.0, name=f"{HOSTILE}.wav", folder="a b/c'd", **sound)
    second = make.media_file(project, 30.0, name="plain.wav", folder="a b", size=9)
    make.media_file(project, None, name="third.jpg", state="failed")
    for start_s in (1.0, 10.0, 20.0):
        make.tag(
            first, tag_class_id=wren.id, start_s=start_s, end_s=start_s + 2, low_hz=1e3, high_hz=2e3
        )
    make.tag(second, tag_class_id=robin.id, status="accepted", score=0.25)
    make.tag(second, text=HOSTILE, tag_set_id=tag_set.id)


@pytest.fixture(scope="module")
def house(lasting_app):
    app, make = lasting_app, Make()
    with app.app_context(), transaction(writing=True):
        token = make.token(make.user("ana"))
        make.user("vic")
        for key in PROJECTS.values():
            fill(make, key)
    running = server.start_on(app.settings, "--no-worker")
    try:
        app.config["SERVER_NAME"] = running.address.removeprefix("http://")
        yield House(app, running, token)
    finally:
        running.kill()


@pytest.mark.parametrize("language", PROGRAMS)
@pytest.mark.parametrize(
    ("address", "title", "row"),
    [
        ("media", "List these files", "media-files-row"),
        ("media?kind=audio&sort=-name", "List these files", "media-files-row"),
        ("media?kind=image&state=failed&tagged=no", "List these files", "media-files-row"),
        ("media?tagged=yes&sort=-duration", "List these files", "media-files-row"),
        ("media?folder=a+b%2Fc%27d&page=1", "List these files", "media-files-row"),
        ("media?q=O%27Brien%27s+%22&view=table", "List these files", "media-files-row"),
        ("media?q=%25&kind=nonsense&q=second", "List these files", "media-files-row"),
        ("tags", "Find these tags", "tags-row"),
        ("tags?q=%24%28touch+pwned%29+%60", "Find these tags", "tags-row"),
        ("tags?q=%F0%9F%90%B8%E2%80%AE&status=", "Find these tags", "tags-row"),
        ("tags?status=accepted&score=0.25", "Find these tags", "tags-row"),
        ("tags?score=0.00001&author=system", "Find these tags", "tags-row"),
        ("tags?class=1&tag_set=1", "Find these tags", "tags-row"),
        ("tags?class=99999999999999999999&score=nan", "Find these tags", "tags-row"),
        ("tag-sets", "List these tag sets", "tag-sets-row"),
        ("classes", "List their classes", "classes-row"),
    ],
)
def test_a_script_lists_what_the_page_lists(house, tmp_path, language, address, title, row):
    page = house.page(f"/projects/by-curl/{address}")

    items = house.items(language, scripts_of(page)[title][language], tmp_path)

    shown = [int(number) for number in re.findall(rf'id="{row}-([0-9]+)"', page)]
    assert [item["id"] for item in items] == shown


@pytest.mark.parametrize("language", PROGRAMS)
@pytest.mark.parametrize(
    ("asked", "starts"),
    [
        ("", [1.0, 10.0, 20.0]),
        ("?t=9.5-20.5", [10.0, 20.0]),
        ("?t=0-11&f=500-1500.5", [1.0, 10.0]),
        ("?f=3000-4000", []),
        ("?t=0.00001-5&class=1", [1.0]),
        ("?q=frog&t=5-2&f=x", []),
    ],
)
def test_a_script_reads_the_tags_in_view(house, tmp_path, language, asked, starts):
    offered = scripts_of(house.page(f"/media/1/script{asked}"))

    items = house.items(language, offered["Read the tags in view"][language], tmp_path)

    assert [item["start_s"] for item in items] == starts
    assert {item["media_id"] for item in items} <= {1}


@pytest.mark.parametrize("language", PROGRAMS)
def test_a_script_tags_what_is_in_view(house, tmp_path, language):
    number = {"sh": 1, "python": 4}[language]
    offered = scripts_of(house.page(f"/media/{number}/script?t=40-60.0004&f=100.5-200"))

    made = json.loads(house.run(language, offered["Tag what is in view"][language], tmp_path))

    read = scripts_of(house.page(f"/media/{number}/script?t=39-60"))["Read the tags in view"]
    assert house.items(language, read[language], tmp_path) == [made]
    assert [made[name] for name in ("start_s", "end_s", "low_hz", "high_hz")] == [
        40,
        60,
        100.5,
        200,
    ]
    assert f'id="tags-row-{made["id"]}"' in house.page(f"/projects/{PROJECTS[language]}/tags")


@pytest.mark.parametrize("language", PROGRAMS)
@pytest.mark.parametrize(
    ("page", "title", "listing", "said"),
    [
        ("tag-sets", "Add a tag set", "List these tag sets", {"name": "model 1.0"}),
        ("classes", "Add a class", "List their classes", {"identifier": "from_a_script"}),
    ],
)
def test_a_script_adds_to_what_the_page_lists(
    house, tmp_path, language, page, title, listing, said
):
    offered = scripts_of(house.page(f"/projects/{PROJECTS[language]}/{page}"))

    made = json.loads(house.run(language, offered[title][language], tmp_path))

    assert {name: made[name] for name in said} == said
    assert made in house.items(language, offered[listing][language], tmp_path)


@pytest.mark.parametrize("language", PROGRAMS)
def test_a_script_reads_what_the_overview_is_about(house, tmp_path, language):
    offered = scripts_of(house.page("/projects/by-curl"))

    project = json.loads(
        house.run(language, offered["Read what this project says of itself"][language], tmp_path)
    )
    tag_sets = house.items(language, offered["List its tag sets"][language], tmp_path)

    assert (project["key"], project["audience"]) == ("by-curl", "world")
    assert HOSTILE in [each["name"] for each in tag_sets]


def test_python_turns_every_page_and_curl_reads_the_first(house, tmp_path, monkeypatch):
    monkeypatch.setattr(scripts, "AT_ONCE", 2)
    page = house.page("/projects/by-curl/media")
    offered = scripts_of(page)["List these files"]

    every = house.items("python", offered["python"], tmp_path)
    first = house.items("sh", offered["sh"], tmp_path)

    assert [item["id"] for item in every] == [
        int(n) for n in re.findall(r"files-row-([0-9]+)", page)
    ]
    assert first == every[:2]


@pytest.mark.parametrize("language", PROGRAMS)
@pytest.mark.parametrize(
    ("address", "count"), [("/projects/by-curl/media", 3), ("/media/2/script", 2)]
)
def test_what_the_world_may_read_needs_no_token(house, tmp_path, language, address, count):
    page = house.page(address, None)

    (offered,) = scripts_of(page).values()

    assert "TOKEN" not in page
    assert len(house.items(language, offered[language], tmp_path, TOKEN="")) == count


@pytest.mark.parametrize(
    "address", ["/projects/by-curl/tag-sets", "/projects/by-curl/classes", "/media/1/script"]
)
def test_who_only_reads_is_offered_reading_only(house, address):
    titles = {name: [*scripts_of(house.page(address, name))] for name in ("ana", "vic")}

    assert titles["ana"][: len(titles["vic"])] == titles["vic"]
    assert len(titles["ana"]) == len(titles["vic"]) + 1


def test_a_closed_vocabulary_is_offered_no_class(client, work, make):
    with work():
        project = make.project("frogs", ana=Role.MANAGER)
        make.tag_class(project, "wren").group.closed = True
    browser = Browser(client)
    browser.sign_in("ana")

    offered = scripts_of(browser.open("/projects/frogs/classes").text)

    assert [*offered] == ["List these vocabularies", "List their classes"]


def test_a_part_for_htmx_brings_the_scripts_of_its_filters(house):
    part = house.page("/projects/by-curl/tags?q=wren", **{"HX-Request": "true"})

    assert part.startswith('<section class="stack" id="tags-table">')
    assert "'q': 'wren'" in scripts_of(part)["Find these tags"]["python"]


def test_scripts_name_the_address_that_people_use(app):
    app.settings = replace(app.settings, public_url="https://tags.example.org/lab/")
    with app.test_request_context():
        reading = scripts.read_one("Read", "projects/frogs")

    assert reading.curl == "curl -sS https://tags.example.org/lab/api/v1/projects/frogs"
