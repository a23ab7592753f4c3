"""Tags in, as files of other tools: looked at, decided on, stored as a whole, taken back."""

from collections.abc import Mapping
from itertools import chain
from typing import Any, BinaryIO, cast

from flask import Response, after_this_request, g, request
from marshmallow import ValidationError, fields, validate

from tagstore.errors import Invalid, Malformed
from tagstore.formats.tables.columns import FIELDS
from tagstore.services import imports, projects
from tagstore.services.imports import READABLE, Edited, ForClass, Standing, commit
from tagstore.values import LARGEST_INTEGER, OnDuplicate, Page
from tagstore.web.api.base import load
from tagstore.web.api.fields import NO_NUL, Flag, Text
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.answers import merged
from tagstore.web.api.v1.operations import Operation
from tagstore.web.api.v1.queries import OF_PROJECT, form_fields
from tagstore.web.api.v1.rules import Strict
from tagstore.web.api.v1.schemas import Integer, naming
from tagstore.web.api.v1.shapes import EDITED_TAG, IMPORT, UNDONE, WHOLE_IMPORT, Undone
from tagstore.web.app import uploads
from tagstore.web.door import parse_json

NO_IMPORT = "An import is multipart/form-data with the fields project and files."
WORDS = "|".join(ForClass)


def _said(words: str) -> dict[str, str]:
    return {"description": words}


class ByName(fields.Dict):
    """Choices for each of some names; null takes one back."""

    described = {"propertyNames": NO_NUL}

    def __init__(self, values: fields.Field[Any], words: str) -> None:
        values.allow_none = True
        super().__init__(keys=Text(), values=values, allow_none=True, metadata=_said(words))

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        try:
            return super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        except ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            raise ValidationError(_by_pointer(error.messages)) from error


def _by_pointer(messages: dict[str, dict[str, list[str]]]) -> dict[str, list[str]]:
    """Return what is wrong by the names as JSON pointers have them (RFC 6901)."""
    return {
        name.replace("~", "~0").replace("/", "~1"): [*chain.from_iterable(found.values())]
        for name, found in messages.items()
    }


class ChoicesSchema(Strict):
    """What is decided of an import; null stands for what is done when nobody says anything."""

    format = Text(
        allow_none=True,
        validate=validate.OneOf([*(each.key for each in READABLE), None]),
        metadata=_said("The format of all files; else what each file's beginning tells."),
    )
    tag_set = Text(
        allow_none=True,
        validate=naming(200),
        metadata=_said("The tag set of all tags; else the row's track, or the format's name."),
    )
    author = Text(
        allow_none=True,
        validate=naming(200),
        metadata=_said("Who or what made the tags; else what the row says, or the file's name."),
    )
    columns = ByName(
        Text(validate=validate.OneOf(["", *sorted(FIELDS)])),
        "What columns of a table hold, by their names; empty: kept in `info`.",
    )
    decimal_comma = Flag(allow_none=True, metadata=_said("Numbers are written 1,5."))
    kilohertz = Flag(
        allow_none=True, metadata=_said("Frequencies are in kHz, or (false) surely in Hz.")
    )
    placeholders = Flag(
        allow_none=True, metadata=_said("Rows that say that nothing was found are tags, too.")
    )
    for_spreadsheets = Flag(
        allow_none=True,
        metadata=_said("A `'` before what a spreadsheet would take for a formula is taken away."),
    )
    classes = ByName(
        Text(validate=validate.Regexp(f"^([1-9][0-9]{{0,17}}|{WORDS})$", error="Must be known.")),
        "By the words of rows: the number of a class in digits; `create`: make the class; `text`: "
        "keep the words as free text; `leave`: leave such rows out; `ask`: undecided.",
    )
    new_classes = Text(
        allow_none=True,
        validate=validate.OneOf([*ForClass, None]),
        metadata=_said("The same for all words that name no class and that `classes` lacks."),
    )
    recordings = ByName(
        Integer(validate=validate.Range(1, LARGEST_INTEGER)),
        "The numbers of media files, by what rows call them; by a file's own name for rows that "
        "name none; by the empty name for all such files.",
    )
    on_duplicate = Text(
        allow_none=True,
        validate=validate.OneOf([*OnDuplicate, None]),
        metadata=_said(
            "What is done with tags that are stored already: `skip`, `update` them, or take them "
            "for an `error`."
        ),
    )
    good_rows = Flag(
        allow_none=True,
        metadata=_said("Leave rows with faults out; otherwise they keep all from being stored."),
    )
    replaces = Flag(
        allow_none=True,
        metadata=_said("What the same author had on the same tracks shows no more."),
    )


