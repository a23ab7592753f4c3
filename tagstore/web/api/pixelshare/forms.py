"""Reading forms whose names have parts: `Tag.Value`, `Tag[Value]`, `ExcludeTypes[0]`."""

import re
from collections.abc import Iterable

from tagstore.errors import Malformed
from tagstore.web.api.pixelshare.written import Parts, Written, gather

DEEPEST = 256
PART = re.compile(r"[^.\[\]]+")


def nest(fields: Iterable[tuple[str, str]]) -> Parts:
    """Return a form's fields as nested values, their names in lower case."""
    found = Parts()
    for name, text in fields:
        _place(found, PART.findall(name.lower()), Written(text))
    return found


def _place(parts: Parts, names: list[str], value: Written) -> None:
    """Put a value where its name says."""
    if len(names) > DEEPEST:
        raise Malformed(f"Form parse error - a name has more than {DEEPEST} parts")
    for name in names[:-1]:
        inner = parts.setdefault(name, Parts())
        if not isinstance(inner, Parts):
            raise Malformed("Form parse error - a name has both a value and parts")
        parts = inner
    for name in names[-1:]:
        gather(parts, name, value)
