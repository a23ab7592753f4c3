"""Reading forms whose names have parts: `Tag.Value`, `Tag[Value]`, `ExcludeTypes[0]`."""

import re
from urllib.parse import parse_qsl

from tagstore.errors import Malformed, TooLarge
from tagstore.web.api.pixelshare.written import Parts, Written, gather

MOST_FIELDS = 1000
DEEPEST = 256
PART = re.compile(r"[^.\[\]]+")


def read_form(data: bytes) -> Parts:
    """Return a form's fields as nested values, their names in lower case."""
    if data.count(b"&") >= MOST_FIELDS:
        raise TooLarge(f"The form has more than {MOST_FIELDS} fields.")
    try:
        pairs = parse_qsl(data.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise Malformed("Form parse error - not UTF-8") from None
    found = Parts()
    for name, text in pairs:
        if "\0" in name or "\0" in text:
            raise Malformed("Form parse error - text must not contain NUL")
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
