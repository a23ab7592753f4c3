"""Tags chosen by number or by what they are, then changed or deleted all alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tagstore.db import db
from tagstore.errors import Fault, Invalid, TooLarge
from tagstore.models import MediaFile, Project
from tagstore.services.access import Can, may, require
from tagstore.services.bulk.rewriting import (
    Stored,
    in_circles,
    remove,
    rewrite,
    stored_by_number,
)
from tagstore.services.search import ids_in_project
from tagstore.services.tag_checks import examined
from tagstore.values import Actor, TagChanges, TagDraft, TagQuery, changed

MOST_CHOSEN = 100_000


@dataclass(frozen=True)
class Choice:
    """Chosen tags of one project."""

    project: Project
    tags: list[Stored]


def choose_by_number(actor: Actor, ids: Sequence[int]) -> list[Choice]:
    """Return the tags that have these numbers, or blame every one that the actor sees not."""
    found = list(stored_by_number(sorted(set(ids))))
    choices = [each for each in _by_project(found) if may(actor, Can.SEE, each.project)]
    known = {tag.id for choice in choices for tag in choice.tags}
    unknown = {
        f"ids/{place}": "There is no such tag."
        for place, number in enumerate(ids)
        if number not in known
    }
    if unknown:
        raise Invalid("Some of those tags are not there. Nothing was changed.", **unknown)
    return choices


def choose_by_query(
    actor: Actor, project: Project, media_file: MediaFile | None, query: TagQuery
) -> list[Choice]:
    """Return the tags that show in a project, or on one media file of it."""
    require(actor, Can.SEE, project)
    meant = ids_in_project(project, query, media_file)
    ids = db.session.scalars(meant.limit(MOST_CHOSEN + 1)).all()
    if len(ids) > MOST_CHOSEN:
        raise TooLarge(f"More than {MOST_CHOSEN} tags are meant. Nothing was changed.")
    return _by_project(list(stored_by_number(ids)))


def edit_tags(
    actor: Actor,
    choices: Sequence[Choice],
    changes: Callable[[TagDraft], TagChanges],
    *,
    dry_run: bool = False,
) -> int:
    """Apply to every chosen tag what `changes` makes of it; return how many that changes."""
    for choice in choices:
        require(actor, Can.TAG, choice.project)
    drafts = [
        _checked(actor, choice, [changed(tag.draft, changes(tag.draft)) for tag in choice.tags])
        for choice in choices
    ]
    if dry_run:
        return sum(
            tag.draft != draft
            for choice, wanted in zip(choices, drafts, strict=True)
            for tag, draft in zip(choice.tags, wanted, strict=True)
        )
    return sum(
        rewrite(actor, choice.project, choice.tags, wanted)
        for choice, wanted in zip(choices, drafts, strict=True)
    )


def delete_tags(actor: Actor, choices: Sequence[Choice], *, dry_run: bool = False) -> int:
    """Delete every chosen tag; each can be restored for 30 days."""
    for choice in choices:
        require(actor, Can.TAG, choice.project)
        if actor.user_id is None or {t.created_by_id for t in choice.tags} - {actor.user_id}:
            require(actor, Can.MANAGE, choice.project)
    if not dry_run:
        for choice in choices:
            remove(actor, choice.project, choice.tags)
    return sum(len(choice.tags) for choice in choices)


def _by_project(tags: list[Stored]) -> list[Choice]:
    found: dict[int, list[Stored]] = {}
    for tag in tags:
        found.setdefault(tag.project_id, []).append(tag)
    return [
        Choice(db.session.get_one(Project, number), some) for number, some in sorted(found.items())
    ]


def _checked(actor: Actor, choice: Choice, drafts: list[TagDraft]) -> list[TagDraft]:
    """Return the drafts as they are to be stored; of each field the first fault is told."""
    ids = [tag.id for tag in choice.tags]
    ready, faults = examined(actor, choice.project, drafts, [], ids)
    for number in in_circles({n: draft.parent_id for n, draft in zip(ids, ready, strict=True)}):
        faults.append(Fault(number, "parent_id", "circle", "A tag cannot descend from itself."))
    by_field: dict[str, list[Fault]] = {}
    for fault in faults:
        by_field.setdefault(fault.field, []).append(fault)
    if by_field:
        reasons = {f"changes/{field}": _reason(some) for field, some in by_field.items()}
        raise Invalid("Some tags cannot be changed so. Nothing was changed.", **reasons)
    return ready


def _reason(faults: list[Fault]) -> str:
    others = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
    return f"Tag {faults[0].index}{others}: {faults[0].message}"
