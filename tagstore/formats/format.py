"""What an annotation format is, what it can express, and what a tag loses by it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from tagstore.formats.rows import About, Item, Row

HEAD_BYTES = 65_536
"""So many bytes of a file are enough to tell its format."""

EXACT_S = 0.000_001
"""A resolution at which no tag of a recording loses anything."""

Reader = Callable[[BinaryIO, About], Iterator[Item]]
"""Yield what stands in a file, in order and in bounded memory; what is wrong is a Fault."""

Writer = Callable[[Iterable[Row], About], Iterator[bytes]]
"""Yield a file in pieces; rows are asked for as it goes where the format allows."""


Columns = Callable[[bytes, About], list[tuple[str, str]]]
"""Return the columns of a file by its first bytes, and for each a field of a row, or nothing."""


class Feature(StrEnum):
    """Something that a row can say and a format can express; the text is what is lost without."""

    POINTS = "Points in time are written as short ranges."
    """A start that is the end too."""
    WHOLE_FILES = "Tags on whole files are written as ranges over all of them."
    """Neither start nor end."""
    BOXES = "Frequency limits are left out."
    """Both a low and a high frequency."""
    ONE_SIDED = "A frequency limit without its counterpart gets one, or is left out."
    """Only one of both."""
    LABELS = "Classes are written as plain text."
    """Words that name a class, apart from free text."""
    TEXTS = "Free text is written as a class."
    """Free text, apart from words that name a class."""
    WORDLESS = "Tags without any words are left out."
    """Neither."""
    COMMENTS = "Comments are left out."
    SCORES = "Scores are left out."
    STATUSES = "Whether a tag was proposed, accepted or rejected is left out."
    CHANNELS = "Channels are left out."
    TRACKS = "Tracks are not told apart."
    SOURCES = "Who or what made a tag is left out."
    IDS = "External ids are left out."
    FRAMES = "Boxes in pictures are left out."
    INFO = "Further columns are left out."
    """Keys in `info`."""
    MANY_MEDIA = "One file is written for each recording."
    """Rows that name their recording."""
    OVERLAPS = "Tags that overlap on a track are written to further tracks."
    """Nothing in a row tells it; ask for it where rows overlap."""
    STORED = "Ids, authors, batches and reviews are left out."
    """Keys in `stored`."""


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write tags in a file."""

    key: str
    """What it is called in commands and addresses."""
    name: str
    """What people call it."""
    suffix: str
    media_type: str
    fits: Callable[[bytes], bool]
    """Tell by the first `HEAD_BYTES` of a file, never by its name, whether it is written so."""
    read: Reader | None
    write: Writer | None
    keeps: frozenset[Feature]
    resolution_s: float = EXACT_S
    """To what a time is rounded when it is written."""
    columns: Columns | None = None
    """Of a table: each column and the field it holds, so that people can choose another."""


def features(row: Row) -> set[Feature]:
    """Return what a format has to be able to express so that a row loses nothing."""
    sides = (row.low_hz is not None) + (row.high_hz is not None)
    said = {
        Feature.POINTS: row.start_s is not None and row.start_s == row.end_s,
        Feature.WHOLE_FILES: row.start_s is None,
        Feature.BOXES: sides == 2,
        Feature.ONE_SIDED: sides == 1,
        Feature.LABELS: row.label is not None,
        Feature.TEXTS: row.text is not None,
        Feature.WORDLESS: not (row.label or row.text or "").strip(),
        Feature.COMMENTS: row.comment is not None,
        Feature.SCORES: row.score is not None,
        Feature.STATUSES: row.status is not None,
        Feature.CHANNELS: row.channel is not None,
        Feature.TRACKS: row.track is not None,
        Feature.SOURCES: row.source != "",
        Feature.IDS: row.external_id is not None,
        Feature.FRAMES: row.frame is not None,
        Feature.INFO: bool(row.info),
        Feature.MANY_MEDIA: row.media is not None,
        Feature.STORED: bool(row.stored),
    }
    return {feature for feature, is_said in said.items() if is_said}


def lost(wanted: Format, needed: Iterable[Feature]) -> list[str]:
    """Say in sentences what tags that need these features lose in a format."""
    missing = set(needed) - wanted.keeps
    sentences = [feature.value for feature in Feature if feature in missing]
    if wanted.resolution_s > EXACT_S:
        sentences.append(f"Times are rounded to {wanted.resolution_s * 1000:g} ms.")
    return sentences
