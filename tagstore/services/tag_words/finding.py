"""Finding tags of a project by the beginnings of words."""

from functools import partial

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import aliased

from tagstore.db import db
from tagstore.errors import Invalid
from tagstore.models import Project, Tag, TagClass, TagWord
from tagstore.services.paging import COUNTED_TO, count
from tagstore.services.tag_words.splitting import words_of
from tagstore.values import fold

MOST_WORDS = 50
AFTER_ALL = "\U0010ffff"
"""Comes after all that a word can hold, on every engine."""


def asked_words(text: str) -> list[str]:
    """Return the words of a search, or raise `Invalid` when there are too many."""
    words = words_of(fold(text))
    if len(words) > MOST_WORDS:
        raise Invalid("That is too much to search for.", q=f"must have at most {MOST_WORDS} words")
    return words


def says_words(project: Project, words: list[str]) -> ColumnElement[bool]:
    """Return the condition that a tag's class label or text has words that begin with each."""
    each = [
        select(TagWord.tag_id).where(TagWord.tag_id == Tag.id, _begins(word)).exists()
        for word in words
    ]
    return or_(Tag.tag_class_id.in_(_classes(project, words)), and_(*each))


def few_that_say(project: Project, words: list[str]) -> Select[int] | CompoundSelect[int] | None:
    """Return the query of the numbers of all tags that say the words, if these are but few.

    It begins at the word that the fewest tags have, so that it looks at those alone.
    """
    rarest, *others = sorted(words, key=partial(_frequency, project))
    also = aliased(TagWord)
    by_text = select(TagWord.tag_id).where(
        TagWord.project_id == project.id,
        _begins(rarest),
        *(
            select(also.tag_id).where(also.tag_id == TagWord.tag_id, _begins(word, also)).exists()
            for word in others
        ),
    )
    by_class = select(Tag.id).where(Tag.tag_class_id.in_(_classes(project, words)))
    found = union_all(by_text.distinct(), by_class)
    return found if count(found) is not None else None


def _frequency(project: Project, word: str) -> int:
    """Count how often words of texts begin so, up to a bound."""
    some = select(TagWord.tag_id).where(TagWord.project_id == project.id, _begins(word))
    bounded = some.limit(COUNTED_TO + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(bounded)) or 0


def _begins(word: str, table: type[TagWord] = TagWord) -> ColumnElement[bool]:
    return and_(table.word >= word, table.word < word + AFTER_ALL)


def _classes(project: Project, words: list[str]) -> list[int]:
    """Return the classes of a project whose labels have words that begin with each."""
    query = select(TagClass.id, TagClass.label_folded)
    return [
        number
        for number, label in db.session.execute(query.where(TagClass.project_id == project.id))
        if all(any(own.startswith(word) for own in words_of(label)) for word in words)
    ]
