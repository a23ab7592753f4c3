"""Finding media files: by number or qid, in lists, and the ones before and after."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.orm import contains_eager

from tagstore.db import db
from tagstore.errors import Invalid, NotFound
from tagstore.models import MediaFile, Project
from tagstore.prepared import PreparedQuery
from tagstore.services import browsing
from tagstore.services.access import GATE, Can, Gate, may, require
from tagstore.services.paging import cursor_of, read_cursor
from tagstore.services.rows import by_number
from tagstore.values import LARGEST_INTEGER, Actor, MediaQuery, Page

NUMBER = re.compile(r"[1-9][0-9]{0,18}")
MOST_PAGES, LONGEST_PAGE = 10**9, 1000


class SeenMediaFile(NamedTuple):
    """What decides on the tags of a media file: where it stands, and how long it is."""

    id: int
    duration_s: float | None
    project: Gate

    @property
    def project_id(self) -> int:
        """Return the number of the project."""
        return self.project.id


_EVERY = select(MediaFile).join(MediaFile.project).options(contains_eager(MediaFile.project))
_ANY_BY = {
    "number": _EVERY.where(MediaFile.id == bindparam("number")),
    "qid": _EVERY.where(MediaFile.qid == bindparam("qid")),
}
_BY = {name: query.where(MediaFile.deleted_at.is_(None)) for name, query in _ANY_BY.items()}
_SEEN = (
    select(MediaFile.id, MediaFile.duration_s, *GATE)
    .join(MediaFile.project)
    .where(MediaFile.deleted_at.is_(None))
)
_SEEN_BY = {
    "number": PreparedQuery(_SEEN.where(MediaFile.id == bindparam("number"))),
    "qid": PreparedQuery(_SEEN.where(MediaFile.qid == bindparam("qid"))),
}


def get_media_file(
    actor: Actor,
    number_or_qid: int | str,
    action: Can = Can.SEE,
    *,
    also_deleted: bool = False,
) -> MediaFile:
    """Return a media file by number or qid if the actor may do this in its project."""
    name, value = _which(number_or_qid)
    query = (_ANY_BY if also_deleted else _BY)[name]
    return _allowed(actor, action, db.session.scalar(query, {name: value}))


def see_media_file(actor: Actor, number_or_qid: int | str, action: Can = Can.SEE) -> SeenMediaFile:
    """Return what decides on the tags of what `get_media_file` finds, which is sooner found."""
    name, value = _which(number_or_qid)
    row = _SEEN_BY[name].first(**{name: value})
    return _allowed(actor, action, row and SeenMediaFile(row[0], row[1], Gate(*row[2:])))


Found = TypeVar("Found", MediaFile, SeenMediaFile)


def _allowed(actor: Actor, action: Can, found: Found | None) -> Found:
    """Return what was found if the actor may do this in its project, or raise."""
    if found is None or not may(actor, Can.SEE, found.project):
        raise NotFound("No such media file.")
    require(actor, action, found.project)
    return found


def _which(number_or_qid: int | str) -> tuple[str, int | str]:
    """Return whether it is a number or a qid, and which."""
    text = str(number_or_qid)
    is_number = NUMBER.fullmatch(text) is not None and int(text) <= LARGEST_INTEGER
    return ("number", int(text)) if is_number else ("qid", text)


def of_tags(tags: Iterable[Any]) -> dict[int, MediaFile]:
    """Return the media files of tags that the actor may see, by number."""
    return by_number(MediaFile, {tag.media_file_id for tag in tags})


def list_media_files(
    actor: Actor, project: Project, query: MediaQuery, limit: int, cursor: str | None = None
) -> Page[MediaFile]:
    """Return a page of the media files that the query leaves, in its order."""
    number = 1
    if cursor is not None:
        number, limit = _read_cursor(cursor)
    shelf = browsing.browse(actor, project, query, number, limit)
    if shelf.number < number:
        return Page([], None, shelf.total)
    following = cursor_of(number + 1, limit) if number < shelf.pages else None
    return Page(shelf.media_files, following, shelf.total)


def neighbours(actor: Actor, media_file: MediaFile) -> tuple[int | None, int | None]:
    """Return the numbers of the files before and after this one, by folder and name."""
    require(actor, Can.SEE, media_file.project)
    place = (media_file.folder, media_file.name_folded, media_file.id)
    columns = (MediaFile.folder, MediaFile.name_folded, MediaFile.id)
    here = select(MediaFile.id).where(
        MediaFile.project_id == media_file.project_id, MediaFile.deleted_at.is_(None)
    )
    before = here.where(tuple_(*columns) < place).order_by(*(each.desc() for each in columns))
    after = here.where(tuple_(*columns) > place).order_by(*columns)
    return db.session.scalar(before.limit(1)), db.session.scalar(after.limit(1))


def same_bytes(project: Project, sha256: str) -> MediaFile | None:
    """Return the project's file of these bytes, a live one first, else one that was deleted."""
    return db.session.scalar(
        select(MediaFile)
        .where(MediaFile.project_id == project.id, MediaFile.sha256 == sha256)
        .order_by(MediaFile.deleted_at.is_(None).desc(), MediaFile.id.desc())
        .limit(1)
    )


def same_place(project: Project, path: str) -> MediaFile | None:
    """Return the project's live file that is registered in place there."""
    return db.session.scalar(
        select(MediaFile)
        .where(
            MediaFile.project_id == project.id,
            MediaFile.in_place_path == path,
            MediaFile.deleted_at.is_(None),
        )
        .limit(1)
    )


def _read_cursor(cursor: str) -> tuple[int, int]:
    """Return the number of the page that a cursor names, and how long its pages are."""
    number, limit = read_cursor(cursor, [int, int])
    if not (1 <= number <= MOST_PAGES and 1 <= limit <= LONGEST_PAGE):
        raise Invalid("That cursor is not one of ours.", cursor="is malformed")
    return number, limit
