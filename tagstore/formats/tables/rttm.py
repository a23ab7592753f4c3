"""RTTM, the rich transcription time marks of NIST: who speaks when."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from pathlib import PurePath
from typing import BinaryIO

from tagstore.formats import numbers
from tagstore.formats.format import Feature, Format
from tagstore.formats.layers import words
from tagstore.formats.rows import About, Fault, Item, Row, Skipped, Wrong, span
from tagstore.formats.text import Line, head_lines, lines

SPEAKER = "SPEAKER"
OTHERS = {
    *("SEGMENT", "NOSCORE", "NO_RT_METADATA", "LEXEME", "NON-LEX", "NON-SPEECH", "FILLER"),
    *("EDIT", "IP", "SU", "CB", "A/P", "SPKR-INFO"),
}
NOTHING = "<NA>"
COMMENT = ";;"
FEWEST_FIELDS = 9
"""Ten since RT-09, nine before."""
NO_SPEAKER = "The line says something else than who speaks when."


def fits(head: bytes) -> bool:
    """Tell whether the first line that is not a comment begins with a type of NIST's."""
    for line in head_lines(head):
        fields = line.split()
        if fields and not line.startswith(COMMENT):
            return fields[0] in {SPEAKER, *OTHERS} and len(fields) >= FEWEST_FIELDS
    return False


def read(stream: BinaryIO, about: About) -> Iterator[Item]:
    """Yield what stands in SPEAKER lines; the file id is the recording.

    Source: NIST, The 2009 Rich Transcription Evaluation Plan, appendix A.
    """
    for line in lines(stream):
        if isinstance(line, Fault):
            yield line
        elif line.text.strip() and not line.text.startswith(COMMENT):
            try:
                yield _item(line)
            except Wrong as wrong:
                yield wrong.at(line.number)


def write(rows: Iterable[Row], about: About) -> Iterator[bytes]:
    """Yield a SPEAKER line for each tag, sorted by start; recordings stay in the order they come.

    A recording is called by its name without folders and suffix; blanks in names become `_`.
    """
    for name, group in groupby(rows, key=lambda row: row.media):
        media = _field(PurePath((name or about.media.name).replace("\\", "/")).stem)
        marks = [(*span(row, about), row) for row in group]
        marks.sort(key=lambda mark: mark[:2])
        for start, end, row in marks:
            begin = Decimal(numbers.written(start))
            score = NOTHING if row.score is None else numbers.shortest(row.score)
            yield (
                f"{SPEAKER} {media} {row.channel or 1} {begin} "
                f"{Decimal(numbers.written(end)) - begin} {NOTHING} {NOTHING} "
                f"{_field(words(row))} {score} {NOTHING}\n"
            ).encode()


def _item(line: Line) -> Item:
    fields = line.text.split()
    if fields[0] in OTHERS:
        return Skipped(line.number, NO_SPEAKER)
    if fields[0] != SPEAKER:
        raise Wrong("The line does not begin with a type that RTTM knows.", "type")
    if len(fields) < FEWEST_FIELDS:
        raise Wrong(f"The line has {len(fields)} fields; RTTM has 10.")
    start_s = numbers.seconds(fields[3], "tbeg")
    duration_s = numbers.number(fields[4], "tdur")
    if duration_s < 0:
        raise Wrong("The duration is below zero.", "tdur")
    row = Row(
        line.number,
        media=_said(fields[1]),
        start_s=start_s,
        end_s=max(round(start_s + duration_s, 9), start_s),
        channel=numbers.channel(fields[2], "chnl") if _said(fields[2]) else None,
        label=_said(fields[7]),
        score=numbers.number(fields[8], "conf") if _said(fields[8]) else None,
    )
    return numbers.check(row)


def _said(field: str) -> str | None:
    return None if field == NOTHING else field


def _field(text: str) -> str:
    return "_".join(text.split()) or NOTHING


RTTM = Format(
    key="rttm",
    name="RTTM",
    suffix=".rttm",
    media_type="text/plain",
    fits=fits,
    read=read,
    write=write,
    keeps=frozenset(
        {
            *(Feature.POINTS, Feature.LABELS, Feature.WORDLESS, Feature.SCORES, Feature.CHANNELS),
            *(Feature.MANY_MEDIA, Feature.OVERLAPS),
        }
    ),
)
