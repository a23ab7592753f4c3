"""CSV of APLOSE (OSmOSE): results, and what it imports, whose times are dates; only read."""

import bisect
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any, BinaryIO

from tagstore.formats.format import Feature, Format
from tagstore.formats.rows import About, Item, Media, Wrong
from tagstore.formats.tables.columns import folded
from tagstore.formats.tables.reading import Table, Values, columns_of, read_table
from tagstore.formats.tables.records import header_of

NAMES = {
    "filename": "media",
    "start_datetime": "start_at",
    "end_datetime": "end_at",
    "start_frequency": "low_hz",
    "end_frequency": "high_hz",
    "annotation": "label",
    "annotator": "source",
    "type": "kind",
    "is_box": "is_box",
    "comments": "comment",
}
NO_BOX = {"0", "false"}
NO_RECORDING = "No recording is known to run at that time. Import it with when it was recorded."


def fits(head: bytes) -> bool:
    """Tell whether the header has a data set, dates and an annotator."""
    needed = {"dataset", "start_datetime", "end_datetime", "annotation", "annotator"}
    return needed <= set(header_of(head))


def moment(cell: str, column: str) -> datetime:
    """Return the moment of an ISO 8601 date, or raise Wrong."""
    try:
        return datetime.fromisoformat(cell)
    except ValueError:
        raise Wrong(f"“{cell[:40]}” is not a date and time of ISO 8601.", column) from None


class _Clock:
    """Finds the recording that ran at a moment; what has no zone is taken for UTC."""

    def __init__(self, about: About) -> None:
        known = [each for each in (about.media, *about.others.values()) if each.recorded_at]
        self.media = sorted(known, key=_began)
        self.starts = [_began(each) for each in self.media]

    def place(self, at: datetime) -> tuple[Media, float]:
        """Return the recording and the seconds into it, or raise Wrong."""
        index = bisect.bisect_right(self.starts, _plain(at)) - 1
        if index >= 0:
            found = self.media[index]
            start_s = (_plain(at) - self.starts[index]).total_seconds()
            if found.duration_s is None or start_s <= found.duration_s:
                return found, start_s
        raise Wrong(NO_RECORDING, "start_datetime")


def _plain(at: datetime) -> datetime:
    return at if at.tzinfo is None else at.astimezone(UTC).replace(tzinfo=None)


def _began(media: Media) -> datetime:
    return _plain(media.recorded_at or datetime.min)


def _understand(clock: _Clock, values: Values, info: dict[str, Any], about: About) -> None:
    start_at, end_at = values.pop("start_at", None), values.pop("end_at", None)
    kind, is_box = values.pop("kind", "BOX"), values.pop("is_box", "1")
    if kind == "WEAK":
        for limit in ("start_s", "end_s", "low_hz", "high_hz"):
            values.pop(limit, None)
        return
    if is_box.casefold() in NO_BOX:
        values.pop("low_hz", None)
        values.pop("high_hz", None)
    if "start_s" not in values and start_at is not None:
        media, start_s = clock.place(start_at)
        length_s = 0.0 if end_at is None else (_plain(end_at) - _plain(start_at)).total_seconds()
        values |= {"media": media.name, "start_s": start_s, "end_s": start_s + length_s}
    if "start_s" not in values:
        raise Wrong("It has no start.", "start_datetime")


def _table(about: About) -> Table:
    return Table(
        names={folded(name): held for name, held in NAMES.items()},
        parsers={"start_at": moment, "end_at": moment},
        whole_files=True,
        adjust=partial(_understand, _Clock(about)),
    )


def read(stream: BinaryIO, about: About) -> Iterator[Item]:
    """Yield annotations; WEAK ones are of the whole file, dates are placed in recordings."""
    return read_table(_table(about), stream, about)


def columns(head: bytes, about: About) -> list[tuple[str, str]]:
    """Return each column and the field it holds."""
    return columns_of(_table(about), head, about)


APLOSE = Format(
    key="aplose",
    name="APLOSE CSV",
    suffix=".csv",
    media_type="text/csv",
    fits=fits,
    read=read,
    write=None,
    keeps=frozenset(
        {
            *(Feature.POINTS, Feature.WHOLE_FILES, Feature.BOXES, Feature.LABELS),
            *(Feature.COMMENTS, Feature.SOURCES, Feature.INFO, Feature.MANY_MEDIA),
            Feature.OVERLAPS,
        }
    ),
    columns=columns,
)
