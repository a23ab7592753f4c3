"""Which tags go out, and in which order their numbers are read."""

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from tagstore.db import apart, db
from tagstore.errors import NotFound
from tagstore.models import MediaFile, Project, Tag
from tagstore.services import search
from tagstore.values import TagQuery, fold

AT_ONCE = 2000
LONGEST_MEDIA = 20_000
"""So many characters may name media files."""
IDENTITY = re.compile(r"[1-9][0-9]{0,17}|iq__[A-Za-z0-9]+")
ALL = TagQuery()


@dataclass(frozen=True)
class Selection:
    """Which tags of a project are wanted; null: no such limit."""

    query: TagQuery = ALL
    folder: str | None = None
    """Media files in it, and in the folders below."""
    media: str | None = None
    """Numbers or qids of media files with commas between, or the name of some of them, with its
    folder or without."""

    @property
    def names_files(self) -> bool:
        """Return whether only some media files count."""
        return self.folder is not None or self.media is not None


class File(NamedTuple):
    """A recording that tags are asked of."""

    id: int
    folder: str
    name: str

    @property
    def path(self) -> str:
        """Return its folder and name, as rows say it."""
        return f"{self.folder}/{self.name}" if self.folder else self.name


def asked_files(project: Project, selection: Selection) -> Select[int]:
    """Return the query of the media files that a selection is about, or raise if it names none."""
    query = select(MediaFile.id).where(
        MediaFile.project_id == project.id, MediaFile.deleted_at.is_(None)
    )
    if selection.media is not None:
        query = query.where(_is_called(selection.media))
    if selection.folder is not None:
        below = MediaFile.folder.startswith(f"{selection.folder}/", autoescape=True)
        query = query.where((MediaFile.folder == selection.folder) | below)
    if selection.names_files and db.session.scalar(query.limit(1)) is None:
        raise NotFound("There is no such media file or folder in this project.")
    return query


def _is_called(words: str) -> ColumnElement[bool]:
    """Return the condition that a media file has one of these numbers or qids, or this name."""
    parts = words.split(",")
    if all(map(IDENTITY.fullmatch, parts)):
        numbers = [int(each) for each in parts if each.isdecimal()]
        qids = [each for each in parts if not each.isdecimal()]
        return or_(MediaFile.id.in_(numbers), MediaFile.qid.in_(qids))
    folder, slash, name = words.rpartition("/")
    is_named = MediaFile.name_folded == fold(name)
    return and_(is_named, MediaFile.folder == folder) if slash else is_named


def files_of(project: Project, selection: Selection) -> list[File]:
    """Return the media files that a selection is about, by folder and name."""
    query = asked_files(project, selection).add_columns(MediaFile.folder, MediaFile.name)
    in_order = query.order_by(MediaFile.folder, MediaFile.name_folded, MediaFile.id)
    return [File(*row) for row in db.session.execute(in_order)]


def numbers_in_project(project: Project, query: TagQuery) -> Iterator[Sequence[int]]:
    """Yield the numbers of all wanted tags of a project in order, some at once.

    Each lot is found in a short transaction of its own.
    """
    with apart(writing=False):
        following = search.following_in_project(project, query)
    last = 0
    while True:
        with apart(writing=False):
            asked = {"most": AT_ONCE, "after": last}
            some = db.session.connection().scalars(following, asked).all()
        if not some:
            return
        yield some
        last = some[-1]


def numbers_in_file(project: Project, query: TagQuery, media_file_id: int) -> Sequence[int]:
    """Return the numbers of the wanted tags of one media file, by start and number."""
    with apart(writing=False):
        media_file = db.session.get_one(MediaFile, media_file_id)
        wanted = search.ids_in_project(project, query, media_file)
        in_order = wanted.order_by(func.coalesce(Tag.start_s, 0.0), Tag.id)
        return array("q", db.session.scalars(in_order, execution_options={"yield_per": AT_ONCE}))


def lots_of(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield numbers, as many at once as are read at once."""
    return (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))
