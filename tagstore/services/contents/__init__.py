"""A media file as the content that whole programs tag: its tracks, batches and tags as rows."""

from tagstore.services.contents.finding import QID, get_content
from tagstore.services.contents.reading import Found, TagRow, find_shown, rows_in_chunks, rows_of
from tagstore.services.contents.tracks import (
    list_tracks,
    shown_colour,
    shown_description,
    shown_label,
)

__all__ = [
    "QID",
    "Found",
    "TagRow",
    "find_shown",
    "get_content",
    "list_tracks",
    "rows_in_chunks",
    "rows_of",
    "shown_colour",
    "shown_description",
    "shown_label",
]
