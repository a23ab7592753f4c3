"""Imports, what is found in them and what became of them, as they go out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from marshmallow import fields, validate

from tagstore.services.imports import PHASES, READABLE, Edited, ForClass, Standing
from tagstore.values import OnDuplicate
from tagstore.web.api.v1.shown import Moment, Shown

KINDS = ("known", "alias", "near", "new")


def _counted(name: str) -> dict[str, Any]:
    """Return how a number that was found is read; before anything was, it is 0."""

    def read(standing: Standing) -> int:
        return int(getattr(standing.findings, name)) if standing.findings else 0

    return {"read": read}


def _found(name: str, make: Callable[[Any], Any] = list) -> dict[str, Any]:
    """Return how something that was found is read."""
    return {"read": lambda findings: make(getattr(findings, name))}


class ShownFileFound(Shown):
    """What one file of an import holds; `recording` is the path of the one that it is about."""

    name = fields.String()
    format = fields.String()
    tags = fields.Integer()
    skipped = fields.Integer()
    faults = fields.Integer()
    recording = fields.String(allow_none=True)


class ShownFault(Shown):
    """What is wrong: in which file, on which line (0: none of its own), and how many rows have it.

    The file of what is wrong with a word of many rows is empty.
    """

    file = fields.String()
    line = fields.Integer()
    column = fields.String(allow_none=True)
    reason = fields.String()
    rows = fields.Integer()


class ShownNamed(Shown):
    """A class that comes near."""

    id = fields.Integer(metadata={"read": lambda named: named["id"]})
    label = fields.String(metadata={"read": lambda named: named["label"]})


class ShownWords(Shown):
    """What rows say; `class_id` is the class that is meant if nobody chooses."""

    label = fields.String()
    rows = fields.Integer()
    kind = fields.String(validate=validate.OneOf(KINDS))
    near = fields.List(fields.Nested(ShownNamed()))
    class_id = fields.Integer(attribute="taken", allow_none=True)


class ShownCandidate(Shown):
    """A recording that might be meant."""

    id = fields.Integer(metadata={"read": lambda candidate: candidate["id"]})
    path = fields.String(metadata={"read": lambda candidate: candidate["path"]})


class ShownLost(Shown):
    """A recording that was not found, or more than once; `name` is the key of a choice for it."""

    name = fields.String()
    rows = fields.Integer()
    reason = fields.String()
    candidates = fields.List(fields.Nested(ShownCandidate()))


class ShownColumn(Shown):
    """A column of the first table, and the field that it holds; empty: kept in `info`."""

    name = fields.String(metadata={"read": lambda column: column[0]})
    field = fields.String(metadata={"read": lambda column: column[1]})


class ShownFindings(Shown):
    """What was found in the files: the first 1,000 faults and files, and up to 10,000 labels."""

    files = fields.List(fields.Nested(ShownFileFound()))
    faults = fields.List(fields.Nested(ShownFault()))
    skipped = fields.Dict(
        keys=fields.String(), values=fields.Integer(), metadata=_found("skipped", dict)
    )
    labels = fields.List(fields.Nested(ShownWords()))
    recordings = fields.List(fields.Nested(ShownLost()), attribute="names")
    columns = fields.List(fields.Nested(ShownColumn()))
    columns_from = fields.Integer(allow_none=True)
    looks_like_kilohertz = fields.Boolean()


class ShownChoices(Shown):
    """What was decided; see `PATCH`."""

    format = fields.String(
        allow_none=True, validate=validate.OneOf([*(each.key for each in READABLE), None])
    )
    tag_set = fields.String(allow_none=True)
    author = fields.String(allow_none=True)
    columns = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata=_found("columns", dict)
    )
    decimal_comma = fields.Boolean()
    kilohertz = fields.Boolean(allow_none=True)
    placeholders = fields.Boolean()
    for_spreadsheets = fields.Boolean()
    classes = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata=_found("classes", dict)
    )
    new_classes = fields.String(validate=validate.OneOf(tuple(ForClass)))
    recordings = fields.Dict(
        keys=fields.String(), values=fields.Integer(), metadata=_found("recordings", dict)
    )
    on_duplicate = fields.String(validate=validate.OneOf(tuple(OnDuplicate)))
    good_rows = fields.Boolean()
    replaces = fields.Boolean()


class ShownImport(Shown):
    """Files of tags that are brought in as a whole; numbers are 0 until they were read."""

    has_version = False
    place = "/api/v1/imports"
    id = fields.Integer()
    project = fields.String(attribute="row.project.key")
    phase = fields.String(validate=validate.OneOf(PHASES))
    progress = fields.Float(validate=validate.Range(0, 1))
    message = fields.String()
    files = fields.List(
        fields.String(), metadata={"read": lambda each: list(each.row.file_names["names"])}
    )
    choices = fields.Nested(ShownChoices())
    may_be_committed = fields.Boolean(attribute="may_be_stored")
    tags = fields.Integer(metadata=_counted("tags"))
    recordings = fields.Integer(metadata=_counted("recordings"))
    added = fields.Integer(metadata=_counted("added"))
    changed = fields.Integer(metadata=_counted("changed"))
    known = fields.Integer(metadata=_counted("known"))
    left_out = fields.Integer(metadata=_counted("left_out"))
    cut = fields.Integer(metadata=_counted("cut"))
    faults = fields.Integer(metadata=_counted("fault_count"))
    created_by = fields.String(attribute="row.created_by.name", allow_none=True)
    created_at = Moment(attribute="row.created_at")
    committed_at = Moment(attribute="row.committed_at", allow_none=True)
    undone_at = Moment(attribute="row.undone_at", allow_none=True)
    url = fields.String(
        metadata={"read": lambda each: f"/projects/{each.row.project.key}/imports/{each.id}"}
    )


class ShownWholeImport(ShownImport):
    """An import with what was found in its files, null until they were read."""

    findings = fields.Nested(ShownFindings(), allow_none=True)


class ShownEdited(Shown):
    """A tag of an import on which somebody worked since."""

    id = fields.Integer(attribute="tag_id")
    media_id = fields.Integer(attribute="media_file_id")
    recording = fields.String()
    start_s = fields.Float(allow_none=True)
    words = fields.String()
    by = fields.String(allow_none=True)


@dataclass(frozen=True)
class Undone:
    """What became of an import that was taken back."""

    standing: Standing
    edited: list[Edited]
    edited_count: int
    kept: int


class ShownUndone(Shown):
    """What taking an import back has taken away: tags that somebody had worked on since.

    `kept` tags of earlier times, which the import had changed, were changed again and stay so.
    """

    has_version = False
    id = fields.Integer(attribute="standing.id")
    phase = fields.String(attribute="standing.phase")
    edited_count = fields.Integer()
    edited = fields.List(fields.Nested(ShownEdited()))
    kept = fields.Integer()


IMPORT = ShownImport()
WHOLE_IMPORT = ShownWholeImport()
EDITED_TAG = ShownEdited()
UNDONE = ShownUndone()
