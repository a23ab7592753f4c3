"""Writes docs/reference/performance.md from what the benchmarks have left in build/benchmarks/."""

import json
from pathlib import Path
from typing import Any

from benchmarks._table import FOLDER, worded

PAGE = Path("docs/reference/performance.md")
HEAD = """# Performance

Written by `make bench` on a machine with {cores} cores and Python {python}.
Each figure stands beside its floor, the same work done by nothing but the library or the database
below it, in the same run: the ratio is what Tagstore costs. *At most* and *at least* are what it is
meant to keep to. What each part measures is in [benchmarks/README.md](../../benchmarks/README.md).
"""


def table(rows: list[dict[str, Any]]) -> str:
    """Return rows as a table of a page."""
    lines = [list(rows[0]), ["---"] * len(rows[0])]
    lines += [[worded(value) for value in row.values()] for row in rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main() -> None:
    """Write the page."""
    reports = [json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))]
    about = reports[0]["machine"]
    head = HEAD.format(**about)
    parts = [
        f"## {report['name']}\n\nMeasured on {report['day']}.\n\n{table(report['rows'])}\n"
        for report in reports
    ]
    PAGE.write_text("\n".join([head, *parts]))


if __name__ == "__main__":
    main()
