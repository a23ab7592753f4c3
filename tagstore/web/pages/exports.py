"""Tags out as files: what is chosen, what it would lose, and where it is fetched."""

from dataclasses import dataclass
from typing import Any

from flask import g, request, url_for
from flask.typing import ResponseReturnValue

from tagstore.errors import NotFound
from tagstore.formats.registry import FORMATS
from tagstore.models import Project
from tagstore.services import exports, projects, tag_sets
from tagstore.services.exports import Selection, Summary
from tagstore.values import TagQuery
from tagstore.web.pages.flow import Pages
from tagstore.web.pages.forms import ExportForm
from tagstore.web.render import render

bp = Pages("exports")


@dataclass(frozen=True)
class Offer:
    """What would be written, and the address of the file."""

    summary: Summary
    address: str


@bp.get("/projects/<key>/exports")
def show(key: str) -> ResponseReturnValue:
    """Let a format and tags be chosen; the address keeps what was."""
    project = projects.get_project(g.actor, key)
    form = ExportForm(request.args)
    form.format.choices = [(each.key, each.name) for each in FORMATS if each.write]
    sets = tag_sets.list_tag_sets(g.actor, project)
    form.tag_set.choices = [("", "all"), *((str(each.id), each.name) for each in sets)]
    offer = None
    if form.validate():
        try:
            offer = _offer(project, form)
        except NotFound as error:
            form.folder.errors = [error.message]
    return render(
        "exports/show.html", "exports/_offer.html", project=project, form=form, offer=offer
    )


def _offer(project: Project, form: ExportForm) -> Offer:
    folder = form.folder.data or None
    tag_set = int(form.tag_set.data) if form.tag_set.data else None
    selection = Selection(TagQuery(tag_set_id=tag_set), folder)
    summary = exports.summarise(g.actor, project, form.format.data, selection)
    said: dict[str, Any] = {
        "project": project.key,
        "format": form.format.data,
        "tag_set": tag_set,
        "folder": folder,
        "by_recording": "true" if form.by_recording.data else None,
        "for_spreadsheets": "true" if form.for_spreadsheets.data else None,
    }
    return Offer(summary, url_for("v1.export_tags", **said))
