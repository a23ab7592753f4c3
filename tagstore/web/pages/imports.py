"""Tags in as files: sent, looked at, decided on, stored as a whole, taken back."""

from typing import Any, BinaryIO, cast

from flask import g, request
from flask.typing import ResponseReturnValue

from tagstore.errors import Conflict, Invalid, NotFound, TooLarge
from tagstore.formats.registry import FORMATS
from tagstore.models import Import, Project
from tagstore.services import imports, projects, tag_sets, vocabularies
from tagstore.services.access import Can
from tagstore.services.imports import READABLE, Standing, commit
from tagstore.values import Part
from tagstore.web.app import uploads
from tagstore.web.pages import import_forms, scripts
from tagstore.web.pages.flow import Pages, go, tell
from tagstore.web.render import render

AT_ONCE = 50
MOST_PATHS = 1000
MOST_RECORDINGS = 50
FORMAT_NAMES = {each.key: each.name for each in FORMATS}

bp = Pages("imports")


@bp.get("/projects/<key>/imports")
def index(key: str) -> ResponseReturnValue:
    """List a project's imports, and take files for another."""
    return _list(projects.get_project(g.actor, key))


def _list(project: Project, fault: str = "", status: int = 200) -> ResponseReturnValue:
    part = Part(limit=AT_ONCE, cursor=request.args.get("cursor"))
    found = imports.page_of_imports(g.actor, project, part)
    return render(
        "imports/list.html",
        "imports/_table.html",
        status,
        project=project,
        standings=imports.standings(found.things),
        next_cursor=found.next,
        formats=READABLE,
        format_names=FORMAT_NAMES,
        tag_sets=tag_sets.list_tag_sets(g.actor, project),
        fault=fault,
        scripts=[scripts.read_list("List these imports", "imports", project=project.key)],
    )


@bp.before_request
def take_in() -> None:
    """Keep the files that are sent before the request's transaction, which must not wait."""
    if request.endpoint != "imports.add":
        return
    words = {name: request.form.get(name, "").strip() for name in ("format", "tag_set")}
    said = {name: text for name, text in words.items() if text}
    files = [
        (each.filename, cast(BinaryIO, each.stream))
        for each in request.files.getlist("files")
        if each.filename
    ]
    g.refused = "" if files else "Choose files of tags first."
    if g.refused:
        return
    try:
        g.import_id = imports.receive(g.actor, (request.view_args or {})["key"], files, said)
    except (Invalid, TooLarge) as error:
        g.refused = " ".join([error.message, *error.details.values()])


@bp.post("/projects/<key>/imports")
@uploads
def add(key: str) -> ResponseReturnValue:
    """Lead to the import of the files of a form, which were taken in."""
    project = projects.get_project(g.actor, key, Can.TAG)
    if g.refused:
        return _list(project, g.refused, 422)
    return go("imports.show", key=key, import_id=g.import_id)


@bp.get("/projects/<key>/imports/<int:import_id>")
def show(key: str, import_id: int) -> ResponseReturnValue:
    """Show the four steps of an import; `?undo` shows what taking it back would take away."""
    return _page(_import(key, import_id))


@bp.post("/projects/<key>/imports/<int:import_id>")
def decide(key: str, import_id: int) -> ResponseReturnValue:
    """Keep what the form decides, and read again; store the tags if it decides nothing new."""
    row = _import(key, import_id)
    try:
        _decide(row)
    except (Invalid, Conflict) as error:
        fault = " ".join([error.message, *error.details.values()])
        return _page(row, fault, 422 if isinstance(error, Invalid) else 409)
    return go("imports.show", key=key, import_id=import_id)


def _decide(row: Import) -> None:
    project, now = row.project, imports.standing(row)
    is_seen = request.form.get("seen") == import_forms.seen(now.choices)
    if imports.may_decide(g.actor, row) and not is_seen:
        raise Conflict("Somebody decided something else meanwhile. Look at it, and decide again.")
    classes = vocabularies.list_classes(g.actor, project)
    said, faults = import_forms.decided(project, classes, now.findings, now.choices)
    for fault in faults:
        tell(fault)
    if request.form.get("act") != "import":
        imports.choose(g.actor, row, said)
    elif said or faults:
        imports.choose(g.actor, row, said)
        tell("The files are read again first, for you have decided something else.")
    elif now.findings and now.findings.looks_like_kilohertz:
        raise Invalid("Say first whether the frequencies are in Hz or in kHz.")
    else:
        commit(g.actor, row)


@bp.post("/projects/<key>/imports/<int:import_id>/undo")
def undo(key: str, import_id: int) -> ResponseReturnValue:
    """Take a whole import back."""
    row = _import(key, import_id)
    kept = imports.undo(g.actor, row)
    still = f" {kept:,} tags that it changed were changed again since, and stay so." if kept else ""
    tell(f"Undone: the tags of import {import_id} show no more.{still}")
    return go("imports.show", key=key, import_id=import_id)


@bp.post("/projects/<key>/imports/<int:import_id>/discard")
def discard(key: str, import_id: int) -> ResponseReturnValue:
    """Drop an import that is not stored."""
    imports.discard(g.actor, _import(key, import_id))
    tell("Dropped the import. Nothing was stored.")
    return go("imports.index", key=key)


def _import(key: str, import_id: int) -> Import:
    """Return an import of this very project."""
    row = imports.get_import(g.actor, import_id)
    if row.project_id != projects.get_project(g.actor, key).id:
        raise NotFound("No such import.")
    return row


def _page(row: Import, fault: str = "", status: int = 200) -> ResponseReturnValue:
    now = imports.standing(row)
    return render(
        "imports/show.html",
        "imports/_import.html",
        status,
        project=row.project,
        row=row,
        now=now,
        found=now.findings,
        choices=now.choices,
        words=import_forms.word_list(now.findings, now.choices) if now.findings else None,
        may_decide=imports.may_decide(g.actor, row),
        decides=row.state == "staged" and not now.is_busy and imports.may_decide(g.actor, row),
        formats=READABLE,
        format_names=FORMAT_NAMES,
        fields=import_forms.FIELDS,
        limits=import_forms,
        seen=import_forms.seen(now.choices),
        fault=fault,
        **_surroundings(row, now),
    )


def _surroundings(row: Import, now: Standing) -> dict[str, Any]:
    """Return what a page of an import in this state tells of the project."""
    is_stored = now.phase == "committed"
    asks = is_stored and "undo" in request.args
    asks_where = now.findings is not None and bool(now.findings.names)
    return {
        "paths": imports.paths_of(row.project, MOST_PATHS) if asks_where else [],
        "classes": vocabularies.list_classes(g.actor, row.project),
        "tag_sets": tag_sets.list_tag_sets(g.actor, row.project),
        "stored": imports.recordings_of(row, MOST_RECORDINGS) if is_stored else None,
        "edited": imports.edited_since(g.actor, row) if asks else None,
    }
