"""From ARLO's items to drafts, fast where all is well and with every fault where it is not."""

import math
from operator import itemgetter
from typing import Any, cast

from marshmallow import ValidationError

from tagstore.errors import Fault, Invalid
from tagstore.values import LARGEST_INTEGER, TagDraft
from tagstore.web.api.arlo.schemas import messages_of, not_an_object, tag_schema

MOST_FAULTY = 100_000
INTEGERS, NUMBERS, FLAGS = {int}, {int, float}, {bool}
BLANK = TagDraft(0, 0)
"""What stands for an item of which nothing can be read."""

OUR_NAMES = {field.data_key: name for name, field in tag_schema.fields.items()}

FIELDS = (
    "mediaFile", "tagSet", "tagClass", "startTime", "endTime", "minFrequency", "maxFrequency",
    "strength",
)  # fmt: skip
REQUIRED = set(FIELDS)
_required = itemgetter(*FIELDS)


def tag_drafts(items: list[Any]) -> tuple[list[TagDraft], list[Fault]]:
    """Return a draft for every item, and what is wrong with those that are no tags.

    The draft of an item with faults holds what could be read of it, so that the rest of it
    can be checked too.
    """
    drafts: list[TagDraft] = []
    faults: list[Fault] = []
    faulty = 0
    for index, item in enumerate(items):
        draft = quick_draft(item)
        if draft is None:
            draft, found = slow_draft(index, item)
            faults += found
            faulty += bool(found)
            if faulty > MOST_FAULTY:
                raise Invalid(
                    f"More than {MOST_FAULTY} items are no tags, the first is item "
                    f"{faults[0].index}: {faults[0].message} Nothing was saved."
                )
        drafts.append(draft)
    return drafts, faults


def quick_draft(item: Any) -> TagDraft | None:
    """Return the draft of an item that is a tag beyond doubt, many times as fast as the schema.

    None says nothing: the schema decides then, and finds the words.
    """
    if type(item) is not dict or not item.keys() >= REQUIRED or not _is_plain(item):
        return None
    media_file, tag_set, tag_class, start, end, low, high, strength = _required(item)
    if (
        {type(media_file), type(tag_set), type(tag_class)} != INTEGERS
        or not {type(start), type(end), type(low), type(high), type(strength)} <= NUMBERS
        or not min(media_file, tag_set, tag_class) > 0
        or not max(media_file, tag_set, tag_class) <= LARGEST_INTEGER
        or not min(start, end, low, high) >= 0
        or not math.isfinite(start + end + low + high + strength)
    ):
        return None
    return TagDraft(
        media_file_id=media_file,
        tag_set_id=tag_set,
        tag_class_id=tag_class,
        start_s=float(start),
        end_s=float(end),
        low_hz=float(low),
        high_hz=float(high),
        score=float(strength),
        parent_id=item.get("parentTag"),
        machine_tagged=item.get("machineTagged", False),
        user_tagged=item.get("userTagged", False),
        randomly_chosen=item.get("randomlyChosen", False),
    )


def _is_plain(item: dict[str, Any]) -> bool:
    """Return whether what may be left out is left out or beyond doubt."""
    get, parent = item.get, item.get("parentTag")
    return (
        "user" not in item
        and type(get("machineTagged", False)) is bool
        and type(get("userTagged", False)) is bool
        and type(get("randomlyChosen", False)) is bool
        and (parent is None or (type(parent) is int and 0 < parent <= LARGEST_INTEGER))
    )


def slow_draft(index: int, item: Any) -> tuple[TagDraft, list[Fault]]:
    """Return what can be read of an item, and a fault for all that cannot."""
    if not isinstance(item, dict):
        return BLANK, [Fault(index, "", "words", not_an_object(item))]
    try:
        return TagDraft(**tag_schema.load(item)), []
    except ValidationError as error:
        good: dict[str, Any] = dict(cast(dict[str, Any], error.valid_data))
        found = [
            Fault(index, OUR_NAMES[name], "words", message)
            for name, messages in messages_of(error).items()
            for message in messages
        ]
    for pair in (("start_s", "end_s"), ("low_hz", "high_hz")):
        if not all(field in good for field in pair):
            good.pop(pair[0], None)
            good.pop(pair[1], None)
    return TagDraft(**{"media_file_id": 0, "tag_set_id": 0, **good}), found
