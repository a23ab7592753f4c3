"""From ARLO's items to drafts, fast where all is well and with every fault where it is not."""

import math
from collections.abc import Sequence
from itertools import repeat
from operator import itemgetter
from typing import Any, cast

from marshmallow import ValidationError

from tagstore.errors import Fault, Invalid
from tagstore.values import LARGEST_INTEGER, TagDraft
from tagstore.web.api.arlo.faults import wire_name
from tagstore.web.api.arlo.schemas import messages_of, not_an_object, tag_schema

MOST_FAULTY = 100_000
CHUNK = 1000
BLANK = TagDraft(0, 0)
"""What stands for an item of which nothing can be read."""

OUR_NAMES = {field.data_key: name for name, field in tag_schema.fields.items()}
NUMBERS = ("startTime", "endTime", "minFrequency", "maxFrequency", "strength")
FLAGS = ("machineTagged", "userTagged", "randomlyChosen")

_ids = itemgetter("mediaFile", "tagSet", "tagClass")
_numbers = itemgetter(*NUMBERS)


def tag_drafts(items: list[Any]) -> tuple[list[TagDraft], list[Fault]]:
    """Return a draft for every item, and what is wrong with those that are no tags.

    The draft of an item with faults holds what could be read of it, so that the rest of it
    can be checked too.
    """
    drafts: list[TagDraft] = []
    faults: list[Fault] = []
    faulty = 0
    for start in range(0, len(items), CHUNK):
        chunk = items[start : start + CHUNK]
        quick = quick_drafts(chunk)
        if quick is not None:
            drafts += quick
            continue
        for index, item in enumerate(chunk, start):
            draft, found = slow_draft(index, item)
            drafts.append(draft)
            faults += found
            faulty += bool(found)
        if faulty > MOST_FAULTY:
            first = faults[0]
            raise Invalid(
                f"More than {MOST_FAULTY} items are no tags. The first is item {first.index}: "
                f"{wire_name(first.field)}: {first.message} Nothing was saved."
            )
    return drafts, faults


def quick_drafts(items: list[Any]) -> list[TagDraft] | None:
    """Return the drafts of items that are all tags beyond doubt, without a step an item.

    None says nothing: the schema decides then, and finds the words.
    """
    if set(map(type, items)) != {dict} or any("user" in item for item in items):
        return None
    try:
        media_files, tag_sets, classes = zip(*map(_ids, items), strict=True)
        columns = list(zip(*map(_numbers, items), strict=True))
    except KeyError:
        return None
    parents = [item.get("parentTag") for item in items]
    flags = [[item.get(name, False) for item in items] for name in FLAGS]
    known_parents = [parent for parent in parents if parent is not None]
    if not (
        all(map(_are_ids, (media_files, tag_sets, classes, known_parents)))
        and all(map(_are_numbers, columns))
        and all(min(column) >= 0 for column in columns[:-1])
        and all(set(map(type, column)) == {bool} for column in flags)
    ):
        return None
    starts, ends, lows, highs, strengths = (map(float, column) for column in columns)
    texts = channels = frames = repeat(None)
    return list(
        map(
            TagDraft, media_files, tag_sets, classes, texts, starts, ends, lows, highs, channels,
            frames, strengths, repeat(0), repeat(""), parents, *flags,
        )
    )  # fmt: skip


def _are_ids(values: Sequence[Any]) -> bool:
    """Return whether all are numbers that something might have."""
    return set(map(type, values)) <= {int} and (
        not values or (min(values) > 0 and max(values) <= LARGEST_INTEGER)
    )


def _are_numbers(values: Sequence[Any]) -> bool:
    return set(map(type, values)) <= {int, float} and all(map(math.isfinite, values))


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
