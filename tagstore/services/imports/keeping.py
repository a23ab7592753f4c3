"""Imports as people deal with them: begun, chosen for, promised, taken back, listed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from sqlalchemy import func, or_, select

from tagstore.db import apart, db
from tagstore.errors import Conflict, Forbidden, Invalid, NotFound
from tagstore.models import Batch, Import, Job, MediaFile, Project, Review, Tag, User
from tagstore.services import projects
from tagstore.services.access import Can, may, require
from tagstore.services.imports import holding, working
from tagstore.services.imports.choices import Choices
from tagstore.services.imports.findings import Findings
from tagstore.services.imports.showing import hide, staged
from tagstore.services.imports.standings import standing
from tagstore.services.jobs import cancel, is_promised, later
from tagstore.services.media_files.names import checked_folder, checked_name
from tagstore.services.paging import paged
from tagstore.values import OPEN_JOB_STATES, SYSTEM, Actor, Page, Part

MOST_FILES = 900
"""Little fewer than the parts that a form may have."""
MOST_LISTED = 500
PRIORITY = 10
"""Somebody waits for it; pictures are drawn after."""


@dataclass(frozen=True)
class Edited:
    """A tag of an import on which somebody worked since."""

    tag_id: int
    media_file_id: int
    recording: str
    start_s: float | None
    words: str
    by: str | None


def register(actor: Actor, project: Project, names: Sequence[str], said: dict[str, Any]) -> Import:
    """Begin an import of files of these names, which whoever calls holds; `said` are choices."""
    require(actor, Can.TAG, project)
    _check(actor, project, said)
    row = Import(
        project_id=project.id,
        format=said.get("format") or "",
        file_names={"names": list(names)},
        options=said,
        created_by_id=actor.user_id,
    )
    db.session.add(row)
    db.session.flush()  # Its files are kept under its number.
    return row


def receive(
    actor: Actor, project_key: str, files: Iterable[tuple[str, BinaryIO]], said: dict[str, Any]
) -> int:
    """Keep files that are sent, and promise to look at them; return the import's number.

    Nothing else may be going on in the database.
    """
    given = [(_checked_path(name), stream) for name, stream in files]
    if not 1 <= len(given) <= MOST_FILES:
        raise Invalid(
            "Send files of tags.", files=f"must be 1 to {MOST_FILES}; more can be in a zip"
        )
    with apart(writing=True):
        project = projects.get_project(actor, project_key, Can.TAG)
        import_id = register(actor, project, [name for name, _ in given], said).id
    try:
        for number, (_, stream) in enumerate(given):
            holding.keep(import_id, number, stream)
        with apart(writing=True):
            _promise(actor, staged(import_id), working.read_import)
    except BaseException:
        with apart(writing=True):
            db.session.delete(staged(import_id))
        holding.forget(import_id)
        raise
    return import_id


def withdraw(import_id: int) -> None:
    """Take back what was received for a request that has failed, or was answered before.

    Nothing else may be going on in the database.
    """
    with apart(writing=True):
        promised = Job.sameness == holding.sameness(import_id), Job.state.in_(OPEN_JOB_STATES)
        for number in db.session.scalars(select(Job.id).where(*promised)).all():
            cancel(SYSTEM, number)
        db.session.delete(staged(import_id))
    holding.forget(import_id)


def get_import(actor: Actor, import_id: int) -> Import:
    """Return an import of a project that the actor may see."""
    row = db.session.get(Import, import_id)
    if row is None or not may(actor, Can.SEE, row.project):
        raise NotFound("No such import.")
    return row


def page_of_imports(actor: Actor, project: Project, part: Part) -> Page[Import]:
    """Return a project's imports, newest first."""
    require(actor, Can.SEE, project)
    query = select(Import).where(Import.project_id == project.id)
    return paged(query, [Import.id], part, is_down=True)


