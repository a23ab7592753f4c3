"""Rows of files that can be stored as tags."""

from dataclasses import dataclass
from typing import NamedTuple

from tagstore.formats.rows import Row
from tagstore.services.imports.classes import Meaning
from tagstore.services.imports.recordings import Recording

FREE = Meaning()
"""Of rows that name no class."""


@dataclass(frozen=True, slots=True)
class Sense:
    """What rows have in common that name the same recording, words, track and source."""

    recording: Recording
    tag_set: str
    author: str
    source: str
    """The tag's own, where that is not the author."""
    meaning: Meaning


class Entry(NamedTuple):
    """A tag that is ready to be stored, but for the numbers of what it names."""

    sense: Sense
    row: Row
    end_s: float | None
    file: int

    @property
    def text(self) -> str | None:
        """Return its free text, if it has no class."""
        return self.row.text if self.sense.meaning is FREE else self.sense.meaning.text
