"""ELAN's annotation format, EAF 3.0: tiers of annotations in whole milliseconds."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import BinaryIO
from urllib.parse import quote, unquote

from tagstore.formats.format import Feature, Format
from tagstore.formats.layers import Layers, Names, words
from tagstore.formats.markup import Element, attributes, elements, escaped
from tagstore.formats.numbers import check, milliseconds, seconds
from tagstore.formats.rows import About, Fault, Item, Row, Skipped, Wrong, span
from tagstore.formats.text import head_lines
from tagstore.formats.tiers.slots import Alignment, aligned

DEFAULT = "default"
"""The tier that every new document of ELAN has; here: a track without a name."""
TRACK_OF = "tagstore.track."
"""Begins the properties that say whose track a further tier is; the rest is the tier's id."""
ANNOTATIONS = {"ALIGNABLE_ANNOTATION", "REF_ANNOTATION"}
EMPTY = "The annotation is empty."
SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
TAIL = """    <LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="default-lt" \
TIME_ALIGNABLE="true"/>
    <CONSTRAINT DESCRIPTION="Time subdivision of parent annotation's time interval, no time gaps \
allowed within this interval" STEREOTYPE="Time_Subdivision"/>
    <CONSTRAINT DESCRIPTION="Symbolic subdivision of a parent annotation. Annotations refering to \
the same parent are ordered" STEREOTYPE="Symbolic_Subdivision"/>
    <CONSTRAINT DESCRIPTION="1-1 association with a parent annotation" \
STEREOTYPE="Symbolic_Association"/>
    <CONSTRAINT DESCRIPTION="Time alignable annotations within the parent annotation's time \
interval, gaps are allowed" STEREOTYPE="Included_In"/>
</ANNOTATION_DOCUMENT>
"""


def fits(head: bytes) -> bool:
    """Tell whether the root of the document begins early in the file."""
    return any("<ANNOTATION_DOCUMENT" in line for line in head_lines(head))


def read(stream: BinaryIO, about: About) -> Iterator[Item]:
    """Yield the annotations of every tier, with the tier as track and its annotator as source.

    An annotation that refers to another has its times; time slots without a value lie evenly
    between their neighbours on the tier. Source: EAF Annotation Format 3.0, MPI Nijmegen.
    """
    found = _Document()
    faults = [fault for each in elements(stream) if (fault := found.take(each))]
    times = aligned(found.slots, found.alignments, found.references)
    for each in found.values:
        yield _item(each, times, found)
    yield from faults


def write(rows: Iterable[Row], about: About) -> Iterator[bytes]:
    """Yield a document; annotations that overlap go to further tiers, whose track a property says.

    A point lasts 1 ms.
    """
    tiers = _placed(rows, about)
    ends = sorted((at, tier, n) for tier, each in enumerate(tiers) for n, at in each.ends())
    slots = {(tier, n): f"ts{ordinal}" for ordinal, (_, tier, n) in enumerate(ends, 1)}
    yield "".join(_head(tiers, about)).encode()
    yield b"    <TIME_ORDER>\n"
    for at, tier, n in ends:
        said = attributes(TIME_SLOT_ID=slots[tier, n], TIME_VALUE=at)
        yield f"        <TIME_SLOT{said}/>\n".encode()
    yield b"    </TIME_ORDER>\n"
    numbers = count(1)
    for tier, each in enumerate(tiers):
        yield f"    <TIER{each.attributes()}>\n".encode()
        for n, (_, _, text) in enumerate(each.marks):
            said = attributes(
                ANNOTATION_ID=f"a{next(numbers)}",
                TIME_SLOT_REF1=slots[tier, 2 * n],
                TIME_SLOT_REF2=slots[tier, 2 * n + 1],
            )
            yield (
                f"        <ANNOTATION>\n            <ALIGNABLE_ANNOTATION{said}>\n"
                f"                <ANNOTATION_VALUE>{escaped(text)}</ANNOTATION_VALUE>\n"
                "            </ALIGNABLE_ANNOTATION>\n        </ANNOTATION>\n"
            ).encode()
        yield b"    </TIER>\n"
    yield TAIL.encode()


@dataclass
class _Document:
    """What a document says, gathered until the times are known."""

    media: str | None = None
    tracks: dict[str, str] = field(default_factory=dict)
    slots: dict[str, float | None] = field(default_factory=dict)
    alignments: dict[str, Alignment] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    values: list[Element] = field(default_factory=list)

    def take(self, element: Element | Fault) -> Fault | None:
        """Keep what an element says; return a fault that it is or has."""
        if isinstance(element, Fault):
            return element
        said = element.attributes
        match element.name:
            case "MEDIA_DESCRIPTOR" if self.media is None:
                self.media = _path(said.get("RELATIVE_MEDIA_URL") or said.get("MEDIA_URL", ""))
            case "PROPERTY" if said.get("NAME", "").startswith(TRACK_OF):
                self.tracks[said["NAME"].removeprefix(TRACK_OF)] = element.text
            case "TIME_SLOT":
                return self._slot(element)
            case "ALIGNABLE_ANNOTATION":
                tier = element.around("TIER")
                self.alignments[said.get("ANNOTATION_ID", "")] = Alignment(
                    tier.attributes.get("TIER_ID", "") if tier else "",
                    said.get("TIME_SLOT_REF1", ""),
                    said.get("TIME_SLOT_REF2", ""),
                )
            case "REF_ANNOTATION":
                self.references[said.get("ANNOTATION_ID", "")] = said.get("ANNOTATION_REF", "")
            case "ANNOTATION_VALUE":
                self.values.append(element)
        return None

    def _slot(self, element: Element) -> Fault | None:
        name, value = (element.attributes.get(key) for key in ("TIME_SLOT_ID", "TIME_VALUE"))
        try:
            self.slots[name or ""] = None if value is None else seconds(value, "TIME_VALUE") / 1000
        except Wrong as wrong:
            self.slots[name or ""] = math.nan  # So is what is reckoned from it, and no tag.
            return wrong.at(element.line)
        return None


