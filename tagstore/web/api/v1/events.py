"""What happened, in a list; and what happens, as it happens: server-sent events."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Response, g, request

from tagstore.models import Event, MediaFile, Project
from tagstore.services import events, listings, media_files, projects
from tagstore.services.events import News, Topic
from tagstore.values import Page
from tagstore.web import streams
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.operations import STREAM, Operation
from tagstore.web.api.v1.queries import OfProject, Words
from tagstore.web.api.v1.shapes import EVENT

NUMBER = re.compile(r"[0-9]{1,19}")
RESUMING = {"Last-Event-ID": "The id of the last event that was seen; the next follow."}
FORGOTTEN = {410: "What happened since the last event seen is no longer kept."}
RETRY_MS = 2000
PASSED_ON = ("progress", "message", "function", "pictures", "spec", "name")


class EventFilters(OfProject):
    """Which events of which project are wanted."""

    kind = Words(metadata={"description": "What happened, as tag.added."})


@bp.get("/events")
@Operation(query=EventFilters(), lists=EVENT)
def list_events(query: dict[str, Any]) -> Page[Event]:
    """List what happened in a project, newest first; the last 90 days are kept."""
    project = projects.get_project(g.actor, query["project"])
    return listings.page_of_events(g.actor, project, query["part"], query.get("kind"))


@bp.get("/media/<media_id>/events")
@Operation(gives=(STREAM,), also=FORGOTTEN, headers=RESUMING)
def follow_media(media_id: str) -> Response:
    """Follow what happens to a media file and its tags."""
    media_file = media_files.get_media_file(g.actor, media_id)
    topic = Topic(media_file.project_id, media_file.id)
    return _stream(topic, lambda: media_files.get_media_file(g.actor, media_id))


@bp.get("/projects/<project_key>/events")
@Operation(gives=(STREAM,), also=FORGOTTEN, headers=RESUMING)
def follow_project(project_key: str) -> Response:
    """Follow what happens in a project."""
    topic = Topic(projects.get_project(g.actor, project_key).id)
    return _stream(topic, lambda: projects.get_project(g.actor, project_key))


def _stream(topic: Topic, find: Callable[[], MediaFile | Project]) -> Response:
    """Follow from the last event seen, else from now; a browser learns from where."""
    seen = request.headers.get("Last-Event-ID", "")
    seq = events.begin(topic, int(seen) if NUMBER.fullmatch(seen) else None)
    first = b"retry: %d\nid: %d\n\n" % (RETRY_MS, seq)
    return streams.stream(first, _chunks(topic, seq), find)


def _chunks(topic: Topic, seq: int) -> streams.Chunks:
    """Word the news of a topic, once for all who hear them."""
    for news in events.follow(topic, seq):
        yield [] if news is None else news.once(topic, partial(_worded, news, topic))


def _worded(news: News, topic: Topic) -> list[bytes]:
    return [streams.event(news.kind, str(news.seq), _data(news, topic.media_file_id))]


def _data(item: News, media_file_id: int | None) -> dict[str, Any]:
    shown = EVENT.show(item)
    more = (
        {name: item.after[name] for name in PASSED_ON if name in item.after} if item.after else {}
    )
    return {**shown, "media_id": shown["media_id"] or media_file_id, **more}
