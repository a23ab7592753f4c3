"""Which class of a project the words of a row mean."""

from collections import defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from sqlalchemy import ColumnElement, select

from tagstore.db import db
from tagstore.models import Project, TagClass
from tagstore.models.vocabularies import TagClassAlias
from tagstore.services.imports.choices import Choices, ForClass
from tagstore.values import fold

MOST_COMPARED = 5000
"""With more classes than these, only what is the same but for case and signs is called near."""
SIMILARITY = 0.85
LONGEST_LABEL = 100


class Kind(StrEnum):
    """How well the words of a row fit a class."""

    KNOWN = "known"
    """A class has this label or identifier."""
    ALIAS = "alias"
    """A class has this as another name."""
    NEAR = "near"
    """A class is called the same but for case, blanks and signs, or almost the same."""
    NEW = "new"
    """No class comes near."""


@dataclass(frozen=True)
class Named:
    """A class, by number and label."""

    id: int
    label: str


@dataclass(frozen=True)
class Match:
    """What was found for the words of rows; `taken` is the class they mean if nobody chooses."""

    kind: Kind
    near: tuple[Named, ...] = ()
    taken: Named | None = None


@dataclass(frozen=True)
class Meaning:
    """What becomes of rows with certain words: one of the three, or nothing while it is asked."""

    class_id: int | None = None
    new_label: str | None = None
    """A class of this name is to be made."""
    text: str | None = None
    is_left_out: bool = False

    @property
    def is_open(self) -> bool:
        """Tell whether somebody has to choose first."""
        is_said = self.class_id or self.new_label or self.text
        return not (is_said or self.is_left_out)


class Classes:
    """The classes in use of a project, by all their names."""

    def __init__(self, project: Project) -> None:
        """Read them."""
        self._exact: dict[str, Named] = {}
        self._aliases: dict[str, Named] = {}
        self._squashed: dict[str, list[Named]] = defaultdict(list)
        self._matches: dict[str, Match] = {}
        of_project = TagClass.project_id == project.id
        in_use = (of_project, TagClass.merged_into_id.is_(None), TagClass.retired_at.is_(None))
        query = select(TagClass.id, TagClass.label, TagClass.identifier).where(*in_use)
        found = db.session.execute(query.order_by(TagClass.id)).all()
        self.numbers = {number for number, _, _ in found}
        for number, label, identifier in found:
            named = Named(number, label)
            self._exact.setdefault(label, named)
            self._exact.setdefault(identifier, named)
            for each in {squashed(label), squashed(identifier)} - {""}:
                self._squashed[each].append(named)
        aliases = select(TagClassAlias.alias_folded, TagClass.id, TagClass.label).join(
            TagClassAlias.tag_class
        )
        for alias, number, label in db.session.execute(aliases.where(*in_use)):
            self._aliases.setdefault(alias, Named(number, label))
        self._remember_merged(
            of_project, {number: Named(number, label) for number, label, _ in found}
        )

    def _remember_merged(self, of_project: ColumnElement[bool], in_use: dict[int, Named]) -> None:
        """Let the names of classes that were merged into others stand for those."""
        query = select(TagClass.id, TagClass.merged_into_id, TagClass.label, TagClass.identifier)
        merged = db.session.execute(query.where(of_project, TagClass.merged_into_id.is_not(None)))
        rows = merged.all()
        into = {number: survivor for number, survivor, _, _ in rows}
        for number, _, label, identifier in rows:
            last: int | None = number
            while last in into:
                last = into[last]
            if last in in_use:
                self._aliases.setdefault(fold(label), in_use[last])
                self._aliases.setdefault(fold(identifier), in_use[last])

    def match(self, label: str) -> Match:
        """Return the class that words mean, and those that come near; look for them once."""
        if label not in self._matches:
            self._matches[label] = self._match(label)
        return self._matches[label]

    def _match(self, label: str) -> Match:
        if label in self._exact:
            return Match(Kind.KNOWN, taken=self._exact[label])
        if fold(label) in self._aliases:
            return Match(Kind.ALIAS, taken=self._aliases[fold(label)])
        plain = squashed(label)
        same = self._squashed.get(plain, [])
        if same:
            return Match(Kind.NEAR, tuple(same), same[0] if len(same) == 1 else None)
        if plain and len(self._squashed) <= MOST_COMPARED:
            close = get_close_matches(plain, self._squashed, n=3, cutoff=SIMILARITY)
            near = tuple(named for each in close for named in self._squashed[each])
            if near:
                return Match(Kind.NEAR, near)
        return Match(Kind.NEW)

    def meaning(self, label: str, choices: Choices) -> Meaning:
        """Return what becomes of rows with these words."""
        choice = choices.classes.get(label)
        if choice is not None and choice.isdecimal():
            return Meaning(class_id=int(choice)) if int(choice) in self.numbers else Meaning()
        if choice is None or choice == ForClass.ASK:
            taken = self.match(label).taken
            if taken is not None:
                return Meaning(class_id=taken.id)
            choice = choices.new_classes
        if choice == ForClass.CREATE and not may_be_made(label):
            return Meaning()
        return {
            ForClass.ASK: Meaning(),
            ForClass.CREATE: Meaning(new_label=label),
            ForClass.TEXT: Meaning(text=label),
            ForClass.LEAVE: Meaning(is_left_out=True),
        }[ForClass(choice)]


def may_be_made(label: str) -> bool:
    """Tell whether a class can have this name."""
    return len(label) <= LONGEST_LABEL and bool(label.strip())


def squashed(name: str) -> str:
    """Return a name without what people write now so, now so: case, blanks and signs."""
    return "".join(each for each in fold(name) if each.isalnum())
