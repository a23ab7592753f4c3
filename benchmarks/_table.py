"""What every benchmark ends with: a table for people and JSON for machines."""

import json
import os
import platform
from datetime import date
from pathlib import Path
from typing import Any

FOLDER = Path("build/benchmarks")


def show(name: str, rows: list[dict[str, Any]]) -> None:
    """Print the rows as a table and write them to build/benchmarks/NAME.json."""
    cells = [list(rows[0])] + [[worded(value) for value in row.values()] for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    print(f"\n{name}")
    for line in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))
    FOLDER.mkdir(parents=True, exist_ok=True)
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    day = date.today().isoformat()
    report = {"name": name, "day": day, "machine": machine, "rows": rows}
    (FOLDER / f"{name}.json").write_text(json.dumps(report, indent=2) + "\n")


def worded(value: Any) -> str:
    """Return a cell's words: floats with as many digits as mean something."""
    return f"{value:,.4g}" if isinstance(value, float) else str(value)
