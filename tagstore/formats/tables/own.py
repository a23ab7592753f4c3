"""Tagstore's own tables, CSV and TSV: all that can be said of a tag in cells."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, BinaryIO

import orjson

from tagstore.formats.format import Feature, Format
from tagstore.formats.rows import About, Item, Media, Row
from tagstore.formats.tables.columns import folded
from tagstore.formats.tables.reading import Table, Values, columns_of, read_table
from tagstore.formats.tables.records import delimiter_of, header_of
from tagstore.formats.tables.writing import Cells, shown, write_quoted
from tagstore.formats.text import head_lines

COLUMNS = (
    *("tag_id", "external_id", "media_id", "media_path", "media_sha256", "track", "tag_set"),
    *("class_id", "class_name", "text", "start_s", "end_s", "duration_s", "low_hz", "high_hz"),
    *("channel", "score", "source", "status", "created_by", "created_at", "updated_by"),
    *("updated_at", "reviewers", "review_correct", "review_incorrect", "review_unsure"),
    *("consensus", "batch_id", "batch_name", "recorded_start", "event_start_datetime"),
    *("note", "frame", "info", "url"),
)
RECORDER = (
    *("recorder_make", "recorder_model", "recorder_serial", "latitude", "longitude"),
    *("time_expansion", "media_duration_s", "media_sample_rate", "media_channels"),
)
"""Columns for what is known of the recording, where they are wanted."""
CLIP = ("clip_file", "clip_start_s", "clip_end_s", "clip_sample_rate", "clip_reason")
"""Columns for what was cut out for a tag, or why nothing was."""
HELD = {"media_path": "media", "class_name": "label", "note": "comment"}
"""Fields of a row whose columns have another name."""
FIELDS = frozenset(
    {*HELD, "external_id", "track", "text", "start_s", "end_s", "low_hz", "high_hz", "channel"}
    | {"score", "source", "status", "frame", "info", "duration_s"}
)
COMPUTED = ("recorded_start", "event_start_datetime")
"""Columns for the moments at which the recording and the tag begin."""
STORED = (*(name for name in COLUMNS if name not in {*FIELDS, *COMPUTED}), *RECORDER, *CLIP)


_MORE = frozenset((*COMPUTED, *STORED))


def _gather(values: Values, info: dict[str, Any], about: About) -> None:
    if _MORE.isdisjoint(values):
        return
    for name in COMPUTED:
        values.pop(name, None)
    values["stored"] = {name: values.pop(name) for name in STORED if name in values}


TABLE = Table(
    names={folded(name): HELD.get(name, name) for name in (*COLUMNS, *RECORDER, *CLIP)},
    whole_files=True,
    adjust=_gather,
)


def fits(delimiters: str, head: bytes) -> bool:
    """Tell whether the header, between such delimiters, has a start and a class or an id."""
    first = next((line for line in head_lines(head) if line.strip()), "")
    names = set(header_of(head))
    is_ours = "start_s" in names and bool(names & {"tag_id", "class_name"})
    return is_ours and delimiter_of(first) in delimiters


def read(stream: BinaryIO, about: About) -> Iterator[Item]:
    """Yield the tags of a table; what we compute is not read, what is stored comes as text."""
    return read_table(TABLE, stream, about)


def write(delimiter: str, rows: Iterable[Row], about: About) -> Iterator[bytes]:
    """Yield a table of all `COLUMNS`, and of the further ones that are wanted.

    Times have six decimals; further keys are in `info`.
    """
    further = tuple(name for name in about.further if name not in COMPUTED)
    cells: Cells = _Cells(about)
    if further:
        cells = _with_further(cells, further)
    return write_quoted((*COLUMNS, *further), cells, rows, about, delimiter)


def _with_further(cells: Cells, names: tuple[str, ...]) -> Cells:
    return lambda row: [*cells(row), *map(row.stored.get, names)]


class _Cells:
    """Makes the cells of rows; knows when the recording of the last one began."""

    def __init__(self, about: About) -> None:
        self.about = about
        self.media: Media | None = None
        self.recorded_start: str | None = None

    def __call__(self, row: Row) -> list[Any]:
        media = self.about.of(row.media)
        if media is not self.media:
            self.media = media
            self.recorded_start = moment(media.recorded_at)
        path = media.name if row.media is None else row.media
        stored = row.stored.get
        low_hz, high_hz, score = _numbers(row.low_hz, row.high_hz, row.score)
        return [
            *(stored("tag_id"), row.external_id, stored("media_id"), path),
            *(stored("media_sha256"), row.track, stored("tag_set"), stored("class_id")),
            *(row.label, row.text, *_times(row)),
            *(low_hz, high_hz, row.channel, score, row.source, row.status),
            *(stored("created_by"), stored("created_at"), stored("updated_by")),
            *(stored("updated_at"), _cell(stored("reviewers")), stored("review_correct")),
            *(stored("review_incorrect"), stored("review_unsure"), stored("consensus")),
            *(stored("batch_id"), stored("batch_name"), self.recorded_start),
            *(moment(media.recorded_at, row.start_s), row.comment, row.frame and shown(row.frame)),
            *(shown(row.info) if row.info else None, stored("url")),
        ]


def _times(row: Row) -> tuple[str | None, str | None, str | None]:
    """Return start, end and duration of a tag, unless it is on the whole file."""
    start_s, end_s = row.start_s, row.end_s
    if start_s is None or end_s is None:
        return None, None, None
    return f"{start_s:.6f}", f"{end_s:.6f}", f"{end_s - start_s:.6f}"


def _numbers(*values: float | None) -> Sequence[str | float | None]:
    """Return numbers as `repr` says them: orjson says most the same, in a fraction of the time."""
    said = orjson.dumps(values).decode()
    if "e" in said or "0.0000" in said:
        return values
    return [None if each == "null" else each for each in said[1:-1].split(",")]


def moment(recorded_at: datetime | None, start_s: float | None = None) -> str | None:
    """Return the moment at which a recording begins, or something so far in it, by ISO 8601."""
    if recorded_at is None:
        return None
    return (recorded_at + timedelta(seconds=start_s or 0.0)).isoformat()


def _cell(value: Any) -> Any:
    return shown(value) if isinstance(value, dict | list) else value


CSV = Format(
    key="csv",
    name="Tagstore CSV",
    suffix=".csv",
    media_type="text/csv",
    fits=partial(fits, ",;"),
    read=read,
    write=partial(write, ","),
    keeps=frozenset(Feature),
    columns=partial(columns_of, TABLE),
)
TSV = Format(
    key="tsv",
    name="Tagstore TSV",
    suffix=".tsv",
    media_type="text/tab-separated-values",
    fits=partial(fits, "\t"),
    read=read,
    write=partial(write, "\t"),
    keeps=frozenset(Feature),
    columns=partial(columns_of, TABLE),
)
