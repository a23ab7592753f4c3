"""From the names in a list of tags to what they name: few questions, however long the list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from tagstore.db import db
from tagstore.errors import Invalid
from tagstore.models import MediaFile, Project, TagClass, TagSet
from tagstore.services import tag_sets
from tagstore.services.access import Can, require, visible
from tagstore.services.bulk.findings import Findings
from tagstore.services.bulk.places import number_of
from tagstore.services.rows import chunks
from tagstore.values import Actor, TagDraft, TagList, drafts_of

MOST_NEW_TAG_SETS = 1000

Name = int | str | None
Columns = Mapping[str, Sequence[Any]]


@dataclass
class Lot:
    """Those tags of a list that one project is to take, and where they stand in the list."""

    project: Project
    indices: Sequence[int]
    drafts: list[TagDraft]


def sort_out(actor: Actor, wanted: TagList, findings: Findings) -> list[Lot]:
    """Return a lot for every project that is named, if the actor may tag in all of them.

    Tag sets that are named and not there are made.
    """
    media = wanted.columns["media"]
    found = _media_files(actor, set(media))
    by_project: dict[int, list[int]] = {}
    for index, name in enumerate(media):
        if name in found:
            by_project.setdefault(found[name][1], []).append(index)
        else:
            findings.invalid(index, "media_file_id", "unknown", "There is no such media file.")
    projects = {number: db.session.get_one(Project, number) for number in by_project}
    for project in projects.values():
        require(actor, Can.TAG, project)
    numbers = {name: number for name, (number, _) in found.items()}
    return [
        _lot(actor, projects[number], indices, numbers, wanted.columns, findings)
        for number, indices in by_project.items()
    ]


def _lot(
    actor: Actor,
    project: Project,
    indices: Sequence[int],
    media_files: dict[Name, int],
    columns: Columns,
    findings: Findings,
) -> Lot:
    if len(indices) < len(columns["media"]):
        columns = {name: [column[i] for i in indices] for name, column in columns.items()}
    naming = _Naming(actor, project, indices, columns, findings)
    numbers = {
        "media_file_id": [media_files[name] for name in columns["media"]],
        "tag_set_id": naming.numbers("tag_set", naming.tag_sets),
        "tag_class_id": naming.numbers("tag_class", naming.classes),
    }
    return Lot(project, indices, drafts_of({**columns, **numbers}))


def _media_files(actor: Actor, names: set[Name]) -> dict[Name, tuple[int, int]]:
    """Return the number and the project's number of the media files that the actor sees."""
    query = visible(
        actor,
        select(MediaFile.id, MediaFile.qid, MediaFile.project_id)
        .join(MediaFile.project)
        .where(MediaFile.deleted_at.is_(None)),
    )
    numbers = {name: number_of(str(name)) for name in names}
    by_number: dict[int | None, tuple[int, int]] = {}
    by_qid: dict[str, tuple[int, int]] = {}
    for some in chunks(number for number in numbers.values() if number is not None):
        for number, _, project_id in db.session.execute(query.where(MediaFile.id.in_(some))):
            by_number[number] = (number, project_id)
    for qids in chunks(str(name) for name, number in numbers.items() if number is None):
        for number, qid, project_id in db.session.execute(query.where(MediaFile.qid.in_(qids))):
            by_qid[qid] = (number, project_id)
    found = {name: by_number.get(numbers[name]) or by_qid.get(str(name)) for name in names}
    return {name: place for name, place in found.items() if place is not None}


@dataclass
class _Naming:
    """Finds what the tags of one project name."""

    actor: Actor
    project: Project
    indices: Sequence[int]
    columns: Columns
    findings: Findings

    def numbers(
        self, name: str, find: Callable[[set[str]], dict[str, int]]
    ) -> Sequence[int | None]:
        """Return the numbers that one column holds, or those of what another names."""
        names, numbers = self.columns[name], self.columns[f"{name}_id"]
        wanted = {each for each in names if each is not None}
        if not wanted:
            return numbers
        found = find(wanted)
        if len(found) < len(wanted):
            for index, each in zip(self.indices, names, strict=True):
                if each is not None and each not in found:
                    message = "There is no such thing in this project."
                    self.findings.invalid(index, name, "unknown", message)
        return [
            number if each is None else found.get(each, 0)
            for each, number in zip(names, numbers, strict=True)
        ]

    def tag_sets(self, names: set[str]) -> dict[str, int]:
        """Return the numbers of tag sets by name; a name that will not do is not found."""
        query = select(TagSet.name, TagSet.id).where(
            TagSet.project_id == self.project.id, TagSet.deleted_at.is_(None)
        )
        found: dict[str, int] = {}
        for some in chunks(names):
            found |= dict(db.session.execute(query.where(TagSet.name.in_(some))).all())
        missing = sorted(name for name in names if name not in found and name.strip())
        if len(missing) > MOST_NEW_TAG_SETS:
            message = f"That would make more than {MOST_NEW_TAG_SETS} new tag sets at once."
            raise Invalid(message, tag_set="names too many new tag sets")
        for name in missing:
            found[name] = tag_sets.add_tag_set(self.actor, self.project, name).id
        return found

    def classes(self, names: set[str]) -> dict[str, int]:
        """Return the numbers of classes by identifier, of several the oldest."""
        query = (
            select(TagClass.identifier, func.min(TagClass.id))
            .where(TagClass.project_id == self.project.id)
            .group_by(TagClass.identifier)
        )
        found: dict[str, int] = {}
        for some in chunks(names):
            found |= dict(db.session.execute(query.where(TagClass.identifier.in_(some))).all())
        return found
