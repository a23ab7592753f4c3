"""What the page of an import offers for choice, and what its form decides."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from tagstore.models import Project, TagClass
from tagstore.services import imports
from tagstore.services.imports import Choices, Findings, ForClass
from tagstore.services.imports.findings import LabelFound
from tagstore.values import LARGEST_INTEGER, OnDuplicate

MOST_LABELS = 200
MOST_COLUMNS = 100
MOST_NAMES = 100
MOST_FAULTS = 1000
MOST_CLASSES = 100
"""With more classes than these, others than near ones are named instead of picked from a list."""

FIELDS = {
    "label": "class",
    "text": "free text",
    "start_s": "start (s)",
    "end_s": "end (s)",
    "duration_s": "duration (s)",
    "low_hz": "low frequency",
    "high_hz": "high frequency",
    "channel": "channel",
    "score": "score",
    "comment": "comment",
    "source": "who or what made it",
    "status": "status",
    "external_id": "external id",
    "track": "tag set",
    "media": "recording",
    "frame": "box in a picture",
    "info": "further facts, in JSON",
}
"""What a column may hold, in people's words."""

UNITS = {"": None, "hz": False, "khz": True}
ORDER = {"near": 0, "new": 1, "alias": 2, "known": 3}
FLAGS = ("decimal_comma", "placeholders", "for_spreadsheets", "replaces")


@dataclass(frozen=True)
class Words:
    """What rows say, and what was decided of it; `is_open` while nobody knows what it means."""

    found: LabelFound
    choice: str
    is_open: bool


@dataclass(frozen=True)
class WordList:
    """The first words of an import to decide on, and how many more there are."""

    shown: Sequence[Words]
    open_count: int
    more: int


def seen(choices: Choices) -> str:
    """Return a name for what is decided, by which a form says what its sender saw."""
    text = json.dumps(choices.document(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def word_list(found: Findings, choices: Choices) -> WordList:
    """Return the words of rows: undecided ones first, those among them that are near a class."""
    words = [_words(each, choices) for each in found.labels]
    words.sort(key=lambda each: (not each.is_open, not each.choice, ORDER[each.found.kind]))
    open_count = sum(each.is_open for each in words)
    return WordList(words[:MOST_LABELS], open_count, len(words[MOST_LABELS:]))


def _words(found: LabelFound, choices: Choices) -> Words:
    choice = choices.classes.get(found.label, "")
    is_decided = choice not in {"", ForClass.ASK} or found.taken is not None
    return Words(found, choice, not is_decided and choices.new_classes is ForClass.ASK)


def decided(
    project: Project, classes: Sequence[TagClass], found: Findings | None, choices: Choices
) -> tuple[dict[str, Any], list[str]]:
    """Return what the form decides otherwise than it was decided, and what it names that is not.

    What is wrong with one field keeps nothing that others say from being kept.
    """
    form, faults = request.form, list[str]()
    said: dict[str, Any] = {
        "format": form.get("format") or None,
        "tag_set": form.get("tag_set", "").strip() or None,
        "author": form.get("author", "").strip() or None,
        "kilohertz": UNITS.get(form.get("unit", "")),
        "on_duplicate": form.get("on_duplicate") or OnDuplicate.SKIP,
        **{name: name in form for name in FLAGS},
        "recordings": _recordings(project, choices.recordings, faults),
    }
    if found is not None:
        said["new_classes"] = form.get("new_classes") or ForClass.ASK
        said["good_rows"] = "good_rows" in form
        said["columns"] = _columns(dict(found.columns), choices.columns)
        said["classes"] = _classes(classes, choices.classes, faults)
    now = {name: value for name, value in said.items() if value != getattr(choices, name)}
    return now, faults


def _columns(shown: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Return what columns hold by choice; what is left as it was found is chosen by nobody."""
    names, fields = request.form.getlist("column"), request.form.getlist("field")
    pairs = zip(names, fields, strict=False)
    return {**chosen, **{name: held for name, held in pairs if held != shown.get(name, "")}}


def _classes(
    classes: Sequence[TagClass], chosen: Mapping[str, str], faults: list[str]
) -> dict[str, str]:
    """Return what words mean by choice; a class that is named goes before one that is picked."""
    form = request.form
    now = dict(chosen)
    others = form.getlist("other") or [""] * len(form.getlist("label"))
    for label, choice, other in zip(
        form.getlist("label"), form.getlist("meaning"), others, strict=False
    ):
        if name := other.strip():
            choice = _named(classes, name)
            if not choice:
                faults.append(f"There is no class “{name}” in this project.")
        if choice:
            now[label] = choice
        else:
            now.pop(label, None)
    return now


def _named(classes: Sequence[TagClass], name: str) -> str:
    for each in classes:
        if name in {each.label, each.identifier}:
            return str(each.id)
    return ""


def _recordings(project: Project, chosen: Mapping[str, int], faults: list[str]) -> dict[str, int]:
    """Return which recordings are meant by choice, where they are named by number or path."""
    form = request.form
    now = dict(chosen)
    for name, text in zip(form.getlist("lost"), form.getlist("recording"), strict=False):
        said = text.strip()
        if not said:
            now.pop(name, None)
            continue
        number = int(said) if said.isdecimal() and int(said) <= LARGEST_INTEGER else None
        if number is None or number != chosen.get(name):
            number = imports.number_of(project, said)
        if number is None:
            faults.append(f"There is no recording “{said}” in this project, or there are several.")
        else:
            now[name] = number
    return now
