"""A tag as a file says it, what is wrong with one, and what is known of the media around it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import repeat
from typing import Any


@dataclass(slots=True)
class Row:
    """A tag as a file says it. Seconds and hertz; None: the file does not say.

    Start and end are both None for the whole file, and equal for a point. Nobody changes a row;
    it is not frozen because there are millions of them, and freezing takes most of the time.
    """

    line: int = 0
    """Where it stands: the line counted from 1, or its ordinal where a format has no lines."""
    media: str | None = None
    """The recording, name or path as the file says it; None: the one the file is about."""
    start_s: float | None = None
    end_s: float | None = None
    low_hz: float | None = None
    high_hz: float | None = None
    channel: int | None = None
    """Counted from 1, whatever the format counts from; None: all."""
    label: str | None = None
    """Words that name a class."""
    text: str | None = None
    """Words that do not: a transcription, a caption. A tag has a label or a text."""
    comment: str | None = None
    """A remark about the tag."""
    track: str | None = None
    """The tier or layer."""
    score: float | None = None
    status: str | None = None
    """One of `values.TAG_STATUSES`."""
    source: str = ""
    """Who or what made it: a person, a model and its version."""
    external_id: str | None = None
    frame: dict[str, Any] | None = None
    """A box in one frame: `frame_idx` and `box`, whose corners are fractions of the picture."""
    info: dict[str, Any] = field(default_factory=dict)
    """What else the file says of it, in order: unknown columns by their names."""
    stored: dict[str, Any] = field(default_factory=dict)
    """What Tagstore's own formats add of a tag that it keeps: ids, author, batch, reviews."""


FIELDS = tuple(Row.__dataclass_fields__)


def rows_of(columns: Mapping[str, Iterable[Any]]) -> Iterator[Row]:
    """Return rows made of columns; a field that has none stays what it is by default."""
    blank = Row()
    return map(Row, *(columns.get(name, repeat(getattr(blank, name))) for name in FIELDS))


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a line is no tag although it should be one; a sentence for who wrote the file."""

    line: int
    column: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that is rightly no tag: a twin, an empty interval, a placeholder."""

    line: int
    why: str
    media: str | None = None
    """A recording that was looked at, although nothing was found."""


Item = Row | Fault | Skipped


class Wrong(Exception):
    """A cell or a row makes no sense; readers turn it into a Fault of its line."""

    def __init__(self, reason: str, column: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column

    def at(self, line: int) -> Fault:
        """Return the fault of a line that this is."""
        return Fault(line, self.column, self.reason)


@dataclass(frozen=True, slots=True)
class Media:
    """What a format may need to know of a recording; None: not known."""

    name: str
    duration_s: float | None = None
    sample_rate: int | None = None
    channels: int | None = None
    recorded_at: datetime | None = None
    """When it begins; with a zone when the recorder told one."""

    @property
    def nyquist_hz(self) -> float | None:
        """The highest frequency it can hold."""
        return None if self.sample_rate is None else self.sample_rate / 2


@dataclass(frozen=True, slots=True)
class About:
    """What surrounds a file of annotations: its recordings, and how it is to be read or written."""

    media: Media = Media("")
    """The recording that rows without one of their own are about."""
    others: Mapping[str, Media] = field(default_factory=dict)
    """Recordings by the names that rows call them."""
    label_column: str | None = None
    """The column that holds the class; None: the format's own choice."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Fields of a row by the columns people chose for them; an empty field: into `info`."""
    info_columns: tuple[str, ...] | None = None
    """Keys of `info` to write, in order; None: those of the first rows."""
    decimal_comma: bool = False
    """Numbers are written 1,5; for tables that are not separated by commas."""
    kilohertz: bool | None = None
    """The unit of frequencies; None: the format's own."""
    placeholders: bool = False
    """Keep rows by which a recogniser says that it found nothing: nocall, NoID, Noise."""
    for_spreadsheets: bool = False
    """Put `'` before text that a spreadsheet would take for a formula; this is not lossless."""
    further: tuple[str, ...] = ()
    """What else of `stored` gets a column in tables that have room for it."""
    written_at: datetime | None = None
    """When the file is written, with a zone, for formats that say so; None: the epoch."""

    @property
    def date(self) -> datetime:
        """The time that a file says it was written at."""
        return self.written_at or datetime.fromtimestamp(0, UTC)

    def of(self, name: str | None) -> Media:
        """Return what is known of the recording that a row names."""
        if name is None or name == self.media.name:
            return self.media
        return self.others.get(name) or Media(name)


def span(row: Row, about: About) -> tuple[float, float]:
    """Return start and end of a row in seconds, of a whole file 0 and its duration if known."""
    if row.start_s is not None and row.end_s is not None:
        return row.start_s, row.end_s
    return 0.0, about.of(row.media).duration_s or 0.0


def band(row: Row, about: About) -> tuple[float, float | None]:
    """Return both frequencies of a row in hertz, a missing one being 0 or Nyquist if known."""
    low_hz = 0.0 if row.low_hz is None else row.low_hz
    return low_hz, about.of(row.media).nyquist_hz if row.high_hz is None else row.high_hz
