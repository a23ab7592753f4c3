"""Tags by the thousand: made, changed and deleted with one request."""

from dataclasses import dataclass
from typing import Any

from flask import Response, g
from marshmallow import fields, validate

from tagstore.services import media_files, projects
from tagstore.services.bulk import choosing, tag_lists
from tagstore.services.bulk.choosing import Choice
from tagstore.values import TAG_STATUSES, OnDuplicate, TagQuery
from tagstore.web.api.base import json_response
from tagstore.web.api.fields import Number, Text
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.lists import LIST, MOST_ITEMS, read_tags
from tagstore.web.api.v1.operations import Operation
from tagstore.web.api.v1.queries import Flag, Query, Words, one_of
from tagstore.web.api.v1.rules import OneOf, Strict
from tagstore.web.api.v1.schemas import Integer, MediaReference, TagSchema
from tagstore.web.api.v1.shapes import DELETED, EDITED, OUTCOME
from tagstore.web.api.v1.tags import patched


class DryRun(Query):
    """Whether all is only tried."""

    dry_run = Flag(
        load_default=False,
        metadata={"description": "`true`: the same checks and answer, nothing stored."},
    )


class ListQuery(DryRun):
    """What is done with tags whose external ids are known, and whether all is only tried."""

    on_duplicate = Words(
        load_default=OnDuplicate.ERROR.value,
        validate=one_of(*OnDuplicate),
        metadata={"description": "What to do when a tag of the tag set has the external id."},
    )


class FilterSchema(Strict):
    """Which tags are meant: those that GET would list of a project or media file."""

    project = Text()
    media = MediaReference()
    start_s = Number()
    end_s = Number()
    low_hz = Number()
    high_hz = Number()
    track_id = fields.UUID(data_key="track")
    tag_set_id = Integer(data_key="tag_set")
    tag_class_id = Integer(data_key="class")
    author = Text()
    batch_id = Integer(data_key="batch")
    score_gte = Number()
    status = Text(validate=validate.OneOf(TAG_STATUSES))
    text = Text(data_key="q")

    rules = (OneOf(("project", "media"), "Give project or media, one of them."),)


class ChosenSchema(Strict):
    """Tags by number, or all those that a filter finds."""

    ids = fields.List(Integer(), validate=validate.Length(1, MOST_ITEMS))
    filter = fields.Nested(FilterSchema)

    rules = (OneOf(("ids", "filter"), "Give ids or filter, one of them."),)


class EditTagsSchema(ChosenSchema):
    """Tags, and what is to change in each."""

    changes = fields.Nested(TagSchema(partial=True), required=True)


NOT_THERE = {404: "There is no such project or media file."}


@dataclass(frozen=True)
class Matched:
    """How many tags were meant, and how many of them something was done with."""

    matched: int
    done: int


@bp.post("/tags/bulk")
@Operation(query=ListQuery(), takes=LIST, shows=OUTCOME)
def add_tags(query: dict[str, Any]) -> Response:
    """Put many tags on media files: all of them or none."""
    wanted, faults = read_tags()
    on_duplicate = OnDuplicate(query["on_duplicate"])
    outcome = tag_lists.put_tags(g.actor, wanted, faults, on_duplicate, dry_run=query["dry_run"])
    return json_response(dump_outcome(outcome))


@bp.patch("/tags/bulk")
@Operation(query=DryRun(), body=EditTagsSchema(), shows=EDITED, also=NOT_THERE)
def edit_tags(query: dict[str, Any], body: dict[str, Any]) -> Matched:
    """Change many tags alike: all of them or none."""
    choices = _chosen(body)
    changes = body["changes"]
    edited = choosing.edit_tags(
        g.actor, choices, lambda now: patched(now, changes), dry_run=query["dry_run"]
    )
    return Matched(_count(choices), edited)


@bp.delete("/tags/bulk")
@Operation(query=DryRun(), body=ChosenSchema(), shows=DELETED, also=NOT_THERE)
def delete_tags(query: dict[str, Any], body: dict[str, Any]) -> Matched:
    """Delete many tags: all of them or none; each can be restored for 30 days."""
    choices = _chosen(body)
    deleted = choosing.delete_tags(g.actor, choices, dry_run=query["dry_run"])
    return Matched(_count(choices), deleted)


def dump_outcome(outcome: tag_lists.Outcome) -> dict[str, Any]:
    """Return what became of the tags of a list, without a step more an item than it takes."""
    results = zip(outcome.statuses, outcome.ids, outcome.external_ids, strict=True)
    return {
        **{name: outcome.statuses.count(name) for name in ("created", "updated", "skipped")},
        "batch_ids": sorted(outcome.batch_ids),
        "results": [
            {"index": index, "status": status, "id": number, "external_id": external_id}
            for index, (status, number, external_id) in enumerate(results)
        ],
    }


def _chosen(wanted: dict[str, Any]) -> list[Choice]:
    if "ids" in wanted:
        return choosing.choose_by_number(g.actor, wanted["ids"])
    given: dict[str, Any] = dict(wanted["filter"])
    if "media" in given:
        media_file = media_files.get_media_file(g.actor, given.pop("media"))
        project = media_file.project
    else:
        media_file, project = None, projects.get_project(g.actor, given.pop("project"))
    return choosing.choose_by_query(g.actor, project, media_file, TagQuery(**given))


def _count(choices: list[Choice]) -> int:
    return sum(len(each.tags) for each in choices)
