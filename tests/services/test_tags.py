"""Tags: added, edited, deleted, restored; all or none; what shows."""

import pytest
from sqlalchemy import select

from tagstore.db import db
from tagstore.errors import Conflict, Fault, Forbidden, InvalidItems, NotFound, Stale
from tagstore.models import Event, MediaFile, Tag, TagCount
from tagstore.services import batches, projects, search, tags, users, windows
from tagstore.values import SYSTEM, Role, TagQuery


def shown(media_file, **query):
    page = search.find_in_media_file(SYSTEM, media_file, TagQuery(**query), 1000)
    return [tag.id for tag in page.things]


def test_a_tag_lands_on_the_track_of_its_set_and_file(work, make):
    with work():
        media_file = make.media_file()

        tag = make.tag(media_file, start_s=1.25, end_s=2.5, low_hz=20.0, high_hz=8000.0)

        assert (tag.start_s, tag.end_s, tag.low_hz, tag.high_hz) == (1.25, 2.5, 20.0, 8000.0)
        assert (tag.words, tag.version, tag.span_level) == ("wren", 1, 1)
        assert tag.batch.track_author.author == "system"
        assert tag.batch.track_author.track_id == tag.track_id


def test_tags_of_one_author_share_a_batch(work, make):
    with work():
        media_file = make.media_file()

        first, second = make.tag(media_file), make.tag(media_file)

        assert first.batch_id == second.batch_id


def test_an_end_past_the_file_is_moved_to_its_end(work, make):
    with work():
        media_file = make.media_file(duration_s=10.0)

        tag = make.tag(media_file, start_s=9.0, end_s=12.0)

        assert tag.end_s == 10.0


def test_one_bad_draft_keeps_all_out_and_every_fault_is_named(work, make):
    with work():
        media_file = make.media_file(duration_s=10.0)
        good = make.draft(media_file)
        drafts = [
            good,
            make.draft(media_file, start_s=11.0, end_s=12.0),
            make.draft(media_file, start_s=2.0, end_s=1.0, low_hz=5.0, high_hz=1.0),
            make.draft(media_file, tag_class_id=99, text=None),
        ]

        with pytest.raises(InvalidItems) as caught:
            tags.add_tags(SYSTEM, media_file.project, drafts)

        assert caught.value.faults == [
            Fault(1, "start_s", "past_end", "The file ends at 10 s."),
            Fault(2, "high_hz", "order", "Must not be below the lower frequency."),
            Fault(2, "end_s", "order", "Must not be before the start."),
            Fault(3, "tag_class_id", "unknown", "There is no such thing in this project."),
        ]
        assert shown(media_file) == []


def test_things_of_another_project_do_not_exist_here(work, make):
    with work():
        media_file, elsewhere = make.media_file(), make.media_file()
        foreign = make.draft(elsewhere)

        with pytest.raises(InvalidItems) as caught:
            tags.add_tags(SYSTEM, media_file.project, [foreign])

        assert [fault.field for fault in caught.value.faults] == ["media_file_id", "tag_set_id"]


def test_a_bulk_is_one_event_that_holds_its_ids(work, make):
    with work():
        media_file = make.media_file()
        drafts = [make.draft(media_file, start_s=s, end_s=s + 1.0) for s in (3.0, 1.0, 2.0)]

        added = tags.add_tags(SYSTEM, media_file.project, drafts)

        events = db.session.scalars(select(Event).where(Event.kind == "tag.added")).all()
        assert [event.after for event in events] == [
            {"ids": added.ids, "start_s": 1.0, "end_s": 4.0}
        ]
        assert added.ids == sorted(added.ids)
        assert [db.session.get(Tag, each).start_s for each in added.ids] == [3.0, 1.0, 2.0]


def test_an_edit_changes_what_is_given_and_leaves_the_rest(work, make):
    with work():
        tag = make.tag(start_s=1.0, end_s=2.0, comment="faint", score=0.5)

        tags.edit_tag(SYSTEM, tag, end_s=3.0, comment=None)

        assert (tag.start_s, tag.end_s, tag.comment, tag.score) == (1.0, 3.0, None, 0.5)
        assert tag.version == 2


def test_a_class_takes_the_place_of_the_text(work, make):
    with work():
        tag = make.tag()
        tag_class = make.tag_class(tag.media_file.project, "robin")

        tags.edit_tag(SYSTEM, tag, tag_class_id=tag_class.id)

        assert (tag.words, tag.text, tag.text_folded) == ("robin", None, None)


