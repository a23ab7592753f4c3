"""Storing the tags of an import where nobody sees them yet, some thousand at a time."""

from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple, cast

from tagstore import clock
from tagstore.db import db
from tagstore.errors import TooLarge
from tagstore.models import Project
from tagstore.services import batches, tag_rows
from tagstore.services.imports.choices import Choices
from tagstore.services.imports.entries import Entry
from tagstore.services.imports.findings import Found
from tagstore.services.imports.knowing import Known, Memory
from tagstore.services.imports.naming import Names
from tagstore.services.imports.reading import Reading
from tagstore.services.rows import Columns
from tagstore.services.tag_rows import Home
from tagstore.values import Actor, OnDuplicate, TagChanges

MOST_CHANGED = 100_000
SAID = (
    *("start_s", "low_hz", "high_hz", "channel", "score", "info", "external_id", "comment"),
    *("status", "frame"),
)
"""What is kept of a row as it is; `frame` is `frame_info` in the store."""
BLANK = {"kind": 0, "parent_id": None, "user_tagged": False, "randomly_chosen": False}

IS_THERE = "It is stored already."
IS_TWIN = "Another file says the same."
REPEATS = "An earlier row has the same external id."
MANY_CHANGES = f"It would change more than {MOST_CHANGED:,} stored tags at once. Divide it."

_said = attrgetter(*SAID)


class Place(NamedTuple):
    """A tag set and a recording, and who made the tags: where a batch is."""

    tag_set_id: int
    media_file_id: int
    author: str


class Change(NamedTuple):
    """A stored tag that is to say what an entry says."""

    tag_id: int
    class_id: int | None
    entry: Entry


def said_by(change: Change) -> TagChanges:
    """Return what an entry says of a stored tag; what it does not say is left alone."""
    entry = change.entry
    said = dict(zip(SAID, _said(entry.row), strict=True))
    said |= {
        "frame_info": said.pop("frame"),
        "end_s": entry.end_s,
        "text": entry.text,
        "source": entry.sense.source,
        "tag_class_id": change.class_id,
    }
    return cast(TagChanges, {n: value for n, value in said.items() if value not in (None, "", {})})


class Staging:
    """What becomes of the entries of one import: they are kept until `stop`."""

    def __init__(self, actor: Actor, project_id: int, import_id: int, choices: Choices) -> None:
        self.names = Names(actor)
        self.changes: list[Change] = []
        """Tags of earlier times, which are changed when the import is shown."""
        self.choices = choices
        self.project_id = project_id
        self._actor, self._import_id = actor, import_id
        self._memory = Memory(import_id)
        self._homes: dict[Place, Home] = {}

    @property
    def is_kept(self) -> bool:
        """Tell whether what is put is stored, with the names that it needs."""
        return self.names.makes

    def stop(self) -> None:
        """From now on only look: nothing of the import is going to be kept."""
        self.names.makes = False

    def put(self, entries: Sequence[Entry], reading: Reading) -> None:
        """Store those entries that are new, in the transaction that is open; count them all."""
        project = db.session.get_one(Project, self.project_id)
        columns = self._columns(project, entries)
        known = self._memory.find(columns, [entry.file for entry in entries])
        old = known.all
        if old:
            self._meet(known, entries, columns, reading)
            new = [at for at in range(len(entries)) if at not in old]
            columns = {name: [values[at] for at in new] for name, values in columns.items()}
        reading.findings.added += len(columns["media_file_id"])
        if columns["media_file_id"] and self.is_kept:
            self._store(project, columns)

    def _columns(self, project: Project, entries: Sequence[Entry]) -> Columns:
        """Return entries field by field, as they are stored, with the author of each."""
        senses, rows, ends, _ = zip(*entries, strict=True)
        columns: Columns = dict(zip(SAID, zip(*map(_said, rows), strict=True), strict=True))
        columns["frame_info"] = columns.pop("frame")
        columns["end_s"] = ends
        columns["text"] = [entry.text for entry in entries]
        columns["source"] = [sense.source for sense in senses]
        columns["author"] = [sense.author for sense in senses]
        columns["media_file_id"] = [sense.recording.id for sense in senses]
        columns |= {name: [value] * len(entries) for name, value in BLANK.items()}
        columns["machine_tagged"] = [score is not None for score in columns["score"]]
        columns["tag_set_id"] = self.names.tag_sets(project, entries)
        columns["tag_class_id"] = self.names.classes(project, entries)
        return columns

    def _meet(
        self, known: Known, entries: Sequence[Entry], columns: Columns, reading: Reading
    ) -> None:
        """Do with entries that are stored already what was chosen."""
        findings, policy = reading.findings, self.choices.on_duplicate
        if policy is OnDuplicate.SKIP:
            findings.known += len(known.all)
            return
        faults = dict.fromkeys(known.repeats, REPEATS)
        if policy is OnDuplicate.UPDATE:
            findings.changed += len(known.numbers)
            findings.known += len(known.twins)
            classes = columns["tag_class_id"]
            for at, number in known.numbers.items():
                self.changes.append(Change(number, classes[at], entries[at]))
            if len(self.changes) > MOST_CHANGED:
                raise TooLarge(MANY_CHANGES)
        else:
            faults |= dict.fromkeys(known.numbers, IS_THERE)
            faults |= dict.fromkeys(known.twins, IS_TWIN)
        for at, reason in sorted(faults.items()):
            entry = entries[at]
            findings.fault(Found(reading.names[entry.file], entry.row.line, None, reason))
            reading.is_spoilt = True

    def _store(self, project: Project, columns: Columns) -> None:
        authors = columns["author"]
        places = list(map(Place, columns["tag_set_id"], columns["media_file_id"], authors))
        self._make_homes(set(places))
        tracks, batch_ids = zip(*(self._homes[place] for place in places), strict=True)
        batches.write_sources(zip(batch_ids, columns["source"], strict=True))
        stored = {name: values for name, values in columns.items() if name != "author"}
        stored |= {"track_id": tracks, "batch_id": batch_ids}
        tag_rows.store(project, stored, [self._actor.user_id] * len(places), clock.now())

    def _make_homes(self, wanted: set[Place]) -> None:
        missing = sorted(wanted - self._homes.keys())
        if not missing:
            return
        tracks = batches.find_or_add_tracks((place[0], place[1]) for place in missing)
        works = {place: (tracks[place[0], place[1]], place.author) for place in missing}
        made = batches.stage_batches(
            self._actor, self._import_id, works.values(), replaces=self.choices.replaces
        )
        self._homes |= {place: (work[0], made[work]) for place, work in works.items()}