class ImportSchema(Strict):
    """What may be changed of an import that is not stored yet."""

    choices = fields.Nested(ChoicesSchema(partial=True))


import_changes_schema = ImportSchema(partial=True)

FILES = {
    "multipart/form-data": {
        "type": "object",
        "required": ["project", "files"],
        "additionalProperties": False,
        "properties": {
            "project": {"type": "string", **NO_NUL, "description": "The project's key."},
            "files": {
                "type": "array",
                "minItems": 1,
                "maxItems": imports.MOST_FILES,
                "items": {"type": "string", "format": "binary"},
                "description": "Files of tags, and zips of them, each a part named `files`.",
            },
            "choices": {
                "type": "string",
                **NO_NUL,
                "contentMediaType": "application/json",
                "description": "Choices as a JSON object; see `PATCH`.",
            },
        },
    }
}


@bp.get("/imports")
@Operation(query=OF_PROJECT, lists=IMPORT)
def list_imports(query: dict[str, Any]) -> Page[Standing]:
    """List a project's imports, newest first."""
    project = projects.get_project(g.actor, query["project"])
    page = imports.page_of_imports(g.actor, project, query["part"])
    return Page(imports.standings(page.things), page.next, page.total)


@bp.post("/imports")
@uploads
@Operation(takes=FILES, shows=WHOLE_IMPORT, status=202)
def add_import() -> Standing:
    """Take files of tags into a project and promise to read them; nothing is stored yet."""
    form = form_fields(NO_IMPORT, {"project", "choices"})
    said = _choices(form.get("choices", "{}"))
    files = [(each.filename or "", cast(BinaryIO, each.stream)) for each in _sent_files()]
    number = imports.receive(g.actor, form["project"], files, said)

    @after_this_request
    def withdraw_what_failed(response: Response) -> Response:
        if response.status_code >= 400 or "Idempotent-Replayed" in response.headers:
            imports.withdraw(number)
        return response

    return imports.standing(imports.get_import(g.actor, number))


def _sent_files() -> list[Any]:
    if set(request.files) - {"files"}:
        raise Invalid("Send files of tags.", files="must be in the field `files`")
    return request.files.getlist("files")


def _choices(text: str) -> dict[str, Any]:
    """Return the choices that a form makes, or raise with what is wrong about them."""
    try:
        said = parse_json(text.encode())
    except Malformed:
        said = None
    if not isinstance(said, dict):
        raise Invalid("The choices are not JSON.", choices="must be a JSON object")
    return dict(merged({}, load(import_changes_schema, {"choices": said})["choices"]))


@bp.get("/imports/<int:import_id>")
@Operation(shows=WHOLE_IMPORT)
def get_import(import_id: int) -> Standing:
    """Show an import: how far it is, what was found in its files, what was decided."""
    return imports.standing(imports.get_import(g.actor, import_id))


@bp.patch("/imports/<int:import_id>")
@Operation(body=import_changes_schema, shows=WHOLE_IMPORT, status=202)
def edit_import(import_id: int, body: dict[str, Any]) -> Standing:
    """Decide something else; the files are read again, also if nothing is said."""
    row = imports.get_import(g.actor, import_id)
    given = body.get("choices", {})
    said = {name: merged(row.options.get(name), each) for name, each in given.items()}
    return imports.standing(imports.choose(g.actor, row, said))


@bp.post("/imports/<int:import_id>/commit")
@Operation(shows=WHOLE_IMPORT, status=202)
def commit_import(import_id: int) -> Standing:
    """Promise to store the tags, all in one moment."""
    row = imports.get_import(g.actor, import_id)
    return imports.standing(commit(g.actor, row))


@bp.post("/imports/<int:import_id>/undo")
@Operation(shows=UNDONE)
def undo_import(import_id: int) -> Undone:
    """Take all tags of an import back, at once."""
    row = imports.get_import(g.actor, import_id)
    found, count = imports.edited_since(g.actor, row)
    kept = imports.undo(g.actor, row)
    return Undone(imports.standing(row), found, count, kept)


@bp.get("/imports/<int:import_id>/edited")
@Operation(lists=EDITED_TAG)
def list_edited(import_id: int) -> Page[Edited]:
    """List the tags of an import on which somebody worked since: the first 500, and how many."""
    row = imports.get_import(g.actor, import_id)
    found, count = imports.edited_since(g.actor, row)
    return Page(found, None, count)


@bp.delete("/imports/<int:import_id>")
@Operation()
def delete_import(import_id: int) -> None:
    """Drop an import that is not stored."""
    imports.discard(g.actor, imports.get_import(g.actor, import_id))