def _item(value: Element, times: dict[str, tuple[float, float]], found: _Document) -> Item:
    annotation, tier = value.parent, value.around("TIER")
    if not annotation or not tier or annotation.name not in ANNOTATIONS:
        return Fault(value.line, None, "A value stands outside of an annotation on a tier.")
    if not value.text.strip():
        return Skipped(value.line, EMPTY)
    times_of = times.get(annotation.attributes.get("ANNOTATION_ID", ""))
    if not times_of:
        return Fault(value.line, None, "The annotation has no times: what it refers to has none.")
    name = tier.attributes.get("TIER_ID", "")
    track = found.tracks.get(name, "" if name == DEFAULT else name)
    participant = tier.attributes.get("PARTICIPANT")
    row = Row(
        value.line,
        media=found.media or None,
        start_s=times_of[0],
        end_s=times_of[1],
        label=value.text,
        track=track or None,
        source=tier.attributes.get("ANNOTATOR", ""),
        info={"PARTICIPANT": participant} if participant else {},
    )
    try:
        return check(row)
    except Wrong as wrong:
        return wrong.at(value.line)


def _path(url: str) -> str:
    return unquote(url.removeprefix("file://")).removeprefix("./")


@dataclass
class _Tier:
    name: str
    track: str
    source: str
    participant: str | None
    marks: list[tuple[int, int, str]] = field(default_factory=list)

    def ends(self) -> Iterator[tuple[int, int]]:
        """Yield both times of each mark, numbered."""
        for n, (start, end, _) in enumerate(self.marks):
            yield 2 * n, start
            yield 2 * n + 1, end

    def attributes(self) -> str:
        return attributes(
            ANNOTATOR=self.source or None,
            LINGUISTIC_TYPE_REF="default-lt",
            PARTICIPANT=self.participant,
            TIER_ID=self.name,
        )


def _placed(rows: Iterable[Row], about: About) -> list[_Tier]:
    """Return tiers whose annotations do not overlap, in the order in which tracks first come."""
    groups: dict[tuple[str, str, str | None], list[tuple[int, int, str]]] = {}
    for row in rows:
        start, end = (milliseconds(each) for each in span(row, about))
        participant = row.info.get("PARTICIPANT")
        kind = (row.track or DEFAULT, row.source, participant and str(participant))
        groups.setdefault(kind, []).append((start, max(end, start + 1), words(row)))
    names = Names({track for track, _, _ in groups})
    tiers: list[_Tier] = []
    counts: dict[str, int] = {}
    for (track, source, participant), marks in groups.items():
        layers = Layers()
        placed: dict[int, _Tier] = {}
        for mark in sorted(marks):
            layer = layers.place(mark[0], mark[1])
            if layer not in placed:
                name = names.further(track, counts.get(track, 0))
                counts[track] = counts.get(track, 0) + 1
                placed[layer] = _Tier(name, track, source, participant)
            placed[layer].marks.append(mark)
        tiers += placed.values()
    return tiers


def _head(tiers: list[_Tier], about: About) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    date = about.date.isoformat(timespec="seconds")
    yield f'<ANNOTATION_DOCUMENT AUTHOR="" DATE="{date}" FORMAT="3.0" VERSION="3.0" '
    yield 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    yield f'xsi:noNamespaceSchemaLocation="{SCHEMA}">\n'
    yield '    <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">\n'
    if name := about.media.name:
        kind = "audio/x-wav" if name.lower().endswith(".wav") else "unknown"
        url = f"./{quote(name)}"
        said = attributes(MEDIA_URL=url, MIME_TYPE=kind, RELATIVE_MEDIA_URL=url)
        yield f"        <MEDIA_DESCRIPTOR{said}/>\n"
    last = sum(len(tier.marks) for tier in tiers)
    yield f'        <PROPERTY NAME="lastUsedAnnotationId">{last}</PROPERTY>\n'
    for tier in tiers:
        if tier.name != tier.track:
            track = "" if tier.track == DEFAULT else tier.track
            said = attributes(NAME=TRACK_OF + tier.name)
            yield f"        <PROPERTY{said}>{escaped(track)}</PROPERTY>\n"
    yield "    </HEADER>\n"


EAF = Format(
    key="eaf",
    name="ELAN EAF",
    suffix=".eaf",
    media_type="text/xml",
    fits=fits,
    read=read,
    write=write,
    keeps=frozenset({Feature.LABELS, Feature.TRACKS, Feature.SOURCES, Feature.OVERLAPS}),
    resolution_s=0.001,
)
