"""Rows of tables, as tags that the server takes: what each column means, and nothing guessed."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from tagstore_client.errors import Conflict, Fault, NotFound
from tagstore_client.names import Names
from tagstore_client.parameters import WIRE, NewTag

COLUMNS = (
    *("tag_id", "external_id", "media_id", "media_path", "media_sha256", "track", "tag_set"),
    *("class_id", "class_name", "text", "start_s", "end_s", "duration_s", "low_hz", "high_hz"),
    *("channel", "score", "source", "status", "created_by", "created_at", "updated_by"),
    *("updated_at", "reviewers", "review_correct", "review_incorrect", "review_unsure"),
    *("consensus", "batch_id", "batch_name", "recorded_start", "event_start_datetime"),
    *("note", "frame", "info", "url"),
)
"""The columns of Tagstore's own tables."""

FIELDS = {WIRE.get(name, name) for name in NewTag.__annotations__}
NAMED = {"media_path": "media_id", "class_name": "class_id"}
"""Columns whose words are looked up, and what is found; always in this order."""

MEANINGS: dict[str, str | None] = {
    **dict.fromkeys(COLUMNS),
    **{name: name for name in (*FIELDS, *NAMED)},
    **{"note": "comment", "frame": "frame_info", **WIRE},
}
"""What known columns mean; None: what the server itself says of a tag, which is not sent."""

ALTERNATIVES = (
    frozenset({"media_id"}),
    frozenset({"tag_set", "tag_set_id"}),
    frozenset({"class_id", "class", "text"}),
)
"""Fields of which a tag has one."""

INFO = "info."
UNKNOWN = (
    "means nothing here; say in columns= what it does mean, as 'start_s' or 'info.snr', or None "
    "to leave it out"
)


class Translation:
    """Makes lines of rows; `columns` are the names that fields of the server have in the rows."""

    def __init__(
        self, names: Names, columns: Mapping[str, str | None], every: Mapping[str, Any]
    ) -> None:
        """Look names up, read columns so, and say of every tag what its row does not say."""
        self._names = names
        self._meanings = MEANINGS | {name: _meaning(name, columns[name]) for name in columns}
        self._every = every
        self.columns: dict[str, str] = {}

    def line(self, number: int, row: Mapping[Any, Any]) -> tuple[bytes, list[Fault]]:
        """Return the line of a row, and what is wrong with it."""
        faults: list[Fault] = []
        tag, info = dict[str, Any](), dict[str, Any]()
        for column, value in row.items():
            try:
                meaning = self._meanings[column]
            except KeyError:
                self._meanings[column] = None  # One fault says it for all rows.
                faults.append(Fault(UNKNOWN, "unknown", row=number, column=str(column)))
                continue
            if meaning is None or _is_missing(value):
                continue
            if meaning.startswith(INFO):
                info[meaning.removeprefix(INFO)] = value
            elif meaning in tag:
                said = f"says the same as {self.columns[meaning]}; leave one of them out"
                faults.append(Fault(said, "twice", row=number, column=str(column)))
            else:
                self.columns[meaning] = str(column)
                tag[meaning] = value
        faults += self._look_up(number, tag)
        if info:
            tag["info"] = {**tag.get("info", {}), **info}
        line, unfit = _written(self._with_every(tag))
        if unfit:
            faults.append(Fault(unfit, "json", row=number))
        return line, faults

    def _look_up(self, number: int, tag: dict[str, Any]) -> list[Fault]:
        """Put numbers where names are, which count more than numbers beside them."""
        faults = []
        for name in [each for each in NAMED if each in tag]:
            words, column = str(tag.pop(name)), self.columns[name]
            tag.pop(NAMED[name], None)
            self.columns[NAMED[name]] = column
            try:
                tag |= self._names.said(name, words)
            except (NotFound, Conflict) as error:
                faults.append(Fault(error.detail, "unknown", row=number, column=column))
        return faults

    def _with_every(self, tag: dict[str, Any]) -> dict[str, Any]:
        """Return a tag with what all say, where it does not say that or an alternative itself."""
        if not self._every:
            return tag
        spoken = set(tag).union(*(each for each in ALTERNATIVES if each & tag.keys()))
        return {**{name: each for name, each in self._every.items() if name not in spoken}, **tag}


def _meaning(column: str, said: str | None) -> str | None:
    """Return what a column is said to mean, by the name that it has in the API."""
    if said is None or said.startswith(INFO):
        return said
    meaning = MEANINGS.get(said)
    if meaning is None:
        raise ValueError(f"columns= says that {column} is {said}, which nobody can say of a tag.")
    return meaning


def _is_missing(value: object) -> bool:
    """Tell whether a cell is empty, in any of the ways that tables have for it."""
    if value is None:
        return True
    try:
        return bool(value != value)  # NaN and NaT.
    except (TypeError, ValueError):
        return type(value).__name__ == "NAType"


def _written(tag: dict[str, Any]) -> tuple[bytes, str]:
    """Return a tag as a line, or why JSON cannot say it."""
    try:
        return json.dumps(tag, allow_nan=False, default=_plain).encode(), ""
    except (TypeError, ValueError) as error:
        return b"", str(error)


def _plain(value: Any) -> Any:
    """Return a number or list of numpy's, or a moment, as JSON has it."""
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"JSON cannot say a {type(value).__name__}.")
