"""Projects: the list, a new one, the overview, the settings."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import g, redirect, url_for
from flask.typing import ResponseReturnValue

from tagstore.models import Event, Project
from tagstore.services import access, browsing, events, projects, tag_sets, writes
from tagstore.services.access import Can
from tagstore.values import STRANGER
from tagstore.web.pages import scripts
from tagstore.web.pages.flow import Pages, attempt, go, settle, tell
from tagstore.web.pages.forms import ProjectForm, ProjectSettingsForm, WriteTokenForm, end_of
from tagstore.web.render import render

LATEST = 200
ERRANDS = ("job.", "media.pictures")
"""Events that nobody did."""
SHOWN = 15

bp = Pages("projects")


@bp.get("/")
def index() -> ResponseReturnValue:
    """List the projects one may see; a stranger without any is asked to sign in."""
    found = projects.list_projects(g.actor)
    if g.actor is STRANGER and not found:
        return redirect(url_for("sign_in.show"))
    return render("projects/list.html", "projects/_cards.html", projects=found)


@bp.get("/new-project")
def new() -> ResponseReturnValue:
    """Show the form of a new project."""
    access.require_self(g.actor)
    form = ProjectForm(formdata=None)
    return render("projects/new.html", "projects/_new.html", form=form)


@bp.post("/projects")
def add() -> ResponseReturnValue:
    """Make a project."""
    access.require_self(g.actor)
    form = ProjectForm()
    key = form.key.data or ""
    return settle(
        form,
        lambda: projects.add_project(g.actor, key, form.name.data or ""),
        told=f"Made the project {form.name.data or key}. Add media next.",
        goal=url_for("projects.show", key=key),
        again=lambda status: render("projects/new.html", "projects/_new.html", status, form=form),
    )


@bp.get("/projects/<key>")
def show(key: str) -> ResponseReturnValue:
    """Show what is in a project and what happened last."""
    project = projects.get_project(g.actor, key)
    return render(
        "projects/show.html",
        "projects/_overview.html",
        project=project,
        totals=projects.media_totals(project),
        census=browsing.census(g.actor, project),
        tag_sets=tag_sets.list_tag_sets(g.actor, project),
        tag_totals=tag_sets.tag_totals(project),
        happenings=_told_together(events.latest(project, LATEST))[:SHOWN],
        scripts=[
            scripts.read_one("Read what this project says of itself", f"projects/{key}"),
            scripts.read_list("List its tag sets", "tag-sets", project=key),
        ],
    )


def _told_together(latest: Sequence[Event]) -> list[tuple[Event, int]]:
    """Return each event once for what the same person did several times on end, with how often.

    A bulk counts as often as it has things in it.
    """
    by_people = [event for event in latest if not event.kind.startswith(ERRANDS)]
    runs = groupby(by_people, key=lambda event: (event.actor_name, event.kind))
    listed = [list(run) for _, run in runs]
    return [(run[0], sum(map(_things, run))) for run in listed]


def _things(event: Event) -> int:
    ids = (event.after or {}).get("ids")
    return len(ids) if isinstance(ids, list) else 1


@bp.get("/projects/<key>/settings")
def settings(key: str) -> ResponseReturnValue:
    """Show what can be changed about a project, and where its tags may be written."""
    return _settings_page(projects.get_project(g.actor, key, Can.MANAGE), "projects/_edit.html")


@bp.post("/projects/<key>/settings")
def edit(key: str) -> ResponseReturnValue:
    """Change what a project is called and who may read it."""
    project = projects.get_project(g.actor, key, Can.MANAGE)
    form = ProjectSettingsForm()
    changes = {field: form[field].data for field in ("name", "description", "audience")}
    return settle(
        form,
        lambda: projects.edit_project(g.actor, project, **changes),
        told="Saved the project's settings.",
        goal=url_for("projects.show", key=key),
        again=lambda status: _settings_page(project, "projects/_edit.html", status, form=form),
    )


@bp.post("/projects/<key>/write-tokens")
def add_write_token(key: str) -> ResponseReturnValue:
    """Make a write token and show it, this once."""
    project = projects.get_project(g.actor, key, Can.MANAGE)
    form = WriteTokenForm()
    part, made = "projects/_write_tokens.html", list[str]()
    what = (form.name.data or "", form.destination.data or "", end_of(form.expires_on.data))
    if not attempt(form, lambda: made.append(writes.add_write_token(g.actor, project, *what))):
        return _settings_page(project, part, 422, write_token_form=form)
    return _settings_page(project, part, 201, secret=made[0])


@bp.post("/projects/<key>/write-tokens/<int:token_id>/revoke")
def revoke_write_token(key: str, token_id: int) -> ResponseReturnValue:
    """End a write token."""
    project = projects.get_project(g.actor, key, Can.MANAGE)
    writes.revoke_write_token(g.actor, token_id, project)
    tell("Write token revoked. What was written with it stays.")
    return go("projects.settings", key=key)


def _settings_page(
    project: Project, part: str, status: int = 200, **context: Any
) -> ResponseReturnValue:
    empty = {
        "form": ProjectSettingsForm(formdata=None, obj=project),
        "write_token_form": WriteTokenForm(formdata=None),
        "secret": None,
    }
    return render(
        "projects/edit.html",
        part,
        status,
        **{**empty, **context},
        project=project,
        write_tokens=writes.list_write_tokens(g.actor, project),
    )
