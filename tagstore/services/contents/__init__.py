"""A media file as the content that whole programs tag: its tracks, batches and tags as rows."""

from tagstore.services.contents.batches import (
    add_tags,
    begin_batch,
    delete_batch,
    edit_batch,
    get_batch,
    list_batches,
    open_batch,
    restore_batch,
)
from tagstore.services.contents.changes import last_change
from tagstore.services.contents.finding import QID, get_content, get_or_add_content, get_tag
from tagstore.services.contents.moments import MOST_MS, milliseconds
from tagstore.services.contents.reading import (
    AT_ONCE,
    Found,
    RowQuery,
    TagRow,
    find_shown,
    find_tags,
    rows_in_chunks,
    rows_of,
)
from tagstore.services.contents.tracks import (
    TrackLooks,
    add_track,
    delete_track,
    edit_track,
    get_track,
    list_tracks,
    restore_track,
    shown_colour,
    shown_description,
    shown_label,
)

__all__ = [
    "AT_ONCE",
    "MOST_MS",
    "QID",
    "Found",
    "RowQuery",
    "TagRow",
    "TrackLooks",
    "add_tags",
    "add_track",
    "begin_batch",
    "delete_batch",
    "delete_track",
    "edit_batch",
    "edit_track",
    "find_shown",
    "find_tags",
    "get_batch",
    "get_content",
    "get_or_add_content",
    "get_tag",
    "get_track",
    "last_change",
    "list_batches",
    "list_tracks",
    "milliseconds",
    "open_batch",
    "restore_batch",
    "restore_track",
    "rows_in_chunks",
    "rows_of",
    "shown_colour",
    "shown_description",
    "shown_label",
]
