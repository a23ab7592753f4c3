"""Finding tags across the files of a project, and the permanent address of one."""

from math import isfinite
from typing import Any

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tagstore.models import Tag
from tagstore.services import media_files, projects, search, tag_sets, tags, vocabularies
from tagstore.services.search import SeenTag
from tagstore.values import TAG_STATUSES, TagQuery
from tagstore.web.pages import scripts
from tagstore.web.pages.flow import Pages, asked_number
from tagstore.web.render import render

AT_ONCE = 100
LEAST_MARGIN_S = 0.5

bp = Pages("tags")


@bp.get("/projects/<key>/tags")
def index(key: str) -> ResponseReturnValue:
    """List the tags that the filters in the address leave, one row each."""
    project = projects.get_project(g.actor, key)
    query = query_from_address()
    cursor = request.args.get("cursor") or None
    layers = tag_sets.list_tag_sets(g.actor, project)
    classes = vocabularies.list_classes(g.actor, project, also_retired=True)
    found = search.find_in_project(g.actor, project, query, AT_ONCE, cursor)
    return render(
        "tags/list.html",
        "tags/_table.html",
        project=project,
        query=query,
        cursor=cursor,
        found=found,
        tag_sets={each.id: each for each in layers},
        classes=vocabularies.of_tags(found.things),
        media_files=media_files.of_tags(found.things),
        class_choices=[(each.id, each.label) for each in classes],
        tag_set_choices=[(each.id, each.name) for each in layers],
        status_choices=[(each, each) for each in TAG_STATUSES],
        place_of=place_of,
        exported=url_for("exports.show", key=key, **_asked(query)),
        scripts=[scripts.read_pages("Find these tags", "tags", project=key, **_asked(query))],
    )


def _asked(query: TagQuery) -> dict[str, Any]:
    """Return the filters that are set as parameters, of our API and of the page that exports."""
    asked = {
        "tag_set": query.tag_set_id,
        "class": query.tag_class_id,
        "author": query.author,
        "score_gte": query.score_gte,
        "status": query.status,
        "q": query.text,
    }
    return {name: value for name, value in asked.items() if value is not None}


@bp.get("/tag/<int:tag_id>")
def show(tag_id: int) -> ResponseReturnValue:
    """Lead to the tag in its file."""
    return redirect(place_of(tags.get_tag(g.actor, tag_id)))


def query_from_address() -> TagQuery:
    """Return what the filters ask for; what makes no sense asks for nothing."""
    status = request.args.get("status")
    score = request.args.get("score", type=float)
    return TagQuery(
        tag_set_id=asked_number("tag_set"),
        tag_class_id=asked_number("class"),
        author=request.args.get("author") or None,
        score_gte=score if score is not None and isfinite(score) else None,
        status=status if status in TAG_STATUSES else None,
        text=request.args.get("q") or None,
    )


def place_of(tag: Tag | SeenTag) -> str:
    """Return the address that shows a tag in its file, with some room around it."""
    address = f"/media/{tag.media_file_id}?tag={tag.id}"
    if tag.start_s is None or tag.end_s is None:
        return address
    margin_s = max(LEAST_MARGIN_S, tag.end_s - tag.start_s)
    return f"{address}&t={max(0.0, tag.start_s - margin_s):.3f}-{tag.end_s + margin_s:.3f}"
