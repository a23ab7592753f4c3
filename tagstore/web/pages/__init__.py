"""The pages: forms in, service, template out."""

from flask import g, request

from tagstore.services import access
from tagstore.values import COLOURS, STRANGER
from tagstore.web import auth
from tagstore.web.app import App
from tagstore.web.pages import (
    api_docs,
    classes,
    exports,
    flow,
    health,
    imports,
    jobs,
    me,
    media_files,
    members,
    metrics,
    projects,
    sign_in,
    tag_sets,
    tags,
    users,
    workbench,
)

PAGES = (
    health.bp,
    metrics.bp,
    sign_in.bp,
    projects.bp,
    media_files.bp,
    tags.bp,
    tag_sets.bp,
    classes.bp,
    imports.bp,
    exports.bp,
    members.bp,
    me.bp,
    users.bp,
    jobs.bp,
    workbench.bp,
    api_docs.bp,
)


def init(app: App) -> None:
    """Let views know who is signed in, and templates what they may show."""

    @app.before_request
    def know_the_actor() -> None:
        if app.dialect_of(request.path) is None and request.endpoint != "static":
            auth.remember_actor(auth.actor_from_session())

    @app.context_processor
    def for_every_template() -> dict[str, object]:
        return {"actor": g.get("actor", STRANGER), "may": access.may, "Can": access.Can}

    app.jinja_env.globals.update(address=flow.address, class_colours=COLOURS)
