"""Assignments: classes on whole media files, written to a tag set of their own."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVarTuple

import uuid_utils
from sqlalchemy import Row, Select, func, or_, select

from tagstore.db import db
from tagstore.errors import Fault, NotFound
from tagstore.models import MediaFile, Project, Tag, TagClass, TagGroup, TagSet, Track, User
from tagstore.models.tags import WHOLE_FILE
from tagstore.services import tag_sets, tags
from tagstore.services.access import Can, visible
from tagstore.services.batches import counts_now
from tagstore.services.bulk.classes import IN_USE, TWICE, unique_names
from tagstore.services.bulk.findings import Findings, existing
from tagstore.services.bulk.places import (
    changeable_projects,
    find_classes,
    find_targets,
    number_of,
)
from tagstore.services.rows import chunks
from tagstore.values import Actor, AssignmentDraft, TagDraft

TAG_SET = "assignments"
PUBLIC_ID = re.compile(r"(?!batch\Z)[A-Za-z0-9_.:-]{1,64}")
"""What an id of Bedrock's clients looks like."""


@dataclass(frozen=True)
class Assignment:
    """A class on a whole media file, as it is shown."""

    public_id: str
    tag_class: str
    target: str
    scope: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Ready:
    """What the names in one draft stand for; None where it is nothing."""

    project: Project | None
    tag_class: TagClass | None
    target: int | None


def add_assignments(
    actor: Actor, drafts: Sequence[AssignmentDraft], faults: Sequence[Fault] = ()
) -> list[Assignment]:
    """Put classes on whole media files: all of them or, with every fault named, none."""
    findings = Findings(faults)
    projects = changeable_projects(actor, Can.TAG, (d.scope for d in drafts), findings)
    ready = _resolved(drafts, projects, findings)
    _check_ids(drafts, findings)
    _check_most(ready, findings)
    findings.settle(len(drafts))
    named = [
        replace(draft, public_id=draft.public_id or f"tag_assignment_{uuid_utils.uuid7()}")
        for draft in drafts
    ]
    with unique_names():
        times = _insert(actor, named, ready)
    return [
        Assignment(d.public_id, d.tag_class, d.target, d.scope, actor.name, at)
        for d, at in zip(named, times, strict=True)
    ]


def _resolved(
    drafts: Sequence[AssignmentDraft], projects: dict[str, Project], findings: Findings
) -> list[Ready]:
    classes = find_classes(draft.tag_class for draft in drafts)
    targets = find_targets(draft.target for draft in drafts)
    found: list[Ready] = []
    for index, draft in enumerate(drafts):
        project = projects.get(draft.scope)
        if project is None:
            found.append(Ready(None, None, None))
            continue
        tag_class = classes.get((project.id, draft.tag_class))
        target = targets.get((project.id, draft.target))
        if tag_class is None:
            words = "There is no such tag in this scope."
            findings.invalid(index, "tag_class", "unknown", words)
        if target is None:
            words = "There is no such media file in this scope."
            findings.invalid(index, "target", "unknown", words)
        found.append(Ready(project, tag_class, target))
    return found


def _check_ids(drafts: Sequence[AssignmentDraft], findings: Findings) -> None:
    sets = select(TagSet.id).where(TagSet.name == TAG_SET, TagSet.deleted_at.is_(None))
    query = select(Tag.external_id).where(
        Tag.tag_set_id.in_(sets), Tag.deleted_at.is_(None), Tag.external_id.is_not(None)
    )
    taken = existing(query, Tag.external_id, (draft.public_id for draft in drafts))
    seen: set[str] = set()
    for index, draft in enumerate(drafts):
        if draft.public_id and draft.public_id in seen:
            findings.invalid(index, "public_id", "duplicate", TWICE)
        elif draft.public_id in taken:
            findings.taken(index, "public_id", "taken", IN_USE)
        seen.add(draft.public_id)


def _check_most(ready: Sequence[Ready], findings: Findings) -> None:
    """Refuse more classes of a group on a file than the group allows."""
    most = _limits({each.tag_class.group_id for each in ready if each.tag_class})
    limited = [
        (index, (each.target, each.tag_class.group_id))
        for index, each in enumerate(ready)
        if each.tag_class and each.target is not None and each.tag_class.group_id in most
    ]
    applied = _applied(set(most), {target for _, (target, _) in limited})
    for index, place in limited:
        applied[place] += 1
        if applied[place] > most[place[1]]:
            words = f"At most {most[place[1]]} of this group may be on one target."
            findings.taken(index, "tag_class", "limit", words)


def _limits(group_ids: set[int]) -> dict[int, int]:
    """Return how many of each group may be applied; whoever else applies them waits."""
    found: dict[int, int] = {}
    for some in chunks(sorted(group_ids)):
        rows = db.session.execute(
            select(TagGroup.id, TagGroup.most_per_target)
            .where(
                TagGroup.id.in_(some),
                TagGroup.most_per_target.is_not(None),
            )
            .with_for_update()
        )
        found |= {number: most for number, most in rows if most is not None}
    return found


