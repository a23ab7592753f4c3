"""Any table with a header that names a start and an end or a duration; only read."""

from functools import partial

from tagstore.formats.format import Feature, Format
from tagstore.formats.rows import About
from tagstore.formats.tables.columns import assigned
from tagstore.formats.tables.reading import Table, columns_of, read_table
from tagstore.formats.tables.records import header_of

TABLE = Table(
    names={
        "comment": "comment",
        "comments": "comment",
        "note": "comment",
        "notes": "comment",
        "annotator": "source",
        "track": "track",
        "tier": "track",
        "externalid": "external_id",
    }
)


def fits(head: bytes) -> bool:
    """Tell whether the aliases of columns find a start, and an end or a duration."""
    places = assigned(header_of(head), TABLE.names, About()).places
    return "start_s" in places and bool(places.keys() & {"end_s", "duration_s"})


PLAIN = Format(
    key="table",
    name="Table with a header",
    suffix=".csv",
    media_type="text/csv",
    fits=fits,
    read=partial(read_table, TABLE),
    write=None,
    keeps=frozenset(
        {
            *(Feature.POINTS, Feature.BOXES, Feature.ONE_SIDED, Feature.LABELS, Feature.COMMENTS),
            *(Feature.SCORES, Feature.CHANNELS, Feature.TRACKS, Feature.SOURCES, Feature.IDS),
            *(Feature.INFO, Feature.MANY_MEDIA, Feature.OVERLAPS),
        }
    ),
    columns=partial(columns_of, TABLE),
)
