"""Sonic Visualiser's CSV without a header: instants, regions or boxes, a layer a file."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from tagstore.formats.format import Feature, Format
from tagstore.formats.layers import words
from tagstore.formats.numbers import check, number, seconds, shortest, written
from tagstore.formats.rows import About, Fault, Item, Row, Wrong, band, span
from tagstore.formats.text import head_lines, lines

LINES_TO_LOOK_AT = 50


def fits(head: bytes) -> bool:
    """Tell whether every line begins with a time and has at most five cells between commas."""
    found = [line for line in head_lines(head)[:LINES_TO_LOOK_AT] if line.strip()]
    return bool(found) and all(map(_is_record, found))


def read(stream: BinaryIO, about: About) -> Iterator[Item]:
    """Yield instants, regions, boxes or notes, told apart by how many numbers begin a line.

    One: an instant. Three: a region, its value in `info`. Four: a box if they rise in pairs, else
    a note, its pitch and level in `info`. The label after them may be missing.
    Source: Sonic Visualiser, "Export Annotation Layer".
    """
    for line in lines(stream):
        if isinstance(line, Fault):
            yield line
        elif line.text.strip():
            try:
                yield check(_row(line.number, _cells(line.text)))
            except Wrong as wrong:
                yield wrong.at(line.number)


def write(rows: Iterable[Row], about: About) -> Iterator[bytes]:
    """Yield a layer of boxes; 0 and 0 stand for no frequencies."""
    for row in rows:
        buffer = io.StringIO()
        has_band = row.low_hz is not None or row.high_hz is not None
        low, high = band(row, about) if has_band else (0.0, 0.0)
        text = " ".join(words(row).split())
        cells = [*map(written, span(row, about)), shortest(low), shortest(high or low), text]
        csv.writer(buffer, lineterminator="\n").writerow(cells)
        yield buffer.getvalue().encode()


def _is_record(line: str) -> bool:
    cells = _cells(line)
    return len(cells) <= 5 and bool(cells) and ("\t" not in line) and _numbers(cells) > 0


def _cells(line: str) -> list[str]:
    try:
        return next(csv.reader([line]), [])
    except csv.Error:
        return [line]


def _numbers(cells: list[str]) -> int:
    """Return how many cells at the beginning are numbers."""
    for n, cell in enumerate(cells):
        try:
            number(cell)
        except Wrong:
            return n
    return len(cells)


def _row(line: int, cells: list[str]) -> Row:
    start = seconds(cells[0], "time")
    count = min(_numbers(cells), 4)
    label = next(iter(cells[count:]), "").strip() or None
    if count not in {1, 3, 4} or len(cells) > count + 1:
        raise Wrong("These are not the cells of an instant, a region, a box or a note.")
    if count == 1:
        return Row(line, None, start, start, label=label)
    values = [number(cell) for cell in cells[1:count]]
    if count == 3:
        value, duration = values
        return Row(line, None, start, start + duration, label=label, info={"value": value})
    end, low, high = values
    if start <= end and 0 <= low <= high:
        limits = (low, high) if low or high else (None, None)
        return Row(line, None, start, end, limits[0], limits[1], label=label)
    info = {"value": end, "level": high}
    return Row(line, None, start, start + low, label=label, info=info)


SONIC_VISUALISER = Format(
    key="sonicvisualiser",
    name="Sonic Visualiser CSV",
    suffix=".csv",
    media_type="text/csv",
    fits=fits,
    read=read,
    write=write,
    keeps=frozenset(
        {*(Feature.POINTS, Feature.BOXES, Feature.LABELS, Feature.WORDLESS, Feature.OVERLAPS)}
    ),
)
