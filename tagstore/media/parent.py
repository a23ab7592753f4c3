"""What a decoding child asks its parent for, which alone may reach what is elsewhere."""

from collections.abc import Callable
from typing import Any

Ask = Callable[[str, tuple[Any, ...]], bytes]

asks: list[Ask] = []
"""How to ask, in a child; the child's main program puts it here."""


def fetch(key: str, offset: int, length: int) -> bytes:
    """Return some bytes of an object."""
    return asks[0]("fetch", (key, offset, length))


def keep(key: str, data: bytes) -> None:
    """Keep computed bytes in the store's cache."""
    asks[0]("keep", (key, data))
