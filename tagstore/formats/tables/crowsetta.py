"""crowsetta's CSV: simple sequences of one recording, generic sequences of many."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from tagstore.formats.format import Feature, Format
from tagstore.formats.numbers import written
from tagstore.formats.rows import About, Row, span
from tagstore.formats.tables.columns import folded
from tagstore.formats.tables.reading import Table, columns_of, read_table
from tagstore.formats.tables.records import header_of
from tagstore.formats.tables.writing import MoreColumns, shown, with_more_columns, write_quoted

TIMES = ("onset_s", "offset_s")
GENERIC = ("label", *TIMES, "notated_path", "annot_path", "sequence", "annotation")
"""Without samples: crowsetta wants them on every row or on none."""

TABLE = Table(
    aliases={
        "start_s": ("onset_s", "start_seconds"),
        "end_s": ("offset_s", "stop_seconds"),
        "label": ("label", "name"),
        "media": ("notated_path",),
    }
)


def fits_simple(head: bytes) -> bool:
    """Tell whether the header has onsets, offsets and labels, under one of crowsetta's names."""
    names = set(map(folded, header_of(head)))
    seconds = {folded(name) for name in ("start_seconds", "stop_seconds", "name")}
    return {*map(folded, TIMES), "label"} <= names or seconds <= names


def fits_generic(head: bytes) -> bool:
    """Tell whether the header has onsets, offsets and the path of a recording."""
    return {*TIMES, "label", "notated_path", "annotation"} <= set(header_of(head))


def write_simple(rows: Iterable[Row], about: About) -> Iterator[bytes]:
    """Yield the sequence of one recording, and what further columns `info` has."""
    label = about.label_column or "label"
    more, rows = with_more_columns(rows, about, {*TIMES, label})
    return write_quoted([*TIMES, label, *more.names], partial(_simple, about, more), rows, about)


def write_generic(rows: Iterable[Row], about: About) -> Iterator[bytes]:
    """Yield sequences of recordings, each an annotation with a number and a path of its own."""
    annotations: dict[str, tuple[str, int, int]] = {}
    return write_quoted(GENERIC, partial(_generic, about, annotations), rows, about)


def _simple(about: About, more: MoreColumns, row: Row) -> list[Any]:
    return [*map(written, span(row, about)), row.label or row.text, *more.cells(row)]


def _generic(about: About, annotations: dict[str, tuple[str, int, int]], row: Row) -> list[Any]:
    name = about.of(row.media).name
    if name not in annotations:
        path = shown(row.info.get("annot_path")) or name
        annotations[name] = path, 0, len(annotations)
    return [row.label or row.text, *map(written, span(row, about)), name, *annotations[name]]


KEEPS = frozenset({Feature.POINTS, Feature.LABELS, Feature.OVERLAPS})
SIMPLE_SEQ = Format(
    key="simple-seq",
    name="crowsetta simple-seq",
    suffix=".csv",
    media_type="text/csv",
    fits=fits_simple,
    read=partial(read_table, TABLE),
    write=write_simple,
    keeps=KEEPS | {Feature.INFO},
    columns=partial(columns_of, TABLE),
)
GENERIC_SEQ = Format(
    key="generic-seq",
    name="crowsetta generic-seq",
    suffix=".csv",
    media_type="text/csv",
    fits=fits_generic,
    read=partial(read_table, TABLE),
    write=write_generic,
    keeps=KEEPS | {Feature.MANY_MEDIA},
    columns=partial(columns_of, TABLE),
)
