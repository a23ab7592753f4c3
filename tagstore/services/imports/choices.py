"""What people decide of an import: how files are read, and what becomes of their rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Self

from tagstore.errors import Invalid
from tagstore.formats import registry
from tagstore.formats.format import Format
from tagstore.formats.tables.columns import FIELDS
from tagstore.formats.tables.plain import PLAIN
from tagstore.values import LARGEST_INTEGER, OnDuplicate, is_text

READABLE = tuple(each for each in registry.FORMATS if each.read)
ITSELF = ""
"""The name under which the recording is chosen that all files are about whose rows name none."""


class ForClass(StrEnum):
    """What is done with rows whose class the project does not have."""

    ASK = "ask"
    """Nothing yet: such rows are faults."""
    CREATE = "create"
    """The class is made; one that was retired comes back."""
    TEXT = "text"
    """The words become free text."""
    LEAVE = "leave"
    """The rows are left out."""


@dataclass(frozen=True)
class Choices:
    """All decisions of one import. The defaults are what is done when nobody says anything."""

    format: str | None = None
    """None: what each file's beginning tells."""
    tag_set: str | None = None
    """None: the row's own track, else the name of the format."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Fields of a row by the columns of a table; an empty one: into `info`."""
    decimal_comma: bool = False
    kilohertz: bool | None = None
    """None: the format's own unit."""
    placeholders: bool = False
    """Rows that say that nothing was found are tags too."""
    for_spreadsheets: bool = False
    """A `'` before what a spreadsheet would take for a formula is taken away."""
    classes: Mapping[str, str] = field(default_factory=dict)
    """By the words of rows: the number of a class, or one of `ForClass`."""
    new_classes: ForClass = ForClass.ASK
    """What is done with those that `classes` does not name."""
    recordings: Mapping[str, int] = field(default_factory=dict)
    """The numbers of media files by what rows call them, or by a file's own name; see `ITSELF`."""
    on_duplicate: OnDuplicate = OnDuplicate.SKIP
    """What is done with a row that is stored already."""
    good_rows: bool = False
    """Rows with faults are left out; otherwise they keep all others from being stored."""
    replaces: bool = False
    """What the same author had on the same tracks shows no more."""
    author: str | None = None
    """Who or what made the tags; None: what the row says, else the file."""

    @property
    def makes_classes(self) -> bool:
        """Tell whether classes that are missing are to be made."""
        return ForClass.CREATE in {self.new_classes, *self.classes.values()}

    def format_of(self, head: bytes) -> Format | None:
        """Return the format that was named or found; with columns named, any table will do."""
        if self.format:
            return registry.named(self.format)
        return registry.detected(head) or (PLAIN if self.columns else None)

    def document(self) -> dict[str, Any]:
        """Return them as a document; `read` reads it."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            name: dict(value) if isinstance(value, Mapping) else value
            for name, value in found.items()
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Return checked choices of a document, or raise Invalid with every fault."""
        known = {each.name for each in fields(cls)}
        said = {name: value for name, value in document.items() if name in known}
        faults = dict.fromkeys(document.keys() - known, "is not known")
        for name, kind in (("new_classes", ForClass), ("on_duplicate", OnDuplicate)):
            if name in said and said[name] not in set(kind):
                faults[name] = f"must be one of {', '.join(kind)}"
            elif name in said:
                said[name] = kind(said[name])
        faults |= _faults(said)
        if faults:
            raise Invalid("That cannot be chosen.", **faults)
        return cls(**said)


def _faults(said: Mapping[str, Any]) -> dict[str, str]:
    faults = {
        name: "must be text of at most 200 characters"
        for name in ("tag_set", "author")
        if (value := said.get(name)) is not None and not _is_name(value)
    }
    if said.get("format") is not None:
        try:
            if registry.named(said["format"]).read is None:
                faults["format"] = "can only be written"
        except Invalid as error:
            faults["format"] = error.message
    for column, held in said.get("columns", {}).items():
        if held and held not in FIELDS:
            faults["columns"] = f"“{column}” cannot be “{held}”"
    for label, choice in said.get("classes", {}).items():
        if not (_is_number(choice) or choice in set(ForClass)):
            faults["classes"] = f"“{label}” has to be a class's number or one of the words"
    for name, number in said.get("recordings", {}).items():
        if not (isinstance(number, int) and 0 < number <= LARGEST_INTEGER):
            faults["recordings"] = f"“{name}” has to be a media file's number"
    return faults


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= 200 and is_text(value)


def _is_number(choice: str) -> bool:
    return choice.isdecimal() and 0 < int(choice) <= LARGEST_INTEGER
