"""Tag sets and tracks: made, found, changed, deleted by whom, and restored."""

import pytest
from sqlalchemy import select

from tagstore.db import db
from tagstore.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from tagstore.models import Event, Project
from tagstore.services import counts, search, tag_sets, tags, users, windows
from tagstore.values import SYSTEM, Actor, Role, TagQuery


@pytest.fixture
def frogs(work, make):
    """The number of a project with members of every kind."""
    members = {"max": Role.MANAGER, "ana": Role.ANNOTATOR, "bo": Role.ANNOTATOR}
    with work():
        make.user("otto")
        return make.project("frogs", vera=Role.VIEWER, **members).id


def project(number):
    return db.session.get_one(Project, number)


def actor(name):
    return users.get_user(SYSTEM, name).actor


def add(number, name="survey", who="ana", **fields):
    return tag_sets.add_tag_set(actor(who), project(number), name, **fields)


def names(number, **options):
    return [each.name for each in tag_sets.list_tag_sets(SYSTEM, project(number), **options)]


def test_an_annotator_makes_a_tag_set(work, frogs):
    with work():
        made = add(frogs, "BirdNET 2.4", color="#00ff00", hidden=True)

        assert (made.name, made.color, made.hidden, made.version) == (
            "BirdNET 2.4",
            "#00ff00",
            True,
            1,
        )
        assert made.created_by.name == "ana"


@pytest.mark.parametrize(
    ("fields", "blamed"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"color": "green"}, "color"),
    ],
)
def test_what_will_not_do_is_refused_when_made_and_when_changed(work, frogs, fields, blamed):
    with work():
        there = add(frogs)

        with pytest.raises(Invalid) as made:
            add(frogs, **{"name": "other", **fields})
        with pytest.raises(Invalid) as changed:
            tag_sets.edit_tag_set(SYSTEM, there, **fields)

        assert [*made.value.details, *changed.value.details] == [blamed, blamed]
        assert (names(frogs), there.version) == (["survey"], 1)


def test_a_name_is_taken_once_in_a_project_until_it_is_freed(work, frogs, make):
    with work():
        survey = add(frogs)
        tag_sets.add_tag_set(SYSTEM, make.project("birds"), "survey")
        tag_sets.delete_tag_set(SYSTEM, survey)
        add(frogs)

    with pytest.raises(Conflict) as caught, work():
        add(frogs)
    with pytest.raises(Conflict), work():
        tag_sets.edit_tag_set(SYSTEM, add(frogs, "other"), name="survey")

    assert caught.value.details == {"name": "is taken"}
    with work():
        assert names(frogs) == ["survey"]


def test_a_tag_set_is_found_by_name_or_made(work, frogs):
    with work():
        found = add(frogs)

        assert tag_sets.find_or_add_tag_set(actor("ana"), project(frogs), "survey") is found
        made = tag_sets.find_or_add_tag_set(actor("ana"), project(frogs), "Survey")
        with pytest.raises(Forbidden):
            tag_sets.find_or_add_tag_set(actor("vera"), project(frogs), "third")

        assert (made.id == found.id, names(frogs)) == (False, ["survey", "Survey"])


def test_hidden_ones_may_be_left_out(work, frogs):
    with work():
        add(frogs, "a", hidden=True)
        add(frogs, "b")

        assert (names(frogs), names(frogs, also_hidden=False)) == (["a", "b"], ["b"])


def test_a_change_leaves_the_rest_and_none_clears(work, frogs):
    with work():
        survey = add(frogs, color="#00ff00")

        tag_sets.edit_tag_set(actor("bo"), survey, label="Survey 2026", color=None)

        assert (survey.name, survey.label, survey.color, survey.version) == (
            "survey",
            "Survey 2026",
            None,
            2,
        )


def test_a_change_of_an_older_version_is_stale(work, frogs):
    with work():
        survey = add(frogs)
        tag_sets.edit_tag_set(SYSTEM, survey, 1, hidden=True)

        with pytest.raises(Stale):
            tag_sets.edit_tag_set(SYSTEM, survey, 1, hidden=False)
        with pytest.raises(Stale):
            tag_sets.delete_tag_set(SYSTEM, survey, 1)

        assert (survey.hidden, survey.deleted_at) == (True, None)


# Deleted, by whom, and restored


def test_who_made_a_tag_set_deletes_it_while_nobody_else_has_tags_in_it(work, frogs, make):
    with work():
        survey = add(frogs)
        media_file = make.media_file(project(frogs))
        place = {"tag_set_id": survey.id}
        make.tag(media_file, actor("ana"), **place)
        others = make.tag(media_file, actor("bo"), **place)

        with pytest.raises(Forbidden):
            tag_sets.delete_tag_set(actor("ana"), survey)
        tags.delete_tag(actor("bo"), others)
        tag_sets.delete_tag_set(actor("ana"), survey)

        assert names(frogs) == []


