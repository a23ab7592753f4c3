"""Sonic Visualiser's layers as XML: points at frames of the sound."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from tagstore.formats.format import Feature, Format
from tagstore.formats.layers import words
from tagstore.formats.markup import Element, attributes, elements
from tagstore.formats.numbers import check, number, seconds, shortest
from tagstore.formats.rows import About, Fault, Item, Row, Wrong, band, span
from tagstore.formats.text import head_lines

RATE = 48_000
"""Frames a second where the sound's own number is not known."""
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE sonic-visualiser>
<sv>
  <data>
"""
TAIL = """    </dataset>
  </data>
  <display>
    <layer id="2" type="boxes" name="Boxes" model="1" presentationName="Tags"/>
  </display>
</sv>
"""


def fits(head: bytes) -> bool:
    """Tell whether the root of a session or layer stands in the first lines."""
    return any(line.lstrip().startswith("<sv>") for line in head_lines(head)[:20])


def read(stream: BinaryIO, about: About) -> Iterator[Item]:
    """Yield the points of every layer, values that are no frequencies in `info`.

    A frame is one of the model's sample rate; of a box, the value is its low frequency and the
    extent its height. Source: Sonic Visualiser, "SVL file format".
    """
    rates: dict[str, str] = {}
    for each in elements(stream):
        if isinstance(each, Fault):
            yield each
        elif each.name == "model" and "dataset" in each.attributes:
            rates[each.attributes["dataset"]] = each.attributes.get("sampleRate", "")
        elif each.name == "point":
            try:
                yield check(_row(each, rates))
            except Wrong as wrong:
                yield wrong.at(each.line)


def write(rows: Iterable[Row], about: About) -> Iterator[bytes]:
    """Yield a layer of boxes; times are rounded to frames of the recording.

    A box whose value and extent are 0 has no frequencies.
    """
    rate = about.media.sample_rate or RATE
    last = round((about.media.duration_s or 0) * rate)
    said = attributes(
        id=1, name="Tags", sampleRate=rate, start=0, end=last, type="sparse", dimensions=2
    )
    said += attributes(resolution=1, notifyOnAdd="true", dataset=0, subtype="box", units="Hz")
    yield f'{HEAD}    <model{said}/>\n    <dataset id="0" dimensions="2">\n'.encode()
    for row in rows:
        start, end = span(row, about)
        low, high = band(row, about) if _has_band(row) else (0.0, 0.0)
        frame = round(start * rate)
        said = attributes(
            frame=frame,
            value=shortest(low),
            duration=max(round(end * rate) - frame, 0),
            extent=shortest(max((high or low) - low, 0.0)),
            label=words(row),
        )
        yield f"      <point{said}/>\n".encode()
    yield TAIL.encode()


def _has_band(row: Row) -> bool:
    return row.low_hz is not None or row.high_hz is not None


def _row(point: Element, rates: dict[str, str]) -> Row:
    said = point.attributes
    dataset = point.around("dataset")
    rate = number(rates.get(dataset.attributes.get("id", "") if dataset else "", ""), "sampleRate")
    if rate <= 0:
        raise Wrong("The sample rate is not above zero.", "sampleRate")
    start = seconds(said.get("frame", ""), "frame")
    end = start + seconds(said.get("duration", "0"), "duration")
    low_hz = high_hz = None
    info = {}
    if "extent" in said:
        low = number(said.get("value", ""), "value")
        extent = number(said["extent"], "extent")
        low_hz, high_hz = (low, low + extent) if low or extent else (None, None)
    elif "value" in said:
        info = {"value": number(said["value"], "value")}
    label = said.get("label", "").strip() or None
    return Row(point.line, None, start / rate, end / rate, low_hz, high_hz, label=label, info=info)


SVL = Format(
    key="svl",
    name="Sonic Visualiser layer",
    suffix=".svl",
    media_type="application/xml",
    fits=fits,
    read=read,
    write=write,
    keeps=frozenset(
        {*(Feature.POINTS, Feature.BOXES, Feature.LABELS, Feature.WORDLESS, Feature.OVERLAPS)}
    ),
    resolution_s=0.000_125,
)
