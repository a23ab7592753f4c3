"""What is asked of tags, as conditions."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from tagstore.models import Batch, Tag, TagClass, TrackAuthor
from tagstore.values import TagQuery, fold


def overlaps(query: TagQuery) -> list[ColumnElement[bool]]:
    """Return the window as plain conditions, for tags of many files."""
    if query.start_s is None and query.end_s is None:
        return []
    start_s, is_point = query.start_s or 0.0, Tag.end_s == Tag.start_s
    inside = [or_(Tag.end_s > start_s, and_(is_point, Tag.start_s >= start_s))]
    if query.end_s is not None:
        inside.append(Tag.start_s < query.end_s)
    return [or_(Tag.start_s.is_(None), and_(*inside))]


def filters_of(query: TagQuery) -> list[ColumnElement[bool]]:
    """Return what a tag has to be, apart from where in its file it is."""
    found: list[ColumnElement[bool]] = []
    exact: dict[Any, Any] = {
        Tag.track_id: query.track_id,
        Tag.tag_set_id: query.tag_set_id,
        Tag.tag_class_id: query.tag_class_id,
        Tag.batch_id: query.batch_id,
        Tag.status: query.status,
    }
    found += [column == value for column, value in exact.items() if value is not None]
    among: dict[Any, Any] = {
        Tag.tag_set_id: query.tag_set_ids,
        Tag.tag_class_id: query.tag_class_ids,
    }
    found += [column.in_(values) for column, values in among.items() if values]
    if query.low_hz is not None:
        found.append(or_(Tag.high_hz.is_(None), Tag.high_hz > query.low_hz))
    if query.high_hz is not None:
        found.append(or_(Tag.low_hz.is_(None), Tag.low_hz < query.high_hz))
    if query.score_gte is not None:
        found.append(Tag.score >= query.score_gte)
    if query.score_lte is not None:
        found.append(Tag.score <= query.score_lte)
    if query.author is not None:
        found.append(Tag.batch.has(Batch.track_author.has(TrackAuthor.author == query.author)))
    if query.text is not None:
        found.append(says(query.text))
    return found


def says(words: str) -> ColumnElement[bool]:
    """Return the condition that a tag's class label or text holds the words, in any case."""
    pattern = fold(words)
    classes = select(TagClass.id).where(TagClass.label_folded.contains(pattern, autoescape=True))
    return or_(Tag.tag_class_id.in_(classes), Tag.text_folded.contains(pattern, autoescape=True))
