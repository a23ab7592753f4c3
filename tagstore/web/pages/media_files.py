"""A project's media files: browsing them, and bringing new ones in."""

from flask import g, request
from flask.typing import ResponseReturnValue

from tagstore.services import browsing, projects
from tagstore.values import MediaQuery
from tagstore.web.pages.flow import Pages
from tagstore.web.render import render

AT_ONCE = 100
KINDS = ("audio", "video", "image", "external")
STATES = ("ready", "new", "failed", "missing", "changed")
TAGGED = {"yes": True, "no": False}

bp = Pages("media_files")


@bp.get("/projects/<key>/media")
def index(key: str) -> ResponseReturnValue:
    """List the media files that the filters in the address leave."""
    project = projects.get_project(g.actor, key)
    query = query_from_address()
    number = request.args.get("page", 1, type=int)
    shelf = browsing.browse(g.actor, project, query, number, AT_ONCE)
    as_grid = request.args.get("view") == "grid"
    return render(
        "media_files/list.html",
        "media_files/_table.html",
        project=project,
        query=query,
        shelf=shelf,
        as_grid=as_grid,
        folders=browsing.folders(g.actor, project, query.folder or ""),
        totals=browsing.tag_totals(shelf.media_files),
        kinds=KINDS,
        states=STATES,
    )


def query_from_address() -> MediaQuery:
    """Return what the filters ask for; what makes no sense asks for nothing."""
    words = request.args
    sort = words.get("sort", "name")
    return MediaQuery(
        folder=words.get("folder", "").strip("/") or None,
        text=words.get("q") or None,
        state=words["state"] if words.get("state") in STATES else None,
        kind=words["kind"] if words.get("kind") in KINDS else None,
        tagged=TAGGED.get(words.get("tagged", "")),
        sort=sort if sort.removeprefix("-") in browsing.ORDERS else "name",
    )
