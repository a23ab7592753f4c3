"""What the words of an import's rows mean, and how many rows say them."""

from collections import Counter
from typing import Any

from tagstore.services.imports.choices import Choices
from tagstore.services.imports.classes import LONGEST_LABEL, Classes, Meaning, may_be_made
from tagstore.services.imports.findings import (
    MANY_LABELS,
    MOST_LABELS,
    Findings,
    Found,
    LabelFound,
)


class Words:
    """Finds out once what words mean; `conclude` tells those that nobody explained."""

    def __init__(self, choices: Choices, classes: Classes) -> None:
        self._choices, self._classes = choices, classes
        self._rows: Counter[str] = Counter()
        self._meanings: dict[str, Meaning] = {}
        self._are_too_many = False

    def meaning(self, label: str) -> Meaning:
        """Return what becomes of rows with these words."""
        if label not in self._meanings:
            if len(self._meanings) >= MOST_LABELS:
                self._are_too_many = True
                return Meaning()
            self._meanings[label] = self._classes.meaning(label, self._choices)
        return self._meanings[label]

    def count(self, label: str | None) -> None:
        """Count a row with these words."""
        if label in self._meanings:
            self._rows[label] += 1

    def conclude(self, findings: Findings) -> None:
        """Add all words to what was found; those that nobody explained are faults."""
        if self._are_too_many:
            findings.fault(Found("", 0, None, MANY_LABELS))
        for label, rows in self._rows.most_common():
            match, meaning = self._classes.match(label), self._meanings[label]
            near: list[dict[str, Any]] = [{"id": n.id, "label": n.label} for n in match.near]
            taken = match.taken.id if match.taken else None
            findings.labels.append(LabelFound(label, rows, match.kind, near, taken))
            if reason := _unfit(label, meaning, [each["label"] for each in near]):
                findings.fault(Found("", 0, None, reason, rows))


def _unfit(label: str, meaning: Meaning, near: list[str]) -> str | None:
    """Return why rows with these words cannot be stored, or None."""
    if not meaning.is_open:
        return None
    if not may_be_made(label):
        return (
            f"“{label[:40]}…” is no name for a class: it has more than {LONGEST_LABEL} characters."
        )
    words = f"There is no class “{label}” in this project."
    return f"{words} Near it: {', '.join(near)}." if near else words
