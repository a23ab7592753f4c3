"""The records of a table in text: cells between commas, semicolons or TABs."""

import csv
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from tagstore.formats.rows import Fault
from tagstore.formats.text import Line, head_lines, lines

DELIMITERS = "\t,;"
LONGEST_RECORD = 1 << 22
NEVER_ENDS = (
    "A quote opens here that does not close within what one tag may hold. "
    "The lines up to there were passed over."
)


class Record(NamedTuple):
    """The cells of a record, and the line on which it begins."""

    line: int
    cells: list[str]


class _TooMuch(Exception):
    """A record is longer than `LONGEST_RECORD`."""


class _Feed:
    """Lines for a csv.reader, which wants their ends; faults are put aside."""

    def __init__(self, first: Line, rest: Iterator[Line | Fault]) -> None:
        self.first: Line | None = first
        self.rest = rest
        self.faults: list[Fault] = []
        self.begins = 0
        self.number = 0
        self.size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line: Line | Fault | None = self.first
        self.first = None
        while True:
            line = line or next(self.rest)
            if isinstance(line, Line):
                break
            self.faults.append(line)
            line = None
        self.number = line.number
        self.begins = self.begins or line.number
        self.size += len(line.text)
        if self.size > LONGEST_RECORD:
            raise _TooMuch
        return line.text + "\n"

    def start(self) -> None:
        """Begin another record."""
        self.begins = self.size = 0


def delimiter_of(header: str) -> str:
    """Return what stands between the names of a header: the most frequent; a TAB before others."""
    return max(DELIMITERS, key=header.count)


def header_of(head: bytes) -> list[str]:
    """Return the names of the columns in the first line of a file that says something."""
    first = next((line for line in head_lines(head) if line.strip()), "")
    cells = next(csv.reader([first], delimiter=delimiter_of(first)), [])
    return [cell.strip() for cell in cells]


def records(stream: BinaryIO, *, quotes: bool = True) -> Iterator[Record | Fault]:
    """Yield the records of a table, its header first; empty lines are nothing.

    The header tells the delimiter. Without `quotes` a quote is a character like others, unless
    the header begins with one. A line end inside a quoted cell becomes LF (RFC 4180 otherwise).
    """
    found = lines(stream)
    for line in found:
        if isinstance(line, Fault):
            yield line
        elif line.text.strip():
            delimiter = delimiter_of(line.text)
            if quotes or line.text.startswith('"'):
                yield from _quoted(_Feed(line, found), delimiter)
            else:
                yield Record(line.number, line.text.split(delimiter))
                yield from _plain(found, delimiter)


def _plain(found: Iterator[Line | Fault], delimiter: str) -> Iterator[Record | Fault]:
    for line in found:
        if isinstance(line, Fault):
            yield line
        elif line.text.strip():
            yield Record(line.number, line.text.split(delimiter))


def _quoted(feed: _Feed, delimiter: str) -> Iterator[Record | Fault]:
    reader = csv.reader(feed, delimiter=delimiter)
    while True:
        feed.start()
        try:
            cells = next(reader, None)
        except (csv.Error, _TooMuch):
            cells = []
            feed.faults.append(Fault(feed.begins, None, NEVER_ENDS))
        yield from feed.faults
        feed.faults.clear()
        if cells is None:
            return
        if any(cells):
            yield Record(feed.begins, cells)
