"""Commands as people type them: in this process, and as a process of their own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tagstore.web.app import App

ROOT = Path(__file__).parents[2]


class Ended(NamedTuple):
    """How a command ended: what is data, what are words, and the status."""

    out: str
    err: str
    status: int


Command = Callable[..., Ended]


@pytest.fixture
def flask(app: App) -> Command:
    """Return a function that runs a command in this process; `stdin` is what is piped in."""

    def run(*words: str, stdin: str = "") -> Ended:
        ended = app.test_cli_runner().invoke(args=words, input=stdin)
        if ended.exception and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        return Ended(ended.stdout, ended.stderr, ended.exit_code)

    return run


@pytest.fixture
def process(app: App) -> Command:
    """Return a function that runs a command as a process of its own."""

    def run(*words: str, stdin: str = "", **variables: str) -> Ended:
        environment = {
            **{name: text for name, text in os.environ.items() if "TAGSTORE" not in name},
            "TAGSTORE_DATA_DIR": str(app.settings.data_dir),
            "TAGSTORE_DATABASE_URL": app.settings.database_url,
            "TAGSTORE_LOG": "json",
            **variables,
        }
        command = [sys.executable, "-m", "flask", *words]
        ended = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return Ended(ended.stdout, ended.stderr, ended.returncode)

    return run
