"""What is written is true: examples run, links lead somewhere, settings are all there."""

import contextlib
import re
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tagstore.config import PREFIX, Settings
from tests import server, sounds

ROOT = Path(__file__).parent.parent
SKIPPED = {".venv", "node_modules", "build", "vendor"}
PAGES = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not SKIPPED & set(path.relative_to(ROOT).parts) and not path.parts[-2].startswith(".")
)
RUNNABLE = [
    ROOT / "README.md",
    ROOT / "docs" / "how-to" / "send-many-tags.md",
    ROOT / "docs" / "how-to" / "upload-large-files.md",
    *sorted((ROOT / "docs" / "dialects").glob("*.md")),
]
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
ADDRESS = "http://127.0.0.1:5000"


def name(path):
    return str(path.relative_to(ROOT))


def blocks():
    """Yield every example that is to run, by page and place."""
    for path in RUNNABLE:
        for number, (language, code) in enumerate(BLOCK.findall(path.read_text()), 1):
            yield pytest.param(language, code, id=f"{name(path)}-{number}")


@dataclass
class House:
    """A server as the first `make run` leaves one, demo project and all."""

    running: server.Server
    token: str
    recording: Path

    def run(self, language, code):
        """Run an example as a reader would, from the checkout, against this server."""
        code = code.replace(ADDRESS, self.running.address)
        code = code.replace(".venv/bin/flask", f"{sys.executable} -m flask")
        program = ["sh", "-eu", "-c"] if language == "sh" else [sys.executable, "-c"]
        environment = server.environment(self.running.data_dir)
        environment |= {"TOKEN": self.token, "FILE": str(self.recording)}
        return subprocess.run(
            [*program, code],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def kept(self):
        """Return how many tags and uploads there are."""
        database = self.running.data_dir / "tagstore.db"
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as store:
            return sum(
                store.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("tag", "resource_tag", "upload")
            )


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("docs")
    switches = {"TAGSTORE_DEMO": "1", "TAGSTORE_SIGNED_TOKENS": "1"}
    running = server.start(folder / "data", "--no-worker", **switches)
    try:
        assert running.address
        recording = sounds.write_sound(folder / "two words.wav", sounds.noise(0.5))
        yield House(running, running.flask("tokens", "add", "admin"), recording)
    finally:
        running.kill()


@pytest.mark.parametrize(("language", "code"), list(blocks()))
def test_an_example_runs_and_makes_tags_or_media(house, language, code):
    before = house.kept()

    done = house.run(language, code)

    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert house.kept() > before, done.stdout


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_relative_links_lead_somewhere(path):
    links = [link.partition("#")[0] for link in LINK.findall(path.read_text())]

    broken = [link for link in links if ":" not in link and not (path.parent / link).exists()]

    assert broken == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_settings_that_pages_speak_of_exist(path):
    known = {PREFIX + field.upper() for field in Settings.__dataclass_fields__}

    spoken_of = set(re.findall(rf"\b{PREFIX}[A-Z_]*[A-Z]\b", path.read_text()))

    assert spoken_of - known == set()


@pytest.mark.parametrize("table", ["settings_table", "formats_table"])
def test_tables_are_up_to_date(table):
    done = subprocess.run(
        [sys.executable, "-m", f"tools.{table}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
