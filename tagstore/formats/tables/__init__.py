"""Formats with a tag a line: `records` splits, `columns` names, `reading`, `writing`."""
