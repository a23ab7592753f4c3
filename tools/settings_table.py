"""Check that docs/reference/settings.md lists every setting as it is; `--write` writes it anew."""

import sys
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

from tagstore.config import PREFIX, Settings

PAGE = Path("docs/reference/settings.md")
UNITS = {2**30: "GiB", 2**20: "MiB"}

INTRODUCTION = """# Settings

Every setting is an environment variable. An unknown `TAGSTORE_…` variable is a warning, a value
that makes no sense stops the start with one clear line. An empty variable counts as not set;
switches take `1`, `0`, `on` and `off`.

<!-- The table below is written by `.venv/bin/python -m tools.settings_table --write`. -->

"""


def default(value: Any) -> str:
    """Return how a default is written in the environment, sizes with their unit beside."""
    if isinstance(value, bool):
        return f"`{int(value)}`"
    for size, unit in UNITS.items():
        if isinstance(value, int) and value and value % size == 0:
            return f"`{value}` ({value // size} {unit})"
    return f"`{value}`" if value not in {"", ()} else "–"


def page() -> str:
    """Return the page as it ought to be."""
    meanings = get_type_hints(Settings, include_extras=True)
    rows = [
        f"| `{PREFIX}{each.name.upper()}` | {default(each.default)} "
        f"| {meanings[each.name].__metadata__[0]} |\n"
        for each in fields(Settings)
    ]
    return INTRODUCTION + "| variable | default | meaning |\n| --- | --- | --- |\n" + "".join(rows)


def main() -> None:
    """Check the page, or write it."""
    if "--write" in sys.argv:
        PAGE.write_text(page())
    if not PAGE.exists() or PAGE.read_text() != page():
        sys.exit(f"{PAGE} is out of date: run `python -m tools.settings_table --write`")


main()
