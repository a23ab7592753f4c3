"""What a bulk names: projects, groups, classes and media files, few questions for all of them."""

import re
from collections.abc import Iterable

from sqlalchemy import Select, and_, or_, select

from tagstore.db import db, take_turn
from tagstore.models import MediaFile, Project, TagClass, TagGroup
from tagstore.services.access import Can, require, visible
from tagstore.services.bulk.findings import Findings, chunks
from tagstore.values import LARGEST_INTEGER, Actor

NUMBER = re.compile(r"[0-9]{1,19}")

NO_SCOPE = "There is no such scope."


def number_of(name: str) -> int | None:
    """Return the number that a text is, if something may have it."""
    number = int(name) if NUMBER.fullmatch(name) else None
    return number if number is not None and number <= LARGEST_INTEGER else None


def find_projects(actor: Actor, names: Iterable[str]) -> dict[str, Project]:
    """Return the projects that the actor may see, by the key or number that names them."""
    found: dict[str, Project] = {}
    for chunk in chunks(names):
        numbers = {number: name for name in chunk if (number := number_of(name)) is not None}
        named = or_(Project.key.in_(chunk), Project.id.in_(numbers))
        for project in db.session.scalars(visible(actor, select(Project).where(named))):
            by_name = {name: project for name in chunk if number_of(name) == project.id}
            found |= by_name | {project.key: project}
    return found


def changeable_projects(
    actor: Actor, action: Can, names: Iterable[str], findings: Findings
) -> dict[str, Project]:
    """Return the projects that are named item by item; all that are seen must be the actor's."""
    ordered = list(names)
    found = find_projects(actor, ordered)
    projects = {each.id: each for each in found.values()}
    for project in projects.values():
        require(actor, action, project)
    take_turn(*projects)
    for index, name in enumerate(ordered):
        if name not in found:
            findings.invalid(index, "scope", "unknown", NO_SCOPE)
    return found


def find_groups(names: Iterable[str]) -> dict[tuple[int, str], TagGroup]:
    """Return groups by project and name; an id goes before a key."""
    by_key: dict[tuple[int, str], TagGroup] = {}
    by_id: dict[tuple[int, str], TagGroup] = {}
    for chunk in chunks(names):
        named = or_(TagGroup.public_id.in_(chunk), TagGroup.key.in_(chunk))
        for group in db.session.scalars(select(TagGroup).where(named)):
            by_key[group.project_id, group.key] = group
            by_id[group.project_id, group.public_id] = group
    return by_key | by_id


def find_classes(names: Iterable[str]) -> dict[tuple[int, str], TagClass]:
    """Return the classes in use by project and public id."""
    in_use = and_(TagClass.retired_at.is_(None), TagClass.merged_into_id.is_(None))
    return {
        (tag_class.project_id, tag_class.public_id): tag_class
        for chunk in chunks(names)
        for tag_class in db.session.scalars(
            select(TagClass).where(TagClass.public_id.in_(chunk), in_use)
        )
    }


def find_targets(names: Iterable[str]) -> dict[tuple[int, str], int]:
    """Return the numbers of media files by project and the qid or number that names them."""
    found: dict[tuple[int, str], int] = {}
    query: Select[int, int, str] = select(MediaFile.id, MediaFile.project_id, MediaFile.qid).where(
        MediaFile.deleted_at.is_(None)
    )
    for chunk in chunks(names):
        numbers: dict[int, list[str]] = {}
        for name in chunk:
            if (number := number_of(name)) is not None:
                numbers.setdefault(number, []).append(name)
        named = or_(MediaFile.qid.in_(chunk), MediaFile.id.in_(numbers))
        for media_file_id, project_id, qid in db.session.execute(query.where(named)):
            for name in (qid, *numbers.get(media_file_id, ())):
                found[project_id, name] = media_file_id
    return found
