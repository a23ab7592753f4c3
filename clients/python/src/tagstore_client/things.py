"""What the server keeps, as it is read: fields of newer servers that are not known are left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from tagstore_client.errors import TagstoreError


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that the server keeps. Moments are in UTC."""

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        """Return the thing that the JSON of the server speaks of."""
        names: tuple[str, ...] = cls.__slots__
        try:
            return cls(**{name: _value(name, said[name]) for name in names})
        except KeyError as error:
            detail = f"The server says nothing of {error} in a {cls.__name__}: it may be older."
            raise TagstoreError(detail) from None


def _value(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if value and name.endswith("_at") else value


@dataclass(frozen=True, slots=True)
class Me(Thing):
    """Whom the token names."""

    id: int
    name: str
    is_admin: bool
    read_only: bool


@dataclass(frozen=True, slots=True)
class Project(Thing):
    """What people share."""

    id: int
    key: str
    name: str
    description: str
    audience: str
    created_at: datetime
    version: int
    url: str


@dataclass(frozen=True, slots=True)
class TagSet(Thing):
    """A named layer of tags through a whole project."""

    id: int
    project: str
    name: str
    label: str
    color: str | None
    description: str
    hidden: bool
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class TagClass(Thing):
    """One entry of a project's vocabulary: a species, a call."""

    id: int
    public_id: str
    project: str
    group_id: int
    identifier: str
    label: str
    color: str
    hot_key: str | None
    parent_id: int | None
    low_hz: float | None
    high_hz: float | None
    retired: bool
    version: int


@dataclass(frozen=True, slots=True)
class MediaFile(Thing):
    """A recording, a film or a picture; `state` is `ready` when it could be read."""

    id: int
    qid: str
    project: str
    name: str
    folder: str
    kind: str
    mimetype: str
    format: str
    codec: str
    state: str
    reason: str
    pictures: str
    duration_s: float | None
    sample_rate: int | None
    samples: int | None
    channels: int | None
    bit_depth: int | None
    frame_rate: float | None
    width: int | None
    height: int | None
    size: int | None
    sha256: str | None
    recorded_at: datetime | None
    utc_offset_s: int | None
    latitude: float | None
    longitude: float | None
    info: dict[str, Any]
    created_at: datetime
    version: int
    url: str

    @property
    def path(self) -> str:
        """Its folder and name, as files of tags say it."""
        return f"{self.folder}/{self.name}" if self.folder else self.name


@dataclass(frozen=True, slots=True)
class Tag(Thing):
    """A statement about a stretch of a media file, in seconds and hertz."""

    id: int
    media_id: int
    tag_set_id: int
    track_id: str
    batch_id: int
    class_id: int | None
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
    author: str
    created_by: str | None
    created_at: datetime
    updated_by: str | None
    updated_at: datetime
    version: int
    url: str


@dataclass(frozen=True, slots=True)
class Format(Thing):
    """A format of annotation files; `loses` says what it cannot say of a tag."""

    key: str
    name: str
    suffix: str
    media_type: str
    reads: bool
    writes: bool
    loses: list[str]
