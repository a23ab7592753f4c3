"""XML of strangers: no definitions of types, so no entities; of bounded size and depth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat
from xml.sax import saxutils

from tagstore.formats.rows import Fault, Wrong
from tagstore.formats.text import CHUNK_BYTES, LARGEST_DOCUMENT_BYTES, TOO_LARGE

DEEPEST = 100
TOO_DEEP = f"The elements are nested more than {DEEPEST} deep."
HAS_DEFINITIONS = (
    "The file defines its document type, which may hold entities. Take the DOCTYPE out."
)
FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped."""


@dataclass(eq=False, slots=True)
class Element:
    """An element that closed, with those that are open around it."""

    name: str
    attributes: dict[str, str]
    line: int
    parent: Element | None
    text: str = ""
    pieces: list[str] = field(default_factory=list)

    def around(self, name: str) -> Element | None:
        """Return the innermost element of that name around this one."""
        found = self.parent
        while found and found.name != name:
            found = found.parent
        return found


def elements(stream: BinaryIO) -> Iterator[Element | Fault]:
    """Yield every element of a file as it closes; a Fault is the last thing.

    Source: Extensible Markup Language 1.0, read by expat, which reads UTF-8, UTF-16 and the
    8-bit encodings that a declaration names.
    """
    reader = _Reader()
    left = LARGEST_DOCUMENT_BYTES
    try:
        while chunk := stream.read(CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:
                raise Wrong(TOO_LARGE)
            reader.parser.Parse(chunk, False)
            yield from reader.take()
        reader.parser.Parse(b"", True)
    except Wrong as wrong:
        yield from reader.take()
        yield wrong.at(reader.parser.CurrentLineNumber)
    except (expat.ExpatError, ValueError, LookupError) as error:
        yield from reader.take()
        yield Fault(reader.parser.CurrentLineNumber, None, f"It is not good XML: {error}.")
    else:
        yield from reader.take()


def escaped(text: str) -> str:
    """Return text as it stands between tags; what XML cannot hold becomes U+FFFD."""
    return saxutils.escape(FORBIDDEN.sub("\ufffd", text), {"\r": "&#13;"})


def attributes(**values: object) -> str:
    """Return attributes as they stand in a tag, each after a space; null ones are left out."""
    said = {name: str(value) for name, value in values.items() if value is not None}
    return "".join(
        f" {name}={saxutils.quoteattr(FORBIDDEN.sub(chr(0xFFFD), value))}"
        for name, value in said.items()
    )


class _Reader:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self._inside: Element | None = None
        self._depth = 0
        self._closed: list[Element] = []

    def take(self) -> list[Element]:
        closed, self._closed = self._closed, []
        return closed

    def _doctype(self, _: str, system: str | None, public: str | None, inside: int) -> None:
        """Let a bare name pass, as Sonic Visualiser writes it: it defines nothing."""
        if system or public or inside:
            raise Wrong(HAS_DEFINITIONS)

    def _start(self, name: str, said: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Wrong(TOO_DEEP)
        self._inside = Element(name, said, self.parser.CurrentLineNumber, self._inside)

    def _characters(self, text: str) -> None:
        if self._inside:
            self._inside.pieces.append(text)

    def _end(self, _: str) -> None:
        if self._inside:
            self._inside.text = "".join(self._inside.pieces)
            self._inside.pieces.clear()
            self._closed.append(self._inside)
            self._inside = self._inside.parent
            self._depth -= 1