def _applied(group_ids: set[int], targets: set[int]) -> Counter[tuple[int, int]]:
    """Return how many classes of each group are on each file now."""
    found: Counter[tuple[int, int]] = Counter()
    for some in chunks(sorted(targets) if group_ids else []):
        rows = db.session.execute(
            _shown(select(Tag.media_file_id, TagClass.group_id, func.count()))
            .where(
                Tag.media_file_id.in_(some),
                TagClass.group_id.in_(group_ids),
            )
            .group_by(Tag.media_file_id, TagClass.group_id)
        )
        found.update({(target, group): number for target, group, number in rows})
    return found


def _insert(
    actor: Actor, drafts: Sequence[AssignmentDraft], ready: Sequence[Ready]
) -> list[datetime]:
    """Store checked assignments project by project; return when each was stored."""
    of_project: dict[int, list[int]] = {}
    projects = {each.project.id: each.project for each in ready if each.project}
    for index, each in enumerate(ready):
        if each.project:
            of_project.setdefault(each.project.id, []).append(index)
    times: dict[int, datetime] = {}
    for project_id, indices in of_project.items():
        project = projects[project_id]
        tag_set = tag_sets.find_or_add_tag_set(actor, project, TAG_SET)
        wanted = [_tag_draft(tag_set.id, drafts[index], ready[index]) for index in indices]
        added = tags.add_tags(actor, project, wanted)
        times |= dict.fromkeys(indices, added.created_at)
    return [times[index] for index in range(len(drafts))]


def _tag_draft(tag_set_id: int, draft: AssignmentDraft, ready: Ready) -> TagDraft:
    return TagDraft(
        ready.target or 0,
        tag_set_id,
        ready.tag_class.id if ready.tag_class else None,
        external_id=draft.public_id,
    )


def list_assignments(
    actor: Actor,
    *,
    project: Project | None = None,
    group: TagGroup | None = None,
    tag_class: str | None = None,
    target: str | None = None,
) -> list[Assignment]:
    """Return every class that shows on a whole file, in whatever way it came there."""
    query = _columns(actor)
    if project is not None:
        query = query.where(MediaFile.project_id == project.id)
    if group is not None:
        query = query.where(TagClass.group_id == group.id)
    if tag_class:
        query = query.where(TagClass.public_id == tag_class)
    if target:
        query = query.where(or_(MediaFile.qid == target, MediaFile.id == number_of(target)))
    return [_shown_as(row) for row in db.session.execute(query.order_by(Tag.id))]


def delete_assignment(actor: Actor, public_id: str) -> None:
    """Delete an assignment, known by its id or the tag's number."""
    query = _columns(actor).where(
        or_(
            (TagSet.name == TAG_SET) & (Tag.external_id == public_id),
            Tag.id == number_of(public_id),
        )
    )
    found = [row for row in db.session.execute(query) if _shown_as(row).public_id == public_id]
    numbers = [row[0] for row in found] or [row[0] for row in db.session.execute(query)]
    if not numbers:
        raise NotFound("No such assignment.")
    tags.delete_tag(actor, tags.get_tag(actor, min(numbers)))


Shown = tuple[int, str | None, str, str, str, str, str | None, datetime]
Columns = TypeVarTuple("Columns")


def _columns(actor: Actor) -> Select[*Shown]:
    query: Select[*Shown] = select(
        Tag.id,
        Tag.external_id,
        TagSet.name,
        TagClass.public_id,
        MediaFile.qid,
        Project.key,
        User.name,
        Tag.created_at,
    )
    query = _shown(query).join(Project, Project.id == MediaFile.project_id)
    return visible(actor, query.outerjoin(User, User.id == Tag.created_by_id))


def _shown(query: Select[*Columns]) -> Select[*Columns]:
    """Narrow a query on tags to the classes that show on whole files."""
    return (
        query.select_from(Tag)
        .join(TagClass, TagClass.id == Tag.tag_class_id)
        .join(MediaFile, MediaFile.id == Tag.media_file_id)
        .join(TagSet, TagSet.id == Tag.tag_set_id)
        .join(Track, Track.id == Tag.track_id)
        .where(
            Tag.span_level == WHOLE_FILE,
            Tag.deleted_at.is_(None),
            MediaFile.deleted_at.is_(None),
            TagSet.deleted_at.is_(None),
            Track.deleted_at.is_(None),
            counts_now(Tag.batch_id, Tag.source),
        )
    )


def _shown_as(row: Row[*Shown]) -> Assignment:
    number, external_id, tag_set, tag_class, qid, scope, by, at = row
    has_own = tag_set == TAG_SET and PUBLIC_ID.fullmatch(external_id or "")
    public_id = external_id if has_own and external_id else str(number)
    return Assignment(public_id, tag_class, qid, scope, by or "system", at)
