"""Tags out, as files of other tools and of our own."""

from dataclasses import fields
from typing import Any

from flask import Response, g, request
from marshmallow.validate import Length

from tagstore.formats.registry import FORMATS
from tagstore.media.paint import MAPS, MOST_PIXELS
from tagstore.services import exports, projects
from tagstore.services.exports import EXTRACTS, WRITABLE, ZIP, Look, Manner, Selection
from tagstore.services.exports.manners import MOST_PADDING_S, PLAIN_LOOK, PLAINLY
from tagstore.services.exports.picking import LONGEST_MEDIA
from tagstore.values import Page, TagQuery
from tagstore.web.api.base import the_app
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.operations import Operation
from tagstore.web.api.v1.queries import (
    FROM_START,
    Decimal,
    Flag,
    NamesProject,
    Numbers,
    Whole,
    Words,
    between,
    one_of,
)
from tagstore.web.api.v1.shapes import FORMAT
from tagstore.web.api.v1.tags import TagFilters
from tagstore.web.sending import begun, within

MANNER = tuple(each.name for each in fields(Manner) if each.name != "look")
GIVEN = tuple(dict.fromkeys([*(each.media_type for each in WRITABLE), ZIP]))


class ExportQuery(TagFilters, NamesProject):
    """Which tags of which project go out, and how they are written."""

    class Meta(TagFilters.Meta):
        """Several tag sets and classes may be asked for."""

        exclude = ("tag_set_id", "tag_class_id")

    tag_set_ids = Numbers(
        data_key="tag_set", metadata={"description": "Tag sets, with commas between."}
    )
    tag_class_ids = Numbers(
        data_key="class", metadata={"description": "Classes, with commas between."}
    )
    format = Words(
        required=True,
        validate=one_of(*(each.key for each in WRITABLE), *EXTRACTS),
        error_messages={"required": "is required"},
        metadata={
            "description": "One of those that `GET /api/v1/formats` lists and that writes; or "
            "`clips-wav`, `clips-flac` or `pictures`: a zip with a clip or a spectrogram of each "
            "tag, and `clips.csv`."
        },
    )
    media = Words(
        validate=Length(max=LONGEST_MEDIA, error="is too long"),
        metadata={
            "description": "Only tags of these media files: numbers or qids with commas between, "
            "or a name, with or without its folder."
        },
    )
    folder = Words(metadata={"description": "Only tags of media files in this folder and below."})
    by_recording = Flag(
        load_default=False,
        metadata={
            "description": "One file for each recording, in a zip; of clips and pictures a folder."
        },
    )
    by_class = Flag(
        load_default=False,
        metadata={"description": "Of clips and pictures: a folder for each class."},
    )
    padding_s = Decimal(
        FROM_START,
        load_default=PLAINLY.padding_s,
        validate=between(0, MOST_PADDING_S),
        metadata={"description": "Of clips and pictures: so much before and after each tag."},
    )
    width = Whole(load_default=PLAIN_LOOK.width, validate=between(1, MOST_PIXELS))
    height = Whole(load_default=PLAIN_LOOK.height, validate=between(1, MOST_PIXELS))
    colours = Words(load_default=PLAIN_LOOK.colours, validate=one_of(*MAPS))
    recorder_facts = Flag(
        load_default=False,
        metadata={
            "description": "Say when, where and with what each tag was recorded, too: in our own "
            "formats, Raven, OpenSoundscape and simple-seq."
        },
    )
    for_spreadsheets = Flag(
        load_default=False,
        metadata={
            "description": "Put `'` before text in CSV and TSV that a spreadsheet would take for a "
            "formula, and a byte order mark in front."
        },
    )


@bp.get("/formats")
@Operation(lists=FORMAT, signed_in=True)
def list_formats() -> Page[Any]:
    """List the formats in which tags can be read and written."""
    return Page(FORMATS, None, len(FORMATS))


@bp.get("/exports")
@Operation(query=ExportQuery(), gives=GIVEN)
def export_tags(query: dict[str, Any]) -> Response:
    """Send the tags that show in a project as a file, however many; read while they are sent.

    A format that knows but one recording gives a zip when there are several.
    """
    look = Look(**{each.name: query.pop(each.name) for each in fields(Look)})
    said = {each: query.pop(each) for each in MANNER}
    manner = Manner(look=look, **said)
    project = projects.get_project(g.actor, query.pop("project"))
    key, folder, media = query.pop("format"), query.pop("folder", None), query.pop("media", None)
    selection = Selection(TagQuery(**query), folder, media)
    url = (the_app().settings.public_url or request.url_root).rstrip("/")
    made = exports.prepare(g.actor, project, key, selection, manner, url)
    response = Response(begun(within(the_app(), made.pieces)), mimetype=made.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=made.name)
    response.headers["Cache-Control"] = "no-store"
    return response
