"""Raven selection tables (Cornell Lab of Ornithology), for one recording or a row of them."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, BinaryIO

from tagstore.formats.format import Feature, Format
from tagstore.formats.numbers import written
from tagstore.formats.rows import About, Item, Row, Skipped, Wrong, band, span
from tagstore.formats.tables.columns import folded
from tagstore.formats.tables.reading import DECIMALS_OF_A_SUM, Table, Values, columns_of, read_table
from tagstore.formats.tables.records import header_of
from tagstore.formats.tables.writing import MoreColumns, shown, with_more_columns, write_tabbed

SELECTION, VIEW, LABEL = "Selection", "View", "Annotation"
SPECTROGRAM, WAVEFORM = "Spectrogram", "Waveform"
LABELS = ("Annotation", "Species", "Tags", "Label", "Class", "Type", "Common Name")
TIMES = ("Begin Time (s)", "End Time (s)", "Low Freq (Hz)", "High Freq (Hz)")
CORE = (SELECTION, VIEW, "Channel", *TIMES)
FILES = ("Begin File", "File Offset (s)")
SCORE = "Score"

TWINS_APART = 10_000
"""So many selections may stand between the two views of one."""

TWIN = "It is the waveform view of a selection that has a spectrogram view too."


def offset(values: Values, info: dict[str, Any], about: About) -> None:
    """Put a selection of a row of files into its own: begin times add up, file offsets do not."""
    offset_s = values.pop("file_offset_s", None)
    if offset_s is None:
        return
    begin_s = values.get("start_s", 0.0)
    length_s = values.get("end_s", begin_s) - begin_s
    if length_s < 0:
        raise Wrong("It ends before it begins.", "End Time (s)")
    values["start_s"] = offset_s
    values["end_s"] = round(offset_s + length_s, DECIMALS_OF_A_SUM)


TABLE = Table(
    aliases={
        "start_s": TIMES[:1],
        "end_s": TIMES[1:2],
        "low_hz": TIMES[2:3],
        "high_hz": TIMES[3:],
        "channel": ("Channel",),
        "media": ("Begin File", "Begin Path"),
        "file_offset_s": ("File Offset (s)",),
        "score": (SCORE, "Confidence"),
        "label": LABELS,
    },
    quotes=False,
    adjust=offset,
)


def fits(head: bytes) -> bool:
    """Tell whether the header has a selection and its begin time."""
    names = set(map(folded, header_of(head)))
    return {folded(SELECTION), folded("Begin Time (s)")} <= names


def read(stream: BinaryIO, about: About) -> Iterator[Item]:
    """Yield the selections of a table, each once.

    Raven writes a selection once for each view. The spectrogram counts; a waveform does only
    where there is no spectrogram with its number, within `TWINS_APART` selections.
    """
    waveforms: dict[tuple[object, ...], Row] = {}
    spectrograms: dict[tuple[object, ...], None] = {}
    for item in read_table(TABLE, stream, about):
        view = str(item.info.get(VIEW, "")) if isinstance(item, Row) else ""
        if not isinstance(item, Row) or not view.startswith((SPECTROGRAM, WAVEFORM)):
            yield item
            continue
        key = (item.media, item.info.get(SELECTION))
        if view.startswith(WAVEFORM):
            if key in spectrograms:
                yield Skipped(item.line, TWIN)
            elif key in waveforms:
                yield item
            else:
                waveforms[key] = item
        else:
            if twin := waveforms.pop(key, None):
                yield Skipped(twin.line, TWIN)
            spectrograms[key] = None
            yield item
        if len(waveforms) > TWINS_APART:
            yield waveforms.pop(next(iter(waveforms)))
        if len(spectrograms) > TWINS_APART:
            del spectrograms[next(iter(spectrograms))]
    yield from waveforms.values()


def write(rows: Iterable[Row], about: About) -> Iterator[bytes]:
    """Yield a table for one recording; text without a class stands where the class would.

    A selection keeps its number from `info` unless that would say a number twice.
    """
    label = about.label_column or LABEL
    taken = {*CORE, *FILES, SCORE, label}
    more, rows = with_more_columns(rows, about, taken)
    header = [*CORE, *FILES, label, SCORE, *more.names]
    return write_tabbed(header, partial(_cells, about, more, _Numbers()), rows)


class _Numbers:
    """Numbers of selections, each higher than the last."""

    def __init__(self) -> None:
        self.last = 0

    def next(self, said: object) -> int:
        """Return the number that is said if it is free, else the next."""
        own = int(said) if isinstance(said, str) and said.isdecimal() else 0
        self.last = max(self.last + 1, own)
        return self.last


def _cells(about: About, more: MoreColumns, numbers: _Numbers, row: Row) -> list[str]:
    start_s, end_s = span(row, about)
    low_hz, high_hz = band(row, about)
    return [
        str(numbers.next(row.info.get(SELECTION))),
        shown(row.info.get(VIEW)) or f"{SPECTROGRAM} 1",
        str(row.channel or 1),
        written(start_s),
        written(end_s),
        written(low_hz, 3),
        "" if high_hz is None else written(high_hz, 3),
        about.of(row.media).name,
        written(start_s),
        row.label or row.text or "",
        "" if row.score is None else repr(row.score),
        *more.cells(row),
    ]


RAVEN = Format(
    key="raven",
    name="Raven selection table",
    suffix=".selections.txt",
    media_type="text/tab-separated-values",
    fits=fits,
    read=read,
    write=write,
    keeps=frozenset(
        {
            *(Feature.POINTS, Feature.BOXES, Feature.LABELS, Feature.SCORES, Feature.CHANNELS),
            *(Feature.INFO, Feature.OVERLAPS, Feature.WORDLESS),
        }
    ),
    columns=partial(columns_of, TABLE),
)
