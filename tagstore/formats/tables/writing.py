"""Writing tables: rows into cells, a piece at a time."""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import orjson

from tagstore.formats.rows import About, Row
from tagstore.formats.tables.spreadsheets import guarded

ROWS_A_PIECE = 500
ROWS_TO_LOOK_AT = 1000
"""So many rows are looked at for the keys of their `info`, unless somebody says which there are."""

AGAIN = re.compile(r"(.*) \(([0-9]{1,9})\)", re.DOTALL)
BREAKS = re.compile(r"[\t\r\n]+")

QUOTED = ('"', "\n", "\r")
"""What stands in quotes in any table, as a delimiter does."""

Cells = Callable[[Row], Sequence[Any]]
"""What stands in the columns for a row: text, numbers as `repr` says them, None for nothing."""


@dataclass(frozen=True)
class MoreColumns:
    """Columns behind those of a format: keys of `info`, and what of `stored` is wanted."""

    keys: Sequence[str]
    further: Sequence[str]

    @property
    def names(self) -> list[str]:
        """Return what stands above them."""
        return [*_named(self.keys), *self.further]

    def cells(self, row: Row) -> Iterator[str]:
        """Yield what stands in them for a row."""
        yield from (shown(row.info.get(key)) for key in self.keys)
        yield from (shown(row.stored.get(name)) for name in self.further)


def with_more_columns(
    rows: Iterable[Row], about: About, taken: Iterable[str] = ()
) -> tuple[MoreColumns, Iterator[Row]]:
    """Return the columns behind a format's own, without the names taken, and all the rows."""
    rows = iter(rows)
    first: list[Row] = []
    keys: Iterable[str] | None = about.info_columns
    if keys is None:
        first = list(islice(rows, ROWS_TO_LOOK_AT))
        keys = dict.fromkeys(key for row in first for key in row.info)
    own = {*taken, *about.further}
    return MoreColumns([key for key in keys if key not in own], about.further), chain(first, rows)


def _named(keys: Sequence[str]) -> list[str]:
    """Return the names of columns for keys of `info`: `name (2)` was `name`, said again."""
    said: dict[str, int] = {}
    found = []
    for key in keys:
        again = AGAIN.fullmatch(key)
        if again and said.get(again[1], 0) + 1 == int(again[2]) > 1:
            said[again[1]] += 1
            found.append(again[1])
        else:
            said.setdefault(key, 1)
            found.append(key)
    return found


def write_quoted(
    header: Sequence[str], cells: Cells, rows: Iterable[Row], about: About, delimiter: str = ","
) -> Iterator[bytes]:
    """Yield a table in which a cell with a delimiter, quote or line end is quoted (RFC 4180).

    For spreadsheets it begins with a byte order mark: without one they do not take it for UTF-8.
    """
    sheet = cells
    if about.for_spreadsheets:
        yield codecs.BOM_UTF8
        sheet = _safe(cells)
    rows = iter(rows)
    piece: Iterable[Sequence[Any]] = [header]
    while text := "".join([_line(each, delimiter) for each in piece]):
        yield text.encode()
        piece = map(sheet, islice(rows, ROWS_A_PIECE))


def _line(cells: Sequence[Any], delimiter: str) -> str:
    """Return a line of a table; most need no quotes at all, which one look at the whole tells."""
    said = [each if type(each) is str else "" if each is None else str(each) for each in cells]
    line = delimiter.join(said)
    if line.count(delimiter) >= len(said) or any(map(line.__contains__, QUOTED)):
        quoted = {*QUOTED, delimiter}
        line = delimiter.join(
            '"' + each.replace('"', '""') + '"' if quoted.intersection(each) else each
            for each in said
        )
    return line + "\n"


def write_tabbed(header: Sequence[str], cells: Cells, rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield a table without quotes; a TAB or line end within a cell becomes a space."""
    rows = iter(rows)
    piece = [header]
    while piece:
        yield "".join("\t".join(map(unbroken, each)) + "\n" for each in piece).encode()
        piece = list(map(cells, islice(rows, ROWS_A_PIECE)))


def unbroken(text: str) -> str:
    """Return text with a space in place of TABs and line ends."""
    return BREAKS.sub(" ", text)


def shown(value: Any) -> str:
    """Return what a cell says for a value: text as it is, nothing for None, the rest as JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None else orjson.dumps(value).decode()


def _safe(cells: Cells) -> Cells:
    return lambda row: [guarded(cell) if isinstance(cell, str) else cell for cell in cells(row)]
