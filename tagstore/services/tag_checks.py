"""What must be true of tags before they are stored; every fault is found, not just the first."""

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, select

from tagstore.db import db
from tagstore.errors import Fault, InvalidItems
from tagstore.models import MediaFile, Project, Tag, TagClass, TagSet, User
from tagstore.values import LARGEST_INTEGER, TAG_STATUSES, Actor, TagDraft, is_text

MOST_IN_ONE_QUERY = 10_000
MOST_FAULTS = 10_000

Complain = Callable[[str, str, str], None]


def checked(actor: Actor, project: Project, drafts: list[TagDraft]) -> list[TagDraft]:
    """Return the drafts as they are to be stored, or raise every fault at once.

    An end past the end of its file is moved there; a file of unknown duration is not checked.
    """
    faults: list[Fault] = []
    durations = _durations(project, {d.media_file_id for d in drafts})
    known = _known(project, drafts)
    ready: list[TagDraft] = []
    for index, draft in enumerate(drafts):

        def complain(field: str, code: str, message: str, index: int = index) -> None:
            faults.append(Fault(index, field, code, message))

        _check_references(actor, draft, durations, known, complain)
        _check_band(draft, complain)
        _check_words(draft, complain)
        ready.append(_clamped(draft, durations.get(draft.media_file_id), complain))
    if faults:
        raise InvalidItems(faults)
    return ready


def _durations(project: Project, ids: set[int]) -> dict[int, float | None]:
    query = select(MediaFile.id, MediaFile.duration_s).where(
        MediaFile.project_id == project.id, MediaFile.deleted_at.is_(None)
    )
    return {
        media_file_id: duration_s
        for chunk in _chunks(ids)
        for media_file_id, duration_s in db.session.execute(query.where(MediaFile.id.in_(chunk)))
    }


def _known(project: Project, drafts: list[TagDraft]) -> dict[str, set[int]]:
    """Return for each kind of reference which of the ids exist, one query each."""
    return {
        "tag_set_id": _existing(
            select(TagSet.id).where(TagSet.project_id == project.id, TagSet.deleted_at.is_(None)),
            {d.tag_set_id for d in drafts},
        ),
        "tag_class_id": _existing(
            select(TagClass.id).where(TagClass.project_id == project.id),
            {d.tag_class_id for d in drafts},
        ),
        "parent_id": _existing(
            select(Tag.id)
            .join(MediaFile, MediaFile.id == Tag.media_file_id)
            .where(MediaFile.project_id == project.id, Tag.deleted_at.is_(None)),
            {d.parent_id for d in drafts},
        ),
        "created_by_id": _existing(select(User.id), {d.created_by_id for d in drafts}),
    }


def _existing(query: Select[int], ids: Iterable[int | None]) -> set[int]:
    column: Any = query.selected_columns[0]
    wanted = {each for each in ids if each is not None}
    return {
        found
        for chunk in _chunks(wanted)
        for found in db.session.scalars(query.where(column.in_(chunk)))
    }


def _chunks(ids: set[int]) -> Iterable[list[int]]:
    """Split the ids that an engine can hold into lists that one query can."""
    ordered = sorted(each for each in ids if abs(each) <= LARGEST_INTEGER)
    for start in range(0, len(ordered), MOST_IN_ONE_QUERY):
        yield ordered[start : start + MOST_IN_ONE_QUERY]


def _check_references(
    actor: Actor,
    draft: TagDraft,
    durations: dict[int, float | None],
    known: dict[str, set[int]],
    complain: Complain,
) -> None:
    if draft.media_file_id not in durations:
        complain("media_file_id", "unknown", "There is no such media file in this project.")
    if draft.created_by_id is not None and not actor.is_admin:
        complain("created_by_id", "forbidden", "Only administrators may name another user.")
    for field, ids in known.items():
        value = getattr(draft, field)
        if value is not None and value not in ids:
            complain(field, "unknown", "There is no such thing in this project.")


def _check_band(draft: TagDraft, complain: Complain) -> None:
    low_hz, high_hz = draft.low_hz, draft.high_hz
    if low_hz is not None and not (math.isfinite(low_hz) and low_hz >= 0):
        complain("low_hz", "range", "Must be 0 or more.")
    if high_hz is not None and not (math.isfinite(high_hz) and high_hz >= 0):
        complain("high_hz", "range", "Must be 0 or more.")
    if low_hz is not None and high_hz is not None and high_hz < low_hz:
        complain("high_hz", "order", "Must not be below the lower frequency.")
    if draft.channel is not None and draft.channel < 1:
        complain("channel", "range", "Channels count from 1.")


def _check_words(draft: TagDraft, complain: Complain) -> None:
    for field in ("text", "comment", "external_id", "source"):
        value = getattr(draft, field)
        if value and not is_text(value):
            complain(field, "text", "Must be Unicode text without NUL.")
    if draft.status is not None and draft.status not in TAG_STATUSES:
        complain("status", "choice", f"Must be one of {', '.join(TAG_STATUSES)}.")
    if draft.score is not None and not math.isfinite(draft.score):
        complain("score", "range", "Must be a finite number.")


def _clamped(draft: TagDraft, duration_s: float | None, complain: Complain) -> TagDraft:
    start_s, end_s = draft.start_s, draft.end_s
    if start_s is None and end_s is None:
        return draft
    if start_s is None or end_s is None:
        field = "start_s" if start_s is None else "end_s"
        complain(field, "missing", "A tag has both times, or neither.")
        return draft
    if not (math.isfinite(start_s) and start_s >= 0):
        complain("start_s", "range", "Must be 0 or more.")
    elif not (math.isfinite(end_s) and end_s >= 0):
        complain("end_s", "range", "Must be 0 or more.")
    elif end_s < start_s:
        complain("end_s", "order", "Must not be before the start.")
    elif duration_s is not None and start_s > duration_s:
        complain("start_s", "past_end", f"The file ends at {duration_s:g} s.")
    elif duration_s is not None and end_s > duration_s:
        return replace(draft, end_s=duration_s)
    return draft
