"""Filling a store to a size, by statements that let the database make the rows itself.

Every hour of sound is a file with a thousand tags, one after the other as machines send them: of
ten one says something in free text, in three words, the others name a class.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    Double,
    Integer,
    Select,
    Text,
    Uuid,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    text,
)

from tagstore.db import db, transaction
from tagstore.models import (
    Batch,
    BatchSource,
    MediaFile,
    Tag,
    TagClass,
    TagCount,
    TagSet,
    TagWord,
    Track,
    TrackAuthor,
)
from tagstore.services import counts
from tagstore.services.tag_words import keeping
from tests.make import Make

PROJECTS, CLASSES = 10, 10
TAGS_AN_HOUR, HOUR_S, STEP_S = 1000, 3600.0, 3.0
LONG_EVERY, LONG_S, SHORT_S = 200, 256.0, 0.5
RARE, RARE_EVERY = "bittern", 100
"""A word that one tag has in so many hours."""


def furnish() -> None:
    """Make the projects, each with a tag set and classes."""
    make = Make()
    with transaction(writing=True):
        for number in range(PROJECTS):
            project = make.project(f"project{number}")
            make.tag_set(project, "detections")
            for each in range(CLASSES):
                make.tag_class(project, f"species{each}")


def fill(first: int, last: int) -> None:
    """Put the hours of these numbers into the store, a thousand tags each."""
    with transaction(writing=True):
        if db.engine.dialect.name == "postgresql":  # All that is referred to is there.
            db.session.execute(text("SET LOCAL session_replication_role = replica"))
        _add_files(first, last)
        _add_batches(first, last)
        _add_tags(first, last)
        _add_words(first, last)
        _add_counts(first, last)


def _put(model: type, rows: Select[Any], **more: Any) -> None:
    """Insert what a query gives, by the names of its columns, and what is the same in all."""
    every = rows.add_columns(*(literal(value).label(name) for name, value in more.items()))
    names = [column.name for column in every.selected_columns]
    db.session.execute(insert(model).from_select(names, every))


def _numbers(name: str, first: int, last: int) -> CTE:
    begun = select(literal(first, Integer).label("number")).cte(name, recursive=True)
    return begun.union_all(select(begun.c.number + 1).where(begun.c.number < last))


def _add_files(first: int, last: int) -> None:
    hours = _numbers("hours", first, last)
    number = hours.c.number
    name = literal("hour") + cast(number, Text) + literal(".wav")
    files = select(
        (1 + number % PROJECTS).label("project_id"),
        (literal("iq__hour") + cast(number, Text)).label("qid"),
        name.label("name"),
        name.label("name_folded"),
    )
    facts = {"kind": "external", "state": "ready", "duration_s": HOUR_S, "version": 1}
    _put(MediaFile, files, **facts)


def _add_batches(first: int, last: int) -> None:
    """Give each file the track of its project's tag set, and one batch of one author on it."""
    here = MediaFile.id.between(first, last)
    is_postgresql = db.engine.dialect.name == "postgresql"
    random = func.gen_random_uuid() if is_postgresql else func.lower(func.hex(func.randomblob(16)))
    tracks = select(
        cast(random, Uuid).label("id") if is_postgresql else random.label("id"),
        TagSet.id.label("tag_set_id"),
        MediaFile.id.label("media_file_id"),
    )
    joined = tracks.join_from(MediaFile, TagSet, TagSet.project_id == MediaFile.project_id)
    _put(Track, joined.where(here).order_by(MediaFile.id), version=1)
    on_track = select(Track.id.label("track_id")).where(Track.media_file_id.between(first, last))
    _put(TrackAuthor, on_track.order_by(Track.media_file_id), author="detector")
    authors = (
        select(TrackAuthor.id.label("track_author_id"))
        .join(TrackAuthor.track)
        .where(Track.media_file_id.between(first, last))
    )
    _put(Batch, authors.order_by(Track.media_file_id), run=1)
    batches = (
        select(Batch.id.label("batch_id"))
        .join(Batch.track_author)
        .join(TrackAuthor.track)
        .where(Track.media_file_id.between(first, last))
    )
    _put(BatchSource, batches, source="")


def _add_tags(first: int, last: int) -> None:
    number = _numbers("places", 0, TAGS_AN_HOUR - 1).c.number
    hour = Track.media_file_id
    is_said, is_long = number % 10 == 0, number % LONG_EVERY == 0
    length_s = case((is_long, literal(LONG_S)), else_=literal(SHORT_S))
    start_s = cast(number, Double) * STEP_S
    is_rare = (hour % RARE_EVERY == 0) & (number == 10)
    last_word = case((is_rare, literal(RARE)), else_=cast(hour * TAGS_AN_HOUR + number, Text))
    said = case((is_said, literal("heard at ") + last_word))
    of_class = (TagSet.project_id - 1) * CLASSES + 1 + number % CLASSES
    tags = (
        select(
            hour.label("media_file_id"),
            Track.tag_set_id.label("tag_set_id"),
            Track.id.label("track_id"),
            Batch.id.label("batch_id"),
            case((~is_said, of_class)).label("tag_class_id"),
            said.label("text"),
            said.label("text_folded"),
            start_s.label("start_s"),
            (start_s + length_s).label("end_s"),
            case((is_long, literal(8)), else_=literal(-1)).label("span_level"),
            (number % 97 / literal(97.0)).label("score"),
        )
        .join_from(Track, TagSet, TagSet.id == Track.tag_set_id)
        .join(TrackAuthor, TrackAuthor.track_id == Track.id)
        .join(Batch, Batch.track_author_id == TrackAuthor.id)
        .join(number.table, literal(1) == 1)
        .where(hour.between(first, last))
        .order_by(hour, number)
    )
    _put(Tag, tags, low_hz=500.0, high_hz=4000.0, machine_tagged=True, version=1)


def _add_words(first: int, last: int) -> None:
    here = Tag.media_file_id.between(first, last), Tag.text_folded.is_not(None)
    place = Tag.id.label("tag_id"), TagSet.project_id.label("project_id")
    last_word = func.replace(Tag.text_folded, "heard at ", "")
    for word in (literal("at"), literal("heard"), last_word):
        words = select(*place, word.label("word")).join(TagSet, TagSet.id == Tag.tag_set_id)
        _put(TagWord, words.where(*here).order_by(word, Tag.id))


def _add_counts(first: int, last: int) -> None:
    """Count the tags where they begin: at this density each has a count of its own."""
    counted = select(
        Tag.media_file_id.label("media_file_id"),
        cast(Tag.start_s, Integer).label("bin"),
        Tag.batch_id.label("batch_id"),
        Tag.source.label("source"),
        func.coalesce(Tag.tag_class_id, 0).label("tag_class_id"),
    )
    _put(TagCount, counted.where(Tag.media_file_id.between(first, last)), tags=1)


def check() -> None:
    """Raise unless the store is one that Tagstore itself could have made."""
    strays = (
        select(Tag.id)
        .join(Tag.tag_class)
        .join(TagSet, TagSet.id == Tag.tag_set_id)
        .where(TagClass.project_id != TagSet.project_id)
    )
    with transaction(writing=False):
        faults = (*counts.miscounted(), *keeping.misworded(), *db.session.scalars(strays))
    if faults:
        raise RuntimeError(f"The store is not what it should be: {faults[:10]}")
