"""What may be said in a request, typed, and how it is written there."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal, TypedDict

Status = Literal["proposed", "accepted", "rejected", "unsure"]
OnDuplicate = Literal["error", "skip", "update"]
Sort = Literal["start_s", "-start_s", "created_at", "-created_at", "score", "-score"]
MediaSort = Literal[
    "name",
    "-name",
    "recorded",
    "-recorded",
    "duration",
    "-duration",
    "size",
    "-size",
    "added",
    "-added",
]

WIRE = {"tag_class": "class"}
"""Names that Python keeps for itself."""


class MediaFilters(TypedDict, total=False):
    """Which media files are wanted."""

    folder: str
    """In it, and in the folders below."""
    q: str
    """Any part of the name."""
    kind: Literal["audio", "video", "image", "external"]
    state: Literal["new", "ready", "failed", "missing", "changed"]
    tagged: bool
    sort: MediaSort


class TagFilters(TypedDict, total=False):
    """Which tags are wanted."""

    start_s: float
    end_s: float
    low_hz: float
    high_hz: float
    tag_set: int | str
    """A number or a name."""
    tag_class: int | str
    """A number, an identifier or a label."""
    track: str
    batch: int
    author: str
    score_gte: float
    score_lte: float
    status: Status
    q: str
    """Beginnings of words; in one media file any part of the text."""


class TagChanges(TypedDict, total=False):
    """What may be changed in a tag; None clears."""

    start_s: float | None
    end_s: float | None
    low_hz: float | None
    high_hz: float | None
    channel: int | None
    tag_set_id: int
    class_id: int | None
    text: str | None
    frame_info: dict[str, Any] | None
    score: float | None
    kind: int
    source: str
    parent_id: int | None
    machine_tagged: bool
    user_tagged: bool
    randomly_chosen: bool
    info: dict[str, Any] | None
    external_id: str | None
    comment: str | None
    status: Status | None


class NewTag(TagChanges, total=False):
    """What may be said of a tag that is to be made."""

    media_id: int | str
    """A number or a qid."""
    tag_set: str
    """A name; a tag set of a new name is made."""
    tag_class: str
    """The identifier of a class."""


def query(said: Mapping[str, object]) -> dict[str, str]:
    """Return parameters as they stand in an address; what is None stands nowhere."""
    return {WIRE.get(name, name): _text(value) for name, value in said.items() if value is not None}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{Decimal(repr(float(value))):f}"  # The server takes no exponents.
    return str(value)


def body(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of a tag as its JSON has it."""
    return {WIRE.get(name, name): value for name, value in said.items()}
