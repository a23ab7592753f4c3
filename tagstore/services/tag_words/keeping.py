"""Keeping the words of tags as these come, change and go."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import cast

from sqlalchemy import Row, Select, Table, delete, select

from tagstore.db import db
from tagstore.models import Tag, TagSet, TagWord
from tagstore.services.rows import chunks, insertion, write
from tagstore.services.tag_words.splitting import words_of

AT_ONCE = 2000

WORD = cast(Table, TagWord.__table__)


def add(project_id: int, ids: Sequence[int], texts: Sequence[str | None]) -> None:
    """Keep the words of tags that have none yet, by their folded texts."""
    by_text: dict[str, list[int]] = defaultdict(list)
    for number, text in zip(ids, texts, strict=True):
        if text is not None:
            by_text[text].append(number)
    by_word: dict[str, list[int]] = defaultdict(list)
    for text, numbers in by_text.items():
        for word in words_of(text):
            by_word[word] += numbers
    rows = [(word, number) for word in sorted(by_word) for number in sorted(by_word[word])]
    if rows:
        words, numbers_of_words = zip(*rows, strict=True)
        place = [project_id] * len(rows)
        columns = {"project_id": place, "word": words, "tag_id": numbers_of_words}
        write(insertion(WORD), WORD, columns)


def replace(project_id: int, ids: Sequence[int], texts: Sequence[str | None]) -> None:
    """Keep the words of tags that say something else now."""
    forget(ids)
    add(project_id, ids, texts)


def forget(ids: Sequence[int]) -> None:
    """Keep no words of these tags any more."""
    for some in chunks(ids):
        db.session.execute(delete(WORD).where(WORD.c.tag_id.in_(some)))


def misworded() -> Iterator[int]:
    """Yield the tags whose kept words are not those of their texts, gone ones too."""
    last = 0
    while some := _said_after(last):
        wanted = {
            (row.project_id, word, row.id)
            for row in some
            if row.text_folded is not None
            for word in words_of(row.text_folded)
        }
        kept = select(TagWord.project_id, TagWord.word, TagWord.tag_id).where(
            TagWord.tag_id > last, TagWord.tag_id <= some[-1].id
        )
        found = {(row.project_id, row.word, row.tag_id) for row in db.session.execute(kept)}
        yield from sorted({row[2] for row in wanted ^ found})
        last = some[-1].id
    gone = select(TagWord.tag_id).where(TagWord.tag_id > last).distinct()
    yield from db.session.scalars(gone.order_by(TagWord.tag_id))


def mend(ids: Sequence[int]) -> None:
    """Keep the words of these tags anew."""
    forget(ids)
    for some in chunks(ids, AT_ONCE):
        by_project: dict[int, list[tuple[int, str | None]]] = defaultdict(list)
        for row in db.session.execute(_said().where(Tag.id.in_(some))):
            by_project[row.project_id].append((row.id, row.text_folded))
        for project_id, said in by_project.items():
            add(project_id, *zip(*said, strict=True))


def _said_after(number: int) -> Sequence[Row[int, int, str | None]]:
    return db.session.execute(_said().where(Tag.id > number).order_by(Tag.id).limit(AT_ONCE)).all()


def _said() -> Select[int, int, str | None]:
    """Return the query of tags, their projects and what they say."""
    columns = (Tag.id, TagSet.project_id, Tag.text_folded)
    return select(*columns).join(TagSet, TagSet.id == Tag.tag_set_id)
