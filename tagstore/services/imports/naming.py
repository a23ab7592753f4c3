"""The numbers of the tag sets and classes that an import names; new ones are made."""

from collections.abc import Sequence

from sqlalchemy import select

from tagstore.db import db, take_turn
from tagstore.models import Project, TagClass, TagGroup, TagSet
from tagstore.services import tag_sets, vocabularies
from tagstore.services.access import Can, require
from tagstore.services.bulk.classes import Ready, insert_classes, unique_names
from tagstore.services.imports.entries import Entry
from tagstore.services.rows import chunks
from tagstore.values import Actor, ClassDraft

NOBODY = 0
"""The number of what is only looked for and is not there."""


class Names:
    """Knows numbers by names; makes what is missing, or only looks."""

    def __init__(self, actor: Actor) -> None:
        self._sets_made: list[int] = []
        self._classes_made: list[int] = []
        self.makes = True
        self._actor = actor
        self._sets: dict[str, int] = {}
        self._classes: dict[str, int] = {}

    @property
    def made(self) -> dict[str, list[int]]:
        """Return the numbers of what was made."""
        return {"tag_sets": list(self._sets_made), "classes": list(self._classes_made)}

    def tag_sets(self, project: Project, entries: Sequence[Entry]) -> list[int]:
        """Return the numbers of the tag sets of entries."""
        names = [entry.sense.tag_set for entry in entries]
        for name in dict.fromkeys(names):
            if name not in self._sets:
                self._sets[name] = self._tag_set(project, name)
        return [self._sets[name] for name in names]

    def classes(self, project: Project, entries: Sequence[Entry]) -> list[int | None]:
        """Return the numbers of the classes of entries."""
        meanings = [entry.sense.meaning for entry in entries]
        wanted = dict.fromkeys(meaning.new_label for meaning in meanings)
        missing = [label for label in wanted if label is not None and label not in self._classes]
        if missing and self.makes:
            self._classes |= self._make(project, missing)
        elif missing:
            self._classes |= dict.fromkeys(missing, NOBODY)
        return [
            meaning.class_id if meaning.new_label is None else self._classes[meaning.new_label]
            for meaning in meanings
        ]

    def _tag_set(self, project: Project, name: str) -> int:
        found = db.session.scalar(
            select(TagSet.id).where(
                TagSet.project_id == project.id, TagSet.name == name, TagSet.deleted_at.is_(None)
            )
        )
        if found is None and self.makes:
            found = tag_sets.find_or_add_tag_set(self._actor, project, name).id
            self._sets_made.append(found)
        return found or NOBODY

    def _make(self, project: Project, labels: list[str]) -> dict[str, int]:
        """Make classes, or bring back the retired ones of these names; return their numbers."""
        require(self._actor, Can.MANAGE, project)
        take_turn(project.id)
        group = vocabularies.open_group(self._actor, project, None)
        retired = _numbers(group, labels)
        for some in chunks(retired.values()):
            for tag_class in db.session.scalars(select(TagClass).where(TagClass.id.in_(some))):
                vocabularies.edit_class(self._actor, tag_class, retired=False)
        new = [label for label in labels if label not in retired]
        drafts = [ClassDraft(identifier=label, label=label) for label in new]
        with unique_names():
            insert_classes(self._actor, [Ready(project, group.id, draft) for draft in drafts])
        made = retired | _numbers(group, new)
        self._classes_made += made.values()
        return made


def _numbers(group: TagGroup, labels: list[str]) -> dict[str, int]:
    """Return the numbers of the classes of a group that have these identifiers."""
    query = select(TagClass.identifier, TagClass.id).where(TagClass.group_id == group.id)
    found: dict[str, int] = {}
    for some in chunks(labels):
        found |= dict(db.session.execute(query.where(TagClass.identifier.in_(some))).all())
    return found
