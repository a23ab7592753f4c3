"""The shapes of Bedrock's things as they come in; each ends in one of our drafts."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

from marshmallow import EXCLUDE, Schema, ValidationError

from tagstore.errors import Fault, InvalidItems, Malformed
from tagstore.values import AssignmentDraft, ClassDraft, GroupDraft
from tagstore.web.api.bedrock.fields import (
    Flag,
    Most,
    PublicId,
    Reference,
    Resource,
    Target,
    Told,
    Words,
)

Draft = TypeVar("Draft")


class Loose(Schema):
    """Keys that mean nothing here are ignored."""

    class Meta:
        """Clients send what they please."""

        unknown = EXCLUDE


class GroupsClassSchema(Loose):
    """A class that is made with its group."""

    public_id = PublicId(data_key="id")
    identifier = Words(100, required=True)
    label = Words(200, required=True)


class ClassSchema(GroupsClassSchema):
    """A class."""

    scope = Reference(data_key="scopeId", required=True)
    group = Reference(data_key="tagGroupId", required=True)


class GroupSchema(Loose):
    """A group."""

    public_id = PublicId(data_key="id")
    scope = Reference(data_key="scopeId", required=True)
    name = Words(200, required=True)
    key = Words(100, required=True)
    description = Words(None)
    most_per_target = Most(data_key="maxAppliedPerTarget", allow_none=True)
    closed = Flag(data_key="isLocked")
    classes = Told(data_key="tags")


class AssignmentSchema(Loose):
    """An assignment."""

    public_id = PublicId(data_key="id")
    scope = Reference(data_key="scopeId", required=True)
    tag_class = Reference(data_key="tagId", required=True)
    target_type = Resource(data_key="targetType", required=True)
    target = Target(data_key="targetId", required=True)


groups_class_schema = GroupsClassSchema()
class_schema = ClassSchema()
class_changes_schema = ClassSchema(partial=True)
group_schema = GroupSchema()
group_changes_schema = GroupSchema(partial=True, exclude=["classes"])
assignment_schema = AssignmentSchema()


def _read(schema: Schema, value: Any, place: str = "") -> tuple[dict[str, Any], list[Any]]:
    """Return what can be read of a value, and (field, code, words) for what cannot."""
    try:
        return schema.load(value), []
    except ValidationError as error:
        ours = {field.data_key or name: name for name, field in schema.fields.items()}
        found = [
            (place + ours.get(name, ""), code, words)
            for name, messages in cast(dict[str, Any], error.messages).items()
            for code, words in messages
        ]
        return dict(cast(dict[str, Any], error.valid_data)), found


def read_class(value: dict[str, Any]) -> tuple[ClassDraft, list[Any]]:
    """Return a class as far as it can be read, and its faults."""
    known, found = _read(class_schema, value)
    return ClassDraft(**known), found


def read_group(value: dict[str, Any]) -> tuple[GroupDraft, list[Any]]:
    """Return a group with its classes as far as they can be read, and its faults."""
    known, found = _read(group_schema, value)
    inner = known.pop("classes", [])
    drafts: list[ClassDraft] = []
    if not isinstance(inner, list):
        found.append(("classes", "type", "Must be a list of objects."))
        inner = []
    for index, each in enumerate(inner):
        place = f"classes/{index}"
        if isinstance(each, dict):
            fields_of, wrong = _read(groups_class_schema, each, f"{place}/")
            drafts.append(ClassDraft(**fields_of))
            found += wrong
        else:
            drafts.append(ClassDraft())
            found.append((place, "type", "Must be an object."))
    return GroupDraft(**known, classes=tuple(drafts)), found


def read_assignment(value: dict[str, Any]) -> tuple[AssignmentDraft, list[Any]]:
    """Return an assignment as far as it can be read, and its faults."""
    known, found = _read(assignment_schema, value)
    known.pop("target_type", None)
    return AssignmentDraft(**known), found


def drafts_of(
    values: list[Any], read: Callable[[dict[str, Any]], tuple[Draft, list[Any]]]
) -> tuple[list[Draft], list[Fault]]:
    """Return a draft for every object, and all that is wrong with them."""
    if not all(isinstance(value, dict) for value in values):
        raise Malformed("The body is not what it should be: only objects are taken here.")
    pairs = [read(value) for value in values]
    return [draft for draft, _ in pairs], list(_faults(found for _, found in pairs))


def _faults(of_items: Iterator[list[Any]]) -> Iterator[Fault]:
    for index, found in enumerate(of_items):
        for field, code, words in found:
            yield Fault(index, field, code, words)


def changes_of(schema: Schema, value: Any) -> dict[str, Any]:
    """Return the fields that are to change, or raise all that is wrong with them."""
    if not isinstance(value, dict):
        raise Malformed("The body is not an object.")
    known, found = _read(schema, value)
    if found:
        raise InvalidItems(list(_faults(iter([found]))), 1)
    return known
