"""Groups and classes: made, looked up, changed, retired, deleted when nothing uses them."""

import pytest
from sqlalchemy import select

from tagstore.db import db
from tagstore.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from tagstore.models import Event, Project, TagClass
from tagstore.services import tags, users, vocabularies
from tagstore.values import COLOURS, SYSTEM, Role


@pytest.fixture
def frogs(work, make):
    """The number of a project with a manager, an annotator and a viewer."""
    with work():
        return make.project("frogs", max=Role.MANAGER, ana=Role.ANNOTATOR, vera=Role.VIEWER).id


def project(number):
    return db.session.get_one(Project, number)


def actor(name):
    return users.get_user(SYSTEM, name).actor


def add(number, identifier, **fields):
    return vocabularies.add_class(SYSTEM, project(number), identifier, **fields)


# Classes


def test_a_class_gets_colour_hot_key_label_and_group_by_itself(work, frogs):
    with work():
        made = [add(frogs, f"class{number}") for number in range(12)]

        assert [each.hot_key for each in made] == [*"1234567890", None, None]
        assert [each.color for each in made] == [*COLOURS, *COLOURS[:4]]
        assert [each.label for each in made[:2]] == ["class0", "class1"]
        assert {each.group.key for each in made} == {"default"}
        assert len({each.public_id for each in made}) == 12


def test_what_is_given_is_taken(work, frogs):
    with work():
        group = vocabularies.add_group(SYSTEM, project(frogs), "birds")

        made = add(frogs, "wren", label="Wren", color="#00ff00", hot_key="7", group=group)

        assert (made.label, made.label_folded, made.color, made.hot_key, made.group) == (
            "Wren",
            "wren",
            "#00ff00",
            "7",
            group,
        )


@pytest.mark.parametrize(
    ("fields", "blamed"),
    [
        ({"identifier": ""}, "identifier"),
        ({"identifier": "  "}, "identifier"),
        ({"identifier": "x" * 101}, "identifier"),
        ({"identifier": "a\0b"}, "identifier"),
        ({"label": "x" * 201}, "label"),
        ({"color": "red"}, "color"),
        ({"color": "#FFFFFF"}, "color"),
        ({"hot_key": "x"}, "hot_key"),
        ({"hot_key": "12"}, "hot_key"),
        ({"hot_key": ""}, "hot_key"),
    ],
)
def test_what_will_not_do_is_refused_when_made_and_when_changed(work, frogs, fields, blamed):
    with work():
        there = add(frogs, "wren")

        with pytest.raises(Invalid) as made:
            add(frogs, **{"identifier": "robin", **fields})
        with pytest.raises(Invalid) as changed:
            vocabularies.edit_class(SYSTEM, there, **fields)

        assert [*made.value.details, *changed.value.details] == [blamed, blamed]
        assert (there.identifier, there.version) == ("wren", 1)


def test_an_identifier_is_taken_once_in_a_group_but_again_in_another(work, frogs):
    with work():
        add(frogs, "wren")
        group = vocabularies.add_group(SYSTEM, project(frogs), "songs")
        add(frogs, "wren", group=group)

    with pytest.raises(Conflict) as caught, work():
        add(frogs, "wren")

    assert caught.value.details == {"identifier": "is taken"}


def test_a_hot_key_is_taken_once_and_free_again_when_its_class_is_retired(work, frogs):
    with work():
        wren, robin = add(frogs, "wren"), add(frogs, "robin")

        with pytest.raises(Conflict):
            add(frogs, "tit", hot_key="1")
        with pytest.raises(Conflict):
            vocabularies.edit_class(SYSTEM, robin, hot_key="1")
        vocabularies.edit_class(SYSTEM, wren, retired=True)
        tit = add(frogs, "tit")

        assert (robin.hot_key, tit.hot_key) == ("2", "1")


def test_a_class_brought_back_goes_without_a_hot_key_that_another_has_taken(work, frogs):
    with work():
        wren = add(frogs, "wren")
        vocabularies.edit_class(SYSTEM, wren, retired=True)
        add(frogs, "robin", hot_key="1")

        vocabularies.edit_class(SYSTEM, wren, retired=False)

        assert (wren.retired_at, wren.hot_key) == (None, None)


