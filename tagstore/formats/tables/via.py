"""VIA 3, the annotator of images, sound and video: its CSV, whose cells hold JSON."""

import csv
from collections.abc import Iterator
from typing import Any, BinaryIO

from tagstore.formats.format import Feature, Format
from tagstore.formats.numbers import check
from tagstore.formats.objects import as_number, loaded, without_nul
from tagstore.formats.rows import About, Fault, Item, Row, Skipped, Wrong
from tagstore.formats.text import Line, head_lines, lines

HEADER = "# CSV_HEADER = "
COLUMNS = (
    *("metadata_id", "file_list", "flags", "temporal_coordinates"),
    *("spatial_coordinates", "metadata"),
)
NO_TIMES = "The row has no times: it is about a picture or a frame."


def fits(head: bytes) -> bool:
    """Tell whether the comments at the start name columns that only VIA has."""
    return any(_columns(line) for line in head_lines(head)[:20])


def read(stream: BinaryIO, about: About) -> Iterator[Item]:
    """Yield a tag for each value of the metadata of each row with times; its name is the track.

    Shapes are not read. Source: VGG Image Annotator 3, "CSV export".
    """
    columns: tuple[str, ...] = COLUMNS
    for line in lines(stream):
        if isinstance(line, Fault):
            yield line
        elif line.text.startswith("#"):
            columns = _columns(line.text) or columns
        elif line.text.strip():
            try:
                yield from list(_items(line, columns))
            except Wrong as wrong:
                yield wrong.at(line.number)


def _columns(line: str) -> tuple[str, ...]:
    names = line.removeprefix(HEADER).split(",") if line.startswith(HEADER) else []
    found = tuple(name.strip() for name in names)
    return found if {"metadata_id", "file_list", "metadata"} <= set(found) else ()


def _items(line: Line, columns: tuple[str, ...]) -> Iterator[Item]:
    try:
        cells = next(csv.reader([line.text], strict=True))
    except csv.Error as error:
        raise Wrong(f"The cells cannot be told apart: {error}.") from None
    if len(cells) != len(columns):
        raise Wrong(f"There are {len(cells)} cells, and {len(columns)} columns.")
    said = dict(zip(columns, cells, strict=True))
    times = _times(said)
    if not times:
        yield Skipped(line.number, NO_TIMES)
        return
    media = next(iter(_json(said, "file_list", list)), None)
    metadata = _json(said, "metadata", dict)
    for track, value in metadata.items() or [(None, None)]:
        yield check(
            Row(
                line.number,
                media=media if isinstance(media, str) else None,
                start_s=times[0],
                end_s=times[-1],
                label=value if isinstance(value, str) and value.strip() else None,
                track=track or None,
            )
        )


def _times(said: dict[str, str]) -> list[float | None]:
    if "temporal_segment_start" in said:
        names = ("temporal_segment_start", "temporal_segment_end")
        return [as_number(loaded(said.get(name, "")), name) for name in names]
    name = "temporal_coordinates"
    return [as_number(each, name) for each in _json(said, name, list)]


def _json(said: dict[str, str], name: str, kind: type) -> Any:
    found = loaded(said.get(name) or "null")
    if found is not None and not isinstance(found, kind):
        raise Wrong("The cell holds something else than VIA writes.", name)
    return without_nul(found, name) or kind()


VIA = Format(
    key="via",
    name="VIA 3 CSV",
    suffix=".csv",
    media_type="text/csv",
    fits=fits,
    read=read,
    write=None,
    keeps=frozenset(
        {*(Feature.POINTS, Feature.LABELS, Feature.WORDLESS, Feature.TRACKS, Feature.MANY_MEDIA)}
    ),
)
