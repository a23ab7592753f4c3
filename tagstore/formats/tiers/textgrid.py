"""Praat's TextGrid: tiers of intervals without gaps, and tiers of points."""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from tagstore.formats.format import Feature, Format
from tagstore.formats.layers import Layers, Names, words
from tagstore.formats.numbers import check, shortest
from tagstore.formats.rows import About, Fault, Item, Row, Skipped, Wrong, span
from tagstore.formats.text import LONGEST_LINE_BYTES, head_lines, lines

SCRAP = re.compile(
    r"""\s*+(?: (?P<comment>!.*) | (?P<quote>") | (?P<flag><[^>\s]*+>)
      | (?P<number>[+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?)(?!\S)
      | (?P<word>[^\s"]++) )""",
    re.VERBOSE,
)
QUOTED = re.compile(r'([^"]*+(?:""[^"]*+)*+)"(?!")')
REST = "The rest of the file was not read."
EMPTY = "The interval is empty."
TIERS = {"IntervalTier", "TextTier"}


def fits(head: bytes) -> bool:
    """Tell whether the file says that it is a text file of Praat with a TextGrid in it."""
    first = head_lines(head)[:6]
    return any("ooTextFile" in line for line in first[:2]) and any(
        '"TextGrid"' in line for line in first
    )


def read(stream: BinaryIO, about: About) -> Iterator[Item]:
    """Yield the intervals and points of every tier, in the long and in the short form.

    Whoever reads a TextGrid takes free-standing numbers, "quoted strings" and <flags>, and all
    else for comments (Praat's manual, "TextGrid file formats"); so both forms read alike.
    """
    values = _Values(stream)
    try:
        yield from _tiers(values)
    except _Broken as broken:
        yield broken.fault


def write(rows: Iterable[Row], about: About) -> Iterator[bytes]:
    """Yield the long form in UTF-8, gaps filled with empty intervals.

    A track becomes a tier of intervals, of points, or one of each. Tags that overlap go to
    further tiers. What ends after the recording is cut there.
    """
    tiers = _placed(rows, about)
    last = max([about.media.duration_s or 0.0, *(tier.end for tier in tiers)]) or 1.0
    head = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0"]
    head += [f"xmax = {shortest(last)}", "tiers? <exists>", f"size = {len(tiers)}", "item []:"]
    yield _joined(head)
    for number, tier in enumerate(tiers, 1):
        marks = tier.marks if tier.is_points else list(_contiguous(tier.marks, last))
        kind, mark = ("TextTier", "points") if tier.is_points else ("IntervalTier", "intervals")
        head = [f"    item [{number}]:", f'        class = "{kind}"']
        head += [f"        name = {_quoted(tier.name)}", "        xmin = 0"]
        head += [f"        xmax = {shortest(last)}", f"        {mark}: size = {len(marks)}"]
        yield _joined(head)
        for ordinal, each in enumerate(marks, 1):
            yield _joined([f"        {mark} [{ordinal}]:", *_mark(each, tier.is_points)])