def test_retired_classes_are_listed_only_when_asked_for(work, frogs):
    with work():
        wren = add(frogs, "wren")
        add(frogs, "robin")
        vocabularies.edit_class(SYSTEM, wren, retired=True)

        in_use = vocabularies.list_classes(SYSTEM, project(frogs))
        all_ = vocabularies.list_classes(SYSTEM, project(frogs), also_retired=True)

        assert [each.identifier for each in in_use] == ["robin"]
        assert [each.identifier for each in all_] == ["wren", "robin"]


def test_tags_follow_a_class_that_is_renamed(work, frogs, make):
    with work():
        wren = add(frogs, "wren")
        tag = make.tag(make.media_file(project(frogs)), tag_class_id=wren.id)

        vocabularies.edit_class(SYSTEM, wren, label="Winter Wren")

        assert (tag.words, wren.label_folded) == ("Winter Wren", "winter wren")


def test_a_parent_is_a_class_of_the_same_project_and_no_descendant(work, frogs, make):
    with work():
        bird, wren, chick = add(frogs, "bird"), add(frogs, "wren"), add(frogs, "chick")
        elsewhere = make.tag_class(make.project("birds"))
        vocabularies.edit_class(SYSTEM, wren, parent_id=bird.id)
        vocabularies.edit_class(SYSTEM, chick, parent_id=wren.id)

        for child, parent_id in (
            (bird, bird.id),
            (bird, chick.id),
            (bird, elsewhere.id),
            (bird, 10**6),
        ):
            with pytest.raises(Invalid) as caught:
                vocabularies.edit_class(SYSTEM, child, parent_id=parent_id)
            assert list(caught.value.details) == ["parent_id"]
        vocabularies.edit_class(SYSTEM, wren, parent_id=None)

        assert (bird.parent_id, wren.parent_id, chick.parent_id) == (None, None, wren.id)


def test_a_frequency_range_runs_forwards(work, frogs):
    with work():
        wren = add(frogs, "wren")
        vocabularies.edit_class(SYSTEM, wren, low_hz=1000.0, high_hz=2000.0)

        with pytest.raises(Invalid):
            vocabularies.edit_class(SYSTEM, wren, low_hz=3000.0)
        vocabularies.edit_class(SYSTEM, wren, high_hz=None, low_hz=3000.0)

        assert (wren.low_hz, wren.high_hz) == (3000.0, None)


def test_an_edit_of_an_older_version_is_stale(work, frogs):
    with work():
        wren = add(frogs, "wren")
        vocabularies.edit_class(SYSTEM, wren, 1, label="Wren")

        with pytest.raises(Stale) as caught:
            vocabularies.edit_class(SYSTEM, wren, 1, label="Robin")
        with pytest.raises(Stale):
            vocabularies.delete_class(SYSTEM, wren, 1)

        assert caught.value.current is wren
        assert (wren.label, wren.version) == ("Wren", 2)


def test_a_class_that_tags_use_stays_and_any_other_goes(work, frogs, make):
    with work():
        wren, robin = add(frogs, "wren"), add(frogs, "robin")
        tag = make.tag(make.media_file(project(frogs)), tag_class_id=wren.id)
        tags.delete_tag(SYSTEM, tag)

        with pytest.raises(Conflict):
            vocabularies.delete_class(SYSTEM, wren)
        vocabularies.delete_class(SYSTEM, robin)
        db.session.flush()

        assert db.session.scalars(select(TagClass)).all() == [wren]
        assert tags.restore_tag(SYSTEM, tag).words == "wren"


def test_children_outlive_a_parent_that_is_deleted(work, frogs):
    with work():
        bird, wren = add(frogs, "bird"), add(frogs, "wren")
        vocabularies.edit_class(SYSTEM, wren, parent_id=bird.id)
        vocabularies.delete_class(SYSTEM, bird)
        db.session.flush()
        db.session.expire_all()

        assert wren.parent_id is None


