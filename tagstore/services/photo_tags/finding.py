"""Finding photos by what is said of them as a whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from tagstore.db import db
from tagstore.models import MediaFile, Project, Tag, TagClass, TagSet, Track
from tagstore.services import projects
from tagstore.services.access import visible
from tagstore.services.batches import counts_now
from tagstore.services.rows import chunks
from tagstore.values import Actor, fold

NUMBER = r"\A[0-9]+\Z"

SAID = func.coalesce(TagClass.label, Tag.text, "")
SAID_FOLDED = func.coalesce(TagClass.label_folded, Tag.text_folded, "")


@dataclass(frozen=True)
class PhotoQuery:
    """Which photos are wanted: those with such a tag, or, `untagged`, those without any such."""

    project_id: int = 0
    text: str = ""
    text_only: bool = False
    numeric_only: bool = False
    untagged: bool = False
    exclude_kinds: frozenset[int] = frozenset()


@dataclass(frozen=True)
class PhotoTag:
    """One tag as a search shows it."""

    id: int
    media_file_id: int
    words: str
    kind: int
    source: str
    score: float | None


@dataclass(frozen=True)
class TaggedPhoto:
    """A photo and its tags."""

    id: int
    project_id: int
    name: str
    tags: list[PhotoTag] = field(default_factory=list)


def find_photos(actor: Actor, query: PhotoQuery) -> list[TaggedPhoto]:
    """Return the photos of a project, or of all one may see, that the query leaves, by number.

    Each comes with all its tags of the whole file but those of the kinds that are excluded.
    """
    if query.project_id:
        projects.get_project(actor, query.project_id)
    statement = visible(
        actor,
        select(MediaFile.id, MediaFile.project_id, MediaFile.name)
        .join(Project, Project.id == MediaFile.project_id)
        .where(MediaFile.deleted_at.is_(None)),
    )
    if query.project_id:
        statement = statement.where(MediaFile.project_id == query.project_id)
    if query.untagged or query.text or query.text_only or query.numeric_only:
        is_such = _tags(query).where(*_wanted(query)).correlate(MediaFile).exists()
        statement = statement.where(~is_such if query.untagged else is_such)
    rows = db.session.execute(statement.order_by(MediaFile.id))
    photos = {row[0]: TaggedPhoto(*row) for row in rows}
    for tag in _tags_of(list(photos), query):
        photos[tag.media_file_id].tags.append(tag)
    return list(photos.values())


def _tags_of(ids: Sequence[int], query: PhotoQuery) -> Iterator[PhotoTag]:
    """Return the tags of some photos, by number, a few queries for all of them."""
    statement = _tags(query).join(MediaFile, MediaFile.id == Tag.media_file_id).order_by(Tag.id)
    for chunk in chunks(ids):
        for row in db.session.execute(statement.where(MediaFile.id.in_(chunk))):
            yield PhotoTag(*row)


def _tags(query: PhotoQuery) -> Select[int, int, str, int, str, float | None]:
    """Return the tags that show of whole files, but for those of excluded kinds."""
    statement = (
        select(Tag.id, Tag.media_file_id, SAID, Tag.kind, Tag.source, Tag.score)
        .join(Track, Track.id == Tag.track_id)
        .join(TagSet, TagSet.id == Tag.tag_set_id)
        .outerjoin(TagClass, TagClass.id == Tag.tag_class_id)
        .where(
            Tag.media_file_id == MediaFile.id,
            Tag.deleted_at.is_(None),
            Track.deleted_at.is_(None),
            TagSet.deleted_at.is_(None),
            or_(Tag.start_s.is_(None), and_(Tag.start_s == 0.0, Tag.end_s == MediaFile.duration_s)),
            counts_now(Tag.batch_id, Tag.source),
        )
    )
    if query.exclude_kinds:
        statement = statement.where(Tag.kind.not_in(query.exclude_kinds))
    return statement


def _wanted(query: PhotoQuery) -> Iterator[ColumnElement[bool]]:
    """Yield what must be true of a tag for its photo to be found."""
    if query.text:
        yield SAID_FOLDED.contains(fold(query.text), autoescape=True)
    if query.text_only:
        yield ~SAID.regexp_match(NUMBER)
    if query.numeric_only:
        yield SAID.regexp_match(NUMBER)
