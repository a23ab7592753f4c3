"""Finding tags: in a window of one media file, and across a project.

In one media file a search finds any part of a label or text, across a project the beginnings of
words: a file's window bounds what is looked at, a project's tags only the words that are kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Float,
    Integer,
    Select,
    Subquery,
    bindparam,
    func,
    select,
    union_all,
)

from tagstore.db import db
from tagstore.models import MediaFile, Project, Tag, TagSet, Track
from tagstore.prepared import PreparedQuery
from tagstore.services.access import Can, require
from tagstore.services.batches import counts_now
from tagstore.services.media_files import SeenMediaFile
from tagstore.services.paging import COUNTED_TO, Key, count, cursor_of, paged, read_cursor
from tagstore.services.search.filters import filters_of, overlaps, says
from tagstore.services.search.seeing import SEEN, SeenTag, see, see_these
from tagstore.services.tag_words import finding as tag_words
from tagstore.services.windows import first_in_window
from tagstore.values import LARGEST_INTEGER, Actor, Page, Part, TagQuery

BY_START = "start_s"
LOWEST_SCORE = -1e300
"""Where tags without a score stand."""

MOST_RANGES = 50
"""From so many tag sets on a project's tags are sorted instead of read in order, set by set."""

ORDERS: dict[str, Key] = {
    BY_START: func.coalesce(Tag.start_s, 0.0, type_=Float),
    "created_at": Tag.created_at,
    "score": func.coalesce(Tag.score, LOWEST_SCORE, type_=Float),
}
TAG_SORTS = (*ORDERS, *(f"-{each}" for each in ORDERS))
"""By what tags may be sorted; a minus in front turns it round."""


def find_in_media_file(
    actor: Actor,
    media_file: MediaFile | SeenMediaFile,
    query: TagQuery,
    limit: int,
    cursor: str | None = None,
    *,
    is_exact: bool = False,
    sort: str = BY_START,
) -> Page[SeenTag]:
    """Return the tags that show in a window of a media file, by start and number.

    A tag overlaps the window when `start < window end and end > window start`; a point lies
    in it when `window start <= t < window end`. Any other order looks at all of the window.
    """
    require(actor, Can.SEE, media_file.project)
    if sort != BY_START:
        return _sorted(media_file, query, Part(limit, cursor, is_exact), sort)
    after = None if cursor is None else _place(cursor)
    filters = filters_of(query)
    window = (media_file, query.start_s, query.end_s, filters)
    asking = _asked if filters else _asked_again
    ids, values = first_in_window(*window, limit + 1, after)
    tags = see(asking(ids).tags(**values))
    if len(tags) <= limit and cursor is None:
        return Page(tags, None, len(tags))
    ids, values = first_in_window(*window, LARGEST_INTEGER if is_exact else COUNTED_TO + 1)
    found = asking(ids).total(**values)[0][0]
    total = found if is_exact or found <= COUNTED_TO else None
    if len(tags) <= limit:
        return Page(tags, None, total)
    last = tags[limit - 1]
    return Page(tags[:limit], cursor_of(last.start_s or 0.0, last.id), total)


class Asked(NamedTuple):
    """What asks about the first tags of a window, `most` of them, given the window's values."""

    tags: Callable[..., Sequence[Any]]
    total: Callable[..., Sequence[Any]]


def _asked(ids: Select[int]) -> Asked:
    return Asked(*(partial(_execute, each) for each in _about(ids)))


@lru_cache(maxsize=256)
def _asked_again(ids: Select[int]) -> Asked:
    """Return the same for windows without filters, whose questions come again and again."""
    return Asked(*(PreparedQuery(each).rows for each in _about(ids)))


def _about(ids: Select[int]) -> tuple[Select[Any], Select[Any]]:
    """Return the queries of the tags of these ids, and of how many they are."""
    most = bindparam("most", type_=Integer)
    wanted = SEEN.where(Tag.id.in_(ids)).order_by(func.coalesce(Tag.start_s, 0.0), Tag.id)
    counted = select(func.count()).select_from(ids.limit(most).subquery())
    return wanted.limit(most), counted


def _execute(query: Select[Any], **values: Any) -> Sequence[Any]:
    return db.session.execute(query, values).all()


def _sorted(
    media_file: MediaFile | SeenMediaFile, query: TagQuery, part: Part, sort: str
) -> Page[SeenTag]:
    """Return the tags of a window in an order of `TAG_SORTS`, by number where it is equal."""
    window = (media_file, query.start_s, query.end_s, filters_of(query))
    ids, values = first_in_window(*window, LARGEST_INTEGER)
    wanted = select(Tag.id).where(Tag.id.in_(ids))
    keys = (ORDERS[sort.removeprefix("-")], Tag.id)
    page = paged(wanted, keys, part, is_down=sort.startswith("-"), values=values)
    return Page(see_these(page.things), page.next, page.total)


