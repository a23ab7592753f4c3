"""A project's media files: browsing them, and bringing new ones in."""

from collections.abc import Sequence
from typing import BinaryIO, cast

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tagstore.errors import Invalid, NotFound, TooLarge, Unreadable
from tagstore.models import MediaFile, Project
from tagstore.services import browsing, media_files, projects
from tagstore.services import uploads as sent_in_pieces
from tagstore.services.access import Can
from tagstore.services.depot import depot
from tagstore.values import MediaQuery
from tagstore.web.app import uploads
from tagstore.web.pages import scripts
from tagstore.web.pages.flow import Pages, go, local, tell
from tagstore.web.render import render

AT_ONCE = 100
PIECE = 8 * 2**20
"""How many bytes the page sends at once, and may have to send again when the line breaks."""
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
        piece=min(PIECE, depot().settings.max_body),
        folders=browsing.folders(g.actor, project, query.folder or ""),
        totals=browsing.tag_totals(shelf.media_files),
        scripts=[_reading(project, query)],
    )


def _reading(project: Project, query: MediaQuery) -> scripts.Script:
    return scripts.read_pages(
        "List these files",
        "media",
        project=project.key,
        folder=query.folder,
        q=query.text,
        state=query.state,
        kind=query.kind,
        tagged=query.tagged,
        sort=query.sort,
    )


@bp.before_request
def take_in() -> None:
    """Store and examine what is sent before the request's transaction, which must not wait."""
    if request.endpoint != "media_files.upload":
        return
    key = (request.view_args or {})["key"]
    g.taken, g.refused = [], []
    for sent in request.files.getlist("files"):
        folder = request.form.get("folder", "")
        try:
            stream, name = cast(BinaryIO, sent.stream), sent.filename or ""
            g.taken.append(media_files.receive(g.actor, key, stream, name, folder))
        except (Invalid, Unreadable, TooLarge) as error:
            g.refused.append(error.message)


@bp.post("/projects/<key>/media")
@uploads
def upload(key: str) -> ResponseReturnValue:
    """Add the files of a form, which were taken in."""
    project = projects.get_project(g.actor, key, Can.MANAGE)
    added = [media_files.add_media_file(g.actor, project, each) for each in g.taken]
    new = sum(is_new for _, is_new in added)
    tell(" ".join([f"Added {new} {'file' if new == 1 else 'files'}.", *g.refused]))
    return go("media_files.index", key=key, folder=request.form.get("folder") or None)


@bp.get("/uploads/<upload_id>")
def show_added(upload_id: str) -> ResponseReturnValue:
    """Show what an upload has become, in the row of the page that sent it."""
    finished = sent_in_pieces.finished(g.actor, upload_id)
    media_file = media_files.get_media_file(g.actor, finished.media_file_id)
    part = "media_files/_added.html"
    return render(part, part, media_file=media_file, is_new=finished.is_new)


@bp.post("/projects/<key>/media/selected")
def change_selected(key: str) -> ResponseReturnValue:
    """Delete or move the files that are ticked."""
    project = projects.get_project(g.actor, key, Can.MANAGE)
    chosen = [_get(project, number) for number in request.form.getlist("ids", type=int)]
    act = ACTS.get(request.form.get("act", ""))
    if act is None or not chosen:
        raise Invalid("Choose files and what to do with them.")
    act(project, chosen)
    return redirect(local(request.form.get("back")), 303)


def _delete(project: Project, chosen: Sequence[MediaFile]) -> None:
    for media_file in chosen:
        media_files.delete_media_file(g.actor, media_file)
    numbers = ",".join(str(each.id) for each in chosen)
    undo = url_for("media_files.restore", key=project.key, ids=numbers)
    tell(f"Deleted {_count(chosen)} with all tags.", undo=undo)


def _move(project: Project, chosen: Sequence[MediaFile]) -> None:
    folder = request.form.get("to", "")
    for media_file in chosen:
        media_files.edit_media_file(g.actor, media_file, folder=folder)
    tell(f"Moved {_count(chosen)} to {chosen[0].folder or 'the top'}.")


ACTS = {"delete": _delete, "move": _move}


@bp.post("/projects/<key>/media/restore")
def restore(key: str) -> ResponseReturnValue:
    """Bring deleted files back with their tags."""
    project = projects.get_project(g.actor, key, Can.MANAGE)
    numbers = [int(word) for word in request.args.get("ids", "").split(",") if word.isdecimal()]
    back = [_get(project, number, also_deleted=True) for number in numbers]
    for media_file in back:
        media_files.restore_media_file(g.actor, media_file)
    tell(f"Brought back {_count(back)}.")
    return go("media_files.index", key=key)


def _count(chosen: Sequence[MediaFile]) -> str:
    return chosen[0].name if len(chosen) == 1 else f"{len(chosen)} files"


def _get(project: Project, number: int, *, also_deleted: bool = False) -> MediaFile:
    """Return a media file of this very project."""
    media_file = media_files.get_media_file(g.actor, number, also_deleted=also_deleted)
    if media_file.project_id != project.id:
        raise NotFound("No such media file.")
    return media_file


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
