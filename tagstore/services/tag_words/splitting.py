"""What a word is, the same on every engine and in every table."""

import unicodedata

from tagstore.models.tags import LONGEST_WORD

BLANK = ord(" ")
LAST_OF_PLANE_0 = 0xFFFF


class _Letters(dict[int, int]):
    """Each letter, digit and mark as it is, and a blank for whatever else there is."""

    def __missing__(self, code: int) -> int:
        found = code if unicodedata.category(chr(code))[0] in "LMN" else BLANK
        if code <= LAST_OF_PLANE_0:
            self[code] = found
        return found


_LETTERS = _Letters()


def words_of(folded: str) -> list[str]:
    """Return the different words of a folded text, in order.

    A word is a run of letters, digits and combining marks, as Unicode's categories L, N and M
    have it; its first 64 characters count. Where a script has no blanks, a run is a word.
    """
    return sorted({word[:LONGEST_WORD] for word in folded.translate(_LETTERS).split()})
