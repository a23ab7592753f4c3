"""Which tags go out, and in which order their numbers are read."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Select, func, select

from tagstore.db import apart, db
from tagstore.errors import NotFound
from tagstore.models import MediaFile, Project, Tag
from tagstore.services import search
from tagstore.values import TagQuery

AT_ONCE = 2000
ALL = TagQuery()


@dataclass(frozen=True)
class Selection:
    """Which tags of a project are wanted; null: no such limit."""

    query: TagQuery = ALL
    folder: str | None = None
    """Media files in it, and in the folders below."""
    media_file_id: int | None = None

    @property
    def names_files(self) -> bool:
        """Return whether only some media files count."""
        return self.folder is not None or self.media_file_id is not None


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
    if selection.media_file_id is not None:
        query = query.where(MediaFile.id == selection.media_file_id)
    if selection.folder is not None:
        below = MediaFile.folder.startswith(f"{selection.folder}/", autoescape=True)
        query = query.where((MediaFile.folder == selection.folder) | below)
    if selection.names_files and db.session.scalar(query.limit(1)) is None:
        raise NotFound("There is no such media file or folder in this project.")
    return query


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
