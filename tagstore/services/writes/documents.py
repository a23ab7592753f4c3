"""What the written files say, as streams of JSON: never more than one tag in memory.

The layout of `video_tags` is that of the Eluvio content fabric's tag files, version 1.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

import orjson

from tagstore.services.contents import TagRow
from tagstore.services.writes.sorting import Entry, Kind

WINDOW_MS = 10 * 60 * 1000
FRAME = re.compile(r"[0-9]{1,15}")

Respond = Callable[[TagRow], dict[str, Any]]
"""How a tag reads on its own: with `start_time`, `end_time`, `tag`, `track`, `frame_info` …"""


def entries(row: TagRow, respond: Respond) -> Iterator[Entry]:
    """Yield what is written of one tag: itself, its line in a track, its boxes in frames."""
    said = respond(row)
    track, text = said["track"], said["tag"]
    window = said["start_time"] // WINDOW_MS
    line = {"start_time": said["start_time"], "end_time": said["end_time"], "text": text}
    yield Entry(Kind.TAG, json=orjson.dumps(said))
    yield Entry(Kind.TRACK, window, 0, track, orjson.dumps(line))
    for frame, each in _boxes(row).items():
        shown = {"text": text, "box": each["box"]}
        own = each.get("confidence")
        confidence = own if type(own) in {int, float} else row.score
        if confidence is not None:
            shown["confidence"] = confidence
        yield Entry(Kind.OVERLAY, window, frame, track, orjson.dumps(shown))


def _boxes(row: TagRow) -> dict[int, dict[str, Any]]:
    """Return what has a box, by frame: `frame_info`, and `frame_tags` in what clients sent.

    What is not a frame with a box is passed over; it stands in `tags.json` as it came.
    """
    own, sent = row.frame_info or {}, row.info.get("frame_tags")
    named = [(str(own.get("frame_idx")), own)]
    named += sent.items() if isinstance(sent, dict) else ()
    boxes: dict[int, dict[str, Any]] = {}
    for name, each in named:
        has_box = isinstance(each, dict) and isinstance(each.get("box"), dict)
        if has_box and FRAME.fullmatch(name):
            boxes.setdefault(int(name), each)
    return boxes


def tags_document(qid: str, at: datetime, found: Iterable[Entry]) -> Iterator[bytes]:
    """Yield all tags of a content, as they read on their own."""
    moment = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    yield from _with_list({"qid": qid, "written_at": moment}, found)


def tracks_document(labels: Mapping[str, str], found: Iterable[Entry]) -> Iterator[bytes]:
    """Yield the tags of one window by track, each track with its label."""
    yield b'{"version":1,"metadata_tags":'
    yield from _object(
        (track, _with_list({"label": labels.get(track, track)}, some))
        for track, some in groupby(found, attrgetter("track"))
    )
    yield b"}"


def overlay_document(found: Iterable[Entry]) -> Iterator[bytes]:
    """Yield the boxes of one window by frame and track."""
    yield b'{"version":1,"overlay_tags":{"frame_level_tags":'
    yield from _object(
        (str(frame), _object(_tracks(some))) for frame, some in groupby(found, attrgetter("frame"))
    )
    yield b"}}"


def _tracks(found: Iterable[Entry]) -> Iterator[tuple[str, Iterator[bytes]]]:
    return ((track, _with_list({}, some)) for track, some in groupby(found, attrgetter("track")))


def _with_list(said: dict[str, str], found: Iterable[Entry]) -> Iterator[bytes]:
    """Yield an object that says something and has a list of `tags`."""
    yield orjson.dumps({**said, "tags": []}).removesuffix(b"]}")
    before = b""
    for entry in found:
        yield before + entry.json
        before = b","
    yield b"]}"


def _object(members: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    before = b"{"
    for name, value in members:
        yield before + orjson.dumps(name) + b":"
        yield from value
        before = b","
    yield b"{}" if before == b"{" else b"}"
