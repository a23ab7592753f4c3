"""What is wrong, by ARLO's field names and in the words of Django REST Framework."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import request

from tagstore.errors import Fault, Invalid, InvalidItems, NotFound
from tagstore.web.failures import Failure

P = ParamSpec("P")
R = TypeVar("R")

WIRE_NAMES = {
    "tag_set_id": "tagSet",
    "media_file_id": "mediaFile",
    "start_s": "startTime",
    "end_s": "endTime",
    "low_hz": "minFrequency",
    "high_hz": "maxFrequency",
    "tag_class_id": "tagClass",
    "score": "strength",
    "parent_id": "parentTag",
    "randomly_chosen": "randomlyChosen",
    "machine_tagged": "machineTagged",
    "user_tagged": "userTagged",
    "created_by_id": "user",
    "project_id": "project",
    "identifier": "className",
    "label": "displayName",
    "": "non_field_errors",
}
"""ARLO's names of our fields; what is not here is called the same."""

ORDER = {
    "end_s": "Must not be before startTime.",
    "high_hz": "Must not be before minFrequency.",
}
NEGATIVE = "Ensure this value is greater than or equal to 0."
REQUIRED = "This field is required."
NULL = "This field may not be null."

Messages = dict[str, list[str]]


class BadFields(Invalid):
    """Some fields of one thing make no sense; `messages` says which and why."""

    def __init__(self, messages: Messages) -> None:
        super().__init__("That makes no sense here.")
        self.messages = messages


class NoSuchPage(NotFound):
    """A list has no page of that number."""


def unknown_pk(value: object) -> str:
    """Return the words for a number that is nothing's here."""
    return f'Invalid pk "{value}" - object does not exist.'


def wire_name(field: str) -> str:
    """Return ARLO's name of one of our fields."""
    return WIRE_NAMES.get(field, field)


def words(fault: Fault) -> str:
    """Return what Django REST Framework would say of a fault."""
    match fault.code:
        case "unknown":
            return unknown_pk(fault.value)
        case "order":
            return ORDER[fault.field]
        case "range":
            return NEGATIVE
    return fault.message


def messages(faults: Iterable[Fault]) -> Messages:
    """Return all that is wrong with one thing."""
    found: Messages = {}
    for fault in faults:
        found.setdefault(wire_name(fault.field), []).append(words(fault))
    return found


def aligned(error: InvalidItems) -> list[Messages]:
    """Return one object an item of the request, empty where the item is good."""
    found: list[Messages] = [{} for _ in range(error.count)]
    for fault in error.faults:
        found[fault.index].setdefault(wire_name(fault.field), []).append(words(fault))
    return found


def by_field(failure: Failure) -> Messages:
    """Return a service's complaint beside the fields that it is about."""
    return {wire_name(field): [failure.message] for field in failure.reasons}


def detail(failure: Failure) -> str:
    """Return the one sentence that says no."""
    if isinstance(failure.error, NoSuchPage):
        return "Invalid page."
    if failure.status == 404:
        return "Not found."
    if failure.status == 405:
        return f'Method "{request.method}" not allowed.'
    return failure.message


def about_one(view: Callable[P, R]) -> Callable[P, R]:
    """Let a view that takes one thing answer with its faults alone, not with a list of them."""

    @wraps(view)
    def run(*args: P.args, **kwargs: P.kwargs) -> Any:
        try:
            return view(*args, **kwargs)
        except InvalidItems as error:
            raise BadFields(messages(error.faults)) from error

    return run
