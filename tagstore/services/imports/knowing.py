"""Which tags of an import are stored already: by external ids, else by what they say."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Integer, bindparam, or_, select, tuple_

from tagstore.db import db
from tagstore.models import Batch, Tag, Track
from tagstore.models.tags import WHOLE_FILE
from tagstore.services.batches import Place
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
_SAID = (
    select(Tag.id, Batch.deleted_at, *(getattr(Tag, name) for name in IDENTITY))
    .join(Batch, Batch.id == Tag.batch_id)
    .where(
        Tag.deleted_at.is_(None),
        or_(Batch.deleted_at.is_(None), Batch.import_id == bindparam("own")),
    )
)
"""Tags that show, and those of the import itself, whose batches count as deleted yet."""
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

Identity = tuple[Any, ...]

SEVERAL = -1
"""Stands for the file of a place to which more than one file has brought tags."""


@dataclass
class Known:
    """Which of some entries, by their places in the lot, are stored already."""

    numbers: dict[int, int] = field(default_factory=dict)
    """The numbers of the stored tags."""
    repeats: set[int] = field(default_factory=set)
    """Entries whose external id an earlier one of the same import has."""
    twins: set[int] = field(default_factory=set)
    """Entries that say what another file of the same import has said before."""

    @property
    def all(self) -> set[int]:
        """Return all of them."""
        return self.numbers.keys() | self.repeats | self.twins


@dataclass
class _Stored:
    """Tags that were found, by what they say."""

    before: dict[Identity, int] = field(default_factory=dict)
    own: set[Identity] = field(default_factory=set)

    def add(self, rows: Iterable[Any]) -> None:
        """Add tags, the older of two that say the same."""
        for number, deleted_at, *said in rows:
            if deleted_at is None:
                self.before.setdefault(tuple(said), number)
            else:
                self.own.add(tuple(said))


class Memory:
    """Finds tags that were stored before an import began, or that another file of it brought."""

    def __init__(self, import_id: int) -> None:
        self._import_id = import_id
        self._filled: dict[Place, bool] = {}
        """Whether there were tags of a set on a recording when that was first met."""
        self._files: dict[Place, int] = {}
        """Which file of the import has brought tags there."""

    def find(self, columns: Columns, files: Sequence[int]) -> Known:
        """Return which entries are stored already; `files` are the numbers of their files.

        It has to be asked before tags of these entries' sets and recordings are stored.
        """
        places = list(zip(columns["tag_set_id"], columns["media_file_id"], strict=True))
        self._look(set(places))
        known = self._by_name(columns)
        self._by_what_they_say(known, columns, places, files)
        for place, file in zip(places, files, strict=True):
            if self._files.setdefault(place, file) != file:
                self._files[place] = SEVERAL
        return known

    def _look(self, places: set[Place]) -> None:
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

    def _by_what_they_say(
        self, known: Known, columns: Columns, places: list[Place], files: Sequence[int]
    ) -> None:
        """Find the same on the same stretch; rows of one file are never taken for each other's."""
        are_mixed = len(set(files)) > 1
        wanted = [
            at
            for at, place in enumerate(places)
            if columns["external_id"][at] is None
            and (are_mixed or self._filled[place] or self._has_of_others(place, files[at]))
        ]
        said = dict(zip(wanted, _identities(columns, wanted), strict=True)) if wanted else {}
        looked_up = {
            at: each
            for at, each in said.items()
            if self._filled[places[at]] or self._has_of_others(places[at], files[at])
        }
        stored = self._stored(looked_up.values())
        first: dict[Identity, int] = {}
        for at, each in said.items():
            if each in stored.before:
                known.numbers[at] = stored.before[each]
            elif first.setdefault(each, files[at]) != files[at] or (
                each in stored.own and self._has_of_others(places[at], files[at])
            ):
                known.twins.add(at)

    def _has_of_others(self, place: Place, file: int) -> bool:
        return self._files.get(place, file) != file

    def _stored(self, identities: Iterable[Identity]) -> _Stored:
        """Return the tags that may say the same."""
        starts: dict[tuple[int, int], set[float]] = defaultdict(set)
        for media_file_id, level, start_s, *_ in identities:
            starts[media_file_id, level].add(start_s)
        whole = {number for number, level in starts if level == WHOLE_FILE}
        stored, own = _Stored(), {"own": self._import_id}
        for files in chunks(sorted(whole)):
            stored.add(db.session.execute(_OF_WHOLE_FILES, {**own, "some": files}))
        for (number, level), some in starts.items():
            if level != WHOLE_FILE:
                here = {**own, "media_file_id": number, "span_level": level}
                stored.add(_beginning(here, some))
        return stored


def _beginning(here: dict[str, Any], starts: set[float]) -> list[Any]:
    """Return the tags that begin then: all from the first to the last, if that is not too many."""
    most = len(starts) * DENSE
    span = {"first": min(starts), "last": max(starts), "most": most}
    rows = db.session.execute(_BETWEEN, here | span).all()
    if len(rows) < most:
        return list(rows)
    return [
        row
        for some in chunks(sorted(starts), AT_ONCE)
        for row in db.session.execute(_AT, {**here, "some": some})
    ]


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
