"""Contents: what is found, in which order, as plain rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagstore.errors import NotFound
from tagstore.services import batches, contents, tags, users
from tagstore.services.contents import looks
from tagstore.values import SYSTEM, Role


def ids_of(rows):
    return [row.id for row in rows]


def test_all_that_shows_is_found_by_start_and_number(work, make):
    with work():
        media_file = make.media_file()
        late, early = make.tag(media_file, start_s=5.0, end_s=6.0), make.tag(media_file)
        same, whole = make.tag(media_file), make.tag(media_file, start_s=None, end_s=None)
        long, point = (make.tag(media_file, start_s=0.0, end_s=end_s) for end_s in (60.0, 0.0))
        make.tag(make.media_file(media_file.project))

        found = contents.find_shown(SYSTEM, media_file)

        in_order = [whole.id, long.id, point.id, early.id, same.id, late.id]
        assert (list(found.ids), found.total) == (in_order, 6)
        assert ids_of(contents.rows_of(media_file.id, found.ids)) == in_order


def test_a_row_says_what_a_tag_says_everywhere(work, make):
    with work():
        media_file = make.media_file()
        tag_class = make.tag_class(media_file.project, "wren")
        given = {"tag_class_id": tag_class.id, "source": "part 1", "score": 0.5, "info": {"a": 1}}
        tag = make.tag(media_file, **given, frame_info={"frame_idx": 0})

        row = contents.rows_of(media_file.id, [tag.id])[0]
        track = tag.batch.track_author.track.tag_set.name

        assert row == contents.TagRow(
            tag.id, tag.batch_id, 1.0, 2.0, tag_class.label, track, "system",
            "part 1", {"frame_idx": 0}, {"a": 1}, 0.5, 60.0,
        )  # fmt: skip


def test_rows_of_other_files_and_deleted_tags_are_left_out(work, make):
    with work():
        media_file = make.media_file()
        kept, deleted = make.tag(media_file), make.tag(media_file)
        elsewhere = make.tag(make.media_file(media_file.project))
        tags.delete_tag(SYSTEM, deleted)

        rows = contents.rows_of(media_file.id, [elsewhere.id, deleted.id, kept.id, 10**9])

        assert ids_of(rows) == [kept.id]


def test_a_new_run_hides_what_an_older_one_said(work, make):
    with work():
        media_file = make.media_file()
        tag = make.tag(media_file)
        batches.begin_run(SYSTEM, tag.track_id, "system")

        assert list(contents.find_shown(SYSTEM, media_file).ids) == []
        assert ids_of(contents.rows_of(media_file.id, [tag.id])) == [tag.id]


def test_rows_come_in_chunks_and_without_what_was_deleted_meanwhile(app, work, make):
    with work():
        media_file = make.media_file()
        made = tags.add_tags(SYSTEM, media_file.project, [make.draft(media_file)] * 2500)
        qid = media_file.qid
    with work():
        found = contents.find_shown(SYSTEM, contents.get_content(SYSTEM, qid))
    with app.app_context():
        chunks = contents.rows_in_chunks(found)
        first = next(chunks)
    with work():
        tags.delete_tag(SYSTEM, tags.get_tag(SYSTEM, made.ids[-1]))

    with app.app_context():
        rest = list(chunks)

    assert [len(each) for each in (first, *rest)] == [1000, 1000, 499]
    assert ids_of(row for rows in (first, *rest) for row in rows) == made.ids[:-1]


@pytest.mark.parametrize(
    "qid", ["", "iq__", "iq__short", "iq__" + "x" * 41, "1", "iq__" + "é" * 28]
)
def test_no_content_has_a_malformed_id(qid, work, make):
    with work():
        make.media_file()

        with pytest.raises(NotFound):
            contents.get_content(SYSTEM, qid)


def test_who_may_not_see_a_content_does_not_find_it(work, make):
    with work():
        media_file = make.media_file(make.project("frogs", vera=Role.VIEWER))
        make.project("birds", otto=Role.MANAGER)
        vera, otto = (users.get_user(SYSTEM, name).actor for name in ("vera", "otto"))

        assert contents.get_content(vera, media_file.qid) is media_file
        with pytest.raises(NotFound):
            contents.get_content(otto, media_file.qid)


@given(st.text(min_size=1, max_size=100).filter(lambda name: name.isprintable()))
def test_a_colour_of_a_name_can_be_told_from_light_and_dark(name):
    colour = looks.colour_of(name)

    parts = tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    bright = looks.luminance(parts) + 0.05
    dark_ground = looks.luminance((0x1F / 255, 0x26 / 255, 0x2E / 255)) + 0.05
    assert 1.05 / bright > 3
    assert bright / dark_ground > 3


def test_labels_read_as_people_write():
    labels = [
        looks.label_of(name) for name in ("celebrity_detection", "shot-detection", "__", "声")
    ]

    assert labels == ["Celebrity Detection", "Shot Detection", "__", "声"]
