"""What happens, as it happens: server-sent events of a media file and of a project."""

import time
from collections.abc import Iterator
from typing import Any, cast

import orjson
from flask import Flask, Response, current_app, g, request

from tagstore.services import events, media_files, projects
from tagstore.services.events import News
from tagstore.web.api.v1 import bp
from tagstore.web.api.v1.answers import WHOLE, query
from tagstore.web.api.v1.schemas import moment

LONGEST_S = 900.0
"""After so long the stream ends; the browser opens it again, if its holder still may."""

RETRY_MS = 2000
MOST_IDS = 1000
PASSED_ON = ("progress", "message", "function", "pictures", "spec", "name")
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@bp.get("/media/<media_id>/events")
def follow_media(media_id: str) -> Response:
    """Follow what happens to a media file and its tags."""
    query()
    media_file = media_files.get_media_file(g.actor, media_id)
    condition = events.about_media_file(media_file.id, media_file.project_id)
    return _stream(events.follow(condition, _since()), media_file.id)


@bp.get("/projects/<project_key>/events")
def follow_project(project_key: str) -> Response:
    """Follow what happens in a project."""
    query()
    project = projects.get_project(g.actor, project_key)
    return _stream(events.follow(events.about_project(project.id), _since()), None)


def _since() -> int:
    """Return the event after which to begin: the last one seen, else now."""
    seen = request.headers.get("Last-Event-ID", "")
    newest = events.last_seq()
    return min(int(seen), newest) if WHOLE.fullmatch(seen) else newest


def _stream(news: Iterator[News | None], media_file_id: int | None) -> Response:
    app = cast(Flask, cast(Any, current_app)._get_current_object())
    lines = _lines(app, news, media_file_id)
    return Response(lines, mimetype="text/event-stream", headers=HEADERS)


def _lines(app: Flask, news: Iterator[News | None], media_file_id: int | None) -> Iterator[bytes]:
    """Word the news; the application is entered only while looking for more."""
    ends_at = time.monotonic() + LONGEST_S
    yield b"retry: %d\n: begun\n\n" % RETRY_MS
    while time.monotonic() < ends_at:
        with app.app_context():
            item = next(news)
        if item is None:
            yield b": still here\n\n"
        elif not _is_elsewhere(item, media_file_id):
            yield b"id: %d\nevent: %s\ndata: %s\n\n" % (
                item.seq,
                item.kind.encode(),
                orjson.dumps(_data(item, media_file_id)),
            )


def _is_elsewhere(item: News, media_file_id: int | None) -> bool:
    """Tell whether a bulk over many files left this one out."""
    touched = (item.after or {}).get("media_file_ids")
    return media_file_id is not None and touched is not None and media_file_id not in touched


def _data(item: News, media_file_id: int | None) -> dict[str, Any]:
    after = item.after or {}
    ids = after.get("ids") or []
    is_named = len(ids) <= MOST_IDS and "media_file_ids" not in after
    return {
        "seq": item.seq,
        "kind": item.kind,
        "media_id": item.media_file_id or media_file_id,
        "actor": item.actor_name,
        "at": moment(item.at),
        "ids": ids if is_named else None,
        "count": len(ids),
        "start_s": after.get("start_s"),
        "end_s": after.get("end_s"),
        "request_id": item.request_id,
        **{name: after[name] for name in PASSED_ON if name in after},
    }
