"""Selection tables of warbleR, in R; only read."""

from functools import partial

from tagstore.formats.format import Feature, Format
from tagstore.formats.tables.reading import Table, columns_of, read_table
from tagstore.formats.tables.records import header_of

TABLE = Table(names={"soundfiles": "media"}, hertz=1000.0)
"""Frequencies are in kHz."""


def fits(head: bytes) -> bool:
    """Tell whether the header has a sound file, a selection and its times."""
    return {"sound.files", "selec", "start", "end"} <= set(header_of(head))


WARBLER = Format(
    key="warbler",
    name="warbleR selection table",
    suffix=".csv",
    media_type="text/csv",
    fits=fits,
    read=partial(read_table, TABLE),
    write=None,
    keeps=frozenset(
        {
            *(Feature.POINTS, Feature.BOXES, Feature.ONE_SIDED, Feature.LABELS, Feature.CHANNELS),
            *(Feature.INFO, Feature.MANY_MEDIA, Feature.OVERLAPS),
        }
    ),
    columns=partial(columns_of, TABLE),
)
