"""Many tags: sent in lots, each of which is stored once, whatever becomes of the line."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Unpack
from uuid import uuid4

from tagstore_client.errors import Fault, Invalid, TagstoreError
from tagstore_client.line import KEY, Line, said
from tagstore_client.names import Missing, Names
from tagstore_client.parameters import NewTag, OnDuplicate, body, query
from tagstore_client.recordings import Recordings
from tagstore_client.rows import Translation

if TYPE_CHECKING:
    from pandas import DataFrame

LOT = 10_000
MOST_BYTES = 16_000_000
"""How large a lot becomes; the server takes 64 MiB unless it is set otherwise."""

NDJSON = "application/x-ndjson"
PLACE = re.compile(r"/(\d+)(?:/(.+))?")

Row = Mapping[Any, Any]


@dataclass(frozen=True)
class Stored:
    """What became of rows: how many were new, and the number of the tag of each."""

    created: int = 0
    updated: int = 0
    skipped: int = 0
    batch_ids: tuple[int, ...] = ()
    ids: list[int | None] = field(default_factory=list, repr=False)
    """In the order of the rows; None for what would be new in a dry run."""

    def __len__(self) -> int:
        return len(self.ids)


class LotFailed(TagstoreError):
    """A lot was refused or got no answer; its `__cause__` says which.

    The rows before `first_row` are stored, as `stored` says; of those from there on none is, unless
    the cause is NoAnswer, when it is not known of that lot. All rows may be sent again with `key`:
    what is stored already is then not stored twice.
    """

    def __init__(self, cause: TagstoreError, stored: Stored, key: str) -> None:
        """Tell of what was stored before."""
        super().__init__(
            cause.detail,
            title=cause.title,
            status=cause.status,
            errors=cause.errors,
            request_id=cause.request_id,
        )
        self.stored, self.first_row, self.key = stored, len(stored), key

    def __str__(self) -> str:
        end = f"The {self.first_row} rows before row {self.first_row} are stored."
        return f"{super().__str__()}\n{end if self.first_row else 'No row is stored.'}"


@dataclass
class Lot:
    """Some rows, as lines; `first` is the number of the first."""

    first: int
    lines: list[bytes] = field(default_factory=list)
    size: int = 0
    faults: list[Fault] = field(default_factory=list)

    def is_full(self, line: bytes, most: int) -> bool:
        """Tell whether a line more would be too much."""
        too_large = self.size + len(line) > MOST_BYTES
        return len(self.lines) == most or (too_large and bool(self.lines))


def lots(translation: Translation, rows: Iterable[Row], most: int) -> Iterator[Lot]:
    """Yield rows in lots of so many at most, and of no more bytes than the server takes."""
    lot = Lot(0)
    for number, row in enumerate(rows):
        line, faults = translation.line(number, row)
        if lot.is_full(line, most):
            yield lot
            lot = Lot(number)
        lot.lines.append(line)
        lot.size += len(line) + 1
        lot.faults += faults
    if lot.lines:
        yield lot


class Lots(Recordings):
    """Tags by the thousand."""

    def add_tags(
        self,
        project: str,
        rows: "Iterable[Row] | DataFrame",
        *,
        columns: Mapping[str, str | None] | None = None,
        create_classes: bool = False,
        on_duplicate: OnDuplicate = "error",
        dry_run: bool = False,
        lot: int = LOT,
        key: str | None = None,
        progress: Callable[[int], object] = lambda _: None,
        **every: Unpack[NewTag],
    ) -> Stored:
        """Store the tags that dictionaries or the rows of a data frame say, and return how many.

        Columns are those of Tagstore's own tables and of its API; for any other, `columns` says
        what it means: `{"Begin Time (s)": "start_s", "snr": "info.snr", "View": None}`. An empty
        cell says nothing. `every` says of all tags what their rows do not: `tag_set="BirdNET"`.

        Each lot is stored whole or not at all; LotFailed says where it stopped. `on_duplicate` is
        about tags whose `external_id` is there already. `progress` is told how many rows are done.
        """
        key = key or uuid4().hex
        missing: Missing = "refuse" if not create_classes else "pass" if dry_run else "make"
        names = Names(self, project, missing)
        translation = Translation(names, columns or {}, body(every))
        params = query({"on_duplicate": on_duplicate, "dry_run": dry_run})
        stored = Stored()
        try:
            for each in lots(translation, _rows(rows), lot):
                outcome = _send(self._line, each, translation, params, f"{key}/{each.first}")
                stored = _together(stored, outcome)
                progress(len(stored))
        except TagstoreError as error:
            raise LotFailed(error, stored, key) from error
        return stored


def _rows(rows: Any) -> Iterator[Row]:
    """Yield the rows of a data frame, or of what has only rows."""
    if not hasattr(rows, "iloc"):
        yield from rows
        return
    for start in range(0, len(rows), LOT):
        yield from rows.iloc[start : start + LOT].to_dict("records")


def _send(
    line: Line, lot: Lot, translation: Translation, params: Mapping[str, str], key: str
) -> dict[str, Any]:
    if lot.faults:
        raise Invalid("Some rows cannot be understood.", errors=lot.faults)
    headers = {"Content-Type": NDJSON, KEY: key}
    content = b"\n".join(lot.lines)
    try:
        answer = line.ask("POST", "/tags/bulk", params=params, headers=headers, content=content)
    except TagstoreError as error:
        error.errors = tuple(_of_row(each, lot.first, translation.columns) for each in error.errors)
        raise
    outcome: dict[str, Any] = said(answer)
    return outcome


def _of_row(fault: Fault, first: int, columns: Mapping[str, str]) -> Fault:
    """Return a fault as one of a row among all, by the name that its column has there."""
    place = PLACE.fullmatch(fault.pointer)
    if place is None:
        return fault
    name = place[2]
    return replace(fault, row=first + int(place[1]), column=columns.get(name, name))


def _together(stored: Stored, outcome: Mapping[str, Any]) -> Stored:
    """Return what is stored with a further lot."""
    stored.ids.extend(each["id"] for each in outcome["results"])
    return Stored(
        stored.created + outcome["created"],
        stored.updated + outcome["updated"],
        stored.skipped + outcome["skipped"],
        tuple(sorted({*stored.batch_ids, *outcome["batch_ids"]})),
        stored.ids,
    )