def test_an_edit_of_an_older_version_is_stale_and_changes_nothing(work, make):
    with work():
        tag = make.tag()
        tags.edit_tag(SYSTEM, tag, comment="mine")

        with pytest.raises(Stale) as caught:
            tags.edit_tag(SYSTEM, tag, 1, comment="theirs")

        assert caught.value.current is tag
        assert tag.comment == "mine"


def test_a_deleted_tag_is_gone_until_it_is_restored_under_its_number(work, make):
    with work():
        tag = make.tag()
        media_file = tag.media_file

        tags.delete_tag(SYSTEM, tag)

        assert shown(media_file) == []
        with pytest.raises(NotFound):
            tags.get_tag(SYSTEM, tag.id)

        tags.restore_tag(SYSTEM, tag)

        assert shown(media_file) == [tag.id]


def test_annotators_delete_their_own_tags_only(work, make):
    with work():
        project = make.project(ana=Role.ANNOTATOR, bo=Role.ANNOTATOR, cleo=Role.MANAGER)
        ana, bo, cleo = (users.get_user(SYSTEM, name).actor for name in ("ana", "bo", "cleo"))
        media_file = make.media_file(project)
        hers = make.tag(media_file, actor=ana)

        with pytest.raises(Forbidden):
            tags.delete_tag(bo, hers)
        tags.edit_tag(bo, hers, comment="heard it too")
        tags.delete_tag(cleo, hers)

        assert hers.deleted_at is not None


def test_viewers_read_and_strangers_find_nothing(work, make):
    with work():
        project = make.project(ana=Role.VIEWER)
        make.user("bo")
        ana, bo = users.get_user(SYSTEM, "ana").actor, users.get_user(SYSTEM, "bo").actor
        tag = make.tag(make.media_file(project))

        assert tags.get_tag(ana, tag.id) is tag
        with pytest.raises(Forbidden):
            tags.edit_tag(ana, tag, comment="no")
        with pytest.raises(NotFound):
            tags.get_tag(bo, tag.id)
        with pytest.raises(NotFound):
            projects.get_project(bo, project.key)


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ((0.0, 5.0), ["whole", "long", "short"]),
        ((2.0, 3.0), ["whole", "long"]),
        ((0.0, 0.5), ["whole", "long"]),
        ((7.0, 8.0), ["whole", "long", "point"]),
        ((6.0, 7.0), ["whole", "long"]),
        ((30.0, 31.0), ["whole"]),
    ],
)
def test_a_window_shows_what_overlaps_it(work, make, window, expected):
    with work():
        media_file = make.media_file()
        spans = {
            "whole": (None, None),
            "long": (0.0, 30.0),
            "short": (1.0, 2.0),
            "point": (7.0, 7.0),
        }
        names = {
            make.tag(media_file, text=name, start_s=start_s, end_s=end_s).id: name
            for name, (start_s, end_s) in spans.items()
        }

        found = shown(media_file, start_s=window[0], end_s=window[1])

        assert [names[tag_id] for tag_id in found] == expected


def test_pages_follow_each_other_without_gap_or_repeat(work, make):
    with work():
        media_file = make.media_file()
        drafts = [make.draft(media_file, start_s=s, end_s=9.0) for s in (2.0, 1.0, 2.0, 0.0, 2.0)]
        added = tags.add_tags(SYSTEM, media_file.project, drafts).ids
        seen, cursor = [], None

        while True:
            page = search.find_in_media_file(SYSTEM, media_file, TagQuery(), 2, cursor)
            seen += [tag.id for tag in page.things]
            cursor = page.next
            if cursor is None:
                break

        assert seen == [added[3], added[1], added[0], added[2], added[4]]
        assert page.total == 5


def test_counts_follow_every_change(work, make):
    with work():
        media_file = make.media_file(duration_s=64.0)
        first = make.tag(media_file, start_s=1.0, end_s=2.0)
        second = make.tag(media_file, start_s=33.0, end_s=34.0)

        assert windows.density(media_file, 0.0, 64.0, 4) == {None: [1, 0, 1, 0]}

        tags.edit_tag(SYSTEM, first, start_s=17.0, end_s=18.0)
        tags.delete_tag(SYSTEM, second)

        assert windows.density(media_file, 0.0, 64.0, 4) == {None: [0, 1, 0, 0]}

        tags.restore_tag(SYSTEM, second)

        assert windows.density(media_file, 0.0, 64.0, 4) == {None: [0, 1, 1, 0]}
        assert sum(db.session.scalars(select(TagCount.tags))) == 2


