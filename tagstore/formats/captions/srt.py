"""SubRip subtitles: numbered cues of plain text."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from tagstore.formats.captions.cues import (
    ARROW,
    EMPTY,
    NO_CUE,
    TIMING,
    Cue,
    blocks,
    clock,
    cue,
    timed,
    unbroken,
)
from tagstore.formats.format import Feature, Format
from tagstore.formats.layers import words
from tagstore.formats.numbers import check
from tagstore.formats.rows import About, Fault, Item, Row, Skipped, Wrong
from tagstore.formats.text import head_lines


def fits(head: bytes) -> bool:
    """Tell whether the first lines are a number and two times."""
    first = [line for line in head_lines(head)[:10] if line.strip()][:2]
    return len(first) == 2 and first[0].strip().isdigit() and bool(TIMING.fullmatch(first[1]))


def read(stream: BinaryIO, about: About) -> Iterator[Item]:
    """Yield the cues as free text, whatever markup stands in them."""
    for block in blocks(stream):
        if isinstance(block, Fault):
            yield block
            continue
        try:
            yield _item(block[0].number, cue(block))
        except Wrong as wrong:
            yield wrong.at(block[0].number)


def write(rows: Iterable[Row], about: About) -> Iterator[bytes]:
    """Yield numbered cues by start; an arrow in a text is broken, for it would begin a cue."""
    for number, (start, end, text) in enumerate(timed(rows, about, words), 1):
        said = unbroken(text).replace(ARROW, "-- >")
        times = f"{clock(start, ',')} {ARROW} {clock(end, ',')}"
        yield f"{number}\n{times}\n{said}\n\n".encode()


def _item(line: int, found: Cue | None) -> Item:
    if found is None:
        return Skipped(line, NO_CUE)
    if not found.text:
        return Skipped(line, EMPTY)
    return check(Row(found.line, start_s=found.start_s, end_s=found.end_s, text=found.text))


SRT = Format(
    key="srt",
    name="SubRip (SRT)",
    suffix=".srt",
    media_type="application/x-subrip",
    fits=fits,
    read=read,
    write=write,
    keeps=frozenset({Feature.TEXTS, Feature.OVERLAPS}),
    resolution_s=0.001,
)
