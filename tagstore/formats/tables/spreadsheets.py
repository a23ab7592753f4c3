"""Text that a spreadsheet would take for a formula, and how it is kept from that."""

from tagstore.formats.numbers import is_number

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a formula begins with (OWASP, CSV Injection)."""


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet computes: `'` before text, numbers stay as they are."""
    return f"'{cell}" if cell.startswith(FORMULA) and not is_number(cell) else cell


def unguarded(cell: str) -> str:
    """Return what `guarded` was given, unless it began with `'` itself."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
