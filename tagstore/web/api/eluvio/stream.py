"""The stream of tags as they are made: one event a tag, resumed at any of them."""

import re
from functools import partial
from itertools import chain
from typing import NamedTuple

from flask import Response, request

from tagstore.errors import Malformed
from tagstore.services import contents, events
from tagstore.services.contents import Found
from tagstore.services.events import News, Topic
from tagstore.values import LARGEST_INTEGER
from tagstore.web import streams
from tagstore.web.api.eluvio import bp
from tagstore.web.api.eluvio.answers import tag_response
from tagstore.web.api.eluvio.bodies import find_content

MADE = "tag.added"
"""The event with which tags come into being, however many they are and whoever makes them."""

AT_ONCE = 500
PLACE = re.compile(r"([0-9]{1,18})(?:-([0-9]{1,9}))?")


class Place(NamedTuple):
    """Which tag of which event."""

    seq: int
    number: int


@bp.get("/<qid:qid>/tags/stream")
def stream_tags(qid: str) -> Response:
    """Send the tags that are made from now on, or since the last one seen."""
    content = find_content(qid)
    topic = Topic(content.project_id, content.id)
    seen = _last_seen()
    seq = events.begin(topic, seen and max(seen.seq - 1, 0))
    chunks = _chunks(topic, content.id, seq, seen or Place(0, 0))
    return streams.stream(streams.STILL_HERE, chunks, partial(find_content, qid))


def _last_seen() -> Place | None:
    """Return the place that the reader names; the header, which moves on, before the address."""
    named = request.headers.get("Last-Event-ID") or request.args.get("last_event_id", "")
    if not named:
        return None
    match = PLACE.fullmatch(named)
    if match is None:
        raise Malformed("The last event's id must be one that this stream has sent.")
    return Place(int(match[1]), int(match[2] or LARGEST_INTEGER))


def _chunks(topic: Topic, media_file_id: int, seq: int, seen: Place) -> streams.Chunks:
    """Word the tags of every event that made some, a page at a time."""
    for news in events.follow(topic, seq):
        if news is None:
            yield []
        elif news.kind == MADE and news.after:
            start = seen.number + 1 if news.seq == seen.seq else 0
            for first in range(start, len(news.after["ids"]), AT_ONCE):
                page = partial(_page, news, news.after["ids"], media_file_id, first)
                yield from filter(None, [news.once((media_file_id, first), page)])


def _page(news: News, ids: list[int], media_file_id: int, first: int) -> list[bytes]:
    """Return the events of those tags of a page that are there still."""
    page = ids[first : first + AT_ONCE]
    places = {tag_id: first + number for number, tag_id in enumerate(page)}
    rows = contents.rows_in_chunks(Found(media_file_id, page, len(page)))
    return [
        streams.event("tag", f"{news.seq}-{places[row.id]}", tag_response(row))
        for row in chain.from_iterable(rows)
    ]
