"""Tags out as files: what is chosen, what it would lose, and where it is fetched."""

from dataclasses import dataclass

from flask import g, request, url_for
from flask.typing import ResponseReturnValue

from tagstore.errors import Invalid, NotFound
from tagstore.models import Project
from tagstore.services import exports, projects, tag_sets, vocabularies
from tagstore.services.exports import Summary
from tagstore.web.pages.export_form import ExportForm
from tagstore.web.pages.flow import Pages
from tagstore.web.render import blame, render

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
    form.offer(
        list(tag_sets.list_tag_sets(g.actor, project)),
        list(vocabularies.list_classes(g.actor, project, also_retired=True)),
    )
    offer = None
    if form.validate():
        try:
            offer = _offer(project, form)
        except Invalid as error:
            blame(form, error)
        except NotFound as error:
            (form.media if form.media.data else form.folder).errors = [error.message]
    return render(
        "exports/show.html", "exports/_offer.html", project=project, form=form, offer=offer
    )


def _offer(project: Project, form: ExportForm) -> Offer:
    asked = (form.format.data, form.selection(), form.manner())
    summary = exports.summarise(g.actor, project, *asked)
    return Offer(summary, url_for("v1.export_tags", project=project.key, **form.asked()))
