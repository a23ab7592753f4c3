"""AOEF 1.1.0, the acoustic objects of soundevent and Whombat: reading them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, BinaryIO
from uuid import UUID

from tagstore.formats.objects import (
    a_list,
    a_number,
    a_text,
    an_object,
    as_number,
    items,
    loaded_document,
    without_nul,
)
from tagstore.formats.rows import About, Fault, Item, Row, Wrong
from tagstore.formats.text import head_lines

CLASS, TEXT = "class", "text"
"""The keys of tags that name a class, and of those that are free text; others go into `info`."""
SCORE = "score"
"""The feature of a sound event that is the score of its tag."""
KINDS = {
    "sound_event_annotations": "clip_annotations",
    "sound_event_predictions": "clip_predictions",
}
NO_TAGS = "The clip has no tags of its own."
RANGES = {"TimeStamp": 1, "TimeInterval": 2, "Point": 2, "BoundingBox": 4}


def fits(head: bytes) -> bool:
    """Tell whether it is an object of a version with a type of collection."""
    text = "".join(head_lines(head)).lstrip()
    return text.startswith("{") and '"collection_type"' in text and '"version"' in text


def read(stream: BinaryIO, about: About) -> Iterator[Item]:
    """Yield a tag for each tag of each sound event and clip; a line is the ordinal of its event.

    What is predicted is proposed. A note is the comment, its author the source; other tags and
    features of an event stay apart. Source: soundevent 2, `soundevent.io.aoef`.
    """
    said = loaded_document(stream)
    if isinstance(said, Fault):
        yield said
        return
    try:
        collection = _Collection.of(an_object(said, "data"))
    except Wrong as wrong:
        yield wrong.at(1)
        return
    ordinals = count(1)
    for kind in (*KINDS, *KINDS.values()):
        for each in collection.lists[kind]:
            line = next(ordinals)
            yield from items(line, collection.rows(line, each, is_clip=kind not in KINDS), NO_TAGS)


@dataclass
class _Collection:
    """What a collection says, its parts by their ids."""

    lists: dict[str, list[Any]]
    tags: dict[Any, Any] = field(default_factory=dict)
    users: dict[Any, Any] = field(default_factory=dict)
    recordings: dict[Any, Any] = field(default_factory=dict)
    events: dict[Any, Any] = field(default_factory=dict)
    clips: dict[Any, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, data: dict[str, Any]) -> "_Collection":
        names = ("users", "tags", "recordings", "sound_events", "clips", *KINDS, *KINDS.values())
        found = cls({name: a_list(data, name) for name in names})
        found.tags = _by(found.lists["tags"], "id")
        found.users = _by(found.lists["users"], "uuid")
        found.recordings = _by(found.lists["recordings"], "uuid")
        found.events = _by(found.lists["sound_events"], "uuid")
        found.clips = _by(found.lists["clips"], "uuid")
        return found

    def rows(self, line: int, said: Any, *, is_clip: bool) -> Iterator[Row]:
        """Yield a row for each tag; for a sound event without one, a row without words."""
        place = self._clip(said) if is_clip else self._event(said)
        name = a_text(said, "uuid")
        words = list(self._words(said)) or ([] if is_clip else [(None, None, None)])
        for n, (key, value, score) in enumerate(words):
            fields: dict[str, Any] = {**place, **self._notes(said)}
            fields |= {"text": value} if key == TEXT else {"label": value}
            fields["info"] = {} if key in {CLASS, TEXT, None} else {"key": key}
            for found in (a_number(said, "score"), score):
                fields["score"] = fields.get("score") if found is None else found
            fields["status"] = "proposed" if "score" in said else None
            if name and not is_made_up(name):
                fields["external_id"] = f"{name}:{n + 1}" if n else name
            yield Row(line, **fields)

    def _event(self, said: Any) -> dict[str, Any]:
        event = self.events.get(a_text(said, "sound_event"))
        if event is None:
            raise Wrong("There is no such sound event.", "sound_event")
        score = a_number(an_object(event, "features"), SCORE)
        place = _geometry(an_object(event, "geometry"))
        return {**place, "media": self._media(event), "score": score}

    def _clip(self, said: Any) -> dict[str, Any]:
        clip = self.clips.get(a_text(said, "clip"))
        if clip is None:
            raise Wrong("There is no such clip.", "clip")
        times = {"start_s": a_number(clip, "start_time"), "end_s": a_number(clip, "end_time")}
        recording = self.recordings.get(a_text(clip, "recording"), {})
        if times == {"start_s": 0.0, "end_s": a_number(recording, "duration")}:
            times = {}
        return {**times, "media": self._media(clip)}

    def _media(self, said: Any) -> str | None:
        return a_text(self.recordings.get(a_text(said, "recording"), {}), "path")

    def _words(self, said: Any) -> Iterator[tuple[str | None, str | None, float | None]]:
        """Yield the key, the value and, of a prediction, the score of each tag."""
        for each in a_list(said, "tags"):
            number, score = each if isinstance(each, list) and len(each) == 2 else (each, None)
            tag = self.tags.get(number) if isinstance(number, int) else None
            if tag is None:
                raise Wrong("There is no such tag.", "tags")
            yield a_text(tag, "key"), a_text(tag, "value"), as_number(score, "tags")

    def _notes(self, said: Any) -> dict[str, Any]:
        notes = a_list(said, "notes")
        user = self.users.get(a_text(said, "created_by"), {})
        text = "\n".join(filter(None, (a_text(each, "message") for each in notes)))
        names = (a_text(user, key) for key in ("name", "username", "email"))
        return {"comment": text or None, "source": next(filter(None, names), "")}


def _by(things: list[Any], key: str) -> dict[Any, Any]:
    found = (each for each in things if isinstance(each, dict))
    return {each[key]: without_nul(each) for each in found if isinstance(each.get(key), str | int)}


def _geometry(said: dict[str, Any]) -> dict[str, Any]:
    kind, raw = a_text(said, "type") or "", said.get("coordinates")
    values = [as_number(each, "coordinates") for each in (raw if isinstance(raw, list) else [raw])]
    if RANGES.get(kind) != len(values) or None in values:
        raise Wrong(f"A geometry is one of {', '.join(RANGES)}, with its numbers.", "geometry")
    match values:
        case [start, low, end, high]:
            return {"start_s": start, "end_s": end, "low_hz": low, "high_hz": high}
        case [at, frequency] if kind == "Point":
            return {"start_s": at, "end_s": at, "low_hz": frequency, "high_hz": frequency}
        case _:
            return {"start_s": values[0], "end_s": values[-1]}


def is_made_up(name: str) -> bool:
    """Return whether an id was made of what a thing says, as we do for what has none."""
    try:
        return UUID(name).version == 5
    except ValueError:
        return False
