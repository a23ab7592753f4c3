"""Audacity label tracks, with or without the lines of frequencies after a label."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import BinaryIO

from tagstore.formats import numbers
from tagstore.formats.format import Feature, Format
from tagstore.formats.rows import About, Fault, Item, Row, Wrong, span
from tagstore.formats.tables.writing import ROWS_A_PIECE, unbroken
from tagstore.formats.text import head_lines, lines

BAND = "\\"
"""What a line of frequencies begins with."""
UNDEFINED = -1.0
LINES_TO_LOOK_AT = 50

NO_LABEL = "It holds frequencies, but no label stands on the line before."


def fits(head: bytes) -> bool:
    """Tell whether every line has two times, or frequencies after a label."""
    found = [line for line in head_lines(head)[:LINES_TO_LOOK_AT] if line.strip()]
    return bool(found) and not is_band(found[0]) and all(map(is_record, found))


def is_band(text: str) -> bool:
    """Tell whether a line holds frequencies."""
    return text.startswith(BAND + "\t")


def is_record(text: str) -> bool:
    """Tell whether a line begins with two numbers, or holds frequencies."""
    cells = text.split("\t")[is_band(text) :][:2]
    return len(cells) == 2 and all(map(numbers.is_number, cells))


def read(stream: BinaryIO, about: About) -> Iterator[Item]:
    """Yield the labels of a track; times may lack an end, a label, a score after it."""
    held: Item | None = None
    for line in lines(stream):
        if isinstance(line, Fault):
            yield line
        elif is_band(line.text):
            yield _with_band(held, line.number, line.text, about)
            held = None
        elif line.text.strip():
            if held:
                yield held
            held = _label(line.number, line.text, about)
    if held:
        yield held


def write(rows: Iterable[Row], about: About) -> Iterator[bytes]:
    """Yield the labels of a track, frequencies only after those that have one."""
    pieces = (_record(row, about) for row in rows)
    while piece := "".join(islice(pieces, ROWS_A_PIECE)):
        yield piece.encode()


def _label(number: int, text: str, about: About) -> Row | Fault:
    start, end, label, score, *others = *text.split("\t"), "", "", "", ""
    comma = about.decimal_comma
    try:
        start_s = numbers.seconds(start, "start", comma=comma)
        end_s = numbers.seconds(end, "end", comma=comma) if end.strip() else start_s
        likely = numbers.number(score, "score", comma=comma) if score.strip() else None
        info = {f"column {n}": cell for n, cell in enumerate(others, 5) if cell}
        label = label.strip()
        row = Row(number, start_s=start_s, end_s=end_s, label=label or None, score=likely)
        return numbers.check(replace(row, info=info) if info else row)
    except Wrong as wrong:
        return wrong.at(number)


def _with_band(held: Item | None, number: int, text: str, about: About) -> Item:
    """Return a label with the frequencies of the line after it; a bad one of them spoils both."""
    if not isinstance(held, Row):
        return held or Fault(number, None, NO_LABEL)
    _, low, high, *_ = *text.split("\t"), "", ""
    try:
        low_hz, high_hz = _hertz(low, "low", about), _hertz(high, "high", about)
        return numbers.check(replace(held, low_hz=low_hz, high_hz=high_hz))
    except Wrong as wrong:
        return wrong.at(number)


def _hertz(cell: str, column: str, about: About) -> float | None:
    found = numbers.number(cell, column, comma=about.decimal_comma)
    return None if found == UNDEFINED else numbers.hertz(cell, column, comma=about.decimal_comma)


def _record(row: Row, about: About) -> str:
    start_s, end_s = map(numbers.written, span(row, about))
    record = f"{start_s}\t{end_s}\t{unbroken(row.label or row.text or '')}\n"
    if row.low_hz is None and row.high_hz is None:
        return record
    sides = (UNDEFINED if side is None else side for side in (row.low_hz, row.high_hz))
    return record + "\t".join([BAND, *map(numbers.written, sides)]) + "\n"


AUDACITY = Format(
    key="audacity",
    name="Audacity labels",
    suffix=".txt",
    media_type="text/plain",
    fits=fits,
    read=read,
    write=write,
    keeps=frozenset(
        {
            *(Feature.POINTS, Feature.BOXES, Feature.ONE_SIDED, Feature.LABELS, Feature.OVERLAPS),
            Feature.WORDLESS,
        }
    ),
)
