"""The JSON of video taggers and of Eluvio's tag store: tracks of tags in milliseconds."""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, BinaryIO

import orjson

from tagstore.formats.format import Feature, Format
from tagstore.formats.layers import words
from tagstore.formats.numbers import check, milliseconds
from tagstore.formats.objects import (
    a_list,
    a_number,
    a_text,
    an_object,
    loaded_document,
    without_nul,
)
from tagstore.formats.rows import About, Fault, Item, Row, Wrong, span
from tagstore.formats.text import head_lines

FILE, LIST = "metadata_tags", "tags"
DEFAULT = "tags"
"""The track of tags that have none."""
KNOWN = {"start_time", "end_time", "text", "tag"}


def fits(head: bytes) -> bool:
    """Tell whether it is an object with tracks of tags."""
    text = "".join(head_lines(head)).lstrip()
    return text.startswith("{") and f'"{FILE}"' in text and '"version"' in text


def read(stream: BinaryIO, about: About) -> Iterator[Item]:
    """Yield the tags of every track; a list of texts is as many tags.

    Keys that we do not know go into `info`. Source: docs/dialects/eluvio-write.md.
    """
    said = loaded_document(stream)
    if isinstance(said, Fault):
        yield said
        return
    ordinals = count(1)
    try:
        tracks = an_object(said, FILE)
    except Wrong as wrong:
        yield wrong.at(1)
        return
    for track in tracks:
        try:
            tags = a_list(an_object(tracks, track), LIST)
        except Wrong as wrong:
            yield wrong.at(next(ordinals))
            continue
        for tag in tags:
            line = next(ordinals)
            try:
                yield from [check(row) for row in _rows(line, tag, track)]
            except Wrong as wrong:
                yield wrong.at(line)


def write(rows: Iterable[Row], about: About) -> Iterator[bytes]:
    """Yield tracks in the order in which they come, their tags by start; rows are gathered."""
    tracks: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        start, end = (milliseconds(each) for each in span(row, about))
        further = {key: value for key, value in row.info.items() if key not in KNOWN}
        tag = {"start_time": start, "end_time": end, "text": words(row), **further}
        tracks.setdefault(row.track or DEFAULT, []).append(tag)
    yield b'{"version":1,"metadata_tags":{'
    for number, (track, tags) in enumerate(tracks.items()):
        tags.sort(key=lambda tag: (tag["start_time"], tag["end_time"]))
        said = {"label": track.replace("_", " ").replace("-", " ").title(), LIST: tags}
        yield b"," * (number > 0) + orjson.dumps(track) + b":" + orjson.dumps(said)
    yield b"}}\n"


def _rows(line: int, tag: Any, track: str) -> Iterator[Row]:
    clean = without_nul([track, tag])[1]
    start, end = (a_number(clean, key) for key in ("start_time", "end_time"))
    if start is None or end is None:
        raise Wrong("A tag needs both times, in milliseconds.", "start_time")
    texts = clean.get("text")
    label = a_text(clean, "tag")
    info = {key: clean[key] for key in clean if key not in KNOWN}
    for text in texts if isinstance(texts, list) else [texts]:
        said = a_text({"text": text}, "text") or label
        on = None if track == DEFAULT else track
        yield Row(
            line, start_s=start / 1000, end_s=end / 1000, label=said, track=on or None, info=info
        )


ELUVIO = Format(
    key="eluvio",
    name="Eluvio video tags",
    suffix=".json",
    media_type="application/json",
    fits=fits,
    read=read,
    write=write,
    keeps=frozenset(
        {
            *(Feature.POINTS, Feature.LABELS, Feature.WORDLESS, Feature.TRACKS, Feature.INFO),
            Feature.OVERLAPS,
        }
    ),
    resolution_s=0.001,
)
