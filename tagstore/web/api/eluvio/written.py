"""Tags as they were written: fast where all is well, with every fault where it is not."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from operator import itemgetter, le
from typing import Any, cast

import orjson
from marshmallow import ValidationError

from tagstore.errors import Fault
from tagstore.services.contents import MOST_MS
from tagstore.values import LARGEST_INTEGER, TagDraft
from tagstore.web.api.base import flat
from tagstore.web.api.eluvio.schemas import LONGEST_SOURCE, tag_schema

CHUNK = 1000
BOX = ("x1", "y1", "x2", "y2")
BLANK: tuple[Any, ...] = (0.0, 0.0, "", None, "", {})
"""What stands for a tag of which nothing can be read."""

_needed = itemgetter("start_time", "end_time", "tag")

Column = Sequence[Any]


@dataclass
class Written:
    """Tags for one track, a column a field, and what is wrong with them by index."""

    starts_s: list[float] = field(default_factory=list)
    ends_s: list[float] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    frames: list[dict[str, Any] | None] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    infos: list[dict[str, Any]] = field(default_factory=list)
    scores: list[float | None] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def __len__(self) -> int:
        """Return how many tags there are."""
        return len(self.texts)

    def add(self, columns: Iterable[Column], scores: Column) -> None:
        """Add tags by their columns."""
        starts_s, ends_s, texts, frames, sources, infos = columns
        self.starts_s += starts_s
        self.ends_s += ends_s
        self.texts += texts
        self.frames += frames
        self.sources += sources
        self.infos += infos
        self.scores += scores

    def drafts(self, media_file_id: int, tag_set_id: int) -> Iterator[TagDraft]:
        """Yield the tags as drafts for a place."""
        nothing = repeat(None)
        return map(
            TagDraft, repeat(media_file_id), repeat(tag_set_id), nothing, self.texts,
            self.starts_s, self.ends_s, nothing, nothing, nothing, self.frames, self.scores,
            repeat(0), self.sources, nothing, repeat(False), repeat(False), repeat(False),
            self.infos,
        )  # fmt: skip


def read_tags(items: list[Any]) -> Written:
    """Return the tags that a list holds.

    The columns of an item with faults hold what could be read of it, so that the rest of it
    can be checked too.
    """
    written = Written()
    for start in range(0, len(items), CHUNK):
        chunk = items[start : start + CHUNK]
        columns = quick_columns(chunk)
        if columns is None:
            rows, found = zip(*map(slow_row, range(start, start + len(chunk)), chunk), strict=True)
            written.faults += [fault for faults in found for fault in faults]
            columns = list(zip(*rows, strict=True))
        written.add(columns, [None] * len(chunk))
    return written


def quick_columns(items: list[Any]) -> list[Column] | None:
    """Return the columns of items that are all tags beyond doubt, without a schema an item.

    None says nothing: the schema decides then, and finds the words.
    """
    if set(map(type, items)) != {dict}:
        return None
    try:
        starts, ends, texts = zip(*map(_needed, items), strict=True)
    except KeyError:
        return None
    sources = ["" if (text := item.get("source")) is None else text for item in items]
    infos = list(map(_quick_info, items))
    frames = list(map(_quick_frame, items))
    if not (
        set(map(type, starts)) == set(map(type, ends)) == {int}
        and set(map(type, texts)) == set(map(type, sources)) == {str}
        and set(map(type, infos)) == {dict}
        and set(map(type, frames)) <= {dict, type(None)}
        and min(starts) >= 0
        and max(ends) <= MOST_MS
        and all(map(le, starts, ends))
        and max(map(len, sources)) <= LONGEST_SOURCE
        and _are_shallow(infos)
    ):
        return None
    starts_s, ends_s = ([at_ms / 1000.0 for at_ms in column] for column in (starts, ends))
    return [starts_s, ends_s, texts, frames, sources, infos]


def _quick_info(item: dict[str, Any]) -> Any:
    """Return what comes along; no object where the schema has to decide."""
    if "additional_properties" not in item:
        info = item.get("additional_info")
    elif "additional_info" not in item:
        info = item["additional_properties"]
    else:
        return ()
    return {} if info is None else info


def _quick_frame(item: dict[str, Any]) -> Any:
    """Return a box in a frame, if there is one; no object where the schema has to decide."""
    frame = item.get("frame_info")
    if frame is None:
        return None
    if type(frame) is not dict or frame.keys() != {"frame_idx", "box"}:
        return ()
    number, box = frame["frame_idx"], frame["box"]
    if type(number) is not int or not 0 <= number <= LARGEST_INTEGER or type(box) is not dict:
        return ()
    if box.keys() != set(BOX) or not set(map(type, box.values())) <= {int, float}:
        return ()
    return {"frame_idx": number, "box": {edge: box[edge] for edge in BOX}}


def _are_shallow(infos: list[dict[str, Any]]) -> bool:
    """Return whether all can be written inside what answers and events hold them in."""
    try:
        orjson.dumps([[[[[[[infos]]]]]]])
    except orjson.JSONEncodeError:
        return False
    return True


def slow_row(index: int, item: Any) -> tuple[tuple[Any, ...], list[Fault]]:
    """Return what can be read of an item, and a fault for all that cannot."""
    if not isinstance(item, dict):
        return BLANK, [Fault(index, "", "type", "Must be an object.")]
    found: list[Fault] = []
    try:
        good = tag_schema.load(item)
    except ValidationError as error:
        good = cast(dict[str, Any], error.valid_data)
        found = [
            Fault(index, place, "invalid", words)
            for place, words in reasons(error.messages).items()
        ]
    is_timed = "start_time" in good and "end_time" in good
    row = (
        good["start_time"] / 1000.0 if is_timed else 0.0,
        good["end_time"] / 1000.0 if is_timed else 0.0,
        good.get("tag", ""),
        None if found else good.get("frame_info"),
        good.get("source") or "",
        good.get("info", {}),
    )
    return row, found


def reasons(messages: Any) -> dict[str, str]:
    """Return marshmallow's messages by place; what is said of all of something, by its own."""
    return {
        "/".join(part for part in place.split("/") if part != "_schema"): words
        for place, words in flat(messages).items()
    }
