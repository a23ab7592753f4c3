"""Kaleidoscope Pro (Wildlife Acoustics): `id.csv` of bats and `cluster.csv`; only read."""

from functools import partial
from typing import Any

from tagstore.formats.format import Feature, Format
from tagstore.formats.rows import About
from tagstore.formats.tables.columns import folded
from tagstore.formats.tables.reading import Table, Values, columns_of, read_table
from tagstore.formats.tables.records import header_of

NAME = "Kaleidoscope"
NOTHING = {"noid", "noise"}
NO_SPECIES = "Kaleidoscope found no species that it knows."
NAMES = {
    "IN FILE": "media",
    "FOLDER": "folder",
    "OFFSET": "start_s",
    "DURATION": "duration_s",
    "MANUAL ID": "manual",
    "MATCH RATIO": "score",
}


def _understand(column: str, values: Values, info: dict[str, Any], about: About) -> str | None:
    """Let the manual name win; the score is the recogniser's, and goes with its name."""
    if folder := values.pop("folder", None):
        values["media"] = f"{folder}/{values.get('media', '')}"
    manual, auto = values.pop("manual", None), values.pop("auto", None)
    values["label"] = label = manual or auto
    if manual:
        if auto:
            info[column] = auto
        if "score" in values:
            info["MATCH RATIO"] = values.pop("score")
    else:
        values["source"] = NAME
    if not values.get("low_hz") and not values.get("high_hz"):
        values["low_hz"] = values["high_hz"] = None
    is_nothing = label is None or label.casefold() in NOTHING
    return NO_SPECIES if is_nothing and not about.placeholders else None


def _table(column: str, hertz: float) -> Table:
    return Table(
        names={folded(name): held for name, held in {**NAMES, column: "auto"}.items()},
        first_channel=0,
        hertz=hertz,
        adjust=partial(_understand, column),
    )


BATS = _table("AUTO ID*", 1000.0)
CLUSTERS = _table("TOP1MATCH", 1.0)


def fits(column: str, head: bytes) -> bool:
    """Tell whether the header has a file, an offset and a column for the recogniser's name."""
    names = set(map(folded, header_of(head)))
    return {"infile", "offset", "duration", "channel", folded(column)} <= names


KEEPS = frozenset(
    {
        *(Feature.BOXES, Feature.LABELS, Feature.SCORES, Feature.CHANNELS, Feature.SOURCES),
        *(Feature.INFO, Feature.MANY_MEDIA, Feature.OVERLAPS),
    }
)
KALEIDOSCOPE = Format(
    key="kaleidoscope",
    name="Kaleidoscope id.csv",
    suffix=".csv",
    media_type="text/csv",
    fits=partial(fits, "AUTO ID*"),
    read=partial(read_table, BATS),
    write=None,
    keeps=KEEPS,
    columns=partial(columns_of, BATS),
)
KALEIDOSCOPE_CLUSTERS = Format(
    key="kaleidoscope-clusters",
    name="Kaleidoscope cluster.csv",
    suffix=".csv",
    media_type="text/csv",
    fits=partial(fits, "TOP1MATCH"),
    read=partial(read_table, CLUSTERS),
    write=None,
    keeps=KEEPS,
    columns=partial(columns_of, CLUSTERS),
)
