"""Writing AOEF 1.1.0: an annotation set, a clip as long as each recording."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson

from tagstore.formats.documents.aoef import CLASS, SCORE, TEXT, fits, is_made_up, read
from tagstore.formats.format import Feature, Format
from tagstore.formats.rows import About, Row, band, span

VERSION = "1.1.0"
NAMESPACE = uuid5(NAMESPACE_URL, "urn:tagstore:aoef")
"""Ids of what has none are made of this and what it says, so that they are the same every time."""
UNKNOWN = "recording"
PARTS = (
    *("users", "tags", "recordings", "sound_events", "clips"),
    *("sound_event_annotations", "clip_annotations"),
)


def write(rows: Iterable[Row], about: About) -> Iterator[bytes]:
    """Yield an annotation set of sound events, which are gathered before.

    A score becomes a feature of its event. A recording whose rate is not known has one of 1 Hz,
    and one whose duration is not known lasts to its last tag.
    """
    collection = _Set(about)
    for number, row in enumerate(rows):
        collection.add(number, row)
    created = orjson.dumps(about.date)
    yield b'{"version":"%s","created_on":%s,"data":{' % (VERSION.encode(), created)
    yield b'"uuid":"%s","collection_type":"annotation_set"' % str(NAMESPACE).encode()
    for name in PARTS:
        yield b',"%s":' % name.encode() + orjson.dumps(list(collection.parts[name].values()))
    yield b',"created_on":%s}}\n' % created


class _Set:
    """The parts of a set, by what they are known by."""

    def __init__(self, about: About) -> None:
        self.parts: dict[str, dict[Any, Any]] = {name: {} for name in PARTS}
        self._about = about

    def add(self, number: int, row: Row) -> None:
        """Add a tag as a sound event of its recording and an annotation of its clip."""
        recording, clip = self._recording(row)
        event = _id("sound event", number, recording["uuid"])
        name = _uuid(row.external_id) or _id("annotation", event)
        features = {} if row.score is None else {"features": {SCORE: row.score}}
        self.parts["sound_events"][event] = {
            "uuid": event,
            "recording": recording["uuid"],
            "geometry": _geometry(row, self._about),
            **features,
        }
        self.parts["sound_event_annotations"][event] = {
            "uuid": name,
            "sound_event": event,
            "tags": self._tags(row),
            **self._user(row),
            **self._notes(row, event),
        }
        end_s = max(clip["end_time"], span(row, self._about)[1])
        recording["duration"] = clip["end_time"] = end_s
        self.parts["clip_annotations"][clip["uuid"]]["sound_events"].append(name)

    def _recording(self, row: Row) -> tuple[Any, Any]:
        media = self._about.of(row.media)
        path = media.name or UNKNOWN
        if path not in self.parts["recordings"]:
            name, clip = _id("recording", path), _id("clip", path)
            duration_s = media.duration_s or 0.0
            said = {"uuid": name, "path": path, "duration": duration_s}
            said |= {"channels": media.channels or 1, "samplerate": media.sample_rate or 1}
            if media.recorded_at:
                day, time = media.recorded_at.date(), media.recorded_at.time()
                said |= {"date": day.isoformat(), "time": time.isoformat()}
            self.parts["recordings"][path] = said
            times = {"start_time": 0.0, "end_time": duration_s}
            self.parts["clips"][path] = {"uuid": clip, "recording": name, **times}
            annotation = {"uuid": _id("clip annotation", path), "clip": clip, "sound_events": []}
            self.parts["clip_annotations"][clip] = annotation
        return self.parts["recordings"][path], self.parts["clips"][path]

    def _tags(self, row: Row) -> list[int]:
        if not (row.label or row.text):
            return []
        key = TEXT if row.text else str(row.info.get("key", CLASS))
        value = row.text or row.label
        tags = self.parts["tags"]
        tag = tags.setdefault((key, value), {"id": len(tags), "key": key, "value": value})
        return [tag["id"]]

    def _user(self, row: Row) -> dict[str, str]:
        if not row.source:
            return {}
        name = _id("user", row.source)
        self.parts["users"][name] = {"uuid": name, "name": row.source}
        return {"created_by": name}

    def _notes(self, row: Row, event: str) -> dict[str, Any]:
        if not row.comment:
            return {}
        return {"notes": [{"uuid": _id("note", event), "message": row.comment}]}


def _geometry(row: Row, about: About) -> dict[str, Any]:
    start, end = span(row, about)
    if row.low_hz is None and row.high_hz is None:
        kind = "TimeStamp" if start == end else "TimeInterval"
        return {"type": kind, "coordinates": start if start == end else [start, end]}
    low, high = band(row, about)
    high = low if high is None else max(low, high)
    if (start, low) == (end, high):
        return {"type": "Point", "coordinates": [start, low]}
    return {"type": "BoundingBox", "coordinates": [start, low, end, high]}


def _uuid(name: str | None) -> str | None:
    """Return an id that is a UUID of somebody else, as it is usually written."""
    try:
        found = str(UUID(name or ""))
    except ValueError:
        return None
    return None if is_made_up(found) or found != name else found


def _id(*said: object) -> str:
    return str(uuid5(NAMESPACE, "\n".join(map(str, said))))


AOEF = Format(
    key="aoef",
    name="AOEF (soundevent, Whombat)",
    suffix=".json",
    media_type="application/json",
    fits=fits,
    read=read,
    write=write,
    keeps=frozenset(
        {
            *(Feature.POINTS, Feature.BOXES, Feature.LABELS, Feature.TEXTS, Feature.WORDLESS),
            *(Feature.COMMENTS, Feature.SCORES, Feature.SOURCES, Feature.MANY_MEDIA),
            Feature.OVERLAPS,
        }
    ),
)
