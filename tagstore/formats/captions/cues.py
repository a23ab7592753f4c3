"""What WebVTT and SRT share: blocks of lines, and times."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, NamedTuple

from tagstore.formats.numbers import milliseconds
from tagstore.formats.rows import About, Fault, Row, Wrong, span
from tagstore.formats.text import LONGEST_LINE_BYTES, Line, lines

TIME = r"(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
TIMING = re.compile(rf"\s*{TIME}\s*-->\s*{TIME}(?:\s+(.*))?")
ARROW = "-->"
EMPTY_LINES = re.compile(r"\n\s*\n")
EMPTY = "The cue is empty."
NO_CUE = "The lines are not a cue: no times."
TOO_LONG = f"The cue is longer than {LONGEST_LINE_BYTES:,} characters and was passed over."


class Cue(NamedTuple):
    """A cue as it stands in a file, its times in seconds."""

    line: int
    name: str
    start_s: float
    end_s: float
    settings: str
    text: str


def blocks(stream: BinaryIO) -> Iterator[list[Line] | Fault]:
    """Yield the lines between empty ones; a second line of times begins a block too."""
    block: list[Line] = []
    size = 0
    for line in lines(stream):
        if isinstance(line, Fault):
            yield line
            continue
        is_second = ARROW in line.text and any(ARROW in each.text for each in block)
        if block and (is_second or not line.text.strip()):
            rest = [block.pop()] if is_second and block[-1].text.strip().isdigit() else []
            yield _whole(block, size)
            block, size = rest, 0
        if line.text.strip():
            size += len(line.text)
            if size <= LONGEST_LINE_BYTES and len(block) <= LONGEST_LINE_BYTES // 100:
                block.append(line)
            else:
                size = LONGEST_LINE_BYTES + 1
    if block:
        yield _whole(block, size)


def cue(block: list[Line]) -> Cue | None:
    """Return the cue of a block, None if it has no times, or raise Wrong."""
    at = next((n for n, line in enumerate(block[:2]) if ARROW in line.text), None)
    if at is None:
        return None
    found = TIMING.fullmatch(block[at].text)
    if not found:
        raise Wrong("The times cannot be read; they are written 00:01:02.345 --> 00:01:03.000.")
    name = block[0].text.strip() if at else ""
    text = "\n".join(line.text for line in block[at + 1 :]).strip()
    start, end = _seconds(found.groups()[:4]), _seconds(found.groups()[4:8])
    return Cue(block[at].number, name, start, end, (found[9] or "").strip(), text)


def timed(
    rows: Iterable[Row], about: About, said: Callable[[Row], str]
) -> list[tuple[int, int, str]]:
    """Return what rows say, by their times in milliseconds; a point lasts one of them."""
    found = []
    for row in rows:
        start, end = (milliseconds(each) for each in span(row, about))
        found.append((start, max(end, start + 1), said(row)))
    return sorted(found, key=lambda each: each[:2])


def clock(at: int, point: str) -> str:
    """Return milliseconds as hours, minutes and seconds, with three decimals after the point."""
    seconds, thousandths = divmod(at, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{thousandths:03}"


def unbroken(text: str) -> str:
    """Return a text without the empty lines that would end a cue."""
    return EMPTY_LINES.sub("\n", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _whole(block: list[Line], size: int) -> list[Line] | Fault:
    return Fault(block[0].number, None, TOO_LONG) if size > LONGEST_LINE_BYTES else block


def _seconds(clock: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, decimals = (each or "0" for each in clock)
    whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
    return (whole * 1000 + int(decimals.ljust(3, "0"))) / 1000
