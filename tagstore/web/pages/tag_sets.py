"""The tag sets of a project."""

from flask import g, request, url_for
from flask.typing import ResponseReturnValue

from tagstore.errors import NotFound
from tagstore.models import Project, TagSet
from tagstore.services import projects, tag_sets
from tagstore.services.access import Can, may
from tagstore.web.pages import scripts
from tagstore.web.pages.flow import Pages, go, settle, tell
from tagstore.web.pages.forms import TagSetForm
from tagstore.web.render import render

bp = Pages("tag_sets")


@bp.get("/projects/<key>/tag-sets")
def index(key: str) -> ResponseReturnValue:
    """List the tag sets; `?edit=` opens one for changes."""
    project = projects.get_project(g.actor, key)
    chosen = request.args.get("edit", type=int)
    if chosen is None:
        return _page(project)
    tag_set = _get(project, chosen)
    return _page(project, editing=tag_set.id, edit_form=TagSetForm(formdata=None, obj=tag_set))


@bp.post("/projects/<key>/tag-sets")
def add(key: str) -> ResponseReturnValue:
    """Make a tag set."""
    project = projects.get_project(g.actor, key)
    form = TagSetForm()
    name, color = (form.name.data or "").strip(), form.color.data
    return settle(
        form,
        lambda: tag_sets.add_tag_set(g.actor, project, name, color=color),
        told=f"Made the tag set {name}.",
        goal=url_for("tag_sets.index", key=key),
        again=lambda status: _page(project, add_form=form, status=status),
    )


@bp.post("/projects/<key>/tag-sets/<int:tag_set_id>")
def edit(key: str, tag_set_id: int) -> ResponseReturnValue:
    """Change name, colour and description of a tag set."""
    project = projects.get_project(g.actor, key)
    tag_set = _get(project, tag_set_id)
    form = TagSetForm()
    return settle(
        form,
        lambda: _edit(tag_set, form),
        told=f"Saved the tag set {form.name.data}.",
        goal=url_for("tag_sets.index", key=key),
        again=lambda status: _page(project, editing=tag_set_id, edit_form=form, status=status),
    )


def _edit(tag_set: TagSet, form: TagSetForm) -> None:
    tag_sets.edit_tag_set(
        g.actor,
        tag_set,
        form.version.data,
        name=form.name.data.strip(),
        color=form.color.data,
        description=form.description.data or "",
    )


@bp.post("/projects/<key>/tag-sets/<int:tag_set_id>/hide")
def hide(key: str, tag_set_id: int) -> ResponseReturnValue:
    """Keep a tag set out of sight until somebody asks for it."""
    tag_set = _get(projects.get_project(g.actor, key), tag_set_id)
    tag_sets.edit_tag_set(g.actor, tag_set, hidden=True)
    return go("tag_sets.index", key=key)


@bp.post("/projects/<key>/tag-sets/<int:tag_set_id>/show")
def show(key: str, tag_set_id: int) -> ResponseReturnValue:
    """Show a hidden tag set again."""
    tag_set = _get(projects.get_project(g.actor, key), tag_set_id)
    tag_sets.edit_tag_set(g.actor, tag_set, hidden=False)
    return go("tag_sets.index", key=key)


@bp.post("/projects/<key>/tag-sets/<int:tag_set_id>/delete")
def delete(key: str, tag_set_id: int) -> ResponseReturnValue:
    """Delete a tag set with its tags; for 30 days it can be had back."""
    tag_set = _get(projects.get_project(g.actor, key), tag_set_id)
    tag_sets.delete_tag_set(g.actor, tag_set)
    undo = url_for("tag_sets.restore", key=key, tag_set_id=tag_set_id)
    tell(f"Deleted the tag set {tag_set.name} and its tags.", undo=undo)
    return go("tag_sets.index", key=key)


@bp.post("/projects/<key>/tag-sets/<int:tag_set_id>/restore")
def restore(key: str, tag_set_id: int) -> ResponseReturnValue:
    """Bring a deleted tag set back."""
    tag_set = tag_sets.get_tag_set(g.actor, tag_set_id, also_deleted=True)
    tag_sets.restore_tag_set(g.actor, tag_set)
    tell(f"The tag set {tag_set.name} is back.")
    return go("tag_sets.index", key=key)


def _get(project: Project, tag_set_id: int) -> TagSet:
    """Return a tag set of this very project."""
    tag_set = tag_sets.get_tag_set(g.actor, tag_set_id)
    if tag_set.project_id != project.id:
        raise NotFound("No such tag set.")
    return tag_set


def _page(
    project: Project,
    *,
    editing: int | None = None,
    add_form: TagSetForm | None = None,
    edit_form: TagSetForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    return render(
        "tag_sets/list.html",
        "tag_sets/_table.html",
        status,
        project=project,
        tag_sets=tag_sets.list_tag_sets(g.actor, project),
        totals=tag_sets.tag_totals(project),
        editing=editing,
        add_form=add_form or TagSetForm(formdata=None),
        edit_form=edit_form,
        scripts=_scripts(project),
    )


def _scripts(project: Project) -> list[scripts.Script]:
    reading = scripts.read_list("List these tag sets", "tag-sets", project=project.key)
    if not may(g.actor, Can.TAG, project):
        return [reading]
    adding = scripts.add("Add a tag set", "tag-sets", project=project.key, name="model 1.0")
    return [reading, adding]