def test_others_do_not_delete_it_and_managers_do_whatever_it_holds(work, frogs, make):
    with work():
        survey = add(frogs)
        make.tag(make.media_file(project(frogs)), actor("bo"), tag_set_id=survey.id)
        reading = Actor(actor("max").user_id, "max", read_only=True)

        refused = [("bo", Forbidden), ("vera", Forbidden), ("otto", NotFound)]
        for name, error in refused:
            with pytest.raises(error):
                tag_sets.delete_tag_set(actor(name), survey)
        with pytest.raises(Forbidden):
            tag_sets.delete_tag_set(reading, survey)
        tag_sets.delete_tag_set(actor("max"), survey)

        assert names(frogs) == []


def test_with_a_tag_set_go_its_tracks_and_tags_and_come_back_with_it(work, frogs, make):
    with work():
        survey = add(frogs)
        media_file = make.media_file(project(frogs))
        tag = make.tag(media_file, tag_set_id=survey.id)

        before = seen(media_file, tag)
        tag_sets.delete_tag_set(SYSTEM, survey)
        gone = seen(media_file, tag)
        tag_sets.restore_tag_set(actor("ana"), survey)
        back = seen(media_file, tag)

        assert before == back == ([tag.id], [tag.id], {None: [1]}, 1, True)
        assert gone == ([], [], {}, 0, False)


def seen(media_file, tag):
    """Return in which ways a tag shows."""
    window = search.find_in_media_file(SYSTEM, media_file, TagQuery(), 10).things
    everywhere = search.find_in_project(SYSTEM, media_file.project, TagQuery(), 10).things
    try:
        alone = tags.get_tag(SYSTEM, tag.id) is tag
    except NotFound:
        alone = False
    return (
        [each.id for each in window],
        [each.id for each in everywhere],
        windows.density(media_file, 0.0, 60.0, 1),
        len(tag_sets.list_tracks(SYSTEM, media_file)),
        alone,
    )


def test_a_name_taken_meanwhile_gets_a_word_behind_it_as_often_as_needed(work, frogs):
    with work():
        deleted = []
        for _ in range(4):
            survey = add(frogs)
            tag_sets.delete_tag_set(SYSTEM, survey)
            deleted.append(survey)
        add(frogs)

        for survey in deleted:
            tag_sets.restore_tag_set(SYSTEM, survey)

        assert sorted(names(frogs)) == [
            "survey",
            "survey (restored 2)",
            "survey (restored 3)",
            "survey (restored 4)",
            "survey (restored)",
        ]


def test_the_longest_of_names_stays_within_its_length(work, frogs):
    with work():
        deleted = add(frogs, "x" * 200)
        tag_sets.delete_tag_set(SYSTEM, deleted)
        add(frogs, "x" * 200)

        tag_sets.restore_tag_set(SYSTEM, deleted)

        assert deleted.name == "x" * 189 + " (restored)"


def test_restoring_what_is_there_changes_nothing(work, frogs):
    with work():
        survey = add(frogs)
        before = len(db.session.scalars(select(Event)).all())

        tag_sets.restore_tag_set(SYSTEM, survey)

        assert (survey.name, survey.version) == ("survey", 1)
        assert len(db.session.scalars(select(Event)).all()) == before


def test_a_deleted_tag_set_is_found_only_by_who_asks_for_deleted_ones(work, frogs):
    with work():
        survey = add(frogs)
        tag_sets.delete_tag_set(SYSTEM, survey)

        with pytest.raises(NotFound):
            tag_sets.get_tag_set(SYSTEM, survey.id)
        with pytest.raises(NotFound):
            tag_sets.get_tag_set(actor("otto"), survey.id, also_deleted=True)

        assert tag_sets.get_tag_set(actor("vera"), survey.id, also_deleted=True) is survey


def test_nothing_can_be_put_into_a_deleted_tag_set(work, frogs, make):
    with work():
        survey = add(frogs)
        media_file = make.media_file(project(frogs))
        draft = make.draft(media_file, tag_set_id=survey.id)
        tag_sets.delete_tag_set(SYSTEM, survey)

        with pytest.raises(Invalid):
            tags.add_tags(SYSTEM, project(frogs), [draft])


# Tracks and totals


def test_a_media_file_has_a_track_of_each_set_it_has_tags_of_in_the_order_of_the_sets(
    work, frogs, make
):
    with work():
        first, second, third = (add(frogs, name) for name in "abc")
        media_file, other = make.media_file(project(frogs)), make.media_file(project(frogs))
        for tag_set in (second, first, second):
            make.tag(media_file, tag_set_id=tag_set.id)
        make.tag(other, tag_set_id=third.id)

        tracks = tag_sets.list_tracks(actor("vera"), media_file)
        totals = tag_sets.tag_totals_of(media_file)

        assert [track.tag_set.name for track in tracks] == ["a", "b"]
        assert [totals[track.id] for track in tracks] == [1, 2]
        assert tag_sets.tag_totals(project(frogs)) == {first.id: 1, second.id: 2, third.id: 1}
        with pytest.raises(NotFound):
            tag_sets.list_tracks(actor("otto"), media_file)


def test_counts_know_files_of_any_length():
    widths = [counts.bin_s(duration_s) for duration_s in (None, 0.0, 1.0, 4096.0, 4097.0, 86400.0)]

    assert widths == [2**-12, 2**-12, 2**-12, 1.0, 2.0, 32.0]
