"""PixelShare's things as they go out, in JSON or, where `Accept` asks for it, in XML."""

import re
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

from flask import Response, request

from tagstore.models import Tag
from tagstore.services.photo_tags import TaggedPhoto
from tagstore.web.api.base import json_response

JSON_TYPES = ("application/json", "text/json")
XML_TYPES = ("application/xml", "text/xml")
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML has no way to write."""


def answer(name: str, value: Any, status: int = 200) -> Response:
    """Return a value in the format that is asked for; `name` is what XML calls it."""
    kinds = (*JSON_TYPES, *XML_TYPES)
    kind = request.accept_mimetypes.best_match(kinds, "application/json")
    if kind not in XML_TYPES:
        return json_response(value, status, kind or "")
    text = f'<?xml version="1.0" encoding="utf-8"?>{_element(name, value)}'
    return Response(text, status, mimetype=kind)


def _element(name: str, value: Any) -> str:
    """Return a value as an element; the items of `Tags` are `Tag`, those of `ArrayOf…` are `…`."""
    match value:
        case dict():
            inner = "".join(_element(key, each) for key, each in value.items())
        case [str(), *_]:
            inner = _text(" ".join(value))
        case list():
            item = name.removeprefix("ArrayOf").removesuffix("s")
            inner = "".join(_element(item, each) for each in value)
        case _:
            inner = _text(str(value))
    return f"<{name}>{inner}</{name}>"


def _text(words: str) -> str:
    return escape(UNWRITABLE.sub("\ufffd", words), {"\r": "&#13;"})


def dump_tag(tag: Tag) -> dict[str, Any]:
    """Return a tag."""
    return {
        "Id": tag.id,
        "PhotoId": tag.media_file_id,
        "Value": tag.words,
        "TagType": tag.kind,
        "Source": tag.source,
        "Confidence": tag.score or 0.0,
    }


def dump_photos(photos: Iterable[TaggedPhoto]) -> list[dict[str, Any]]:
    """Return photos with their tags."""
    return [
        {
            "Id": photo.id,
            "GalleryId": photo.project_id,
            "FileName": photo.name,
            "Tags": [
                {
                    "Id": tag.id,
                    "PhotoId": photo.id,
                    "Value": tag.words,
                    "TagType": tag.kind,
                    "Source": tag.source,
                    "Confidence": tag.score or 0.0,
                }
                for tag in photo.tags
            ],
        }
        for photo in photos
    ]
