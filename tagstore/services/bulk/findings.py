"""What is wrong with the items of a bulk: nonsense outweighs what is merely taken."""

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from tagstore.db import db
from tagstore.errors import ConflictItems, Fault, InvalidItems
from tagstore.services import rows


class Findings:
    """Keeps the faults of a bulk; of one field only the first is told."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self._invalid = list(faults)
        self._taken: list[Fault] = []
        self._told = {(fault.index, fault.field) for fault in faults}

    def invalid(self, index: int, field: str, code: str, message: str) -> None:
        """Note something that makes no sense."""
        self._note(self._invalid, Fault(index, field, code, message))

    def taken(self, index: int, field: str, code: str, message: str) -> None:
        """Note something that makes sense but contradicts what is stored."""
        self._note(self._taken, Fault(index, field, code, message))

    def add(self, faults: Iterable[Fault]) -> None:
        """Note what somebody else has found to make no sense."""
        for fault in faults:
            self._note(self._invalid, fault)

    def of(self, indices: Container[int]) -> list[Fault]:
        """Return what makes no sense of some items."""
        return [fault for fault in self._invalid if fault.index in indices]

    def _note(self, faults: list[Fault], fault: Fault) -> None:
        if not self._told & {(fault.index, fault.field), (fault.index, "")}:
            self._told.add((fault.index, fault.field))
            faults.append(fault)

    def settle(self, count: int) -> None:
        """Raise if anything was noted, and name all of it."""
        found = sorted(self._invalid + self._taken, key=lambda fault: fault.index)
        if self._invalid:
            raise InvalidItems(found, count)
        if found:
            raise ConflictItems(found)


def existing(
    query: Select[Any], column: InstrumentedAttribute[Any], names: Iterable[str]
) -> set[str]:
    """Return which of the names the query finds in the column."""
    return {
        name
        for chunk in chunks(names)
        for name in db.session.scalars(query.where(column.in_(chunk)))
    }


def chunks(names: Iterable[str]) -> Iterator[list[str]]:
    """Split those names that say something into lists that one query can hold."""
    return rows.chunks(sorted({name for name in names if name}))
