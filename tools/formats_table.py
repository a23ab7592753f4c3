"""Check that docs/reference/formats.md lists every format as it is; `--write` writes it anew."""

import re
import sys
from collections import Counter
from pathlib import Path

from tagstore.formats.format import HEAD_BYTES, Feature, Format
from tagstore.formats.registry import FORMATS, detected
from tagstore.formats.rows import About

PAGE = Path("docs/reference/formats.md")
FILES = Path("../shared/data/annotations")
BLOCK = "<!-- {0}: written by `.venv/bin/python -m tools.formats_table --write` -->\n"
END = "<!-- end -->"


def keeps(format: Format) -> str:
    """Return in words what a format keeps."""
    if format.keeps == frozenset(Feature):
        return "everything"
    return ", ".join(
        each.name.lower().replace("_", " ") for each in Feature if each in format.keeps
    )


def resolution(format: Format) -> str:
    """Return to what a format rounds times."""
    if format.write is None:
        return "–"
    return f"{format.resolution_s * 1000:g} ms" if format.resolution_s else "exactly"


def formats() -> str:
    """Return the table of formats."""
    rows = [
        f"| {each.name} | `{each.key}` | {'yes' if each.read else 'no'} "
        f"| {'yes' if each.write else 'no'} | {keeps(each)} | {resolution(each)} |\n"
        for each in FORMATS
    ]
    head = "| format | key | read | written | keeps | times to |\n"
    return head + "| --- | --- | --- | --- | --- | --- |\n" + "".join(rows)


def files() -> str:
    """Return the table of real files: what was found in each, and what comes back."""
    rows = []
    for path in sorted(FILES.iterdir()):
        with path.open("rb") as file:
            format = detected(file.read(HEAD_BYTES))
            file.seek(0)
            if format and format.read:
                found = Counter(type(each).__name__ for each in format.read(file, About()))
                counts = " | ".join(str(found[name]) for name in ("Row", "Skipped", "Fault"))
                rows.append(f"| `{path.name}` | {format.name} | {counts} |\n")
    head = "| file | found to be | tags | skipped | faults |\n"
    return head + "| --- | --- | --- | --- | --- |\n" + "".join(rows)


def page(text: str) -> str:
    """Return the page with its tables as they ought to be."""
    tables = {"formats": formats()} | ({"files": files()} if FILES.exists() else {})
    for name, table in tables.items():
        start = BLOCK.format(name)
        block = re.compile(re.escape(start) + ".*?" + END, re.DOTALL)
        text = block.sub(lambda _, whole=f"{start}\n{table}\n{END}": whole, text)
    return text


def main() -> None:
    """Check the page, or write it."""
    text = PAGE.read_text()
    if "--write" in sys.argv:
        text = page(text)
        PAGE.write_text(text)
    if text != page(text):
        sys.exit(f"{PAGE} is out of date: run `python -m tools.formats_table --write`")


main()