def test_viewers_look_annotators_use_and_managers_change(work, frogs, make):
    with work():
        wren = add(frogs, "wren")
        make.user("otto")

        for name in ("vera", "ana"):
            assert vocabularies.get_class(actor(name), wren.id) is wren
            with pytest.raises(Forbidden):
                vocabularies.add_class(actor(name), project(frogs), "robin")
            with pytest.raises(Forbidden):
                vocabularies.edit_class(actor(name), wren, label="x")
            with pytest.raises(Forbidden):
                vocabularies.delete_class(actor(name), wren)
            with pytest.raises(Forbidden):
                vocabularies.add_group(actor(name), project(frogs), "songs")
        for call in (
            lambda otto: vocabularies.get_class(otto, wren.id),
            lambda otto: vocabularies.get_group(otto, wren.group_id),
            lambda otto: vocabularies.list_classes(otto, project(frogs)),
            lambda otto: vocabularies.list_groups(otto, project(frogs)),
            lambda otto: vocabularies.require_known(otto, project(frogs), "wren"),
        ):
            with pytest.raises(NotFound):
                call(actor("otto"))
        vocabularies.edit_class(actor("max"), wren, label="Wren")

        assert wren.label == "Wren"


def test_a_class_is_known_by_its_identifier_of_several_the_oldest(work, frogs):
    with work():
        first = add(frogs, "wren")
        group = vocabularies.add_group(SYSTEM, project(frogs), "songs")
        add(frogs, "wren", group=group)

        assert vocabularies.require_known(actor("vera"), project(frogs), "wren") is first
        with pytest.raises(Invalid) as caught:
            vocabularies.require_known(SYSTEM, project(frogs), "WREN")

        assert caught.value.details == {"class": "is not a class of the project"}


# Groups


def test_a_group_has_a_key_that_is_taken_once(work, frogs):
    with work():
        group = vocabularies.add_group(SYSTEM, project(frogs), "songs", "Songs")

        assert (group.key, group.name, group.closed) == ("songs", "Songs", False)
        assert vocabularies.get_group(SYSTEM, group.id) is group
    with pytest.raises(Conflict), work():
        vocabularies.add_group(SYSTEM, project(frogs), "songs")


def test_a_closed_group_takes_no_new_classes(work, frogs):
    with work():
        group = vocabularies.add_group(SYSTEM, project(frogs), "songs")
        vocabularies.edit_group(SYSTEM, group, closed=True)

        with pytest.raises(Conflict):
            add(frogs, "wren", group=group)

        assert vocabularies.list_classes(SYSTEM, project(frogs)) == []


def test_a_group_of_another_project_does_not_exist_here(work, frogs, make):
    with work():
        elsewhere = vocabularies.add_group(SYSTEM, make.project("birds"), "songs")

        with pytest.raises(Invalid) as caught:
            add(frogs, "wren", group=elsewhere)

        assert list(caught.value.details) == ["group_id"]


def test_a_group_is_changed_by_whoever_saw_it_last(work, frogs):
    with work():
        group = vocabularies.add_group(SYSTEM, project(frogs), "songs")
        vocabularies.edit_group(SYSTEM, group, 1, name="Songs")

        with pytest.raises(Stale):
            vocabularies.edit_group(SYSTEM, group, 1, name="Calls")
        with pytest.raises(Invalid):
            vocabularies.edit_group(SYSTEM, group, 2, name=" ")

        assert (group.name, group.version) == ("Songs", 2)


def test_what_was_done_to_classes_is_recorded(work, frogs):
    with work():
        wren = add(frogs, "wren")
        vocabularies.edit_class(SYSTEM, wren, label="Wren", retired=True)
        vocabularies.delete_class(SYSTEM, wren)

        found = db.session.scalars(select(Event).where(Event.kind.startswith("class."))).all()

        assert [(event.kind, event.after) for event in found] == [
            ("class.added", {"id": wren.id, "label": "wren"}),
            ("class.edited", {"id": wren.id, "label": "Wren", "retired": True}),
            ("class.deleted", {"id": wren.id, "label": "Wren"}),
        ]
