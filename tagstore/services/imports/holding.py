"""The files of imports, kept until these are stored or given up."""

from datetime import datetime
from typing import BinaryIO

from sqlalchemy import delete, select

from tagstore.db import db, transaction
from tagstore.errors import NotFound, TooLarge
from tagstore.models import Import
from tagstore.services.depot import depot
from tagstore.services.imports.documents import Sent

BLOCK = 1 << 20
NOT_KEPT = "The files of this import are no longer kept. Begin it anew."


def keep(import_id: int, number: int, stream: BinaryIO) -> None:
    """Keep one file of an import, at most as large as an upload may be."""
    left = depot().settings.max_upload
    with depot().store.making(_key(import_id, number)) as path, path.open("wb") as file:
        while block := stream.read(BLOCK):
            left -= len(block)
            if left < 0:
                raise TooLarge(f"The file is larger than {depot().settings.max_upload} bytes.")
            file.write(block)


def kept(row: Import) -> list[Sent]:
    """Return the files of an import, or raise if they are not kept."""
    found = []
    for number, name in enumerate(row.file_names.get("names", ())):
        origin = depot().store.kept(_key(row.id, number))
        if origin is None:
            raise NotFound(NOT_KEPT)
        found.append(Sent(name, origin, is_named="/" not in name))
    return found


def forget(import_id: int) -> None:
    """Keep the files of an import no longer."""
    depot().store.forget_below(f"imports/{import_id}")


def forget_old(before: datetime) -> None:
    """Forget imports that were begun long ago and never stored."""
    old = (Import.state == "staged", Import.created_at < before)
    with transaction(writing=False):
        ids = db.session.scalars(select(Import.id).where(*old)).all()
    for number in ids:
        with transaction(writing=True):
            db.session.execute(delete(Import).where(Import.id == number, *old))
        forget(number)


def sameness(import_id: int) -> str:
    """Return what the jobs of an import have in common: one at a time."""
    return f"import-{import_id}"


def _key(import_id: int, number: int) -> str:
    return f"imports/{import_id}/{number}"
