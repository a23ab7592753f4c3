"""Classes by the thousand: all of them or, with every fault named, none."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import cast

import uuid_utils
from sqlalchemy import Table, func, select
from sqlalchemy.exc import IntegrityError

from tagstore import clock
from tagstore.db import db
from tagstore.errors import Conflict, Fault
from tagstore.models import Project, TagClass, TagGroup
from tagstore.services import events
from tagstore.services.access import Can
from tagstore.services.bulk.findings import Findings, existing
from tagstore.services.bulk.places import changeable_projects, find_groups
from tagstore.services.rows import Columns, insert_numbered
from tagstore.services.vocabularies import HOT_KEYS
from tagstore.values import COLOURS, Actor, ClassDraft, fold

TAG_CLASS = cast(Table, TagClass.__table__)
IN_USE = "Something has that id already."
TWICE = "That stands twice in the request."
TAKEN = "The group has a tag of that identifier already."
NO_GROUP = "There is no such group in this scope."
LOCKED = "That group is locked: it takes no new tags."


@dataclass(frozen=True)
class AddedClass:
    """A class that was just stored, as it was asked for."""

    public_id: str
    draft: ClassDraft
    created_at: datetime


@dataclass(frozen=True)
class Ready:
    """A class that may be stored."""

    project: Project
    group_id: int
    draft: ClassDraft


def add_classes(
    actor: Actor, drafts: Sequence[ClassDraft], faults: Sequence[Fault] = ()
) -> list[AddedClass]:
    """Make classes in the groups that they name.

    `faults` are those that the edge has found in the same list already.
    """
    findings = Findings(faults)
    projects = changeable_projects(actor, Can.MANAGE, (d.scope for d in drafts), findings)
    groups = _groups_of(drafts, projects, findings)
    _check_ids(drafts, findings)
    _check_identifiers(drafts, groups, findings)
    findings.settle(len(drafts))
    ready = [
        Ready(projects[draft.scope], group.id, draft)
        for draft, group in zip(drafts, groups, strict=True)
        if group is not None
    ]
    with unique_names():
        return insert_classes(actor, ready)


def _groups_of(
    drafts: Sequence[ClassDraft], projects: dict[str, Project], findings: Findings
) -> list[TagGroup | None]:
    """Return the group of every draft, None where there is none that takes it."""
    known = find_groups(draft.group for draft in drafts)
    groups: list[TagGroup | None] = []
    for index, draft in enumerate(drafts):
        project = projects.get(draft.scope)
        group = known.get((project.id, draft.group)) if project else None
        if project and group is None:
            findings.invalid(index, "group", "unknown", NO_GROUP)
        elif group is not None and group.closed:
            findings.taken(index, "group", "locked", LOCKED)
        groups.append(group)
    return groups


def _check_ids(drafts: Sequence[ClassDraft], findings: Findings) -> None:
    taken = ids_in_use(draft.public_id for draft in drafts)
    seen: set[str] = set()
    for index, draft in enumerate(drafts):
        if draft.public_id and draft.public_id in seen:
            findings.invalid(index, "public_id", "duplicate", TWICE)
        elif draft.public_id in taken:
            findings.taken(index, "public_id", "taken", IN_USE)
        seen.add(draft.public_id)


def ids_in_use(names: Iterator[str]) -> set[str]:
    """Return which public ids classes have already."""
    return existing(select(TagClass.public_id), TagClass.public_id, names)


def _check_identifiers(
    drafts: Sequence[ClassDraft], groups: Sequence[TagGroup | None], findings: Findings
) -> None:
    """Look for identifiers that the request or the store has twice in a group."""
    places = [
        (group.id if group else f"{draft.scope}/{draft.group}", draft.identifier)
        for draft, group in zip(drafts, groups, strict=True)
    ]
    wanted: dict[int, list[str]] = {}
    for group, draft in zip(groups, drafts, strict=True):
        if group is not None:
            wanted.setdefault(group.id, []).append(draft.identifier)
    taken = {
        (group_id, name)
        for group_id, names in wanted.items()
        for name in existing(
            select(TagClass.identifier).where(TagClass.group_id == group_id),
            TagClass.identifier,
            names,
        )
    }
    seen: set[tuple[int | str, str]] = set()
    for index, place in enumerate(places):
        if place[1] and place in seen:
            findings.invalid(index, "identifier", "duplicate", TWICE)
        elif place in taken:
            findings.taken(index, "identifier", "taken", TAKEN)
        seen.add(place)


def insert_classes(actor: Actor, ready: Sequence[Ready]) -> list[AddedClass]:
    """Store checked classes with one statement, and record one event a project."""
    if not ready:
        return []
    now = clock.now()
    drafts = [each.draft for each in ready]
    public_ids = [draft.public_id or f"tag_{uuid_utils.uuid7()}" for draft in drafts]
    colours, hot_keys = _looks([each.project for each in ready])
    columns: Columns = {
        "public_id": public_ids,
        "project_id": [each.project.id for each in ready],
        "group_id": [each.group_id for each in ready],
        "identifier": [draft.identifier for draft in drafts],
        "label": [draft.label for draft in drafts],
        "label_folded": [fold(draft.label) for draft in drafts],
        "color": colours,
        "hot_key": hot_keys,
        "created_by_id": [actor.user_id] * len(ready),
        "created_at": [now] * len(ready),
        "version": [1] * len(ready),
    }
    _record(actor, ready, insert_numbered(TAG_CLASS, columns))
    return [AddedClass(*each, now) for each in zip(public_ids, drafts, strict=True)]


def _looks(projects: Sequence[Project]) -> tuple[list[str], list[str | None]]:
    """Return a colour and a free hot key for every class, as long as there are any."""
    of_project = {
        project_id: _looks_left(project_id) for project_id in {each.id for each in projects}
    }
    pairs = [next(of_project[project.id]) for project in projects]
    colours, hot_keys = zip(*pairs, strict=True)
    return list(colours), list(hot_keys)


def _looks_left(project_id: int) -> Iterator[tuple[str, str | None]]:
    of_project = TagClass.project_id == project_id
    count = db.session.scalar(select(func.count()).where(of_project)) or 0
    taken = set(
        db.session.scalars(
            select(TagClass.hot_key).where(
                of_project, TagClass.hot_key.is_not(None), TagClass.retired_at.is_(None)
            )
        )
    )
    free = iter([key for key in HOT_KEYS if key not in taken])
    while True:
        yield COLOURS[count % len(COLOURS)], next(free, None)
        count += 1


def _record(actor: Actor, ready: Sequence[Ready], ids: list[int]) -> None:
    rows = sorted(
        zip((each.project.id for each in ready), ids, ready, strict=True), key=lambda row: row[:2]
    )
    for _, group in groupby(rows, key=lambda row: row[0]):
        of_project = list(group)
        after = {"ids": [number for _, number, _ in of_project]}
        events.record(actor, "class.added", project=of_project[0][2].project, after=after)


@contextmanager
def unique_names() -> Iterator[None]:
    """Let the database's word that a name was taken meanwhile be a conflict that says so."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict("Somebody took one of these names meanwhile. Nothing was stored.") from error
