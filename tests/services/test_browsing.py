"""Browsing media files: folders and names, told apart and in order alike on every engine."""

import pytest

from tagstore.db import db
from tagstore.models import Project
from tagstore.services import browsing
from tagstore.values import SYSTEM, MediaQuery, fold

PLACES = [
    "",
    "pond",
    "pond/may",
    "pond/may_2",
    "pond/May",
    "Pond",
    "ponds",
    "pond%",
    "pon_/x",
    "Öd",
]


@pytest.fixture
def frogs(work, make):
    """A project with one file in each place, named after it."""
    with work():
        project = make.project("frogs")
        for place in PLACES:
            name = f"{place.replace('/', ' ')}.wav"
            make.media_file(project, folder=place, name=name)
        return project.id


def found(number, **wanted):
    project = db.session.get_one(Project, number)
    shelf = browsing.browse(SYSTEM, project, MediaQuery(**wanted), 1, 100)
    return [each.folder for each in shelf.media_files]


@pytest.mark.parametrize(
    ("folder", "below"),
    [
        ("pond", ["pond", "pond/may", "pond/May", "pond/may_2"]),
        ("Pond", ["Pond"]),
        ("pond%", ["pond%"]),
        ("pon_", ["pon_/x"]),
        ("pond/may", ["pond/may"]),
        ("nowhere", []),
    ],
)
def test_a_folder_holds_what_is_in_it_and_below_in_this_very_case(work, frogs, folder, below):
    with work():
        assert sorted(found(frogs, folder=folder)) == sorted(below)


def test_folders_are_counted_with_all_that_is_below(work, frogs):
    with work():
        project = db.session.get_one(Project, frogs)
        top = browsing.folders(SYSTEM, project)
        inner = browsing.folders(SYSTEM, project, "pond")

    assert top == {"pon_": 1, "pond": 4, "Pond": 1, "pond%": 1, "ponds": 1, "Öd": 1}
    assert inner == {"may": 1, "May": 1, "may_2": 1}


def test_names_are_in_the_order_of_their_folded_code_points(work, frogs):
    with work():
        names = found(frogs, sort="name")

    assert names == sorted(PLACES, key=lambda place: fold(f"{place.replace('/', ' ')}.wav"))


def test_names_are_searched_without_regard_to_case_and_signs_mean_themselves(work, frogs):
    with work():
        assert found(frogs, text="öD") == ["Öd"]
        assert found(frogs, text="%") == ["pond%"]
        assert found(frogs, text="Y_2") == ["pond/may_2"]
