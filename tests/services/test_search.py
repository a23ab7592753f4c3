"""Tags found across a project: in one order, whatever tag set they are in, page by page."""

import pytest

from tagstore.services import projects, search, tag_sets, tags
from tagstore.services.search import finding
from tagstore.values import SYSTEM, TagQuery


@pytest.fixture(params=[50, 2], ids=["set by set", "sorted"])
def scene(request, work, make, monkeypatch):
    """A project whose tag sets are tagged by turns, and another one; the tags' numbers."""
    monkeypatch.setattr(finding, "MOST_RANGES", request.param)
    with work():
        project, other = make.project("frogs"), make.project("birds")
        sets = [make.tag_set(project) for _ in range(3)]
        make.tag_set(other)
        here, there = make.media_file(project), make.media_file(other)
        found = []
        for number in range(9):
            words = "wren" if number % 4 else "robin"
            found.append(make.tag(here, tag_set_id=sets[number % 3].id, text=words).id)
            make.tag(there)
        return found


def pages(limit, **wanted):
    """Return all pages of the numbers of the project's tags, and the totals told."""
    project = projects.get_project(SYSTEM, "frogs")
    found, totals, cursor = [], [], None
    while True:
        page = search.find_in_project(SYSTEM, project, TagQuery(**wanted), limit, cursor)
        found.append([tag.id for tag in page.things])
        totals.append(page.total)
        cursor = page.next
        if cursor is None:
            return found, totals


def test_a_projects_tags_come_in_the_order_they_were_made_whatever_their_set(scene, work):
    with work():
        assert pages(4) == ([scene[:4], scene[4:8], scene[8:]], [9, 9, 9])
        assert pages(9) == ([scene], [9])


def test_a_page_that_is_full_at_the_end_has_none_after_it(scene, work):
    with work():
        assert pages(3, text="robin") == ([[scene[0], scene[4], scene[8]]], [3])
        assert pages(2, text="robin") == ([[scene[0], scene[4]], [scene[8]]], [3, 3])


def test_a_deleted_set_and_a_deleted_tag_are_left_out(scene, work):
    with work():
        project = projects.get_project(SYSTEM, "frogs")
        tag_sets.delete_tag_set(SYSTEM, tag_sets.list_tag_sets(SYSTEM, project)[1])
        tags.delete_tag(SYSTEM, tags.get_tag(SYSTEM, scene[2]))

        assert pages(10) == ([[scene[number] for number in (0, 3, 5, 6, 8)]], [5])


def test_a_project_without_tag_sets_has_no_tags(work, make):
    with work():
        make.project("frogs")

        assert pages(10) == ([[]], [0])
