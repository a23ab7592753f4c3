"""What was found in the files of an import: counted, and the first of it kept to be shown."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

MOST_FAULTS = 1000
MOST_FILES = 1000
MOST_LABELS = 10_000
MOST_NAMES = 1000

MANY_LABELS = (
    f"There are more than {MOST_LABELS:,} different classes. Is that the column of the class?"
)


@dataclass(frozen=True)
class Found:
    """A fault: in which file, on which line, in which column, and why."""

    file: str
    line: int
    column: str | None
    reason: str
    rows: int = 1
    """How many rows have it."""


@dataclass(frozen=True)
class FileFound:
    """What one file holds."""

    name: str
    format: str
    tags: int
    skipped: int
    faults: int
    recording: str | None
    """The path of the recording that the file itself is about."""


@dataclass(frozen=True)
class LabelFound:
    """Words that rows say, what they mean, and which classes come near."""

    label: str
    rows: int
    kind: str
    near: list[dict[str, Any]]
    taken: int | None
    """The class that is meant if nobody chooses."""


@dataclass(frozen=True)
class NameFound:
    """A recording that rows name and that was not found, or more than once."""

    name: str
    rows: int
    reason: str
    candidates: list[dict[str, Any]]


@dataclass
class Findings:
    """All that was found; it grows while files are read."""

    files: list[FileFound] = field(default_factory=list)
    file_count: int = 0
    tags: int = 0
    """Rows that are tags, whether they can be stored or not."""
    skipped: Counter[str] = field(default_factory=Counter)
    """Lines that are rightly no tags, by why."""
    faults: list[Found] = field(default_factory=list)
    fault_count: int = 0
    recordings: int = 0
    """How many recordings have tags of these files."""
    cut: int = 0
    """Tags that went on after the end of their recording and now end there."""
    left_out: int = 0
    """Tags that people chose to leave out."""
    known: int = 0
    """Tags that are stored already."""
    changed: int = 0
    """Tags that are stored already and are to say what the file says."""
    added: int = 0
    """Tags that are new."""
    labels: list[LabelFound] = field(default_factory=list)
    names: list[NameFound] = field(default_factory=list)
    columns: list[tuple[str, str]] = field(default_factory=list)
    """Of the first table: its columns and the field that each holds."""
    columns_from: int | None = None
    """The import from which was taken over what people said of them."""
    looks_like_kilohertz: bool = False
    """All frequencies are so low that they may be kHz."""
    made: dict[str, list[int]] = field(default_factory=dict)
    """Numbers of the tag sets and classes that were made for them."""

    def fault(self, found: Found) -> None:
        """Keep a fault, or count it when there are many."""
        self.fault_count += found.rows
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(found)

    def document(self) -> dict[str, Any]:
        """Return it as a document; `read` reads it."""
        return asdict(self) | {"skipped": dict(self.skipped)}

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Return what a document says that was made here."""
        said = dict(document)
        for name, kind in _LISTS.items():
            said[name] = [kind(**each) for each in said.get(name, ())]
        said["columns"] = [(column, held) for column, held in said.get("columns", ())]
        return cls(**said | {"skipped": Counter(said.get("skipped", {}))})


_LISTS: dict[str, Any] = {
    "files": FileFound,
    "faults": Found,
    "labels": LabelFound,
    "names": NameFound,
}
