"""Checksums: equal for equal contents, different for the least difference."""

import pytest
from sqlalchemy import delete, text, update

from tagstore.db import Base, db
from tagstore.errors import Unauthenticated
from tagstore.models import Tag
from tagstore.services.backups import checksums
from tagstore.values import STRANGER, SYSTEM


@pytest.fixture
def sums(work):
    """A function that returns the sum of every table."""

    def sums():
        with work():
            return {each.table: (each.rows, each.digest) for each in checksums.of_tables(SYSTEM)}

    return sums


@pytest.fixture
def tag_id(work, make):
    with work():
        info = {"ключ": [1, 1.5, None, True, 2**64 - 1], "a": {"b": "c"}}
        return make.tag(score=0.1, info=info, frame_info={"frame_idx": 3}).id


def test_every_table_has_a_sum_that_stays_while_nothing_changes(sums, tag_id):
    before = sums()

    assert sums() == before
    assert sorted(before) == sorted(Base.metadata.tables)
    assert before["tag"][0] == 1
    assert before["review"] == (0, "0" * 64)


@pytest.mark.parametrize(
    "change",
    [
        {"text": "wrem"},
        {"text": None},
        {"score": 0.1 + 2**-56},
        {"machine_tagged": True},
        {"info": {}},
        {"info": {"a": {"b": "c"}, "ключ": [1, 1.5, None, True, 2**64 - 2]}},
        {"frame_info": None},
        {"channel": 1},
    ],
)
def test_the_least_change_shows_in_its_table_alone(sums, work, tag_id, change):
    before = sums()

    with work():
        db.session.execute(update(Tag).where(Tag.id == tag_id).values(**change))

    after = sums()
    assert {name for name in after if after[name] != before[name]} == {"tag"}


def test_a_value_that_moves_to_another_row_or_column_shows(sums, work, make, tag_id):
    with work():
        other = make.tag(text="robin", comment="wren").id
    before = sums()["tag"]

    with work():
        for number, words in ((tag_id, "robin"), (other, "wren")):
            db.session.execute(update(Tag).where(Tag.id == number).values(text=words))
    swapped = sums()["tag"]
    with work():
        db.session.execute(update(Tag).where(Tag.id == other).values(text="wren", comment="robin"))

    assert len({before, swapped, sums()["tag"]}) == 3


def test_a_row_that_goes_shows(sums, work, tag_id):
    before = sums()["tag"]

    with work():
        db.session.execute(delete(Tag).where(Tag.id == tag_id))

    assert (before[0], sums()["tag"][0]) == (1, 0)


def test_the_order_of_keys_and_of_rows_does_not_matter(sums, app, work, tag_id):
    before = sums()

    with work():
        words = '{"a":{"b":"c"},"ключ":[1,1.5,null,true,18446744073709551615]}'
        db.session.execute(text("UPDATE tag SET info = :words"), {"words": words})

    assert sums() == before


def test_only_an_administrator_may_ask(work):
    with work(), pytest.raises(Unauthenticated):
        list(checksums.of_tables(STRANGER))
