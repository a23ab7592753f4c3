"""Numbers in annotation files: what is one, what it may be, and how it is written."""

import math
from decimal import Decimal

from tagstore.formats.rows import Row, Wrong
from tagstore.values import TAG_STATUSES

LONGEST_NUMBER = 40


def number(text: str, column: str | None = None, *, comma: bool = False) -> float:
    """Return the number that a cell holds; with `comma`, 1,5 is one and a half.

    Raises Wrong for anything else, NaN and infinity among it.
    """
    said = text.replace(",", ".") if comma else text
    try:
        found = float(said)
    except ValueError:
        raise Wrong(f"{_shown(text)} is not a number.", column) from None
    if not math.isfinite(found) or "_" in said:
        raise Wrong(f"{_shown(text)} is not a number that a tag can have.", column)
    return found


def is_number(text: str) -> bool:
    """Tell whether a cell holds a number that a tag can have."""
    try:
        number(text)
    except Wrong:
        return False
    return True


def seconds(text: str, column: str | None = None, *, comma: bool = False) -> float:
    """Return a time in seconds from the start of a recording, or raise Wrong."""
    found = number(text, column, comma=comma)
    if found < 0:
        raise Wrong(f"{_shown(text)} is before the start of the recording.", column)
    return found + 0.0


def hertz(text: str, column: str | None = None, *, comma: bool = False) -> float:
    """Return a frequency, or raise Wrong."""
    found = number(text, column, comma=comma)
    if found < 0:
        raise Wrong(f"{_shown(text)} is a frequency below zero.", column)
    return found + 0.0


def channel(text: str, column: str | None = None, *, first: int = 1) -> int:
    """Return a channel counted from 1, of a format that counts from `first`, or raise Wrong."""
    found = number(text, column)
    if found != int(found) or found < first:
        raise Wrong(f"{_shown(text)} is not a channel; they are counted from {first}.", column)
    return int(found) - first + 1


def check(row: Row) -> Row:
    """Return a row whose numbers make sense together, or raise Wrong."""
    if (row.start_s is None) != (row.end_s is None):
        raise Wrong("A start needs an end, and an end a start.")
    for value, name in ((row.start_s, "start"), (row.low_hz, "low"), (row.score, "score")):
        if value is not None and not math.isfinite(value):
            raise Wrong(f"The {name} is not a number that a tag can have.")
    if row.start_s is not None and row.end_s is not None:
        if row.start_s < 0:
            raise Wrong(f"It starts at {row.start_s:g} s, before the recording.")
        if not row.start_s <= row.end_s < math.inf:
            raise Wrong(f"It ends at {row.end_s:g} s, before it starts at {row.start_s:g} s.")
    if row.status is not None and row.status not in TAG_STATUSES:
        raise Wrong(f"{_shown(row.status)} is not one of {', '.join(TAG_STATUSES)}.", "status")
    _check_band(row)
    return row


def written(value: float, decimals: int = 6) -> str:
    """Return a number with a point and so many decimals, whatever the locale."""
    return f"{value:.{decimals}f}"


def shortest(value: float) -> str:
    """Return the shortest decimal that is exactly this number, without an exponent."""
    return format(Decimal(repr(float(value))), "f").removesuffix(".0")


def milliseconds(value: float) -> int:
    """Return seconds as whole milliseconds, of any size; halves go to the even one."""
    return round(Decimal(repr(float(value))) * 1000)


def _check_band(row: Row) -> None:
    if row.low_hz is not None and row.low_hz < 0:
        raise Wrong("The low frequency is below zero.")
    if row.high_hz is not None and not (row.low_hz or 0) <= row.high_hz < math.inf:
        raise Wrong(f"The high frequency, {row.high_hz:g} Hz, is below the low one.")


def _shown(text: str) -> str:
    return f"“{text[:LONGEST_NUMBER]}…”" if len(text) > LONGEST_NUMBER else f"“{text}”"
