"""The numbers of the tag sets and classes that an import names; new ones are made."""

from collections.abc import Sequence

from sqlalchemy import select

from tagstore.db import db
from tagstore.models import Project, TagClass, TagGroup, TagSet
from tagstore.services import tag_sets, vocabularies
from tagstore.services.imports.entries import Entry
from tagstore.services.vocabularies.groups import DEFAULT_GROUP
from tagstore.values import Actor

NOBODY = 0
"""The number of what is only looked for and is not there."""


class Names:
    """Knows numbers by names; makes what is missing, or only looks."""

    def __init__(self, actor: Actor, *, makes: bool) -> None:
        self._sets_made: list[int] = []
        self._classes_made: list[int] = []
        self.makes = makes
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
        for label in dict.fromkeys(meaning.new_label for meaning in meanings):
            if label is not None and label not in self._classes:
                self._classes[label] = self._class(project, label) if self.makes else NOBODY
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

    def _class(self, project: Project, label: str) -> int:
        """Make a class, or bring back the retired one of that name."""
        retired = db.session.scalar(
            select(TagClass)
            .join(TagClass.group)
            .where(
                TagClass.project_id == project.id,
                TagGroup.key == DEFAULT_GROUP,
                TagClass.identifier == label,
                TagClass.retired_at.is_not(None),
                TagClass.merged_into_id.is_(None),
            )
        )
        if retired is not None:
            made = vocabularies.edit_class(self._actor, retired, retired=False)
        else:
            made = vocabularies.add_class(self._actor, project, label)
        self._classes_made.append(made.id)
        return made.id
