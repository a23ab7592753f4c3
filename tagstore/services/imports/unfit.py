"""Rows that no store can keep as they are."""

import orjson

from tagstore.formats.rows import Row
from tagstore.values import is_text

LONGEST_ID = 255
NUL = b"\\u0000"


def why_unfit(row: Row) -> str | None:
    """Return why a row cannot be kept as it is, or None."""
    if row.external_id is not None and len(row.external_id) > LONGEST_ID:
        return f"Its external id is longer than {LONGEST_ID} characters."
    for value in (row.label, row.text, row.comment, row.external_id, row.source):
        if value and not value.isprintable() and not is_text(value):
            return "It holds a character that no text may hold."
    if row.info and NUL in orjson.dumps(row.info):
        return "It holds a NUL character."
    return None
