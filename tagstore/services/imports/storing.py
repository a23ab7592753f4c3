"""Imports carried out: read to be looked at, or stored where nobody sees them and then shown."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

from sqlalchemy import delete, select, update

from tagstore.db import apart, db
from tagstore.errors import TagstoreError
from tagstore.models import Batch, Import, Tag
from tagstore.services.access import Can, require
from tagstore.services.imports.choices import Choices
from tagstore.services.imports.classes import Classes
from tagstore.services.imports.documents import Sent, documents
from tagstore.services.imports.entries import Entry
from tagstore.services.imports.findings import Findings
from tagstore.services.imports.reading import Reading
from tagstore.services.imports.recordings import Recordings
from tagstore.services.imports.remembering import header, remembered
from tagstore.services.imports.showing import show, staged, take_away_made
from tagstore.services.imports.staging import Staging
from tagstore.services.tag_rows import unique_external_ids
from tagstore.services.tag_words import keeping
from tagstore.values import Actor

AT_ONCE = 5000

Tell = Callable[[float, str], None]
"""Hears how much is done, 0 to 1, and what; it may raise to stop all."""

Ending = Callable[[], AbstractContextManager[None]]
"""The transaction in which an import is shown."""


def look(actor: Actor, import_id: int, sent: Sequence[Sent], tell: Tell) -> Findings:
    """Read the files of an import and say what would become of them; nothing is stored.

    What was said of the columns of such a table before is taken over.
    """
    columns_from = _recall(import_id, sent)
    reading, staging = _begin(actor, import_id)
    reading.findings.columns_from = columns_from
    staging.stop()
    for lot in _lots(reading, sent, "reading", tell):
        with apart(writing=False):
            staging.put(lot, reading)
    with apart(writing=True):
        staged(import_id).result = {"findings": reading.findings.document()}
    return reading.findings


def store(
    actor: Actor, import_id: int, sent: Sequence[Sent], tell: Tell, ending: Ending
) -> Findings:
    """Store the tags of an import, all in the moment in which it ends well, or none.

    With faults it is not shown and stays staged, unless only the good rows are wanted. What an
    earlier try has left is removed first. Nothing else may be going on in the database.
    """
    clear(import_id, tell)
    reading, staging = _begin(actor, import_id)
    free_names(staging.project_id, tell)
    try:
        _stage(import_id, reading, staging, _lots(reading, sent, "storing", tell))
    except TagstoreError:
        clear(import_id, tell)
        raise
    findings = reading.findings
    if findings.fault_count and not staging.choices.good_rows:
        clear(import_id, tell)
        with apart(writing=True):
            staged(import_id).result = {"findings": findings.document()}
    else:
        findings.made = staging.names.made
        with ending():
            show(actor, staged(import_id), staging.changes, findings)
    return findings


def _stage(import_id: int, reading: Reading, staging: Staging, lots: Iterator[list[Entry]]) -> None:
    """Store lots until something is wrong; from then on only look, unless good rows will do."""
    for lot in lots:
        if reading.is_spoilt and not staging.choices.good_rows:
            staging.stop()
        with apart(writing=staging.is_kept), unique_external_ids():
            staging.put(lot, reading)
            if staging.is_kept:
                staged(import_id).result = {"made": staging.names.made}


def _recall(import_id: int, sent: Sequence[Sent]) -> int | None:
    """Take over what was chosen for a table like this before; return in which import."""
    with apart(writing=False):
        options = db.session.get_one(Import, import_id).options
    names = [] if "columns" in options else header(sent, Choices.read(options))
    if not names:
        return None
    with apart(writing=True):
        row = staged(import_id)
        found = remembered(row, names)
        if found is None:
            return None
        row.options = {**found.said, **row.options}
        return found.import_id


def _begin(actor: Actor, import_id: int) -> tuple[Reading, Staging]:
    with apart(writing=False):
        row = db.session.get_one(Import, import_id)
        project = require(actor, Can.TAG, row.project)
        choices = Choices.read(row.options)
        reading = Reading(choices, Recordings(project, choices.recordings), Classes(project))
        return reading, Staging(actor, project.id, import_id, choices)


def _lots(reading: Reading, sent: Sequence[Sent], words: str, tell: Tell) -> Iterator[list[Entry]]:
    """Yield what is to be stored, and tell how much of the bytes was read."""
    whole = sum(each.origin.stat().st_size for each in sent) or 1
    for lot in reading.lots(documents(sent)):
        yield lot
        tell(min(reading.read_bytes / whole, 1.0), words)


def clear(import_id: int, tell: Tell) -> None:
    """Remove what was stored for an import and never shown, with all that was made for it."""
    mine = select(Batch.id).where(Batch.import_id == import_id)
    some = None
    while some is None or some:
        with apart(writing=True):
            row = staged(import_id)
            query = select(Tag.id).where(Tag.batch_id.in_(mine)).limit(AT_ONCE)
            some = db.session.scalars(query).all()
            db.session.execute(delete(Tag).where(Tag.id.in_(some)))
            keeping.forget(some)
            if not some:
                db.session.execute(delete(Batch).where(Batch.import_id == import_id))
                take_away_made(row.result.get("made", {}))
        tell(0.0, "removing what an earlier try has left")


def free_names(project_id: int, tell: Tell) -> None:
    """Let other tags have the external ids of imports that were undone."""
    undone = (
        select(Tag.id)
        .join(Batch, Batch.id == Tag.batch_id)
        .join(Import, Import.id == Batch.import_id)
        .where(
            Import.project_id == project_id, Import.state == "undone", Tag.external_id.is_not(None)
        )
        .limit(AT_ONCE)
    )
    while True:
        with apart(writing=True):
            some = db.session.scalars(undone).all()
            db.session.execute(update(Tag).where(Tag.id.in_(some)).values(external_id=None))
        if not some:
            return
        tell(0.0, "freeing external ids")
