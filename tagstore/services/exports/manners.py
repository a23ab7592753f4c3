"""How tags are written, and what comes of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

from tagstore.errors import Invalid
from tagstore.media.paint import MOST_PIXELS, colour_map

ZIP = "application/zip"
MOST_PADDING_S = 3600.0


@dataclass(frozen=True)
class Look:
    """How large pictures are, and in which colours."""

    width: int = 1024
    height: int = 384
    colours: str = "inferno"


PLAIN_LOOK = Look()


@dataclass(frozen=True)
class Manner:
    """How tags are written."""

    by_recording: bool = False
    """One file for each recording, in a zip; of clips and pictures a folder for each."""
    for_spreadsheets: bool = False
    """Put `'` before text that a spreadsheet would take for a formula."""
    recorder_facts: bool = False
    """Say of each tag when, where and with what it was recorded, in tables that have room."""
    by_class: bool = False
    """Clips and pictures go into a folder for each class."""
    padding_s: float = 0.0
    """So much before and after a tag is cut or drawn with it."""
    look: Look = PLAIN_LOOK

    def check(self) -> None:
        """Raise Invalid if it makes no sense."""
        if not (isfinite(self.padding_s) and 0 <= self.padding_s <= MOST_PADDING_S):
            raise Invalid("That padding is not offered.", padding_s="must be from 0 to 3600")
        for name in ("width", "height"):
            if not 1 <= getattr(self.look, name) <= MOST_PIXELS:
                words = {name: f"must be from 1 to {MOST_PIXELS}"}
                raise Invalid("That size is not offered.", **words)
        colour_map(self.look.colours)


PLAINLY = Manner()


@dataclass(frozen=True)
class Export:
    """A file that is made while it is taken, each piece from a short transaction of its own."""

    name: str
    media_type: str
    pieces: Iterator[bytes]