def find_in_project(
    actor: Actor,
    project: Project,
    query: TagQuery,
    limit: int,
    cursor: str | None = None,
    *,
    is_exact: bool = False,
) -> Page[SeenTag]:
    """Return the tags that show in a project, by number."""
    require(actor, Can.SEE, project)
    wanted = _Wanted(project, query)
    after = None if cursor is None else read_cursor(cursor, [int])[0]
    ids = wanted.first(limit + 1, after)
    statement = SEEN.where(Tag.id.in_(ids)).order_by(Tag.id).limit(limit + 1)
    tags = see(db.session.execute(statement))
    if len(tags) <= limit and cursor is None:
        return Page(tags, None, len(tags))
    more = cursor_of(tags[limit - 1].id) if len(tags) > limit else None
    return Page(tags[:limit], more, count(wanted.all(), is_exact=is_exact))


def following_in_project(project: Project, query: TagQuery) -> Select[int]:
    """Return the query of the first `most` numbers beyond `after` of tags that show in a project.

    Both are values to be given each time it is asked; it is built and put into words once.
    """
    most, after = bindparam("most", type_=Integer), bindparam("after", type_=BigInteger)
    ids = _Wanted(project, query).first(most, after)
    return select(Tag.id).where(Tag.id.in_(ids)).order_by(Tag.id).limit(most)


def ids_in_project(
    project: Project, query: TagQuery, media_file: MediaFile | None = None
) -> Select[int]:
    """Return the query of the ids of the tags that show in a project, or on one file of it."""
    if media_file is None:
        return _Wanted(project, query).all()
    here = [Tag.media_file_id == media_file.id, *filters_of(query)]
    return select(Tag.id).where(*_shown_in_project(project, query), *here)


class _Wanted:
    """The tags that show in a project and say what is asked for.

    Where few tags say it, only those are looked at, found by the words that are kept; where
    many do, they are met soon enough by looking at one tag after the other.
    """

    def __init__(self, project: Project, query: TagQuery) -> None:
        self.project = project
        others = replace(query, text=None)
        self.conditions = [*_shown_in_project(project, others), *filters_of(others)]
        self.few: Subquery | None = None
        if query.text is None:
            return
        words = tag_words.asked_words(query.text)
        few = tag_words.few_that_say(project, words) if words else None
        if few is not None:
            self.few = few.subquery()
        elif words:
            self.conditions.append(tag_words.says_words(project, words))
        else:
            self.conditions.append(says(query.text))

    def all(self) -> Select[int]:
        """Return the query of the ids of all of them."""
        if self.few is None:
            return select(Tag.id).where(*self.conditions)
        number = self.few.c[0]
        wanted = select(Tag.id).where(Tag.id == number, *self.conditions)
        return select(number).where(wanted.exists())

    def first(
        self, most: int | BindParameter[int], after: int | BindParameter[int] | None
    ) -> Select[int]:
        """Return the query of the ids of the first after a number, some more than the limit."""
        if self.few is None:
            following = [] if after is None else [Tag.id > after]
            return _first_in_sets(self.project, [*self.conditions, *following], most)
        number = self.few.c[0]
        following = [] if after is None else [number > after]
        return self.all().where(*following).order_by(number).limit(most)


def _first_in_sets(
    project: Project, conditions: Sequence[ColumnElement[bool]], most: int | BindParameter[int]
) -> Select[int]:
    """Return the query of the ids of the first tags of each tag set, the project's among them.

    Each tag set is one range of an index that is in the order of numbers already, so that only
    as many tags as are wanted are looked at; across tag sets all of them would be sorted first.
    """
    sets = db.session.scalars(_sets_of(project)).all()
    if not 0 < len(sets) <= MOST_RANGES:
        return select(Tag.id).where(*conditions)
    ranges = [
        select(Tag.id).where(Tag.tag_set_id == each, *conditions).order_by(Tag.id).limit(most)
        for each in sets
    ]
    candidates = union_all(*(select(each.subquery().c.id) for each in ranges)).cte("candidates")
    return select(candidates.prefix_with("MATERIALIZED", dialect="postgresql").c.id)


def _shown_in_project(project: Project, query: TagQuery) -> list[ColumnElement[bool]]:
    """Return the conditions for the tags that show in a project and overlap a window."""
    sets = _sets_of(project)
    tracks = select(Track.id).where(Track.tag_set_id.in_(sets), Track.deleted_at.is_(None))
    files = select(MediaFile.id).where(
        MediaFile.project_id == project.id, MediaFile.deleted_at.is_(None)
    )
    return [
        Tag.tag_set_id.in_(sets),
        Tag.track_id.in_(tracks),
        Tag.media_file_id.in_(files),
        *_shows(),
        *overlaps(query),
    ]


def _sets_of(project: Project) -> Select[int]:
    return select(TagSet.id).where(TagSet.project_id == project.id, TagSet.deleted_at.is_(None))


def _shows() -> list[ColumnElement[bool]]:
    return [Tag.deleted_at.is_(None), counts_now(Tag.batch_id, Tag.source)]


def _place(cursor: str) -> tuple[float, int]:
    """Return after which start and number the next page begins."""
    start_s, number = read_cursor(cursor, [float, int])
    return start_s, number
