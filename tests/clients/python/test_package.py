"""The package as others get it: built, installed, and used as its pages and examples say."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests import server, sounds

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "clients" / "python"
PAGES = [PACKAGE / "README.md", ROOT / "docs" / "how-to" / "python-client.md"]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ADDRESS = "http://127.0.0.1:5000"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, made by way of the archive of sources, as publishing does."""
    folder = tmp_path_factory.mktemp("wheel")
    sources = shutil.copytree(PACKAGE, folder / "sources")  # Building leaves things behind.
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(sources)], check=True, capture_output=True, timeout=120)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder where the wheel is installed."""
    folder = tmp_path_factory.mktemp("installed")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*install, "--target", str(folder), str(wheel)], check=True, timeout=120)
    return folder


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A server as the first `make run` leaves one, demo project and all."""
    folder = tmp_path_factory.mktemp("house")
    house = server.start(folder / "data", "--no-worker", TAGSTORE_DEMO="1")
    house.said("(ready)")
    yield house
    house.stop()


@pytest.fixture
def run(installed, house, tmp_path):
    """A function that runs a script as a user does, with the installed package."""
    recording = sounds.write_sound(tmp_path / "mine.wav", sounds.noise(0.5))
    token = house.flask("tokens", "add", "admin")
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(installed),
        "SERVER": house.address,
        "TOKEN": token,
        "FILE": str(recording),
    }

    def run(code):
        return subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_the_wheel_has_types_and_the_licence_and_little_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {re.sub(r"-[\d.]+\.dist-info", "", each) for each in archive.namelist()}
        metadata = next(each for each in archive.namelist() if each.endswith("METADATA"))
        said = archive.read(metadata).decode()

    assert {"tagstore_client/py.typed", "tagstore_client/licenses/LICENSE"} <= names
    assert {each.partition("/")[0] for each in names} == {"tagstore_client"}
    assert re.findall(r"^Requires-Dist: (\S+)", said, re.MULTILINE) == [
        "httpx<1,>=0.27",
        "pandas>=2.2;",
    ]
    assert "License-Expression: Apache-2.0" in said


def test_the_example_runs_from_top_to_bottom_and_again(run):
    example = (PACKAGE / "examples" / "first_steps.py").read_text()

    first, second = run(example), run(example)

    assert (first.returncode, first.stderr) == (0, ""), first.stdout
    assert (second.returncode, second.stderr) == (0, ""), second.stdout
    assert "6 are new, 0 were there." in first.stdout
    assert "row 2, End Time (s): Must not be before the start." in first.stdout
    assert "0 are new, 6 were there." in second.stdout


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_what_a_page_shows_runs_from_top_to_bottom(path, run, house):
    blocks = BLOCK.findall(path.read_text())

    done = run("\n".join(blocks).replace(ADDRESS, house.address))

    assert blocks
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_without_pandas_all_but_frames_works(run):
    done = run(
        """
import os, sys
sys.modules["pandas"] = None
from tagstore_client import Tagstore
with Tagstore(os.environ["SERVER"], os.environ["TOKEN"]) as store:
    media = next(store.media("demo"))
    rows = [{"text": "call", "start_s": 1.0, "end_s": 2.0, "score": float("nan")}]
    print(store.add_tags("demo", rows, media_id=media.id, tag_set="plain").created)
    try:
        store.tags_frame("demo")
    except ImportError as error:
        print(error)
"""
    )

    words = "Data frames need pandas: pip install 'tagstore-client[pandas]'"
    assert (done.stdout.splitlines(), done.stderr) == (["1", words], "")
