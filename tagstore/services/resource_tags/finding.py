"""Finding media files by their keys and values."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from tagstore.db import db
from tagstore.errors import NotFound
from tagstore.models import MediaFile, Project, ResourceTag
from tagstore.services.access import Can, require
from tagstore.services.media_files.finding import NUMBER
from tagstore.values import LARGEST_INTEGER, Actor, is_text


@dataclass(frozen=True)
class KeyFilter:
    """A key with one of some values, or with any where none is named; `*x` is a substring."""

    key: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Filters:
    """Which media files are wanted; what is empty leaves nothing out."""

    tags: tuple[KeyFilter, ...] = ()
    """Has all of them."""
    tags_any: tuple[KeyFilter, ...] = ()
    """Has any of them."""
    not_tags: tuple[KeyFilter, ...] = ()
    """Has not all of them."""
    not_tags_any: tuple[KeyFilter, ...] = ()
    """Has none of them."""
    names: tuple[str, ...] = ()
    """The name has all of these in it."""


def find_media_file(actor: Actor, project: Project, text: str) -> MediaFile:
    """Return the project's media file of that qid, else number, else name (the oldest one)."""
    require(actor, Can.SEE, project)
    conditions = [MediaFile.qid == text, MediaFile.name == text] if is_text(text) else []
    if NUMBER.fullmatch(text) and int(text) <= LARGEST_INTEGER:
        conditions.insert(1, MediaFile.id == int(text))
    for condition in conditions:
        query = _live(project).where(condition).order_by(MediaFile.id).limit(1)
        media_file = db.session.scalar(query)
        if media_file is not None:
            return media_file
    raise NotFound("No such media file.")


def values_by_key(actor: Actor, project: Project) -> dict[str, list[str]]:
    """Return every key in the project with the values it has, all in order."""
    require(actor, Can.SEE, project)
    rows = db.session.execute(
        select(ResourceTag.key, ResourceTag.value)
        .join(ResourceTag.media_file)
        .where(MediaFile.project_id == project.id, MediaFile.deleted_at.is_(None))
        .distinct()
    )
    found: dict[str, list[str]] = {}
    for key, value in sorted((key, value) for key, value in rows):
        found.setdefault(key, []).append(value)
    return found


def count_tagged(actor: Actor, project: Project, filters: Filters) -> int:
    """Return how many media files of the project the filters leave."""
    require(actor, Can.SEE, project)
    query = _left(project, filters).with_only_columns(func.count(MediaFile.id))
    return db.session.scalar(query) or 0


def find_tagged(
    actor: Actor, project: Project, filters: Filters, limit: int, skip: int
) -> list[tuple[MediaFile, list[ResourceTag]]]:
    """Return the media files that the filters leave, newest first, with their tags."""
    require(actor, Can.SEE, project)
    query = _left(project, filters).order_by(MediaFile.id.desc()).limit(limit).offset(skip)
    media_files = db.session.scalars(query).all()
    tags = _tags_of([media_file.id for media_file in media_files])
    return [(media_file, tags[media_file.id]) for media_file in media_files]


def _tags_of(ids: Sequence[int]) -> dict[int, list[ResourceTag]]:
    found: dict[int, list[ResourceTag]] = {number: [] for number in ids}
    query = select(ResourceTag).where(ResourceTag.media_file_id.in_(ids))
    for tag in db.session.scalars(query.order_by(ResourceTag.id)):
        found[tag.media_file_id].append(tag)
    return found


def _live(project: Project) -> Select[MediaFile]:
    return select(MediaFile).where(
        MediaFile.project_id == project.id, MediaFile.deleted_at.is_(None)
    )


def _left(project: Project, filters: Filters) -> Select[MediaFile]:
    query = _live(project).where(*(_contains(MediaFile.name, name) for name in filters.names))
    query = query.where(*map(_has, filters.tags))
    if filters.tags_any:
        query = query.where(or_(*map(_has, filters.tags_any)))
    if filters.not_tags:
        query = query.where(not_(and_(*map(_has, filters.not_tags))))
    return query.where(*(not_(_has(each)) for each in filters.not_tags_any))


def _has(wanted: KeyFilter) -> ColumnElement[bool]:
    """Return the condition that a media file has the key with one of the values."""
    tag = select(ResourceTag.id).where(
        ResourceTag.media_file_id == MediaFile.id, ResourceTag.key == wanted.key
    )
    if wanted.values:
        tag = tag.where(or_(*map(_is, wanted.values)))
    return tag.exists()


def _is(value: str) -> ColumnElement[bool]:
    if value.startswith("*"):
        return _contains(ResourceTag.value, value[1:])
    return ResourceTag.value == value


def _contains(column: InstrumentedAttribute[str], part: str) -> ColumnElement[bool]:
    """Return the condition that a text has the part in it, in this very case on every engine."""
    return func.replace(column, part, "") != column if part else true()
