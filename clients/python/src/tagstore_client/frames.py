"""Data frames of what is found; pandas is needed only here."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import Field, asdict, fields
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Unpack

from tagstore_client.fetching import fetch
from tagstore_client.parameters import MediaFilters, TagFilters
from tagstore_client.recordings import Recordings
from tagstore_client.rows import COLUMNS
from tagstore_client.tags import Tags
from tagstore_client.things import MediaFile

if TYPE_CHECKING:
    from pandas import DataFrame

HELD = {"media_path": "media", "class_name": "label", "note": "comment"}
"""Columns that the lines of an export call otherwise."""

COMPUTED = {"duration_s", "recorded_start", "event_start_datetime"}
KINDS = {
    **dict.fromkeys(("tag_id", "media_id", "batch_id"), "int64"),
    **dict.fromkeys(("class_id", "channel"), "Int64"),
    **dict.fromkeys(("review_correct", "review_incorrect", "review_unsure"), "Int64"),
    **dict.fromkeys(("start_s", "end_s", "low_hz", "high_hz", "score"), "float64"),
    **dict.fromkeys(("frame", "info"), "object"),
}
"""What columns hold that do not hold text."""

MOMENTS = ("created_at", "updated_at")

Columns = Mapping[str, list[Any]]


def pandas() -> Any:
    """Return pandas, or say how to get it."""
    try:
        import pandas
    except ImportError:
        message = "Data frames need pandas: pip install 'tagstore-client[pandas]'"
        raise ImportError(message) from None
    return pandas


class Frames(Tags, Recordings):
    """What is found, in data frames."""

    def tags_frame(
        self,
        project: str,
        *,
        media: MediaFile | int | str | None = None,
        folder: str | None = None,
        **filters: Unpack[TagFilters],
    ) -> "DataFrame":
        """Return the tags of a project in a data frame, with the columns of Tagstore's own tables.

        Times are seconds from the start of the recording; `recorded_start` and
        `event_start_datetime` are in UTC. A tag of a whole file has neither start nor end.
        """
        pandas()  # Whoever lacks it should not wait for the tags first.
        params = self._export_params(project, "jsonl", media, folder, dict(filters))
        with TemporaryDirectory() as scratch:
            path = Path(scratch) / "tags.jsonl"
            fetch(self._line, "/exports", params, path)
            found = _columns(_lines(path))
        return _frame(found, self._begins(project, found["media_id"]))

    def media_frame(self, project: str, **filters: Unpack[MediaFilters]) -> "DataFrame":
        """Return a project's media files in a data frame, a row each."""
        pd = pandas()
        rows = [{"path": each.path, **asdict(each)} for each in self.media(project, **filters)]
        names = [each.name for each in fields(MediaFile)]
        frame = pd.DataFrame(rows, columns=["path", *names])
        frame = frame.astype({each.name: "Int64" for each in fields(MediaFile) if _is_whole(each)})
        return frame.assign(
            **{name: _moments(frame[name]) for name in ("recorded_at", "created_at")}
        )

    def _begins(self, project: str, numbers: list[int]) -> list[datetime | None]:
        """Return when the recording begins of each media file in a list."""
        if len(set(numbers)) > 1:
            found: Iterable[MediaFile] = self.media(project)
        else:
            found = map(self.media_file, set(numbers))
        begins = {each.id: each.recorded_at for each in found}
        return [begins.get(number) for number in numbers]


def _is_whole(field: Field[Any]) -> bool:
    """Tell whether a field holds whole numbers, or none."""
    return field.type in (int, int | None)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield what the lines of an export say, all in one object each."""
    with path.open("rb") as file:
        for line in file:
            said = json.loads(line)
            yield {**said, **said["stored"]}


def _columns(lines: Iterable[Mapping[str, Any]]) -> Columns:
    """Return the columns that lines say, in the order of tables."""
    found: dict[str, list[Any]] = {name: [] for name in COLUMNS if name not in COMPUTED}
    cells = [(HELD.get(name, name), column.append) for name, column in found.items()]
    for line in lines:
        for name, append in cells:
            append(line.get(name))
    return found


def _frame(found: Columns, begins: list[datetime | None]) -> Any:
    """Return columns as a data frame, each as the kind that it is."""
    pd = pandas()
    text = pd.Series(["text"]).dtype
    frame = pd.DataFrame(
        {
            name: pd.Series(values, dtype=KINDS.get(name, text))
            for name, values in found.items()
            if name not in MOMENTS
        }
    )
    for name in MOMENTS:
        frame[name] = _moments(found[name])
    frame["duration_s"] = frame["end_s"] - frame["start_s"]
    frame["recorded_start"] = _moments(begins)
    into = pd.to_timedelta(frame["start_s"].fillna(0.0), unit="s")
    frame["event_start_datetime"] = (frame["recorded_start"] + into).dt.as_unit("us")
    return frame[list(COLUMNS)]


def _moments(values: Any) -> Any:
    pd = pandas()
    return pd.Series(pd.to_datetime(values, utc=True, format="ISO8601")).dt.as_unit("us")
