"""Rows written column by column are the rows that were meant."""

import pytest
from sqlalchemy import select, text

from tagstore.db import db
from tagstore.models import Tag
from tagstore.services import tags
from tagstore.services.rows import among
from tagstore.values import SYSTEM


def test_documents_that_are_equal_but_not_the_same_stay_apart(work, make):
    documents = [{"n": 1}, {"n": 1.0}, {"n": True}, {}]
    with work():
        media_file = make.media_file()
        drafts = [make.draft(media_file, info=document) for document in documents]

        ids = tags.add_tags(SYSTEM, media_file.project, drafts).ids

        stored = db.session.execute(select(Tag.info).where(Tag.id.in_(ids)).order_by(Tag.id))
        assert [repr(info) for (info,) in stored] == [repr(document) for document in documents]


def test_what_is_missing_in_some_rows_is_missing_there_only(work, make):
    boxes = [None, {"x": 0.5}, None]
    with work():
        media_file = make.media_file()
        drafts = [make.draft(media_file, frame_info=box, comment=None) for box in boxes]

        ids = tags.add_tags(SYSTEM, media_file.project, drafts).ids

        stored = [db.session.get_one(Tag, number) for number in ids]
        assert [tag.frame_info for tag in stored] == boxes
        nulls = text("SELECT count(*) FROM tag WHERE frame_info IS NULL")
        assert db.session.scalar(nulls) == 2


def test_numbers_of_tags_are_never_used_again(work, make):
    with work():
        media_file = make.media_file()
        first = tags.add_tags(SYSTEM, media_file.project, [make.draft(media_file)] * 3).ids
        db.session.execute(text("DELETE FROM tag"))

        second = tags.add_tags(SYSTEM, media_file.project, [make.draft(media_file)] * 2).ids

        assert second == [first[-1] + 1, first[-1] + 2]


@pytest.mark.parametrize("asked", [[], [2], [3, 1, 2**40, 3], range(1, 3000)])
def test_the_rows_among_many_numbers_are_found_with_one_value(work, make, asked):
    with work():
        media_file = make.media_file()
        ids = tags.add_tags(SYSTEM, media_file.project, [make.draft(media_file)] * 4).ids
        query = select(Tag.id).where(among(Tag.id), Tag.deleted_at.is_(None)).order_by(Tag.id)

        found = db.session.scalars(query, {"ids": asked}).all()

        assert found == sorted(set(ids) & set(asked))
