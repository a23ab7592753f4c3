"""How much memory a server has, with all the processes that it started."""

from pathlib import Path


def resident_bytes(pid: int) -> int:
    """Return what a process and its children have resident now."""
    return _read(pid, "VmRSS")


def most_resident_bytes(pid: int) -> int:
    """Return the most that each of them had resident, together."""
    return _read(pid, "VmHWM")


def forget_peaks(pid: int) -> None:
    """Let the most that they had begin with what they have now."""
    for each in _family(pid):
        Path(f"/proc/{each}/clear_refs").write_text("5")


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in _family(int(child)))]


def _read(pid: int, name: str) -> int:
    kib = 0
    for each in _family(pid):
        lines = Path(f"/proc/{each}/status").read_text().splitlines()
        kib += next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
    return kib * 1024
