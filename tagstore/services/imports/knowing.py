"""Which tags of an import are stored already: by external ids, else by what they say."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Integer, bindparam, select, tuple_

from tagstore.db import db
from tagstore.models import Batch, Tag, Track
from tagstore.models.tags import WHOLE_FILE
from tagstore.services.rows import Columns, chunks
from tagstore.values import span_level

AT_ONCE = 400
DENSE = 10
"""Tags are looked at from the first start to the last if there are at most so many for each."""

IDENTITY = (
    *("media_file_id", "span_level", "start_s", "tag_set_id", "tag_class_id", "text", "end_s"),
    *("low_hz", "high_hz", "channel"),
)
"""Two tags that are equal in these say the same."""

_SOME: Any = bindparam("some", expanding=True)
_LIVE = select(Batch.id).where(Batch.id == Tag.batch_id, Batch.deleted_at.is_(None)).exists()
_SAID = select(Tag.id, *(getattr(Tag, name) for name in IDENTITY)).where(
    Tag.deleted_at.is_(None), _LIVE
)
_ON = _SAID.where(
    Tag.media_file_id == bindparam("media_file_id"), Tag.span_level == bindparam("span_level")
)
_BETWEEN = _ON.where(Tag.start_s.between(bindparam("first"), bindparam("last"))).limit(
    bindparam("most", type_=Integer)
)
_AT = _ON.where(Tag.start_s.in_(_SOME))
_OF_WHOLE_FILES = _SAID.where(Tag.media_file_id.in_(_SOME), Tag.span_level == WHOLE_FILE)
_NAMED = (
    select(Tag.external_id, Tag.id, Batch.deleted_at, Batch.import_id)
    .join(Batch, Batch.id == Tag.batch_id)
    .where(
        Tag.tag_set_id == bindparam("tag_set_id"),
        Tag.deleted_at.is_(None),
        Tag.external_id.in_(_SOME),
    )
)
_FILLED = select(Track.tag_set_id, Track.media_file_id).where(
    tuple_(Track.tag_set_id, Track.media_file_id).in_(_SOME),
    Track.deleted_at.is_(None),
    select(Tag.id).where(Tag.track_id == Track.id, Tag.deleted_at.is_(None)).exists(),
)


@dataclass
class Known:
    """Which of some entries, by their places, are stored already."""

    numbers: dict[int, int] = field(default_factory=dict)
    """The numbers of the stored tags."""
    repeats: set[int] = field(default_factory=set)
    """Entries whose external id an earlier one of the same import has."""


class Memory:
    """Finds tags that were stored before an import began to store its own."""

    def __init__(self, import_id: int | None) -> None:
        self._import_id = import_id
        self._filled: dict[tuple[int, int], bool] = {}
        """Whether there were tags of a set on a recording when that was first met."""

    def find(self, columns: Columns) -> Known:
        """Return which entries are stored already.

        It has to be asked before tags of these entries' sets and recordings are stored.
        """
        self._look(set(zip(columns["tag_set_id"], columns["media_file_id"], strict=True)))
        known = self._by_name(columns)
        known.numbers |= self._by_what_they_say(columns)
        return known

    def _look(self, places: set[tuple[int, int]]) -> None:
        missing = sorted(places - self._filled.keys())
        self._filled |= dict.fromkeys(missing, False)
        for some in chunks(missing, AT_ONCE):
            rows = db.session.execute(_FILLED, {"some": some})
            self._filled |= dict.fromkeys(((set_id, number) for set_id, number in rows), True)

    def _by_name(self, columns: Columns) -> Known:
        """Find tags by external ids; those of imports that were undone do not count."""
        by_set: dict[int, dict[str, int]] = {}
        known = Known()
        pairs = zip(columns["tag_set_id"], columns["external_id"], strict=True)
        for at, (tag_set_id, name) in enumerate(pairs):
            if name is not None and by_set.setdefault(tag_set_id, {}).setdefault(name, at) != at:
                known.repeats.add(at)
        for tag_set_id, names in by_set.items():
            for some in chunks(names):
                asked = {"tag_set_id": tag_set_id, "some": some}
                for name, number, is_gone, import_id in db.session.execute(_NAMED, asked):
                    at = names[str(name)]
                    if is_gone is None:
                        known.numbers[at] = number
                    elif import_id == self._import_id:
                        known.repeats.add(at)
        return known

    def _by_what_they_say(self, columns: Columns) -> dict[int, int]:
        places = zip(columns["tag_set_id"], columns["media_file_id"], strict=True)
        names = columns["external_id"]
        wanted = [
            at for at, place in enumerate(places) if self._filled[place] and names[at] is None
        ]
        if not wanted:
            return {}
        said = dict(zip(wanted, _identities(columns, wanted), strict=True))
        starts: dict[tuple[int, int], set[float]] = defaultdict(set)
        for media_file_id, level, start_s, *_ in said.values():
            starts[media_file_id, level].add(start_s)
        whole = {number for number, level in starts if level == WHOLE_FILE}
        stored: dict[tuple[Any, ...], int] = {}
        for files in chunks(sorted(whole)):
            _keep(stored, db.session.execute(_OF_WHOLE_FILES, {"some": files}))
        for (number, level), some in starts.items():
            if level != WHOLE_FILE:
                _look_at(stored, number, level, some)
        return {at: stored[each] for at, each in said.items() if each in stored}


def _look_at(
    stored: dict[tuple[Any, ...], int], media_file_id: int, span_level: int, starts: set[float]
) -> None:
    """Add the tags that begin then: all from the first to the last, unless they are too many."""
    here = {"media_file_id": media_file_id, "span_level": span_level}
    most = len(starts) * DENSE
    span = {"first": min(starts), "last": max(starts), "most": most}
    rows = db.session.execute(_BETWEEN, here | span).all()
    if len(rows) < most:
        _keep(stored, rows)
        return
    for some in chunks(sorted(starts), AT_ONCE):
        _keep(stored, db.session.execute(_AT, {**here, "some": some}))


def _keep(stored: dict[tuple[Any, ...], int], rows: Iterable[Any]) -> None:
    """Add tags by what they say, the older of two that say the same."""
    for number, *said in rows:
        stored.setdefault(tuple(said), number)


def _identities(columns: Columns, wanted: list[int]) -> list[tuple[Any, ...]]:
    starts, ends = columns["start_s"], columns["end_s"]
    levels = [
        WHOLE_FILE if starts[at] is None else span_level(starts[at], ends[at]) for at in wanted
    ]
    others = [
        levels if name == "span_level" else [columns[name][at] for at in wanted]
        for name in IDENTITY
    ]
    return list(zip(*others, strict=True))
