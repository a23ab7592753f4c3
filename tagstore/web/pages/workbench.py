"""The workbench: one media file, to see, hear and tag."""

import re

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from tagstore.models import MediaFile
from tagstore.services import media_files, tag_sets, vocabularies
from tagstore.services.access import Can, may
from tagstore.web.api.v1.shapes import CLASS, COUNTED_TRACK, MEDIA_FILE, TAG_SET, CountedTrack
from tagstore.web.pages import scripts
from tagstore.web.pages.flow import asked_number
from tagstore.web.render import render

SPAN = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)-([0-9]{1,12}(?:\.[0-9]{1,9})?)")
"""How the address says what is in view: "12.5-30"."""

bp = Blueprint("workbench", __name__)


@bp.get("/media/<media_id>")
def show(media_id: str) -> ResponseReturnValue:
    """Open a media file, by number or qid."""
    media_file = media_files.get_media_file(g.actor, media_id)
    return render_template(
        "media/show.html",
        media_file=media_file,
        project=media_file.project,
        bootstrap=bootstrap(media_file),
    )


def bootstrap(media_file: MediaFile) -> dict[str, object]:
    """Return all that the first picture needs, in the shapes of our own API."""
    project = media_file.project
    previous, following = media_files.neighbours(g.actor, media_file)
    totals = tag_sets.tag_totals_of(media_file)
    return {
        "media": MEDIA_FILE.show(media_file),
        "project": {"key": project.key, "name": project.name},
        "classes": [CLASS.show(each) for each in vocabularies.list_classes(g.actor, project)],
        "tag_sets": [TAG_SET.show(each) for each in tag_sets.list_tag_sets(g.actor, project)],
        "tracks": [
            COUNTED_TRACK.show(CountedTrack(each, totals.get(each.id, 0)))
            for each in tag_sets.list_tracks(g.actor, media_file)
        ],
        "user": {"id": g.actor.user_id, "name": g.actor.name},
        "may": {
            "tag": may(g.actor, Can.TAG, project),
            "manage": may(g.actor, Can.MANAGE, project),
        },
        "previous": address(previous),
        "next": address(following),
    }


@bp.get("/media/<media_id>/script")
def script(media_id: str) -> ResponseReturnValue:
    """Show how a script reads the tags in view, and adds one; the address says what is in view."""
    media_file = media_files.get_media_file(g.actor, media_id)
    project = media_file.project
    window = {
        **span("t", media_file.duration_s, ("start_s", "end_s")),
        **span("f", (media_file.sample_rate or 0) / 2, ("low_hz", "high_hz")),
    }
    ready = [_reading(media_file, window)]
    if may(g.actor, Can.TAG, project):
        ready.append(_adding(media_file, window))
    return render(
        "media/script.html",
        "media/_script.html",
        media_file=media_file,
        project=project,
        scripts=ready,
    )


def span(name: str, most: float | None, words: tuple[str, str]) -> dict[str, float]:
    """Return the part of a file that the address asks for; nothing when it makes no sense."""
    match = SPAN.fullmatch(request.args.get(name, ""))
    low, high = (float(match[1]), min(float(match[2]), most or 0.0)) if match else (0.0, 0.0)
    return dict(zip(words, (low, high), strict=True)) if low < high else {}


def _reading(media_file: MediaFile, window: dict[str, float]) -> scripts.Script:
    filters = {"class": asked_number("class"), "tag_set": asked_number("tag_set")}
    path, words = f"media/{media_file.id}/tags", request.args.get("q") or None
    return scripts.read_pages("Read the tags in view", path, **window, **filters, q=words)


def _adding(media_file: MediaFile, window: dict[str, float]) -> scripts.Script:
    """Return how to tag what is in view, in a tag set of its own, which the first tag makes."""
    classes = vocabularies.list_classes(g.actor, media_file.project)
    words = {"class": classes[0].identifier} if classes else {"text": "from a script"}
    place = {"media_id": media_file.id, "tag_set": "from a script"}
    return scripts.add("Tag what is in view", "tags", **place, **words, **window)


def address(number: int | None) -> str | None:
    """Return the address of a media file's workbench."""
    return f"/media/{number}" if number is not None else None