class _Broken(Exception):
    """The file cannot be read on from here."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.fault = Fault(line, None, f"{reason} {REST}")


class _Value(NamedTuple):
    line: int
    kind: str
    text: str


class _Values:
    """The values of a file one after the other, and the line of the last one."""

    def __init__(self, stream: BinaryIO) -> None:
        self._values = _values(stream)
        self.line = 0

    def number(self) -> float:
        return float(self._next("number"))

    def count(self) -> int:
        found = self.number()
        if not 0 <= found < math.inf or found != int(found):
            raise _Broken(self.line, "Here should be how many there are.")
        return int(found)

    def text(self) -> str:
        return self._next("text")

    def flag(self) -> str:
        return self._next("flag")

    def _next(self, kind: str) -> str:
        value = next(self._values, None)
        if value is None:
            raise _Broken(self.line, f"The file ends where a {kind} should be.")
        self.line = value.line
        if value.kind != kind:
            raise _Broken(self.line, f"Here should be a {kind}, and there is a {value.kind}.")
        return value.text


def _values(stream: BinaryIO) -> Iterator[_Value]:
    """Yield numbers, texts and flags; a text that runs over lines stands on its first one."""
    text: _Text | None = None
    for line in lines(stream):
        if isinstance(line, Fault):
            raise _Broken(line.line, line.reason)
        at = text.add(line.text, 0) if text else 0
        if text and not at:
            continue
        if text:
            yield text.value()
            text = None
        while found := SCRAP.match(line.text, at):
            at = found.end()
            kind = found.lastgroup or ""
            if kind == "quote":
                text = _Text(line.number)
                at = text.add(line.text, at)
                if not at:
                    break
                yield text.value()
                text = None
            elif kind in {"number", "flag"}:
                yield _Value(line.number, kind, found[kind])
    if text:
        raise _Broken(text.line, "The quotation marks that open here are never closed.")


class _Text:
    """A quoted text, which may run over lines."""

    def __init__(self, line: int) -> None:
        self.line = line
        self._parts: list[str] = []
        self._size = 0

    def add(self, line: str, at: int) -> int:
        """Add what a line says of it, and return where it closes, or 0 if it does not."""
        found = QUOTED.match(line, at)
        self._parts.append(found[1] if found else line[at:])
        self._size += len(self._parts[-1]) + 1
        if self._size > LONGEST_LINE_BYTES:
            raise _Broken(self.line, f"A text is longer than {LONGEST_LINE_BYTES:,} characters.")
        return found.end() if found else 0

    def value(self) -> _Value:
        return _Value(self.line, "text", "\n".join(self._parts).replace('""', '"'))


def _tiers(values: _Values) -> Iterator[Item]:
    if values.text() != "ooTextFile" or values.text() != "TextGrid":
        raise _Broken(values.line, "This is not a TextGrid in Praat's text form.")
    values.number()
    values.number()
    if values.flag() != "<exists>":
        return
    for _ in range(values.count()):
        kind, name = values.text(), values.text()
        if kind not in TIERS:
            raise _Broken(values.line, "Here should be a tier of intervals or of points.")
        values.number()
        values.number()
        for _ in range(values.count()):
            yield _item(values, kind == "TextTier", name or None)


def _item(values: _Values, is_point: bool, track: str | None) -> Item:
    start = values.number()
    end = start if is_point else values.number()
    label = values.text()
    if not label.strip():
        return Skipped(values.line, EMPTY)
    try:
        return check(Row(values.line, start_s=start + 0.0, end_s=end, label=label, track=track))
    except Wrong as wrong:
        return wrong.at(values.line)


@dataclass
class _Tier:
    name: str
    is_points: bool
    marks: list[tuple[float, float, str]] = field(default_factory=list)

    @property
    def end(self) -> float:
        return self.marks[-1][1]


def _placed(rows: Iterable[Row], about: About) -> list[_Tier]:
    """Return tiers whose marks do not overlap, tracks in the order in which they first come."""
    tracks: dict[tuple[str, bool], list[tuple[float, float, str]]] = {}
    for row in rows:
        start, end = span(row, about)
        last = about.media.duration_s
        end = min(end, last) if last is not None and start < last else end
        tracks.setdefault((row.track or "", start == end), []).append((start, end, words(row)))
    names = {is_points: Names({name for name, _ in tracks}) for is_points in (False, True)}
    tiers: list[_Tier] = []
    for (track, is_points), marks in tracks.items():
        layers = Layers()
        placed: dict[int, _Tier] = {}
        for start, end, text in sorted(marks):
            layer = layers.place(start, math.nextafter(end, math.inf) if is_points else end)
            if layer not in placed:
                name = names[is_points].further(track, layer)
                placed[layer] = _Tier(name, is_points)
            placed[layer].marks.append((start, end, text))
        tiers += placed.values()
    return tiers


def _contiguous(
    marks: list[tuple[float, float, str]], last: float
) -> Iterator[tuple[float, float, str]]:
    """Yield intervals with the gaps between them, from 0 to the last."""
    at = 0.0
    for start, end, text in marks:
        if start > at:
            yield at, start, ""
        yield start, end, text
        at = end
    if at < last:
        yield at, last, ""


def _mark(mark: tuple[float, float, str], is_point: bool) -> list[str]:
    start, end, text = mark
    if is_point:
        values = [("number", shortest(start)), ("mark", _quoted(text))]
    else:
        values = [("xmin", shortest(start)), ("xmax", shortest(end)), ("text", _quoted(text))]
    return [f"            {name} = {value}" for name, value in values]


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _joined(said: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in said).encode()


TEXTGRID = Format(
    key="textgrid",
    name="Praat TextGrid",
    suffix=".TextGrid",
    media_type="text/plain",
    fits=fits,
    read=read,
    write=write,
    keeps=frozenset({Feature.POINTS, Feature.LABELS, Feature.TRACKS}),
)
