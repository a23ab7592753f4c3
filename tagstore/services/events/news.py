"""An event as its followers read it, and what they may follow."""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Select, and_, or_, select

from tagstore.models import Event

SHARED_S = 1.0
MOST_MADE = 20
MANY_FILES = ("tag.", "batch.", "import.")
"""Kinds of events that one of a project may have for many of its media files."""

Made = TypeVar("Made")


@dataclass(frozen=True)
class News:
    """One event as its followers read it."""

    seq: int
    kind: str
    project_id: int
    media_file_id: int | None
    actor_name: str
    at: Any
    request_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    _made: dict[Hashable, tuple[float, Any]] = field(default_factory=dict, compare=False)
    _making: threading.Lock = field(default_factory=threading.Lock, compare=False)

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what `make` makes of this news, made once for all who hear it now.

        Who hears it much later, or reads it up in the database, has it made anew.
        """
        made = self._fresh(key)
        if made is None:
            with self._making:
                made = self._fresh(key)
                if made is None:
                    made = self._keep(key, make())
        return cast(Made, made[1])

    def _fresh(self, key: Hashable) -> tuple[float, Any] | None:
        """Return what was made within the last second, with its moment."""
        made = self._made.get(key)
        return made if made and time.monotonic() - made[0] < SHARED_S else None

    def _keep(self, key: Hashable, thing: Any) -> tuple[float, Any]:
        if len(self._made) >= MOST_MADE:
            self._made.clear()
        made = self._made[key] = (time.monotonic(), thing)
        return made


@dataclass(frozen=True)
class Topic:
    """What somebody follows: a project, or one of its media files with its tags."""

    project_id: int
    media_file_id: int | None = None

    @property
    def condition(self) -> ColumnElement[bool]:
        """Return the condition for events that may concern the topic, bulks over many included."""
        if self.media_file_id is None:
            return Event.project_id == self.project_id
        return or_(
            Event.media_file_id == self.media_file_id,
            and_(
                Event.project_id == self.project_id,
                Event.media_file_id.is_(None),
                or_(*(Event.kind.startswith(each) for each in MANY_FILES)),
            ),
        )

    def concerns(self, news: News) -> bool:
        """Tell whether news of the same project concerns the topic; a bulk names its files."""
        if self.media_file_id is None or news.media_file_id is not None:
            return self.media_file_id in {None, news.media_file_id}
        touched = (news.after or {}).get("media_file_ids")
        may_touch = touched is None or self.media_file_id in touched
        return news.kind.startswith(MANY_FILES) and may_touch


def news_where(condition: ColumnElement[bool], most: int) -> Select[*tuple[Any, ...]]:
    """Return the query for the first so many news that fulfil the condition."""
    return (
        select(
            Event.seq,
            Event.kind,
            Event.project_id,
            Event.media_file_id,
            Event.actor_name,
            Event.at,
            Event.request_id,
            Event.before,
            Event.after,
        )
        .where(condition)
        .order_by(Event.seq)
        .limit(most)
    )
