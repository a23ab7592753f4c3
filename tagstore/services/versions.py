"""The version check: nobody overwrites what they have not seen."""

from typing import Protocol

from tagstore.errors import Stale


class Versioned(Protocol):
    """Anything that several people can edit."""

    @property
    def version(self) -> int:
        """How often it was changed, counted from 1."""


def check_version(thing: Versioned, seen: int | None) -> None:
    """Raise `Stale` when the thing has changed since the version that was seen."""
    check_state(thing, thing.version, seen)


def check_state(thing: object, version: int, seen: int | None) -> None:
    """Raise `Stale` when the thing's version is not the one that was seen."""
    if seen is not None and version != seen:
        message = "Somebody changed this meanwhile. Nothing was overwritten."
        raise Stale(message, current=thing)
