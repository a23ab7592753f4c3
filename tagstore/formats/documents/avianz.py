"""What AviaNZ writes beside a recording: segments with the species that are in them."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from tagstore.formats.format import Feature, Format
from tagstore.formats.objects import (
    a_number,
    a_text,
    as_number,
    items,
    loaded_document,
    without_nul,
)
from tagstore.formats.rows import About, Fault, Item, Row, Wrong
from tagstore.formats.text import head_lines

MANUAL = "M"
KNOWN = {"species", "certainty", "filter"}
FIELDS = ("start", "end", "low", "high")
NO_LABELS = "The segment has no labels."


def fits(head: bytes) -> bool:
    """Tell whether it is a list of segments, whose labels have a species and a certainty."""
    text = "".join(head_lines(head)).lstrip()
    is_list = text.startswith("[") and text[1:].lstrip().startswith(("{", "[", "]"))
    is_empty = '"Operator"' in text and '"Reviewer"' in text
    return is_list and (is_empty or ('"species"' in text and '"certainty"' in text))


def read(stream: BinaryIO, about: About) -> Iterator[Item]:
    """Yield a tag for each species of each segment; a line is the ordinal in the list.

    The certainty becomes a score from 0 to 1, and 100 means accepted; a recogniser is the source,
    and the operator where a person made the label. Source: AviaNZ manual, "Annotation format".
    """
    said = loaded_document(stream)
    if isinstance(said, Fault):
        yield said
        return
    if not isinstance(said, list):
        yield Fault(1, None, "The file is not a list of segments.")
        return
    operator = ""
    for line, segment in enumerate(said, 1):
        if line == 1 and isinstance(segment, dict):
            try:
                operator = a_text(segment, "Operator") or ""
            except Wrong as wrong:
                yield wrong.at(line)
        else:
            yield from items(line, _rows(line, segment, operator), NO_LABELS)


def _rows(line: int, segment: Any, operator: str) -> Iterator[Row]:
    if not isinstance(segment, list) or len(segment) != 5 or not isinstance(segment[4], list):
        raise Wrong("A segment is a list of start, end, low, high and a list of labels.")
    start_s, end_s, low_hz, high_hz = (
        as_number(each, name) for each, name in zip(segment, FIELDS, strict=False)
    )
    low, high = low_hz or 0.0, high_hz or 0.0
    is_full = low == high == 0 or (0 < low < 1 and 0 < high < 1)
    for label in without_nul(segment[4], "labels"):
        certainty = a_number(label, "certainty")
        if certainty is not None and not 0 <= certainty <= 100:
            raise Wrong("A certainty is between 0 and 100.", "certainty")
        maker = a_text(label, "filter")
        yield Row(
            line,
            None,
            start_s,
            end_s,
            None if is_full else low,
            None if is_full else high,
            label=_species(label),
            score=None if certainty is None else certainty / 100,
            status="accepted" if certainty == 100 else None,
            source=operator if maker in {None, MANUAL} else maker or "",
            info={key: label[key] for key in label if key not in KNOWN},
        )


def _species(label: Any) -> str:
    found = a_text(label, "species")
    if not found:
        raise Wrong("A label needs a species.", "species")
    return found


AVIANZ = Format(
    key="avianz",
    name="AviaNZ",
    suffix=".data",
    media_type="application/json",
    fits=fits,
    read=read,
    write=None,
    keeps=frozenset[Feature](),
)
