"""Boxed annotations of OpenSoundscape, and labels of Perch Hoplite, which are only read."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from tagstore.formats.format import Feature, Format
from tagstore.formats.numbers import written
from tagstore.formats.rows import About, Row, Wrong, span
from tagstore.formats.tables.reading import Table, Values, columns_of, read_table
from tagstore.formats.tables.records import header_of
from tagstore.formats.tables.writing import MoreColumns, shown, with_more_columns, write_quoted

LISTENED = "Somebody looked at this recording and found nothing."
NAMES = {
    "media": ("audio_file",),
    "label": ("annotation",),
    "start_s": ("start_time",),
    "end_s": ("end_time",),
    "low_hz": ("low_f",),
    "high_hz": ("high_f",),
}
COLUMNS = (
    *("audio_file", "annotation_file", "annotation", "start_time", "end_time", "low_f", "high_f"),
)
STATUSES = {"positive": "accepted", "negative": "rejected", "uncertain": "unsure"}


def fits(head: bytes) -> bool:
    """Tell whether the header has OpenSoundscape's file, class and times."""
    return {"audio_file", "annotation", "start_time", "end_time"} <= set(header_of(head))


def fits_hoplite(head: bytes) -> bool:
    """Tell whether the header has Hoplite's offsets and kind of label."""
    return {"start_offset_s", "end_offset_s", "label_type"} <= set(header_of(head))


def _listened(values: Values, info: dict[str, Any], about: About) -> str | None:
    return LISTENED if not values.keys() & {"label", "start_s"} else None


def _judged(values: Values, info: dict[str, Any], about: About) -> None:
    said = values.get("status", "positive")
    if said.casefold() not in STATUSES:
        raise Wrong(f"“{said[:40]}” is not one of {', '.join(STATUSES)}.", "label_type")
    values["status"] = STATUSES[said.casefold()]


TABLE = Table(aliases=NAMES, adjust=_listened)
HOPLITE_TABLE = Table(names={"recording": "media", "labeltype": "status"}, adjust=_judged)


def write(rows: Iterable[Row], about: About) -> Iterator[bytes]:
    """Yield a table whose further columns are those of `info`."""
    more, rows = with_more_columns(rows, about, COLUMNS)
    return write_quoted([*COLUMNS, *more.names], partial(_cells, about, more), rows, about)


def _cells(about: About, more: MoreColumns, row: Row) -> list[Any]:
    start_s, end_s = span(row, about)
    return [
        about.of(row.media).name,
        shown(row.info.get("annotation_file")),
        row.label or row.text,
        written(start_s),
        written(end_s),
        row.low_hz,
        row.high_hz,
        *more.cells(row),
    ]


OPENSOUNDSCAPE = Format(
    key="opensoundscape",
    name="OpenSoundscape CSV",
    suffix=".csv",
    media_type="text/csv",
    fits=fits,
    read=partial(read_table, TABLE),
    write=write,
    keeps=frozenset(
        {
            *(Feature.POINTS, Feature.BOXES, Feature.ONE_SIDED, Feature.LABELS, Feature.INFO),
            *(Feature.MANY_MEDIA, Feature.OVERLAPS),
        }
    ),
    columns=partial(columns_of, TABLE),
)
HOPLITE = Format(
    key="hoplite",
    name="Perch Hoplite CSV",
    suffix=".csv",
    media_type="text/csv",
    fits=fits_hoplite,
    read=partial(read_table, HOPLITE_TABLE),
    write=None,
    keeps=frozenset(
        {Feature.LABELS, Feature.STATUSES, Feature.INFO, Feature.MANY_MEDIA, Feature.OVERLAPS}
    ),
    columns=partial(columns_of, HOPLITE_TABLE),
)
