"""How much memory a process has."""

import re
from pathlib import Path


def resident_bytes(pid: int) -> int:
    """Return what a process has resident now."""
    return _read(pid, "VmRSS")


def most_resident_bytes(pid: int) -> int:
    """Return the most that a process ever had resident."""
    return _read(pid, "VmHWM")


def _read(pid: int, name: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.findall(rf"{name}:\s+(\d+)", status)[0]) * 1024