def choose(actor: Actor, row: Import, said: dict[str, Any]) -> Import:
    """Decide something else of an import that is not stored yet; its files are read again.

    None takes back what was decided before.
    """
    _require_owner(actor, row)
    row = _idle(row)
    options = {name: each for name, each in {**row.options, **said}.items() if each is not None}
    _check(actor, row.project, options)
    row.options, row.format, row.result = options, options.get("format") or "", {}
    _promise(actor, row, working.read_import)
    return row


def commit(actor: Actor, row: Import) -> Import:
    """Promise to store an import."""
    _require_owner(actor, row)
    row = _idle(row)
    if not standing(row).may_be_stored:
        raise Conflict(
            "There is nothing to be stored as it stands. Look at the faults; correct the files, "
            "choose otherwise, or take the good rows only."
        )
    _promise(actor, row, working.store_import)
    return row


def discard(actor: Actor, row: Import) -> None:
    """Drop an import that is not stored yet."""
    _require_owner(actor, row)
    row = _idle(row)
    db.session.delete(row)
    holding.forget(row.id)


def undo(actor: Actor, row: Import) -> int:
    """Take a whole import back; return how many tags it changed that others changed since.

    Those keep what the others said.
    """
    _require_owner(actor, row)
    row = db.session.get_one(Import, row.id, with_for_update=True, populate_existing=True)
    if row.state != "committed":
        raise Conflict("Only an import that is stored can be undone.")
    kept = hide(actor, row, Findings.read(row.result["findings"]))
    later(working.free_names, project=row.project, project_id=row.project_id)
    return kept


def edited_since(actor: Actor, row: Import) -> tuple[list[Edited], int]:
    """Return the tags of an import on which somebody worked since, the first and how many."""
    require(actor, Can.SEE, row.project)
    mine = select(Batch.id).where(Batch.import_id == row.id)
    worked_on = or_(Tag.version > 1, select(Review.id).where(Review.tag_id == Tag.id).exists())
    conditions = (Tag.batch_id.in_(mine), Tag.deleted_at.is_(None), worked_on)
    count = db.session.scalar(select(func.count(Tag.id)).where(*conditions)) or 0
    query = (
        select(Tag, MediaFile, User.name)
        .join(MediaFile, MediaFile.id == Tag.media_file_id)
        .outerjoin(User, User.id == Tag.updated_by_id)
        .where(*conditions)
        .order_by(Tag.id)
        .limit(MOST_LISTED)
    )
    found = [
        Edited(tag.id, media_file.id, media_file.path, tag.start_s, tag.words, name)
        for tag, media_file, name in db.session.execute(query)
    ]
    return found, count


def may_decide(actor: Actor, row: Import) -> bool:
    """Tell whether it is the actor's own import, or the actor manages the project."""
    is_own = actor.user_id is not None and row.created_by_id == actor.user_id
    return may(actor, Can.TAG if is_own else Can.MANAGE, row.project)


def _require_owner(actor: Actor, row: Import) -> None:
    """Raise unless the actor may decide on the import."""
    require(actor, Can.TAG, row.project)
    if not may_decide(actor, row):
        raise Forbidden("Somebody else began this import; only a manager may do that.")


def _check(actor: Actor, project: Project, said: dict[str, Any]) -> None:
    """Raise unless this can be chosen, by this actor."""
    choices = Choices.read(said)
    if choices.makes_classes and not may(actor, Can.MANAGE, project):
        raise Forbidden("Only managers make classes. Choose classes that there are, or free text.")


def _checked_path(name: str) -> str:
    """Return the name of a file with the folders that it was in when a whole folder was sent."""
    folder, _, last = name.replace("\\", "/").rpartition("/")
    return "/".join(filter(None, [checked_folder(folder), checked_name(last)]))


def _idle(row: Import) -> Import:
    """Return an import that no worker is at, and nobody else changes meanwhile."""
    row = staged(row.id)
    if is_promised(holding.sameness(row.id)):
        raise Conflict("A worker is at this import. Wait until it is done.")
    return row


def _promise(actor: Actor, row: Import, function: Callable[..., None]) -> None:
    later(
        function,
        sameness=holding.sameness(row.id),
        priority=PRIORITY,
        project=row.project,
        import_id=row.id,
        user_id=actor.user_id,
    )