def test_a_new_run_hides_the_older_tags_of_the_sources_it_writes(work, make):
    with work():
        media_file = make.media_file()
        a = make.tag(media_file, source="a")
        b = make.tag(media_file, source="b")

        batches.begin_run(SYSTEM, a.track_id, "system")

        assert shown(media_file) == []

        a2 = make.tag(media_file, source="a")

        assert shown(media_file) == [b.id, a2.id]

        tags.delete_tag(SYSTEM, a2)

        assert shown(media_file) == [b.id]


def test_another_authors_run_hides_nothing_of_mine(work, make):
    with work():
        project = make.project(ana=Role.ANNOTATOR)
        media_file = make.media_file(project)
        hers = make.tag(media_file, actor=users.get_user(SYSTEM, "ana").actor)

        batches.begin_run(SYSTEM, hers.track_id, "system")

        assert shown(media_file) == [hers.id]


def test_the_search_finds_words_in_any_case(work, make):
    with work():
        media_file = make.media_file()
        street = make.tag(media_file, text="Straße 50%")
        city = make.tag(media_file, text="Strasbourg")
        robin = make.tag_class(media_file.project, "ROBIN")
        by_class = make.tag(media_file, tag_class_id=robin.id)

        def find(words):
            page = search.find_in_project(SYSTEM, media_file.project, TagQuery(text=words), 10)
            return [tag.id for tag in page.things]

        assert find("STRASSE") == [street.id]
        assert find("stras") == [street.id, city.id]
        assert find("50%") == [street.id]
        assert find("%") == [street.id]
        assert find("0%") == []
        assert find("robin") == [by_class.id]


@pytest.mark.parametrize(
    ("start_s", "end_s"),
    [(1.7e9, 1.7e9 + 1), (0.0, 1e12), (1.0, 1e300), (1e300, 1e300), (1e308, 1.7e308)],
)
def test_a_file_of_unknown_duration_takes_and_shows_times_of_any_size(work, make, start_s, end_s):
    with work():
        media_file = make.media_file(duration_s=None)
        tag = make.tag(media_file, start_s=start_s, end_s=end_s)
        tags.edit_tag(SYSTEM, tag, comment="still there")

        everywhere = shown(media_file)
        before = shown(media_file, end_s=start_s)
        there = shown(media_file, start_s=start_s, end_s=end_s + 1)

        overlaps = end_s + 1 > start_s
        assert (everywhere, before, there) == ([tag.id], [], [tag.id] if overlaps else [])


def test_an_external_id_is_taken_once_in_a_tag_set_and_nothing_of_the_bulk_is_stored(work, make):
    with work():
        media_file = make.media_file()
        media_file_id = media_file.id
        make.tag(media_file, external_id="a")

    with pytest.raises(Conflict) as caught, work():
        add_with_external_ids(make, media_file_id, "b", "a")

    assert caught.value.details == {"external_id": "is taken"}
    with work():
        assert db.session.scalars(select(Tag.external_id)).all() == ["a"]


def add_with_external_ids(make, media_file_id, *external_ids):
    media_file = db.session.get_one(MediaFile, media_file_id)
    drafts = [make.draft(media_file, external_id=each) for each in external_ids]
    tags.add_tags(SYSTEM, media_file.project, drafts)


def test_a_tag_moves_to_another_file_of_the_project_with_its_count(work, make):
    with work():
        project = make.project()
        here, there = make.media_file(project), make.media_file(project)
        elsewhere = make.media_file()
        tag = make.tag(here, start_s=1.0, end_s=2.0)

        tags.edit_tag(SYSTEM, tag, media_file_id=there.id)
        with pytest.raises(InvalidItems):
            tags.edit_tag(SYSTEM, tag, media_file_id=elsewhere.id)

        assert (shown(here), shown(there)) == ([], [tag.id])
        assert windows.density(here, 0.0, 60.0, 1) == {}
        assert windows.density(there, 0.0, 60.0, 1) == {None: [1]}
        assert tag.batch.track_author.track.media_file_id == there.id


def test_an_edit_by_another_leaves_the_author_and_says_who_it_was(work, make):
    with work():
        project = make.project(ana=Role.ANNOTATOR, bo=Role.ANNOTATOR)
        ana, bo = (users.get_user(SYSTEM, name).actor for name in ("ana", "bo"))
        tag = make.tag(make.media_file(project), actor=ana)

        tags.edit_tag(bo, tags.get_tag(bo, tag.id), comment="heard it too")

        assert (tag.created_by.name, tag.updated_by.name) == ("ana", "bo")
        assert tag.batch.track_author.author == "ana"
