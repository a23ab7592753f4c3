"""Results of BirdNET-Analyzer in all their shapes, old and new; they are only read."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any, BinaryIO

from tagstore.formats.format import Feature, Format
from tagstore.formats.numbers import is_number
from tagstore.formats.rows import About, Item, Row, Skipped
from tagstore.formats.tables import audacity
from tagstore.formats.tables.columns import folded
from tagstore.formats.tables.raven import offset
from tagstore.formats.tables.reading import Table, Values, columns_of, read_table
from tagstore.formats.tables.records import header_of
from tagstore.formats.text import head_lines

NAME = "BirdNET"
NOTHING = "nocall"
NO_CALL = "BirdNET heard nothing that it knows."
COMMON, SCIENTIFIC = "Common name", "Scientific name"


def _understand(values: Values, info: dict[str, Any], about: About) -> str | None:
    if folder := values.pop("folder", None):
        values["media"] = f"{folder}/{values.get('media', '')}"
    if values.get("label", "").casefold() == NOTHING and not about.placeholders:
        return NO_CALL
    offset(values, info, about)
    values.setdefault("source", NAME)
    return None


TABLE = Table(
    names={
        "commonname": "label",
        "top1match": "label",
        "scientificname": "",
        "speciescode": "",
        "confidence": "score",
        "top1dist": "score",
        "model": "source",
        "fileoffset(s)": "file_offset_s",
        "folder": "folder",
        "offset": "start_s",
    },
    adjust=_understand,
)
"""Columns are found by their names: tables, CSV, R and Kaleidoscope's style differ in the rest."""


def fits(head: bytes) -> bool:
    """Tell whether the header names a bird twice and a score, or looks like Kaleidoscope's."""
    names = set(map(folded, header_of(head)))
    is_named = "commonname" in names and bool(names & {"scientificname", "speciescode"})
    is_listed = {"infile", "offset", "duration", "top1match"} <= names and "channel" not in names
    return bool(names & {"confidence", "top1dist"}) and (is_named or is_listed)


def fits_labels(head: bytes) -> bool:
    """Tell whether it is a label track whose labels are two names of a bird, with scores."""
    found = [line for line in head_lines(head)[: audacity.LINES_TO_LOOK_AT] if line.strip()]
    return audacity.fits(head) and all(map(_is_result, found))


def read_labels(stream: BinaryIO, about: About) -> Iterator[Item]:
    """Yield the birds of a label track: the common name is the class, unless people choose."""
    for item in audacity.read(stream, about):
        if isinstance(item, Row):
            scientific, common = _names(item.label or "")
            if common.casefold() == NOTHING and not about.placeholders:
                yield Skipped(item.line, NO_CALL)
                continue
            label, name, other = common, SCIENTIFIC, scientific
            if about.label_column == SCIENTIFIC:
                label, name, other = scientific, COMMON, common
            yield replace(item, label=label or None, source=NAME, info={name: other} | item.info)
        else:
            yield item


def _is_result(line: str) -> bool:
    cells = line.split("\t")
    return len(cells) == 4 and all(_names(cells[2])) and is_number(cells[3])


def _names(label: str) -> tuple[str, str]:
    """Return the scientific and the common name: `a_b` since 2026, `a, b` before."""
    scientific, _, common = label.partition("_" if "_" in label else ", ")
    return scientific.strip(), common.strip()


KEEPS = frozenset({Feature.LABELS, Feature.SCORES, Feature.SOURCES, Feature.INFO, Feature.OVERLAPS})
BIRDNET = Format(
    key="birdnet",
    name="BirdNET results",
    suffix=".csv",
    media_type="text/csv",
    fits=fits,
    read=partial(read_table, TABLE),
    write=None,
    keeps=KEEPS | {Feature.BOXES, Feature.CHANNELS, Feature.MANY_MEDIA},
    columns=partial(columns_of, TABLE),
)
BIRDNET_LABELS = Format(
    key="birdnet-labels",
    name="BirdNET results as Audacity labels",
    suffix=".txt",
    media_type="text/plain",
    fits=fits_labels,
    read=read_labels,
    write=None,
    keeps=KEEPS,
)
