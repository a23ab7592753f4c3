"""Frozen values that edges and services hand to each other."""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import repeat
from typing import Any, Generic, Literal, TypedDict, TypeVar
from uuid import UUID

PROJECT_KEY = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9_-]{1,64}")
COLOUR = re.compile(r"#[0-9a-f]{6}")
COLOURS = (
    "#56b4e9",
    "#e69f00",
    "#2fbf8f",
    "#f0e442",
    "#ff7f50",
    "#cc79a7",
    "#9fa8ff",
    "#c7d36f",
)
LARGEST_INTEGER = 2**63 - 1
LONGEST_LEVEL = 25

Thing = TypeVar("Thing")


class Role(StrEnum):
    """What a member may do in a project; each may do what those above may."""

    VIEWER = "viewer"
    """Reads."""
    ANNOTATOR = "annotator"
    """Also makes tags, tracks and tag sets, edits any tag, deletes its own."""
    MANAGER = "manager"
    """Also deletes others' tags and changes classes, tag sets, media and members."""


class Audience(StrEnum):
    """Who may read a project without being a member of it."""

    MEMBERS = "members"
    """Nobody else."""
    SIGNED_IN = "signed_in"
    """Everyone who is signed in."""
    WORLD = "world"
    """Everyone, on the pages and our own API."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `user_id` is null for a stranger and for the system itself.

    With `only_project` the credential counts in the project of that key and nowhere else.
    """

    user_id: int | None
    name: str
    is_admin: bool = False
    read_only: bool = False
    is_system: bool = False
    only_project: str | None = None


STRANGER = Actor(None, "")
SYSTEM = Actor(None, "system", is_admin=True, is_system=True)


@dataclass(frozen=True, slots=True)
class TagDraft:
    """A tag as someone wants it, whatever dialect they spoke. Seconds and hertz."""

    media_file_id: int
    tag_set_id: int
    tag_class_id: int | None = None
    text: str | None = None
    start_s: float | None = None
    end_s: float | None = None
    low_hz: float | None = None
    high_hz: float | None = None
    channel: int | None = None
    frame_info: dict[str, Any] | None = None
    score: float | None = None
    kind: int = 0
    source: str = ""
    parent_id: int | None = None
    machine_tagged: bool = False
    user_tagged: bool = False
    randomly_chosen: bool = False
    info: dict[str, Any] = field(default_factory=dict)
    external_id: str | None = None
    comment: str | None = None
    status: str | None = None
    created_by_id: int | None = None
    """Somebody else to record as the author; admins only."""


def drafts_of(columns: Mapping[str, Iterable[Any]]) -> list[TagDraft]:
    """Return drafts made of columns; a field that has none stays what it is by default."""
    blank = TagDraft(0, 0)
    names = TagDraft.__dataclass_fields__
    return list(map(TagDraft, *(columns.get(f, repeat(getattr(blank, f))) for f in names)))


