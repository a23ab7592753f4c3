"""What must be true of tags before they are stored; every fault is found, not just the first."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, select

from tagstore.errors import Fault, InvalidItems
from tagstore.models import MediaFile, Tag, TagClass, TagSet, User
from tagstore.prepared import PreparedQuery
from tagstore.services.access import Guarded
from tagstore.services.rows import among
from tagstore.values import LARGEST_INTEGER, TAG_STATUSES, Actor, TagDraft, is_text

AnyQuery = PreparedQuery[*tuple[Any, ...]]

UNKNOWN = "There is no such thing in this project."
STATUSES = {None, *TAG_STATUSES}
TEXTS = ("text", "comment", "external_id", "source")

_IN_PROJECT: BindParameter[int] = bindparam("project_id")
_DURATIONS = PreparedQuery(
    select(MediaFile.id, MediaFile.duration_s).where(
        MediaFile.project_id == _IN_PROJECT, MediaFile.deleted_at.is_(None), among(MediaFile.id)
    )
)
_REFERENCES: dict[str, Select[Any]] = {
    "tag_set_id": select(TagSet.id).where(
        TagSet.project_id == _IN_PROJECT, TagSet.deleted_at.is_(None), among(TagSet.id)
    ),
    "tag_class_id": select(TagClass.id).where(
        TagClass.project_id == _IN_PROJECT, among(TagClass.id)
    ),
    "parent_id": select(Tag.id)
    .join(MediaFile, MediaFile.id == Tag.media_file_id)
    .where(MediaFile.project_id == _IN_PROJECT, Tag.deleted_at.is_(None), among(Tag.id)),
    "created_by_id": select(User.id).where(among(User.id)),
}
"""By what a tag refers with, which of some ids are there to be referred to."""
_EXISTING: dict[str, AnyQuery] = {name: PreparedQuery(q) for name, q in _REFERENCES.items()}


def checked(
    actor: Actor, project: Guarded, drafts: list[TagDraft], faults: Sequence[Fault] = ()
) -> list[TagDraft]:
    """Return the drafts as they are to be stored, or raise every fault at once.

    `faults` are those that the edge has found itself; nothing more is said of the same field.
    An end past the end of its file is moved there; a file of unknown duration is not checked.
    """
    ready, found = examined(actor, project, drafts, faults, range(len(drafts)))
    if found:
        raise InvalidItems(sorted(found, key=lambda each: each.index), len(drafts))
    return ready


def examined(
    actor: Actor,
    project: Guarded,
    drafts: list[TagDraft],
    faults: Sequence[Fault],
    indices: Sequence[int],
) -> tuple[list[TagDraft], list[Fault]]:
    """Return the drafts as they are to be stored, and those faults with all that are found.

    `indices` says by which number a fault knows each draft.
    """
    known = _known(project, drafts)
    durations = _durations(project, {d.media_file_id for d in drafts})
    check = _Check(actor.is_admin, durations, known, list(faults))
    ready = [
        draft if check.passes(draft) else check.closely(index, draft)
        for index, draft in zip(indices, drafts, strict=True)
    ]
    return ready, check.faults


def _durations(project: Guarded, ids: set[int | None]) -> dict[int, float | None]:
    return dict(_those(_DURATIONS, project, ids))


def _known(project: Guarded, drafts: list[TagDraft]) -> dict[str, set[int]]:
    """Return for each kind of reference which of the ids exist, one query each."""
    return {
        name: {number for (number,) in _those(query, project, {getattr(d, name) for d in drafts})}
        for name, query in _EXISTING.items()
    }


def _those(query: AnyQuery, project: Guarded, ids: set[int | None]) -> Sequence[Any]:
    """Return what a query finds of those ids that an engine can hold."""
    can_be = [each for each in ids if each is not None and abs(each) <= LARGEST_INTEGER]
    return query.rows(project_id=project.id, ids=can_be) if can_be else []


@dataclass
class _Check:
    """Looks at one draft after the other and keeps the faults."""

    is_admin: bool
    durations: dict[int, float | None]
    known: dict[str, set[int]]
    faults: list[Fault]
    told: set[tuple[int, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.told = {(fault.index, fault.field) for fault in self.faults}
        self.tag_sets = self.known["tag_set_id"]
        self.classes = self.known["tag_class_id"] | {None}
        self.parents = self.known["parent_id"] | {None}
        self.ends = {each: d or math.inf for each, d in self.durations.items()}

    def passes(self, draft: TagDraft) -> bool:
        """Return whether a draft is good as it is, at a glance; if not, look closely."""
        start_s, end_s = draft.start_s, draft.end_s
        low_hz, high_hz, score = draft.low_hz, draft.high_hz, draft.score
        return (
            start_s is not None
            and end_s is not None
            and 0.0 <= start_s <= end_s <= self.ends.get(draft.media_file_id, -1.0)
            and end_s < math.inf
            and (low_hz is None or 0.0 <= low_hz < math.inf)
            and (high_hz is None or (low_hz or 0.0) <= high_hz < math.inf)
            and (score is None or -math.inf < score < math.inf)
            and draft.tag_set_id in self.tag_sets
            and draft.tag_class_id in self.classes
            and draft.parent_id in self.parents
            and draft.created_by_id is None
            and draft.status in STATUSES
            and (draft.text is None or is_text(draft.text))
            and (draft.external_id is None or is_text(draft.external_id))
            and (draft.comment is None or is_text(draft.comment))
            and (not draft.source or is_text(draft.source))
        )

    def closely(self, index: int, draft: TagDraft) -> TagDraft:
        """Keep all the faults of a draft, and return it as it is to be stored."""
        self._check_references(index, draft)
        self._check_band(index, draft)
        self._check_words(index, draft)
        return self._clamped(index, draft)

    def _complain(
        self, index: int, name: str, code: str, message: str, value: object = None
    ) -> None:
        if not self.told & {(index, name), (index, "")}:
            self.faults.append(Fault(index, name, code, message, value))

    def _check_references(self, index: int, draft: TagDraft) -> None:
        if draft.media_file_id not in self.durations:
            words = "There is no such media file in this project."
            self._complain(index, "media_file_id", "unknown", words, draft.media_file_id)
        for name, ids in self.known.items():
            value = getattr(draft, name)
            if name == "created_by_id" and value is not None and not self.is_admin:
                words = "Only administrators may name another user."
                self._complain(index, name, "forbidden", words)
            elif value is not None and value not in ids:
                self._complain(index, name, "unknown", UNKNOWN, value)

    def _check_band(self, index: int, draft: TagDraft) -> None:
        low_hz, high_hz = draft.low_hz, draft.high_hz
        if low_hz is not None and not (math.isfinite(low_hz) and low_hz >= 0):
            self._complain(index, "low_hz", "range", "Must be 0 or more.")
        if high_hz is not None and not (math.isfinite(high_hz) and high_hz >= 0):
            self._complain(index, "high_hz", "range", "Must be 0 or more.")
        elif low_hz is not None and high_hz is not None and high_hz < low_hz:
            words = "Must not be below the lower frequency."
            self._complain(index, "high_hz", "order", words)

    def _check_words(self, index: int, draft: TagDraft) -> None:
        for name in TEXTS:
            value = getattr(draft, name)
            if value and not is_text(value):
                self._complain(index, name, "text", "Must be Unicode text without NUL.")
        if draft.status is not None and draft.status not in TAG_STATUSES:
            words = f"Must be one of {', '.join(TAG_STATUSES)}."
            self._complain(index, "status", "choice", words)
        if draft.score is not None and not math.isfinite(draft.score):
            self._complain(index, "score", "range", "Must be a finite number.")

    def _clamped(self, index: int, draft: TagDraft) -> TagDraft:
        start_s, end_s = draft.start_s, draft.end_s
        duration_s = self.durations.get(draft.media_file_id)
        if start_s is None and end_s is None:
            return draft
        if start_s is None or end_s is None:
            name = "start_s" if start_s is None else "end_s"
            self._complain(index, name, "missing", "A tag has both times, or neither.")
        elif not (math.isfinite(start_s) and start_s >= 0):
            self._complain(index, "start_s", "range", "Must be 0 or more.")
        elif not (math.isfinite(end_s) and end_s >= 0):
            self._complain(index, "end_s", "range", "Must be 0 or more.")
        elif end_s < start_s:
            self._complain(index, "end_s", "order", "Must not be before the start.")
        elif duration_s is not None and start_s > duration_s:
            self._complain(index, "start_s", "past_end", f"The file ends at {duration_s:g} s.")
        elif duration_s is not None and end_s > duration_s:
            return replace(draft, end_s=duration_s)
        return draft
