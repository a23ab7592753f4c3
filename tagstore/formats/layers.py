"""On which layer tags are, for formats whose layers hold one tag at a time."""

import heapq

from tagstore.formats.rows import Row


def words(row: Row) -> str:
    """Return what a tag says, for formats that know one kind of words."""
    return row.label or row.text or ""


class Layers:
    """Gives each of many spans, which come by start, the lowest layer that is free by then."""

    def __init__(self) -> None:
        self.count = 0
        self._busy: list[tuple[float, int]] = []
        self._free: list[int] = []

    def place(self, start: float, end: float) -> int:
        """Return the layer, counted from 0, and take it until the end."""
        while self._busy and self._busy[0][0] <= start:
            heapq.heappush(self._free, heapq.heappop(self._busy)[1])
        if self._free:
            layer = heapq.heappop(self._free)
        else:
            layer, self.count = self.count, self.count + 1
        heapq.heappush(self._busy, (end, layer))
        return layer


class Names:
    """Gives out names that nobody else has: `birds`, `birds (2)`, `birds (3)`."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = set(taken)

    def further(self, name: str, number: int) -> str:
        """Return a free name for the layer of that number, counted from 0, of a track."""
        found = name if number == 0 else f"{name} ({number + 1})"
        while number and found in self._taken:
            number += 1
            found = f"{name} ({number + 1})"
        self._taken.add(found)
        return found