@dataclass(frozen=True, slots=True)
class ClassDraft:
    """A class as someone wants it, in a group that they name; an empty field is unreadable."""

    scope: str = ""
    """The project: its key, or its number as text."""
    group: str = ""
    """The group: its public id, or its key."""
    identifier: str = ""
    label: str = ""
    public_id: str = ""
    """Empty: one is chosen."""


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """A vocabulary as someone wants it, with its first classes."""

    scope: str = ""
    key: str = ""
    name: str = ""
    description: str = ""
    closed: bool = False
    most_per_target: int | None = None
    public_id: str = ""
    classes: tuple[ClassDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class AssignmentDraft:
    """A class to be put on a whole media file."""

    scope: str = ""
    tag_class: str = ""
    """The class's public id."""
    target: str = ""
    """The media file: its qid, or its number as text."""
    public_id: str = ""


class TagChanges(TypedDict, total=False):
    """Changes to a tag: a missing key leaves alone, None clears."""

    media_file_id: int
    tag_set_id: int
    tag_class_id: int | None
    text: str | None
    start_s: float | None
    end_s: float | None
    low_hz: float | None
    high_hz: float | None
    channel: int | None
    frame_info: dict[str, Any] | None
    score: float | None
    kind: int
    source: str
    parent_id: int | None
    machine_tagged: bool
    user_tagged: bool
    randomly_chosen: bool
    info: dict[str, Any]
    external_id: str | None
    comment: str | None
    status: str | None
    created_by_id: int | None


def changed(draft: TagDraft, changes: TagChanges) -> TagDraft:
    """Apply changes; a class given takes the text's place and the other way round."""
    fields = {field: getattr(draft, field) for field in TagDraft.__dataclass_fields__}
    fields |= dict(changes)
    if changes.get("tag_class_id") is not None:
        fields["text"] = None
    elif changes.get("text") is not None:
        fields["tag_class_id"] = None
    return TagDraft(**fields)


@dataclass(frozen=True)
class TagList:
    """Many tags as someone wants them: a column of values for each field of a draft.

    Three columns hold names: `media` (a number or qid), `tag_set` and `tag_class`, which is a
    class's identifier; a name that is null leaves it to `tag_set_id` or `tag_class_id`.
    """

    columns: Mapping[str, Sequence[Any]]
    said: Sequence[frozenset[str]]
    """The fields that each tag speaks of, the rest being blank."""


class OnDuplicate(StrEnum):
    """What is done with a tag whose external id another tag of the tag set has."""

    ERROR = "error"
    """Nothing is stored at all."""
    SKIP = "skip"
    """The other one stays as it is."""
    UPDATE = "update"
    """The other one is changed where this one says something."""


TagStatus = Literal["proposed", "accepted", "rejected", "unsure"]
TAG_STATUSES = ("proposed", "accepted", "rejected", "unsure")


OPEN_JOB_STATES = ("waiting", "running")
JOB_STATES = (*OPEN_JOB_STATES, "done", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list is wanted, and whether it is to be counted whatever its length."""

    limit: int = 100
    cursor: str | None = None
    is_exact: bool = False


@dataclass(frozen=True)
class Page(Generic[Thing]):
    """Some things of a list, where the next begin, and how many there are if that is known."""

    things: Sequence[Thing]
    next: str | None
    total: int | None


@dataclass(frozen=True)
class TagQuery:
    """Which tags of a media file or project are wanted; null: no such limit."""

    start_s: float | None = None
    end_s: float | None = None
    low_hz: float | None = None
    high_hz: float | None = None
    track_id: UUID | None = None
    tag_set_id: int | None = None
    tag_class_id: int | None = None
    author: str | None = None
    batch_id: int | None = None
    score_gte: float | None = None
    status: str | None = None
    text: str | None = None
    score_lte: float | None = None
    tag_set_ids: tuple[int, ...] = ()
    """Any of these; none: whichever."""
    tag_class_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class MediaQuery:
    """Which media files of a project are wanted; null: no such limit."""

    folder: str | None = None
    text: str | None = None
    state: str | None = None
    kind: str | None = None
    tagged: bool | None = None
    sort: str = "name"


def fold(text: str) -> str:
    """Return the form in which two texts are compared without regard to case.

    NFC after full case folding (Unicode 3.13, definition D144), the same on every engine.
    """
    return unicodedata.normalize("NFC", text.casefold())


def span_level(start_s: float, end_s: float) -> int:
    """Return the power of two of seconds that a span of `end_s - start_s` fits in.

    `ceil(log2(max(end - start, 1 ms)))`; an index on (media file, level, start) then finds
    every overlap with one short range scan per level. What lasts longer than a year shares
    the last level, `LONGEST_LEVEL`.
    """
    return min(math.ceil(math.log2(max(end_s - start_s, 0.001))), LONGEST_LEVEL)


def is_text(value: str) -> bool:
    """Return whether a text is free of NUL and lone surrogates, so that every engine keeps it."""
    try:
        return b"\0" not in value.encode()
    except UnicodeEncodeError:
        return False
