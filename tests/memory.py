"""How much memory a server has: the processes that answer, and what they started to decode."""

from pathlib import Path


def children(pid: int) -> list[int]:
    """Return the processes that a process has started and that are still there."""
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def resident_bytes(pid: int, *, decoders: bool = True) -> int:
    """Return what a server's processes have resident now."""
    return sum(_each(pid, "VmRSS", decoders=decoders))


def most_resident_bytes(pid: int, *, decoders: bool = True) -> int:
    """Return the most that each of them had resident, together."""
    return sum(_each(pid, "VmHWM", decoders=decoders))


def largest_bytes(pid: int) -> int:
    """Return the most that the largest of the processes that answer ever had resident."""
    return max(_each(pid, "VmHWM", decoders=False))


def forget_peaks(pid: int) -> None:
    """Let the most that they had begin with what they have now."""
    for each in _family(pid, decoders=True):
        Path(f"/proc/{each}/clear_refs").write_text("5")


def _family(pid: int, *, decoders: bool) -> list[int]:
    """Return a process, its children and, if wished, those of its children."""
    if decoders:
        return [pid, *(each for child in children(pid) for each in _family(child, decoders=True))]
    return [pid, *children(pid)]


def _each(pid: int, name: str, *, decoders: bool) -> list[int]:
    """Return a figure of every process, in bytes."""
    found = []
    for each in _family(pid, decoders=decoders):
        lines = Path(f"/proc/{each}/status").read_text().splitlines()
        found += [int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:")]
    return found
