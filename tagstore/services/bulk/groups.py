"""Vocabularies with their first classes, several at once, and their end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import uuid_utils
from sqlalchemy import Table, delete, select

from tagstore import clock
from tagstore.db import db
from tagstore.errors import Conflict, Fault
from tagstore.models import Project, Tag, TagClass, TagGroup
from tagstore.services import events
from tagstore.services.access import Can, require
from tagstore.services.bulk.classes import (
    IN_USE,
    TWICE,
    AddedClass,
    Ready,
    ids_in_use,
    insert_classes,
    unique_names,
)
from tagstore.services.bulk.findings import Findings, existing
from tagstore.services.bulk.places import changeable_projects
from tagstore.services.rows import Columns, insert_numbered
from tagstore.values import Actor, GroupDraft

TAG_GROUP = cast(Table, TagGroup.__table__)
TAKEN = "The scope has a group of that key already."


@dataclass(frozen=True)
class AddedGroup:
    """A vocabulary that was just stored, as it was asked for."""

    public_id: str
    draft: GroupDraft
    created_at: datetime
    classes: list[AddedClass]


def add_groups(
    actor: Actor, drafts: Sequence[GroupDraft], faults: Sequence[Fault] = ()
) -> list[AddedGroup]:
    """Make vocabularies and their classes: all of them or, with every fault named, none."""
    findings = Findings(faults)
    projects = changeable_projects(actor, Can.MANAGE, (d.scope for d in drafts), findings)
    _check_ids(drafts, findings)
    _check_keys(drafts, projects, findings)
    _check_classes(drafts, findings)
    findings.settle(len(drafts))
    with unique_names():
        return _insert(actor, drafts, [projects[draft.scope] for draft in drafts])


def _check_ids(drafts: Sequence[GroupDraft], findings: Findings) -> None:
    taken = existing(
        select(TagGroup.public_id), TagGroup.public_id, (draft.public_id for draft in drafts)
    )
    seen: set[str] = set()
    for index, draft in enumerate(drafts):
        if draft.public_id and draft.public_id in seen:
            findings.invalid(index, "public_id", "duplicate", TWICE)
        elif draft.public_id in taken:
            findings.taken(index, "public_id", "taken", IN_USE)
        seen.add(draft.public_id)


def _check_keys(
    drafts: Sequence[GroupDraft], projects: dict[str, Project], findings: Findings
) -> None:
    numbers = {name: project.id for name, project in projects.items()}
    wanted: dict[int, list[str]] = {}
    for draft in drafts:
        if draft.scope in numbers:
            wanted.setdefault(numbers[draft.scope], []).append(draft.key)
    taken = {
        (number, key)
        for number, keys in wanted.items()
        for key in existing(
            select(TagGroup.key).where(TagGroup.project_id == number), TagGroup.key, keys
        )
    }
    seen: set[tuple[int | str, str]] = set()
    for index, draft in enumerate(drafts):
        place = (numbers.get(draft.scope, draft.scope), draft.key)
        if draft.key and place in seen:
            findings.invalid(index, "key", "duplicate", TWICE)
        elif place in taken:
            findings.taken(index, "key", "taken", TAKEN)
        seen.add(place)


def _check_classes(drafts: Sequence[GroupDraft], findings: Findings) -> None:
    """Look for ids that stand twice in the request or are in use, and for equal identifiers."""
    taken = ids_in_use(each.public_id for draft in drafts for each in draft.classes)
    ids: set[str] = set()
    for index, draft in enumerate(drafts):
        identifiers: set[str] = set()
        for number, each in enumerate(draft.classes):
            place = f"classes/{number}"
            if each.public_id and each.public_id in ids:
                findings.invalid(index, f"{place}/public_id", "duplicate", TWICE)
            elif each.public_id in taken:
                findings.taken(index, f"{place}/public_id", "taken", IN_USE)
            if each.identifier and each.identifier in identifiers:
                findings.invalid(index, f"{place}/identifier", "duplicate", TWICE)
            ids.add(each.public_id)
            identifiers.add(each.identifier)


def _insert(
    actor: Actor, drafts: Sequence[GroupDraft], projects: Sequence[Project]
) -> list[AddedGroup]:
    if not drafts:
        return []
    now = clock.now()
    public_ids = [draft.public_id or f"tag_group_{uuid_utils.uuid7()}" for draft in drafts]
    columns: Columns = {
        "public_id": public_ids,
        "project_id": [project.id for project in projects],
        "key": [draft.key for draft in drafts],
        "name": [draft.name for draft in drafts],
        "description": [draft.description for draft in drafts],
        "closed": [draft.closed for draft in drafts],
        "most_per_target": [draft.most_per_target for draft in drafts],
        "created_by_id": [actor.user_id] * len(drafts),
        "created_at": [now] * len(drafts),
        "version": [1] * len(drafts),
    }
    ids = insert_numbered(TAG_GROUP, columns)
    for number, draft, project in zip(ids, drafts, projects, strict=True):
        events.record(actor, "group.added", project=project, after={"id": number, "key": draft.key})
    made = insert_classes(actor, list(_ready(ids, drafts, projects)))
    classes = iter(made)
    return [
        AddedGroup(public_id, draft, now, [next(classes) for _ in draft.classes])
        for public_id, draft in zip(public_ids, drafts, strict=True)
    ]


def _ready(
    ids: list[int], drafts: Sequence[GroupDraft], projects: Sequence[Project]
) -> Iterator[Ready]:
    for number, draft, project in zip(ids, drafts, projects, strict=True):
        for each in draft.classes:
            yield Ready(project, number, each)


def delete_group(actor: Actor, group: TagGroup) -> None:
    """Delete a vocabulary with its classes, unless tags use one of them."""
    require(actor, Can.MANAGE, group.project)
    of_group = TagClass.group_id == group.id
    used = select(Tag.id).join(TagClass, TagClass.id == Tag.tag_class_id).where(of_group).limit(1)
    if db.session.scalar(used) is not None:
        raise Conflict("Tags of this group are in use. Lock the group, or retire its tags instead.")
    after = {"id": group.id, "key": group.key}
    events.record(actor, "group.deleted", project=group.project, after=after)
    db.session.execute(delete(TagClass).where(of_group))
    db.session.execute(delete(TagGroup).where(TagGroup.id == group.id))
