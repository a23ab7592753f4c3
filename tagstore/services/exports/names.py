"""What files in a zip are called: safe on all systems."""

import re
from pathlib import PurePosixPath

UNSAFE = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')
"""What some system takes for more than a part of a file's name."""

RESERVED = re.compile(r"(CON|PRN|AUX|NUL|(COM|LPT)[0-9])(\..*)?", re.IGNORECASE)
"""What is a device to Windows, and no file or folder."""


def safe_path(path: str) -> str:
    """Return a path that leads nowhere else, on whatever system."""
    parts = [UNSAFE.sub("_", part) for part in PurePosixPath(path).parts]
    return "/".join(part for part in parts if part not in {".", "..", "/"})


def safe_part(text: str, most_bytes: int) -> str:
    """Return text as a part of a file's name, so long at most."""
    whole = UNSAFE.sub("_", "_".join(text.replace("/", "_").split()))
    part = whole.encode()[:most_bytes].decode(errors="ignore").rstrip(".")
    return f"{part}_" if RESERVED.fullmatch(part) else part
