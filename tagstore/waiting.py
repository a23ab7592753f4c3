"""Threads that are about to wait for another one say so; whoever shares out the work listens."""

from collections.abc import Callable

_listeners: list[Callable[[], None]] = []


def listen(call: Callable[[], None]) -> None:
    """Call this in every thread that is about to wait, from now on."""
    _listeners.append(call)


def begins() -> None:
    """Say that this thread is about to wait."""
    for call in _listeners:
        call()
