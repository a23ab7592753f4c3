"""A list of tags, put where each says: new ones stored, known ones skipped or changed."""

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import cast

from sqlalchemy import select

from tagstore.db import db, rehearsal
from tagstore.errors import Fault
from tagstore.models import Tag
from tagstore.services.bulk.findings import Findings
from tagstore.services.bulk.namings import Lot, sort_out
from tagstore.services.bulk.rewriting import Stored, in_circles, rewrite, stored_by_number
from tagstore.services.rows import chunks
from tagstore.services.tag_checks import examined
from tagstore.services.tag_rows import insert_tags, unique_external_ids
from tagstore.values import Actor, OnDuplicate, TagChanges, TagDraft, TagList, changed

Key = tuple[int, str | None]
"""A tag set and an external id."""


NAMES = ("tag_set", "tag_class")
"""Fields that name what another field numbers; of both only one fault is told."""


@dataclass
class Outcome:
    """What became of the tags of a list, in its order."""

    statuses: list[str]
    ids: list[int | None]
    external_ids: Sequence[str | None]
    batch_ids: set[int] = field(default_factory=set)


def put_tags(
    actor: Actor,
    wanted: TagList,
    faults: Sequence[Fault] = (),
    on_duplicate: OnDuplicate = OnDuplicate.ERROR,
    *,
    dry_run: bool = False,
) -> Outcome:
    """Put tags on media files of any projects: all of them or, with every fault named, none.

    `faults` are those that the edge has found in the same list already. With `dry_run` all is
    done and undone again; what would be new has no number then.
    """
    count = len(wanted.columns["media"])
    outcome = Outcome(["created"] * count, [None] * count, wanted.columns["external_id"])
    findings = Findings(faults)
    with rehearsal() if dry_run else nullcontext():
        plans = [
            _Plan(actor, lot, wanted.said, on_duplicate, findings)
            for lot in sort_out(actor, wanted, findings)
        ]
        findings.settle(count)
        for plan in plans:
            plan.carry_out(outcome)
    if dry_run:
        outcome.batch_ids.clear()
        made = zip(outcome.statuses, outcome.ids, strict=True)
        outcome.ids = [None if status == "created" else number for status, number in made]
    return outcome


class _Plan:
    """What is to be done with the tags of one project."""

    def __init__(
        self,
        actor: Actor,
        lot: Lot,
        said: Sequence[frozenset[str]],
        on_duplicate: OnDuplicate,
        findings: Findings,
    ) -> None:
        self.actor, self.lot, self.said, self.findings = actor, lot, said, findings
        self.updates = on_duplicate is OnDuplicate.UPDATE
        self.drafts = self._examined(lot.drafts, lot.indices)
        self.new: list[int] = []
        self.repeats: dict[int, int] = {}
        self.known: dict[int, int] = {}
        self._tell_apart(_stored_numbers(self.drafts))
        if on_duplicate is OnDuplicate.ERROR:
            self._complain()
        self.tags: list[Stored] = []
        self.wanted: list[TagDraft] = []
        if self.updates and (self.repeats or self.known):
            self._merge()

    def _examined(self, drafts: list[TagDraft], indices: Sequence[int]) -> list[TagDraft]:
        told = self.findings.of(set(indices))
        told += [replace(each, field=f"{each.field}_id") for each in told if each.field in NAMES]
        ready, found = examined(self.actor, self.lot.project, drafts, told, indices)
        self.findings.add(found[len(told) :])
        return ready

    def _tell_apart(self, numbers: dict[Key, int]) -> None:
        """Part new tags from those that repeat one of the list, and those known by number."""
        first: dict[Key, int] = {}
        for place, draft in enumerate(self.drafts):
            key = (draft.tag_set_id, draft.external_id)
            if draft.external_id is None:
                self.new.append(place)
            elif key in numbers:
                self.known[place] = numbers[key]
            elif key in first:
                self.repeats[place] = first[key]
            else:
                first[key] = place
                self.new.append(place)

    def _complain(self) -> None:
        for place in self.known:
            message = "Another tag of the tag set has that external id."
            self.findings.taken(self.lot.indices[place], "external_id", "taken", message)
        for place, other in self.repeats.items():
            message = f"Item {self.lot.indices[other]} of this list has that external id too."
            self.findings.taken(self.lot.indices[place], "external_id", "repeated", message)

    def _merge(self) -> None:
        """Work out what known and repeated tags are to say, the later word outdoing the earlier."""
        merged: dict[int, int] = {}
        for place, other in self.repeats.items():
            self.drafts[other] = changed(self.drafts[other], self._changes(place))
            merged[other] = self.lot.indices[place]
        firsts = self._examined([self.drafts[place] for place in merged], list(merged.values()))
        for place, draft in zip(merged, firsts, strict=True):
            self.drafts[place] = draft
        self.tags = list(stored_by_number(sorted(set(self.known.values()))))
        wanted = {tag.id: tag.draft for tag in self.tags}
        last: dict[int, int] = {}
        for place, number in self.known.items():
            wanted[number] = changed(wanted[number], self._changes(place))
            last[number] = self.lot.indices[place]
        self.wanted = self._examined(list(wanted.values()), [last[number] for number in wanted])
        parents = {number: draft.parent_id for number, draft in wanted.items()}
        for number in in_circles(parents):
            message = "A tag cannot descend from itself."
            self.findings.invalid(last[number], "parent_id", "circle", message)

    def _changes(self, place: int) -> TagChanges:
        draft, said = self.drafts[place], self.said[self.lot.indices[place]]
        return cast(TagChanges, {name: getattr(draft, name) for name in said})

    def carry_out(self, outcome: Outcome) -> None:
        """Store what is new, change what is known, and say so."""
        indices, other = self.lot.indices, "updated" if self.updates else "skipped"
        with unique_external_ids():
            drafts = [self.drafts[place] for place in self.new]
            added = insert_tags(self.actor, self.lot.project, drafts)
        rewrite(self.actor, self.lot.project, self.tags, self.wanted)
        outcome.batch_ids |= added.batch_ids
        for place, number in zip(self.new, added.ids, strict=True):
            outcome.ids[indices[place]] = number
        for place, first in self.repeats.items():
            outcome.ids[indices[place]] = outcome.ids[indices[first]]
            outcome.statuses[indices[place]] = other
        for place, number in self.known.items():
            outcome.ids[indices[place]] = number
            outcome.statuses[indices[place]] = other


def _stored_numbers(drafts: Iterable[TagDraft]) -> dict[Key, int]:
    """Return the numbers of the tags that have these external ids already."""
    by_set: dict[int, set[str]] = {}
    for draft in drafts:
        if draft.external_id is not None:
            by_set.setdefault(draft.tag_set_id, set()).add(draft.external_id)
    return {
        (tag_set_id, external_id): number
        for tag_set_id, names in by_set.items()
        for some in chunks(names)
        for external_id, number in db.session.execute(
            select(Tag.external_id, Tag.id).where(
                Tag.tag_set_id == tag_set_id,
                Tag.deleted_at.is_(None),
                Tag.external_id.in_(some),
            )
        )
    }
