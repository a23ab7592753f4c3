"""The vocabularies of a project: groups and their classes."""

from collections.abc import Sequence
from functools import partial

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from tagstore.errors import NotFound
from tagstore.models import Project, TagClass, TagGroup
from tagstore.services import listings, projects, vocabularies
from tagstore.services.access import Can, may
from tagstore.web.pages import scripts
from tagstore.web.pages.flow import Pages, go, settle, tell
from tagstore.web.pages.forms import ClassForm, GroupForm, GroupNameForm, NewClassForm
from tagstore.web.render import render

bp = Pages("classes")

KEPT = ("identifier", "label", "color", "hot_key", "low_hz", "high_hz")
"""What Undo gives back to a deleted class."""


@bp.get("/projects/<key>/classes")
def index(key: str) -> ResponseReturnValue:
    """List groups and classes; `?edit=` or `?edit_group=` opens one for changes."""
    project = projects.get_project(g.actor, key)
    chosen = request.args.get("edit", type=int)
    if chosen is not None:
        tag_class = _class(project, chosen)
        return _page(project, editing=chosen, edit_form=ClassForm(formdata=None, obj=tag_class))
    chosen = request.args.get("edit_group", type=int)
    if chosen is not None:
        group = _group(project, chosen)
        form = GroupNameForm(formdata=None, obj=group)
        return _page(project, editing_group=chosen, group_name_form=form)
    return _page(project)


@bp.post("/projects/<key>/classes")
def add(key: str) -> ResponseReturnValue:
    """Make a class."""
    project = projects.get_project(g.actor, key)
    form = NewClassForm()
    return settle(
        form,
        lambda: _add(project, form),
        told=f"Added the class {form.label.data or form.identifier.data}.",
        goal=url_for("classes.index", key=key),
        again=lambda status: _page(project, add_form=form, status=status),
    )


def _add(project: Project, form: NewClassForm) -> None:
    vocabularies.add_class(
        g.actor,
        project,
        form.identifier.data.strip(),
        label=(form.label.data or "").strip(),
        hot_key=form.hot_key.data or None,
        group=_group(project, form.group.data) if form.group.data else None,
    )


@bp.post("/projects/<key>/classes/<int:class_id>")
def edit(key: str, class_id: int) -> ResponseReturnValue:
    """Rename a class, or change its colour or hot key; its tags follow."""
    project = projects.get_project(g.actor, key)
    tag_class = _class(project, class_id)
    form = ClassForm()
    return settle(
        form,
        lambda: _edit(tag_class, form),
        told=f"Saved the class {form.label.data}.",
        goal=url_for("classes.index", key=key),
        again=lambda status: _page(project, editing=class_id, edit_form=form, status=status),
    )


def _edit(tag_class: TagClass, form: ClassForm) -> None:
    vocabularies.edit_class(
        g.actor,
        tag_class,
        form.version.data,
        label=form.label.data.strip(),
        identifier=form.identifier.data.strip(),
        color=form.color.data,
        hot_key=form.hot_key.data or None,
        low_hz=form.low_hz.data,
        high_hz=form.high_hz.data,
    )


@bp.post("/projects/<key>/classes/<int:class_id>/delete")
def delete(key: str, class_id: int) -> ResponseReturnValue:
    """Delete a class that no tag uses; Undo makes it again."""
    tag_class = _class(projects.get_project(g.actor, key), class_id)
    again = {name: getattr(tag_class, name) for name in ("group_id", *KEPT)}
    vocabularies.delete_class(g.actor, tag_class)
    undo = url_for("classes.add_again", key=key, **again)
    tell(f"Deleted the class {tag_class.label}.", undo=undo)
    return go("classes.index", key=key)


@bp.post("/projects/<key>/classes/again")
def add_again(key: str) -> ResponseReturnValue:
    """Make a class that was deleted again, as the address says it was."""
    project = projects.get_project(g.actor, key)
    was = {name: request.args.get(name) for name in KEPT}
    tag_class = vocabularies.add_class(
        g.actor,
        project,
        was["identifier"] or "",
        label=was["label"] or "",
        color=was["color"],
        hot_key=was["hot_key"],
        group=_group(project, request.args.get("group_id", 0, int)),
    )
    low_hz, high_hz = (request.args.get(name, type=float) for name in ("low_hz", "high_hz"))
    vocabularies.edit_class(g.actor, tag_class, low_hz=low_hz, high_hz=high_hz)
    tell(f"The class {tag_class.label} is there again.")
    return go("classes.index", key=key)


