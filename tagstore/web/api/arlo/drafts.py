"""From ARLO's items to drafts, with every fault where not all is well."""

from typing import Any

from marshmallow import ValidationError

from tagstore.errors import Fault, Invalid
from tagstore.values import TagDraft, drafts_of
from tagstore.web.api.arlo.faults import wire_name
from tagstore.web.api.arlo.schemas import messages_of, not_an_object, tag_schema
from tagstore.web.api.columns import Form, Reading, chunks

MOST_FAULTY = 100_000
BLANK = TagDraft(0, 0)
"""What stands for what cannot be read of an item."""


def tag_drafts(items: list[Any]) -> tuple[list[TagDraft], list[Fault]]:
    """Return a draft for every item, and what is wrong with those that are no tags.

    The draft of an item with faults holds what could be read of it, so that the rest of it
    can be checked too.
    """
    reading = Reading(FORM)
    for chunk in chunks(items):
        reading.take(chunk)
        if reading.faulty > MOST_FAULTY:
            first = reading.faults[0]
            raise Invalid(
                f"More than {MOST_FAULTY} items are no tags. The first is item {first.index}: "
                f"{wire_name(first.field)}: {first.message} Nothing was saved."
            )
    return drafts_of(reading.columns), reading.faults


def _faults(index: int, item: Any, error: ValidationError | None) -> list[Fault]:
    if error is None:
        return [Fault(index, "", "words", not_an_object(item))]
    return [
        Fault(index, FORM.names[name], "words", message)
        for name, messages in messages_of(error).items()
        for message in messages
    ]


FORM = Form(tag_schema, {name: getattr(BLANK, name) for name in tag_schema.fields}, _faults)
