"""What workers do for imports."""

from collections.abc import Sequence

from tagstore.db import apart, db
from tagstore.models import Import, User
from tagstore.services.imports import holding, storing
from tagstore.services.imports.documents import Sent
from tagstore.services.jobs import Progress, job
from tagstore.values import SYSTEM, Actor


@job
def read_import(progress: Progress, import_id: int, user_id: int | None) -> None:
    """Read the files of an import, so that people can look at what was understood."""
    actor, files = _begin(import_id, user_id)
    storing.look(actor, import_id, files, progress.report)


@job
def store_import(progress: Progress, import_id: int, user_id: int | None) -> None:
    """Store the tags of an import."""
    actor, files = _begin(import_id, user_id)
    storing.store(actor, import_id, files, progress.report, progress.ending)
    with apart(writing=False):
        is_over = db.session.get_one(Import, import_id).state != "staged"
    if is_over:
        holding.forget(import_id)


@job
def free_names(progress: Progress, project_id: int) -> None:
    """Let other tags have the external ids of imports that were undone."""
    storing.free_names(project_id, progress.report)


def _begin(import_id: int, user_id: int | None) -> tuple[Actor, Sequence[Sent]]:
    """Return who wants it, as what they may do now, and the files."""
    with apart(writing=False):
        actor = SYSTEM if user_id is None else db.session.get_one(User, user_id).actor
        return actor, holding.kept(db.session.get_one(Import, import_id))
