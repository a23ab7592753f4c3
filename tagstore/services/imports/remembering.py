"""What people said of a table's columns, for the next table of the project with the same ones."""

from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import select

from tagstore.db import db
from tagstore.formats.rows import About, Media
from tagstore.models import Import
from tagstore.services.imports.choices import Choices
from tagstore.services.imports.documents import Document, Sent, documents

MOST_FILES = 100
MOST_IMPORTS = 100
"""So many files, and imports of earlier times, are looked at."""

OF_TABLES = ("columns", "decimal_comma", "kilohertz")
"""What is chosen of a table rather than of what stands in it."""


class Remembered(NamedTuple):
    """What was chosen in an earlier import, and which that was."""

    import_id: int
    said: dict[str, Any]


def header(sent: Sequence[Sent], choices: Choices) -> list[str]:
    """Return the names of the columns of the first table among files, or none."""
    for document in islice(documents(sent), MOST_FILES):
        if not isinstance(document, Document):
            continue
        format = choices.format_of(document.head)
        if format is not None and format.columns:
            about = About(media=Media(document.name))
            return [name for name, _ in format.columns(document.head, about)]
    return []


def remembered(row: Import, names: Sequence[str]) -> Remembered | None:
    """Return what was chosen when last a table with these columns was stored in the project."""
    columns = Import.result["findings"]["columns"]
    query = (
        select(Import.id, Import.options, columns)
        .where(Import.project_id == row.project_id, Import.state == "committed")
        .order_by(Import.id.desc())
        .limit(MOST_IMPORTS)
    )
    for number, options, found in db.session.execute(query):
        if options.get("columns") and [name for name, _ in found or ()] == list(names):
            said = {name: options[name] for name in OF_TABLES if name in options}
            return Remembered(number, said)
    return None
