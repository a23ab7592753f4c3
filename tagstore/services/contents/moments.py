"""Milliseconds on the wire, seconds in the store: which ones are the same."""

import math

from tagstore.values import LARGEST_INTEGER

MOST_MS = 2**51
"""Up to here every millisecond goes to seconds and comes back the same: 71,000 years."""


def milliseconds(at_s: float) -> int:
    """Return seconds as whole milliseconds, at most as many as JSON readers can take."""
    return round(min(at_s * 1000, LARGEST_INTEGER // 2))


def least_s(at_ms: int) -> float:
    """Return the least second that reads as so many milliseconds, or as more.

    `milliseconds` never falls, so that a comparison of rounded milliseconds is one of seconds
    with this bound, on every engine and without rounding there.
    """
    at_ms = min(max(at_ms, -MOST_MS), MOST_MS + 1)
    at_s = (at_ms - 0.5) / 1000
    while milliseconds(at_s) >= at_ms:
        at_s = math.nextafter(at_s, -math.inf)
    while milliseconds(at_s) < at_ms:
        at_s = math.nextafter(at_s, math.inf)
    return at_s
