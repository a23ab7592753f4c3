"""Who is in a project, and as what."""

from flask import g, url_for
from flask.typing import ResponseReturnValue

from tagstore.models import Project
from tagstore.services import projects
from tagstore.services.access import Can
from tagstore.values import Role
from tagstore.web.pages.flow import Pages, go, settle, tell
from tagstore.web.pages.forms import MemberForm
from tagstore.web.render import render

bp = Pages("members")


@bp.get("/projects/<key>/members")
def index(key: str) -> ResponseReturnValue:
    """List the members of a project."""
    return _page(projects.get_project(g.actor, key), MemberForm(formdata=None))


@bp.post("/projects/<key>/members")
def grant(key: str) -> ResponseReturnValue:
    """Make a user a member, or change their role."""
    project = projects.get_project(g.actor, key, Can.MANAGE)
    form = MemberForm()
    user, role = form.user.data or "", form.role.data
    return settle(
        form,
        lambda: projects.grant(g.actor, project, user, Role(role)),
        told=f"{user} is now {role} of this project.",
        goal=url_for("members.index", key=key),
        again=lambda status: _page(project, form, status),
    )


@bp.post("/projects/<key>/members/<int:user_id>/remove")
def remove(key: str, user_id: int) -> ResponseReturnValue:
    """Take a user out of a project."""
    project = projects.get_project(g.actor, key, Can.MANAGE)
    projects.remove_member(g.actor, project, user_id)
    tell("Removed the member. Their tags stay.")
    return go("members.index", key=key)


def _page(project: Project, form: MemberForm, status: int = 200) -> ResponseReturnValue:
    members = projects.list_members(g.actor, project)
    context = {"project": project, "members": members, "form": form}
    return render("members/list.html", "members/_table.html", status, **context)
