"""Reading an object that is elsewhere as if it were a file, a few blocks at a time."""

import io
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from tagstore.media import parent

BLOCK = 1 << 18
MOST_BLOCKS_AHEAD = 16
KEPT_BLOCKS = 64

Fetch = Callable[[str, int, int], bytes]
"""Returns bytes of an object: its key, where they begin, how many."""


@dataclass(frozen=True)
class RemoteStatus:
    """What a file would say of itself; what is under a key never changes."""

    st_size: int
    st_mtime_ns: int = 0


@dataclass(frozen=True)
class Remote:
    """An Origin whose bytes are fetched. Sent to a child, it has them fetched by the parent."""

    key: str
    size: int
    fetch: Fetch = field(compare=False, repr=False)

    def open(self, mode: Literal["rb"] = "rb") -> io.BufferedReader:
        """Open the bytes for reading; nothing is fetched yet."""
        return io.BufferedReader(RemoteFile(self))

    def stat(self) -> RemoteStatus:
        """Return the size."""
        return RemoteStatus(self.size)

    def __reduce__(self) -> tuple[Any, ...]:
        return Remote, (self.key, self.size, parent.fetch)


class RemoteFile(io.RawIOBase):
    """A seekable view of an object. Who reads on gets ever larger pieces at once."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote
        self._at = 0
        self._next = -1
        self._ahead = 1

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be sought in."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go somewhere; nothing is fetched."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._remote.size}[whence]
        if start + offset < 0:
            raise ValueError("There is nothing before the start.")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer, less only at the end."""
        view = memoryview(buffer).cast("B")
        end = min(self._at + len(view), self._remote.size)
        done = 0
        while self._at < end:
            number, within = divmod(self._at, BLOCK)
            piece = self._block(number, -(-end // BLOCK))[within : within + end - self._at]
            view[done : done + len(piece)] = piece
            done += len(piece)
            self._at += len(piece)
        return done

    def _block(self, number: int, stop: int) -> memoryview:
        """Return a block, fetched with those up to `stop` if it is not at hand."""
        found = _blocks.get((self._remote, number))
        if found is None:
            self._ahead = min(2 * self._ahead, MOST_BLOCKS_AHEAD) if number == self._next else 1
            count = min(max(stop - number, self._ahead), MOST_BLOCKS_AHEAD)
            found = self._fetch(number, count)
            self._next = number + count
        return found

    def _fetch(self, number: int, count: int) -> memoryview:
        """Fetch some blocks in a row, and return the first."""
        remote, offset = self._remote, number * BLOCK
        length = min(count * BLOCK, remote.size - offset)
        data = remote.fetch(remote.key, offset, length)
        if len(data) != length:
            raise EOFError(f"{remote.key} is shorter than {remote.size} bytes.")
        for each in range(count):
            block = data[each * BLOCK : (each + 1) * BLOCK]
            if block:
                _blocks.put((remote, number + each), memoryview(block))
        return memoryview(data)[:BLOCK]


class _Blocks:
    """The blocks that this process read last, of any object."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[Remote, int], memoryview] = OrderedDict()

    def get(self, key: tuple[Remote, int]) -> memoryview | None:
        """Return a block if it is at hand."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: tuple[Remote, int], block: memoryview) -> None:
        """Keep a block, and drop the one that nobody has read for longest."""
        with self._lock:
            self._kept[key] = block
            if len(self._kept) > KEPT_BLOCKS:
                self._kept.popitem(last=False)


_blocks = _Blocks()