@bp.post("/projects/<key>/classes/<int:class_id>/retire")
def retire(key: str, class_id: int) -> ResponseReturnValue:
    """Keep a class from new tags; old ones keep it."""
    tag_class = _class(projects.get_project(g.actor, key), class_id)
    vocabularies.edit_class(g.actor, tag_class, retired=True)
    undo = url_for("classes.restore", key=key, class_id=class_id)
    tell(f"Retired the class {tag_class.label}; its tags stay.", undo=undo)
    return go("classes.index", key=key)


@bp.post("/projects/<key>/classes/<int:class_id>/restore")
def restore(key: str, class_id: int) -> ResponseReturnValue:
    """Let a retired class be used again."""
    tag_class = _class(projects.get_project(g.actor, key), class_id)
    vocabularies.edit_class(g.actor, tag_class, retired=False)
    tell(f"The class {tag_class.label} can be used again.")
    return go("classes.index", key=key)


@bp.post("/projects/<key>/groups")
def add_group(key: str) -> ResponseReturnValue:
    """Make a vocabulary."""
    project = projects.get_project(g.actor, key)
    form = GroupForm()
    word, name = (form.key.data or "").strip(), (form.name.data or "").strip()
    return settle(
        form,
        lambda: vocabularies.add_group(g.actor, project, word, name),
        told=f"Made the vocabulary {name or word}.",
        goal=url_for("classes.index", key=key),
        again=lambda status: _page(project, group_form=form, status=status),
    )


@bp.post("/projects/<key>/groups/<int:group_id>")
def edit_group(key: str, group_id: int) -> ResponseReturnValue:
    """Rename a vocabulary, close or open it."""
    project = projects.get_project(g.actor, key)
    group = _group(project, group_id)
    form = GroupNameForm()
    page = partial(_page, project, editing_group=group_id, group_name_form=form)
    return settle(
        form,
        lambda: _edit_group(group, form),
        told=f"Saved the vocabulary {form.name.data}.",
        goal=url_for("classes.index", key=key),
        again=lambda status: page(status=status),
    )


def _edit_group(group: TagGroup, form: GroupNameForm) -> None:
    name, closed = form.name.data.strip(), form.closed.data
    vocabularies.edit_group(g.actor, group, form.version.data, name=name, closed=closed)


def _class(project: Project, class_id: int) -> TagClass:
    """Return a class of this very project."""
    tag_class = vocabularies.get_class(g.actor, class_id)
    if tag_class.project_id != project.id:
        raise NotFound("No such class.")
    return tag_class


def _group(project: Project, group_id: int) -> TagGroup:
    """Return a vocabulary of this very project."""
    group = vocabularies.get_group(g.actor, group_id)
    if group.project_id != project.id:
        raise NotFound("No such vocabulary.")
    return group


def _page(
    project: Project,
    *,
    editing: int | None = None,
    editing_group: int | None = None,
    add_form: NewClassForm | None = None,
    edit_form: ClassForm | None = None,
    group_form: GroupForm | None = None,
    group_name_form: GroupNameForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    groups = vocabularies.list_groups(g.actor, project)
    add_form = add_form or NewClassForm(formdata=None)
    add_form.group.choices = [SelectChoice(str(each.id), each.name) for each in groups]
    return render(
        "classes/list.html",
        "classes/_table.html",
        status,
        project=project,
        groups=groups,
        classes=vocabularies.list_classes(g.actor, project, also_retired=True),
        unused=listings.unused_classes(g.actor, project),
        editing=editing,
        editing_group=editing_group,
        add_form=add_form,
        edit_form=edit_form,
        group_form=group_form or GroupForm(formdata=None),
        group_name_form=group_name_form,
        scripts=_scripts(project, groups),
    )


def _scripts(project: Project, groups: Sequence[TagGroup]) -> list[scripts.Script]:
    listing = (
        scripts.read_list("List these vocabularies", "tag-groups", project=project.key),
        scripts.read_list("List their classes", "tag-classes", project=project.key),
    )
    open_groups = [each for each in groups if not each.closed]
    if not may(g.actor, Can.MANAGE, project) or (groups and not open_groups):
        return [*listing]
    place = {"project": project.key, **({"group_id": open_groups[0].id} if open_groups else {})}
    words = {"identifier": "from_a_script", "label": "From a script"}
    return [*listing, scripts.add("Add a class", "tag-classes", **place, **words)]
