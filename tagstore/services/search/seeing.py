"""Tags as answers show them, each one row: to make objects of thousands of tags takes long."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Select, Table, select

from tagstore.models import Batch, Tag, TrackAuthor, User
from tagstore.prepared import PreparedQuery
from tagstore.services.rows import among


class SeenTag(NamedTuple):
    """What is kept of a tag, and the names of its author, creator and last editor."""

    id: int
    media_file_id: int
    tag_set_id: int
    track_id: uuid.UUID
    batch_id: int
    source: str
    tag_class_id: int | None
    text: str | None
    start_s: float | None
    end_s: float | None
    low_hz: float | None
    high_hz: float | None
    channel: int | None
    frame_info: dict[str, object] | None
    score: float | None
    kind: int
    parent_id: int | None
    machine_tagged: bool
    user_tagged: bool
    randomly_chosen: bool
    info: dict[str, object]
    external_id: str | None
    comment: str | None
    status: str | None
    created_at: datetime
    updated_at: datetime
    version: int
    author: str
    creator: str | None
    editor: str | None


_TAG, _BATCH, _AUTHOR, _USER = (
    cast(Table, each.__table__) for each in (Tag, Batch, TrackAuthor, User)
)
_CREATOR, _EDITOR = _USER.alias("creator"), _USER.alias("editor")
_NAMES = {"author": _AUTHOR.c.author, "creator": _CREATOR.c.name, "editor": _EDITOR.c.name}
_COLUMNS = {**_TAG.c, **_NAMES}

SEEN: Select[Any] = (
    select(*map(_COLUMNS.__getitem__, SeenTag._fields))
    .join(_BATCH, _BATCH.c.id == _TAG.c.batch_id)
    .join(_AUTHOR, _AUTHOR.c.id == _BATCH.c.track_author_id)
    .join(_CREATOR, _CREATOR.c.id == _TAG.c.created_by_id, isouter=True)
    .join(_EDITOR, _EDITOR.c.id == _TAG.c.updated_by_id, isouter=True)
)
"""Asks for the fields of `SeenTag` of every tag."""

_THESE = PreparedQuery(SEEN.where(among(_TAG.c.id)))


def see(rows: Iterable[Any]) -> list[SeenTag]:
    """Return the tags that a query made of `SEEN` has found."""
    return list(map(SeenTag._make, rows))


def see_these(ids: Sequence[int]) -> list[SeenTag]:
    """Return the tags of these numbers, in their order."""
    found = {tag.id: tag for tag in see(_THESE.rows(ids=ids))}
    return list(map(found.__getitem__, ids))
