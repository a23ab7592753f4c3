"""What XML and forms have in common: everything is text, numbers and lists too."""

from typing import Any


class Written(str):
    """Text of a document or form; where a number is wanted, the number that it spells."""

    __slots__ = ()


class Parts(dict[str, Any]):
    """The named parts of something in a document or form; what has one name twice is a list."""


def gather(parts: Parts, name: str, value: Any) -> None:
    """Add a part; a second one of the same name makes a list of them."""
    if name not in parts:
        parts[name] = value
    elif isinstance(parts[name], list):
        parts[name].append(value)
    else:
        parts[name] = [parts[name], value]
