"""What the columns of tables are called, everywhere, and which of them holds what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tagstore.errors import Invalid
from tagstore.formats.rows import About

Aliases = Mapping[str, tuple[str, ...]]

ALIASES: Aliases = {
    "media": (
        *("audio_recording_id", "recording_id", "filename", "file", "audio_file", "filepath"),
        *("IN FILE", "Begin File", "Begin Path", "recording", "dataset filename"),
        *("notated_path", "source_file", "media", "media_path", "sound.files"),
    ),
    "start_s": (
        *("start", "start_s", "start_time", "start_time_s", "start_seconds", "start_time_seconds"),
        *("start_offset", "start_offset_seconds", "start_offset_s", "event_start_seconds"),
        *("Start (s)", "Begin Time (s)", "Begin Time", "onset_s", "onset", "min_time", "t0"),
        "tmin",
    ),
    "end_s": (
        *("end", "end_s", "stop", "stop_s", "stop_seconds", "stop_time", "end_time", "end_time_s"),
        *("end_seconds", "end_time_seconds", "end_offset", "end_offset_seconds"),
        *("end_offset_s", "event_end_seconds", "End (s)", "End Time (s)", "offset_s", "max_time"),
        *("t1", "tmax"),
    ),
    "duration_s": (
        *("duration", "duration_s", "duration_seconds", "event_duration_seconds"),
        *("Delta Time (s)", "dur", "tdur"),
    ),
    "low_hz": (
        *("low_hz", "low_f", "low_freq", "low_frequency", "low_frequency_hertz", "Low Freq (Hz)"),
        *("min_frequency", "min_freq", "start_frequency", "bottom.freq", "f0", "Fmin"),
    ),
    "high_hz": (
        *("high_hz", "high_f", "high_freq", "high_frequency", "high_frequency_hertz"),
        *("High Freq (Hz)", "max_frequency", "max_freq", "end_frequency", "top.freq", "f1"),
        "Fmax",
    ),
    "score": ("score", "confidence", "probability", "TP", "MATCH RATIO"),
    "label": (
        *("label", "class", "annotation", "tag", "tags", "species", "Common Name"),
        *("scientific_name", "Species Code", "MANUAL ID", "AUTO ID", "AUTO ID*", "TOP1MATCH"),
        *("class_name", "type", "name", "common_name_tags", "species_name_tags", "other_tags"),
    ),
    "channel": ("channel", "chnl"),
}
"""For each field of a row, or `duration_s`, its names in the wild; the first that is there counts.

They are compared without regard to case, blanks, underscores and points.
"""

OFFSET = "offset"
"""A start to Kaleidoscope, an end to those who have an onset."""

OTHERS = ("text", "comment", "track", "status", "source", "external_id", "frame", "info")
FIELDS = frozenset([*ALIASES, *OTHERS])
"""What people may say that a column holds."""


def folded(name: str) -> str:
    """Return the form in which names of columns are compared."""
    return name.translate(_NOTHING).casefold()


_NOTHING = str.maketrans(dict.fromkeys(" _.\u00a0\t"))


@dataclass(frozen=True)
class Columns:
    """Which column of a table holds which field, by its place, and what the others are called."""

    names: Sequence[str]
    places: dict[str, int] = field(default_factory=dict)

    @property
    def chosen(self) -> dict[str, str]:
        """Fields by the names of their columns; a column that is not there goes into `info`."""
        return {self.names[place]: held for held, place in self.places.items()}

    @property
    def others(self) -> list[tuple[int, str]]:
        """Places and names of what goes into `info`; a name said again becomes `name (2)`."""
        taken = set(self.places.values())
        seen: dict[str, int] = {}
        found = []
        for place, name in enumerate(self.names):
            if place not in taken:
                seen[name] = seen.get(name, 0) + 1
                found.append((place, name if seen[name] == 1 else f"{name} ({seen[name]})"))
        return found


def assigned(
    names: Sequence[str], own: Mapping[str, str], about: About, aliases: Aliases = ALIASES
) -> Columns:
    """Return what each column of a header holds.

    People's choice comes first, then a format's `own` names, folded, then the aliases; an empty
    field sends a column into `info`. No field is held by two columns, and a duration by none
    where an end is told. Raises Invalid where people choose a field that there is not.
    """
    names = [name.strip() for name in names]
    wanted = _wanted(about)
    places: dict[str, int] = {}
    free: dict[str, int] = {}
    for place, name in enumerate(names):
        if wanted.get(name):
            places.setdefault(wanted[name], place)
    for place, name in enumerate(names):
        held = own.get(folded(name))
        if name in wanted or held == "":
            continue
        if held is None or held in places:
            free.setdefault(folded(name), place)
        else:
            places[held] = place
    for held, known in aliases.items():
        found = [free[alias] for alias in map(folded, known) if alias in free]
        if found and held not in places:
            places[held] = found[0]
    if aliases is ALIASES:
        _settle_offset(places, free)
    if "end_s" in places and "duration_s" not in own.values():
        places.pop("duration_s", None)
    return Columns(names, places)


def _wanted(about: About) -> dict[str, str]:
    wanted = dict(about.columns)
    if about.label_column:
        wanted[about.label_column] = "label"
    for name, held in wanted.items():
        if held and held not in FIELDS:
            raise Invalid(f"No column can hold “{held}”.", columns=f"“{name}” has to be another")
    return wanted


def _settle_offset(places: dict[str, int], free: Mapping[str, int]) -> None:
    """Place a bare OFFSET: an end to another start; Kaleidoscope's start to a duration."""
    if OFFSET in free:
        places.setdefault("end_s" if "start_s" in places else "start_s", free[OFFSET])
