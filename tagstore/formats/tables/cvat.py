"""CVAT's generic TSV 1.0 for sound; only read."""

from functools import partial

from tagstore.formats import numbers
from tagstore.formats.format import Feature, Format
from tagstore.formats.rows import Wrong
from tagstore.formats.tables.reading import DECIMALS_OF_A_SUM, Table, columns_of, read_table
from tagstore.formats.tables.records import delimiter_of, header_of
from tagstore.formats.text import head_lines


def clock(cell: str, column: str) -> float:
    """Return the seconds of a time written HH:MM:SS.fraction, or raise Wrong."""
    hours, colon, rest = cell.partition(":")
    minutes, second_colon, seconds = rest.partition(":")
    is_clock = hours.isdecimal() and minutes.isdecimal() and bool(colon and second_colon)
    if not is_clock or int(minutes) > 59 or not seconds[:1].isdecimal():
        raise Wrong(f"“{cell[:40]}” is not a time like 00:01:02.5.", column)
    found = numbers.seconds(seconds, column)
    if found >= 60:
        raise Wrong(f"“{cell[:40]}” has more than 60 seconds in a minute.", column)
    return round(int(hours) * 3600 + int(minutes) * 60 + found, DECIMALS_OF_A_SUM)


TABLE = Table(
    names={"filename": "media", "start": "start_s", "stop": "end_s", "source": "source"},
    parsers={"start_s": clock, "end_s": clock},
)


def fits(head: bytes) -> bool:
    """Tell whether it is separated by TABs, with start, stop and label, and times on a clock."""
    found = [line for line in head_lines(head) if line.strip()][:2]
    names = header_of(head)
    if not {"start", "stop", "label"} <= set(names) or delimiter_of(found[0]) != "\t":
        return False
    cells = dict(zip(names, found[-1].split("\t"), strict=False))
    return len(found) == 1 or cells.get("start", "").count(":") == 2


CVAT = Format(
    key="cvat",
    name="CVAT generic TSV",
    suffix=".tsv",
    media_type="text/tab-separated-values",
    fits=fits,
    read=partial(read_table, TABLE),
    write=None,
    keeps=frozenset(
        {
            *(Feature.POINTS, Feature.LABELS, Feature.SCORES, Feature.SOURCES, Feature.INFO),
            *(Feature.MANY_MEDIA, Feature.OVERLAPS),
        }
    ),
    columns=partial(columns_of, TABLE),
)
