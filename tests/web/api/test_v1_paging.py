"""Pages of lists over our own API: every list, whole, in order, and nothing twice."""

import pytest

from tagstore.db import db
from tagstore.models import Project
from tagstore.services import jobs, users
from tagstore.values import SYSTEM, Role


@jobs.job
def rest(progress: jobs.Progress) -> None:
    """Do nothing."""


@pytest.fixture
def full(api, work, make):
    """Put several of everything into the project, and let root see it."""
    with work():
        project = db.session.get_one(Project, api.project_id)
        root = make.user("root", is_admin=True)
        api.tokens["root"] = make.token(root)
        for number in range(5):
            media_file = make.media_file(project)
            tag_class = make.tag_class(project)
            make.tag_set(project)
            make.tag(media_file, root.actor, tag_class_id=tag_class.id)
            make.token(users.get_user(SYSTEM, "root"))
            jobs.later(rest, media_file=media_file)
            make.project(f"pond{number}", **{f"person{number}": Role.VIEWER})
        first = make.media_file(project)
        for tag_set in range(1, 6):
            make.tag(first, root.actor, tag_set_id=tag_set, text="wren")
    for number in range(5):
        api.post("/tag-groups", {"project": "frogs", "key": f"group{number}"})
    return api


LISTS = [
    "/projects",
    "/projects/frogs/members",
    "/projects/frogs/media",
    "/media?project=frogs",
    "/media?project=frogs&sort=-added",
    "/media/6/tags",
    "/media/6/tracks",
    "/tags?project=frogs",
    "/tag-sets?project=frogs",
    "/tag-groups?project=frogs",
    "/tag-classes?project=frogs",
    "/batches?project=frogs",
    "/jobs",
    "/jobs?project=frogs",
    "/events?project=frogs",
    "/users",
    "/tokens",
]


def key(item):
    return str(item.get("id") or item.get("seq") or item.get("user_id"))


def pages_of(api, path):
    """Return the pages of a list, two things on each, by following the links."""
    pages = [api.get(f"{path}{joint(path)}limit=2", "root")]
    while link := pages[-1].headers.get("Link"):
        assert link.endswith('; rel="next"')
        pages.append(api.get(link[1:].partition(">")[0].removeprefix("/api/v1"), "root"))
    return [page.json for page in pages]


def joint(path):
    return "&" if "?" in path else "?"


def test_pages_put_together_are_the_whole_list(full):
    for path in LISTS:
        whole = full.get(path, "root").json

        pages = pages_of(full, path)

        keys = [key(item) for page in pages for item in page["items"]]
        assert keys == [key(item) for item in whole["items"]], path
        assert len(set(keys)) == len(keys) == whole["total"] > 3, path
        assert {page["total"] for page in pages} == {whole["total"]}, path
        assert [page["next"] is None for page in pages] == [False] * (len(pages) - 1) + [True]


def test_a_page_is_asked_for_strictly(full):
    wrong = ("limit=٣", "limit=1_0", "limit=%205", "limit=1e3", "limit=0", "limit=-1", "limit=")
    more = ("limit=5&limit=5", "cursor=x", "count=all", "cursor=1&cursor=1", "pages=1")
    for path in LISTS:
        for text in (*wrong, *more):
            refused = full.get(f"{path}{joint(path)}{text}", "root")

            assert list(full.faults(refused)) == [f"/{text.partition('=')[0]}"], (path, text)


def test_a_cursor_that_is_not_ours_is_a_fault(full):
    cursors = ("W10", "e30", "WzFd8", "WyJhIl0", "W3RydWVd", "WzFlNDAwXQ", "WzEsMl0")
    for cursor in cursors:
        for path in ("/tags?project=frogs", "/tag-sets?project=frogs", "/batches?project=frogs"):
            refused = full.get(f"{path}&cursor={cursor}", "root")

            assert list(full.faults(refused)) == ["/cursor"], (path, cursor)
