"""The workbench: one media file, to see, hear and tag."""

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from tagstore.models import MediaFile
from tagstore.services import media_files, tag_sets, vocabularies
from tagstore.services.access import Can, may
from tagstore.web.api.v1.shapes import CLASS, MEDIA_FILE, TAG_SET, TRACK, CountedTrack

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
            TRACK.show(CountedTrack(each, totals.get(each.id, 0)))
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


def address(number: int | None) -> str | None:
    """Return the address of a media file's workbench."""
    return f"/media/{number}" if number is not None else None
