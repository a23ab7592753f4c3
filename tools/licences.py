"""Check that every run-time dependency has a licence we may ship beside ours.

Permissive and weak copyleft (LGPL, MPL) are allowed, GPL and unknown are not. `--write` writes
the list into docs/reference/licences.md, without it the list there has to be up to date.
"""

import re
import sys
from importlib import metadata
from pathlib import Path

PAGE = Path("docs/reference/licences.md")
MARK = "<!-- The table below is written by `make licences`. -->\n"
ALLOWED = [
    "0BSD", "Apache", "BSD", "BSL-1.0", "CC0", "CNRI-Python", "HPND", "ISC", "LGPL", "MIT", "MPL",
    "Mozilla Public License", "Lesser General Public License", "PSF", "Python Software Foundation",
    "Public Domain", "Unlicense", "ZPL", "Zlib", "Zope Public License",
]  # fmt: skip
REFUSED = re.compile(r"(?<!L)GPL|(?<!Lesser )General Public License|proprietary", re.IGNORECASE)
# Packages whose metadata say nothing; read in the licence file that they carry.
READ_BY_HAND = {"huey": "MIT"}


def names() -> list[str]:
    """Return the names of the packages in requirements.txt that this machine has installed."""
    lines = Path("requirements.txt").read_text().splitlines()
    pinned = [re.match(r"[A-Za-z0-9._-]+(?=(\[.*?\])?==)", line) for line in lines]
    installed = {canonical(each.metadata["Name"]) for each in metadata.distributions()}
    return sorted({canonical(found[0]) for found in pinned if found} & installed)


def canonical(name: str) -> str:
    """Return a package name in the one spelling that the index uses."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(name: str) -> str:
    """Return the licence that a package states: expression, else classifiers, else free text."""
    facts = metadata.metadata(name)
    classifiers = [
        entry.rsplit(" :: ", 1)[-1]
        for entry in facts.get_all("Classifier", [])
        if entry.startswith("License ::") and entry != "License :: OSI Approved"
    ]
    free = facts.get("License", "").strip().splitlines()[:1]
    stated = facts.get("License-Expression") or "; ".join(classifiers) or "".join(free)
    return stated or READ_BY_HAND.get(name, "")


def allowed(text: str) -> bool:
    """Tell whether a stated licence is one we may depend on at run time."""
    return not REFUSED.search(text) and any(word.lower() in text.lower() for word in ALLOWED)


def main() -> None:
    """Check, or write, the list of licences."""
    stated = {name: licence(name) for name in names()}
    rows = [f"| {name} | {text} |\n" for name, text in stated.items()]
    table = "".join(["| Package | Licence |\n", "| --- | --- |\n", *rows])
    introduction, _, written = PAGE.read_text().partition(MARK)
    if "--write" in sys.argv:
        PAGE.write_text(introduction + MARK + "\n" + table)
        written = "\n" + table
    faults = [f"{name}: {text or 'unknown licence'}" for name, text in stated.items()]
    faults = [fault for fault in faults if not allowed(fault.partition(": ")[2])]
    if written.strip() != table.strip():
        faults.append(f"{PAGE} is out of date: run `make licences`")
    print("\n".join(faults) or f"{len(stated)} run-time dependencies, every licence allowed")
    sys.exit(bool(faults))


main()
