"""What is wrong, in one sentence: every place by name, as many as can be read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from tagstore.errors import Fault, Invalid, InvalidItems

MOST_NAMED = 50
LONGEST_PLACE = 150
WIRE_NAMES = {
    "start_s": "start_time",
    "end_s": "end_time",
    "text": "tag",
    "info": "additional_info",
    "score": "confidence",
}
"""Eluvio's names of our fields; what is not here is called the same."""


class Refused(Invalid):
    """Some places of a request make no sense; the sentence names them."""

    def __init__(self, places: Sequence[tuple[str, str]], more: int = 0) -> None:
        """Take places and what is wrong with each, and how many more there are of them."""
        more += max(0, len(places) - MOST_NAMED)
        told = [f"{place[:LONGEST_PLACE]}: {words.rstrip('.')}" for place, words in places]
        rest = [f"and {more} more"] if more else []
        super().__init__("; ".join(told[:MOST_NAMED] + rest) + ".")


def joined(place: str, field: str) -> str:
    """Return the place of a field in something; all of it where no field is named."""
    parts = [WIRE_NAMES.get(part, part) for part in field.split("/") if part]
    return ".".join([place, *parts] if place else parts) or "body"


@contextmanager
def placed(place_of: Callable[[int], str]) -> Iterator[None]:
    """Let faults of items say where in the request those stand."""
    try:
        yield
    except InvalidItems as error:
        more = max(0, len(error.faults) - MOST_NAMED)
        raise Refused(named(error.faults[:MOST_NAMED], place_of), more) from error


def named(faults: Iterable[Fault], place_of: Callable[[int], str]) -> list[tuple[str, str]]:
    """Return the place and the words of every fault."""
    return [(joined(place_of(fault.index), fault.field), fault.message) for fault in faults]
