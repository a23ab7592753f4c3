"""The shapes of Bedrock's things as they go out."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tagstore.models import TagClass, TagGroup
from tagstore.services.bulk import reading
from tagstore.services.bulk.assignments import Assignment
from tagstore.services.bulk.classes import AddedClass
from tagstore.services.bulk.groups import AddedGroup
from tagstore.values import SYSTEM, Actor


def moment(value: datetime) -> str:
    """Return a moment in UTC to the second, as the reference page writes it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def dump_added_class(added: AddedClass, actor: Actor) -> dict[str, Any]:
    """Return a class that was just made; its scope and group as the client wrote them."""
    return {
        "id": added.public_id,
        "scopeId": added.draft.scope,
        "tagGroupId": added.draft.group,
        "identifier": added.draft.identifier,
        "label": added.draft.label,
        "createdBy": actor.name,
        "createdAt": moment(added.created_at),
    }


def dump_class(tag_class: TagClass) -> dict[str, Any]:
    """Return a class."""
    return {
        "id": tag_class.public_id,
        "scopeId": tag_class.project.key,
        "tagGroupId": tag_class.group.public_id,
        "identifier": tag_class.identifier,
        "label": tag_class.label,
        "createdBy": tag_class.created_by.name if tag_class.created_by else SYSTEM.name,
        "createdAt": moment(tag_class.created_at),
    }


def dump_added_group(added: AddedGroup, actor: Actor) -> dict[str, Any]:
    """Return a group that was just made, with its classes."""
    return {
        "id": added.public_id,
        "scopeId": added.draft.scope,
        "name": added.draft.name,
        "key": added.draft.key,
        "description": added.draft.description,
        "maxAppliedPerTarget": added.draft.most_per_target,
        "isLocked": added.draft.closed,
        "tags": [
            _inner(each.public_id, each.draft.identifier, each.draft.label)
            for each in added.classes
        ],
        "createdBy": actor.name,
        "createdAt": moment(added.created_at),
    }


def dump_groups(groups: Sequence[TagGroup]) -> list[dict[str, Any]]:
    """Return groups with their classes, in few questions for all of them."""
    makers, classes = reading.makers_of(groups), reading.classes_of(groups)
    return [
        {
            "id": group.public_id,
            "scopeId": group.project.key,
            "name": group.name,
            "key": group.key,
            "description": group.description,
            "maxAppliedPerTarget": group.most_per_target,
            "isLocked": group.closed,
            "tags": [_inner(c.public_id, c.identifier, c.label) for c in classes[group.id]],
            "createdBy": makers.get(group.created_by_id, SYSTEM.name),
            "createdAt": moment(group.created_at),
        }
        for group in groups
    ]


def dump_assignment(assignment: Assignment) -> dict[str, Any]:
    """Return an assignment."""
    return {
        "id": assignment.public_id,
        "tagId": assignment.tag_class,
        "targetType": "resource",
        "targetId": assignment.target,
        "scopeId": assignment.scope,
        "appliedBy": assignment.by,
        "appliedAt": moment(assignment.at),
    }


def _inner(public_id: str, identifier: str, label: str) -> dict[str, str]:
    return {"id": public_id, "identifier": identifier, "label": label}
