"""When the annotations of ELAN are, although not every time slot has a time."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

Times = dict[str, float | None]


class Alignment(NamedTuple):
    """The tier of an annotation, and the time slots that it begins and ends at."""

    tier: str
    first: str
    last: str


def aligned(
    slots: Times, alignments: Mapping[str, Alignment], references: Mapping[str, str]
) -> dict[str, tuple[float, float]]:
    """Return start and end of each annotation that has them.

    Parameters
    ----------
    slots : dict
        Times by the ids of time slots, in document order; None: it has no value.
    alignments : Mapping
        Annotations with time slots, by their ids, in document order.
    references : Mapping
        The annotations that others refer to, by the others' ids; a circle leads nowhere.

    Notes
    -----
    As in ELAN, annotations of a tier that follow one another without times in between share the
    time from the first to the last evenly. A slot that is in no such chain lies evenly between
    the slots before and after it in the document.
    """
    times = dict(slots)
    _spread_chains(times, alignments.values())
    _spread_gaps(times)
    found: dict[str, tuple[float, float]] = {}
    for name, each in alignments.items():
        start, end = times.get(each.first), times.get(each.last)
        if start is not None and end is not None:
            found[name] = start, end
    for name in references:
        path: dict[str, None] = {}
        at = name
        while at in references and at not in found and at not in path:
            path[at] = None
            at = references[at]
        if at in found:
            found |= dict.fromkeys(path, found[at])
    return found


def _spread_chains(times: Times, alignments: Iterable[Alignment]) -> None:
    chains: dict[str, list[str]] = {}
    for tier, first, last in alignments:
        chain = chains.get(tier, [])
        if not chain or chain[-1] != first or times.get(first) is not None:
            chains[tier] = chain = [first]
        chain.append(last)
        if times.get(last) is not None:
            _spread(times, chain)


def _spread_gaps(times: Times) -> None:
    known = [n for n, at in enumerate(times.values()) if at is not None]
    names = list(times)
    for before, after in pairwise(known):
        if after - before > 1:
            _spread(times, names[before : after + 1])


def _spread(times: Times, chain: list[str]) -> None:
    """Put the inner slots of a chain evenly between its ends, where those have times."""
    start, end = times.get(chain[0]), times.get(chain[-1])
    if start is None or end is None:
        return
    for n, name in enumerate(chain[1:-1], 1):
        if name in times and times[name] is None:
            times[name] = start + (end - start) * n / (len(chain) - 1)
