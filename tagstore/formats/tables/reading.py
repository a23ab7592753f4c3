"""Reading tables with a header: cells into the fields of rows."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, BinaryIO

import orjson

from tagstore.formats import numbers
from tagstore.formats.rows import About, Fault, Item, Row, Skipped, Wrong
from tagstore.formats.tables.columns import ALIASES, Aliases, Columns, assigned
from tagstore.formats.tables.records import Record, header_of, records
from tagstore.formats.tables.spreadsheets import unguarded

MISSING = {"", "NA", "N/A", "<NA>", "None", "null"}
"""What stands in a column of numbers where there is none; NaN is a fault, it may be a lost one."""

DECIMALS_OF_A_SUM = 9
"""Sums of decimal numbers are rounded to these, so that 0.1 + 0.2 is 0.3."""

NO_START = "No column holds the start of the tags. Say which one does."
EMPTY = "The file is empty."

Values = dict[str, Any]

Parser = Callable[[str, str], Any]
"""From a cell and its column's name to what it says, or None."""


@dataclass(frozen=True)
class Table:
    """How one format lays tags out in columns."""

    names: Mapping[str, str] = field(default_factory=dict)
    """Fields by names of columns, folded, before the aliases; an empty one: into `info`."""
    quotes: bool = True
    first_channel: int = 1
    hertz: float = 1.0
    """What one stands for in its columns of frequencies."""
    aliases: Aliases = field(default_factory=lambda: ALIASES)
    """Names of columns by fields; of several that are there, the first holds it."""
    parsers: Mapping[str, Parser] = field(default_factory=dict)
    """How fields are read that this format writes in its own way."""
    whole_files: bool = False
    """Rows need no times."""
    adjust: Callable[[Values, dict[str, Any], About], str | None] | None = None
    """Change a row's fields and its `info` in place; return why it is no tag, or None."""


def read_table(table: Table, stream: BinaryIO, about: About) -> Iterator[Item]:
    """Yield the tags of a table; its first record is the header.

    Columns that hold no field go into `info`, in order, as text. An end that is not told is
    start + duration, or the start itself.
    """
    found = records(stream, quotes=table.quotes)
    for header in found:
        if isinstance(header, Record):
            break
        yield header
    else:
        yield Fault(1, None, EMPTY)
        return
    columns = assigned(header.cells, table.names, about, table.aliases)
    if not table.whole_files and not {"start_s", "file_offset_s"} & columns.places.keys():
        yield Fault(header.line, None, NO_START)
        return
    understand = _Understanding(table, columns, about)
    for record in found:
        yield record if isinstance(record, Fault) else understand(record)


def columns_of(table: Table, head: bytes, about: About) -> list[tuple[str, str]]:
    """Return each column of the table that begins so and the field it holds, empty for `info`."""
    columns = assigned(header_of(head), table.names, about, table.aliases)
    held = {place: each for each, place in columns.places.items()}
    return [(name, held.get(place, "")) for place, name in enumerate(columns.names)]


class _Understanding:
    """Makes rows of the records of one table."""

    def __init__(self, table: Table, columns: Columns, about: About) -> None:
        self.about = about
        self.adjust = table.adjust
        self.needs_start = not table.whole_files
        self.start = next(
            (name for name, held in columns.chosen.items() if held == "start_s"), None
        )
        self.names = columns.names
        self.others = columns.others
        unit = {None: table.hertz, True: 1000.0, False: 1.0}[about.kilohertz]
        parsers = {**_parsers(about, table.first_channel, unit), **table.parsers}
        self.cells = [
            (place, held, columns.names[place], parsers.get(held, _text))
            for held, place in columns.places.items()
        ]

    def __call__(self, record: Record) -> Item:
        line, cells = record
        if self.about.for_spreadsheets:
            cells = [unguarded(cell) for cell in cells]
        try:
            values = self._values(cells)
            info = self._info(cells)
            if self.adjust and (why := self.adjust(values, info, self.about)):
                return Skipped(line, why, values.get("media"))
            if self.needs_start and "start_s" not in values:
                raise Wrong("It has no start.", self.start)
            return numbers.check(_row(line, values, info))
        except Wrong as wrong:
            return wrong.at(line)

    def _values(self, cells: list[str]) -> Values:
        values = {}
        count = len(cells)
        for place, held, name, parse in self.cells:
            cell = cells[place].strip() if place < count else ""
            if cell and (value := parse(cell, name)) is not None:
                values[held] = value
        return values

    def _info(self, cells: list[str]) -> dict[str, Any]:
        count = len(cells)
        if not self.others and count <= len(self.names):
            return {}
        info = {
            name: cells[place] if place < count else ""
            for place, name in self.others
            if self.names[place] or (place < count and cells[place])
        }
        for place in range(len(self.names), count):
            if cells[place]:
                info[f"column {place + 1}"] = cells[place]
        return info


def _row(line: int, values: Values, info: dict[str, Any]) -> Row:
    duration_s = values.pop("duration_s", None)
    start_s = values.get("start_s")
    if start_s is not None and "end_s" not in values:
        values["end_s"] = round(start_s + (duration_s or 0.0), DECIMALS_OF_A_SUM)
    if "info" in values:
        info = values.pop("info") | info
    return Row(line, info=info, **values)


def _parsers(about: About, first_channel: int, unit: float) -> dict[str, Parser]:
    comma = about.decimal_comma
    seconds = partial(numbers.seconds, comma=comma)
    times = dict.fromkeys(("start_s", "end_s", "duration_s", "file_offset_s"), seconds)
    limits = dict.fromkeys(("low_hz", "high_hz"), partial(_hertz, unit, comma=comma))
    every: dict[str, Parser] = {
        **times,
        **limits,
        "score": partial(numbers.number, comma=comma),
        "channel": partial(numbers.channel, first=first_channel),
    }
    parsers: dict[str, Parser] = {
        held: partial(_unless_missing, parse) for held, parse in every.items()
    }
    if not comma:
        plain = parsers.keys() - {"channel"} - (limits.keys() if unit != 1 else set())
        parsers |= {held: _quickly(parsers[held]) for held in plain}
    return {**parsers, "info": _json, "frame": _json}


def _quickly(parse: Parser) -> Parser:
    """Return a parser that leaves to another one what is no plain number above zero."""

    def quick(cell: str, column: str) -> Any:
        try:
            found = float(cell)
        except ValueError:
            return parse(cell, column)
        return found if 0 < found < math.inf and "_" not in cell else parse(cell, column)

    return quick


def _unless_missing(parse: Parser, cell: str, column: str) -> Any:
    return None if cell in MISSING else parse(cell, column)


def _hertz(unit: float, cell: str, column: str, *, comma: bool) -> float:
    found = numbers.hertz(cell, column, comma=comma)
    return found if unit == 1 else round(found * unit, DECIMALS_OF_A_SUM)


def _text(cell: str, column: str) -> str:
    return cell


def _json(cell: str, column: str) -> dict[str, Any]:
    try:
        said = orjson.loads(cell)
    except orjson.JSONDecodeError as error:
        raise Wrong(f"It is not JSON: {error.msg}.", column) from None
    if not isinstance(said, dict):
        raise Wrong("It is JSON, but not an object.", column)
    return said
